#!/bin/sh
# Install the Debian or Ubuntu packages named, when that is allowed; else print the line to run.
command -v apt-get >/dev/null || { echo "Please install: $*"; exit 1; }
if [ "$(id -u)" = 0 ]; then sudo=""
elif sudo -n true 2>/dev/null; then sudo="sudo"
else echo "Please run this once: sudo apt-get install -y $*"; exit 1
fi
echo "Installing $* ..."
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get install -y -qq "$@" >/dev/null 2>&1 && exit 0
$sudo apt-get update -qq >/dev/null 2>&1 && $sudo apt-get install -y -qq "$@" >/dev/null 2>&1 && exit 0
echo "That did not work. Please run this once: sudo apt-get install -y $*"
exit 1

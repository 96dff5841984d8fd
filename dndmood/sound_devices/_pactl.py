"""What `pactl` says of Linux's sound server, asked without waiting for the answer.

PipeWire answers as PulseAudio does.
"""

import os
import shutil
import subprocess

_LONGEST_S = 5.0
_PLAIN = {"LC_ALL": "C"}
"""Else it speaks the user's language."""


class Asked:
    """One question to the sound server, asked again every few seconds; never waits."""

    def __init__(self, *question: str, every_s: float = 5.0) -> None:
        self._question = question
        self._command = shutil.which("pactl")
        self._process: subprocess.Popen[bytes] | None = None
        self._every_s = every_s
        self._asked_s = -every_s
        self._answer: bytes | None = None
        self.answered_s = -every_s
        """When the question was asked that was answered last."""

    def answer(self, now_s: float) -> bytes | None:
        """The last answer; None when nobody knows."""
        if self._command is None:
            return None
        if self._process is not None:
            self._collect(now_s)
        elif now_s - self._asked_s >= self._every_s:
            self._ask(now_s)
        return self._answer

    def _ask(self, now_s: float) -> None:
        self._asked_s = now_s
        try:
            self._process = subprocess.Popen(  # noqa: S603 - a command without any input of ours
                [str(self._command), *self._question],
                env=os.environ | _PLAIN,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        except OSError:
            self._command = None

    def _collect(self, now_s: float) -> None:
        process = self._process
        if process is None:
            return
        if process.poll() is None:
            if now_s - self._asked_s < _LONGEST_S:
                return
            process.kill()  # a server that stands still: it is collected at the next look
            self._answer = None
            return
        said = process.stdout.read() if process.stdout else b""
        self._process = None
        self.answered_s = self._asked_s
        self._answer = said if process.returncode == 0 else None


def said(*question: str, longest_s: float = 3.0) -> str:
    """What `pactl` answers, waited for; empty where there is none or the server does not answer."""
    if not (program := shutil.which("pactl")):
        return ""
    try:
        done = subprocess.run(  # noqa: S603 - found in the user's own path, without a shell
            [program, *question],
            env=os.environ | _PLAIN,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=longest_s,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace")

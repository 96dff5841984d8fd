"""A PulseAudio server of its own: a microphone named `table`, a speaker named `room`."""

import contextlib
import json
import os
import socket
import subprocess
import time
from pathlib import Path
from typing import Any


class SoundServer:
    """A private server with two null sinks; the first one's monitor is the microphone."""

    def __init__(
        self, folder: Path, environment: dict[str, str], *, microphone: str, speaker: str
    ) -> None:
        self._socket = folder / "run" / "native"
        self._orders = folder / "run" / "orders"
        self._log = (folder / "pulseaudio.log").open("a")
        self._sinks = {"table": microphone, "room": speaker}
        self.environment = environment
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        modules = [
            f"module-native-protocol-unix socket={self._socket} auth-anonymous=1",
            f"module-cli-protocol-unix socket={self._orders}",
            *(self._null_sink(name) for name in self._sinks),
        ]
        self._socket.unlink(missing_ok=True)
        self._orders.unlink(missing_ok=True)
        self.process = subprocess.Popen(
            ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"]
            + [f"--load={module}" for module in modules],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
        )
        end = time.monotonic() + 15
        while subprocess.run(
            ["pactl", "info"], env=self.environment, capture_output=True, check=False
        ).returncode:
            if time.monotonic() > end:
                raise RuntimeError("the private sound server does not start")
            time.sleep(0.1)
        self.control("set-default-source", "table.monitor")
        self.control("set-default-sink", "room")

    def kill(self) -> None:
        """End it as a crash would."""
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def close(self) -> None:
        """End it for good."""
        self.kill()
        self._log.close()

    def control(self, *words: str) -> str:
        """What `pactl` answers to `words`."""
        done = subprocess.run(
            ["pactl", *words],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=10,
        )
        if done.returncode:
            raise RuntimeError(f"pactl {' '.join(words)}: {done.stderr.strip()}")
        return done.stdout.strip()

    def load(self, module: str) -> int:
        """Load `module` with its arguments; its number."""
        return int(self.control("load-module", *module.split(" ")))

    def remove_sink(self, name: str) -> None:
        """Take the null sink `name` away, and its monitor with it."""
        for line in self.control("list", "short", "modules").splitlines():
            number, module, *rest = line.split("\t")
            if module == "module-null-sink" and f"sink_name={name}" in " ".join(rest):
                self.control("unload-module", number)

    def add_sink(self, name: str) -> None:
        """Put the null sink `name` back as it was, and make it the default again."""
        self.load(self._null_sink(name))
        if name == "table":
            self.control("set-default-source", "table.monitor")
        else:
            self.control("set-default-sink", "room")

    def drop_streams(self, kind: str, *, but: str = "parecord") -> int:
        """End all streams of `kind` ("sink-input", "source-output") but those of one program.

        This is what happens to a stream when its device is pulled out. The number of them.
        """
        dropped = 0
        for stream in self.streams(kind):
            properties = stream.get("properties", {})
            if but not in str(properties.get("application.process.binary", "")):
                self._order(f"kill-{kind} {stream['index']}")
                dropped += 1
        return dropped

    def streams(self, kind: str) -> list[dict[str, Any]]:
        """The streams of `kind` ("sink-input", "source-output")."""
        listed: list[dict[str, Any]] = json.loads(
            self.control("--format=json", "list", f"{kind}s") or "[]"
        )
        return listed

    def _null_sink(self, name: str) -> str:
        return f"module-null-sink sink_name={name} {self._sinks[name]}"

    def _order(self, order: str) -> None:
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(os.fspath(self._orders))
            line.settimeout(0.3)
            line.sendall(f"{order}\n".encode())
            with contextlib.suppress(TimeoutError):
                line.recv(4096)

"""Whether the sound server plays into nothing because its last speaker was pulled out.

PulseAudio and PipeWire then move every stream to a sink called "Dummy Output" (`auto_null`, from
their module-always-sink), which takes sound for ever: no call is late, and nobody hears a thing.
"""

import shutil
import subprocess

_EVERY_S = 5.0
_LONGEST_S = 5.0
_NOWHERE = b"auto_null"

SERVERS = ("default", "pulse", "pipewire", "sysdefault")
"""Names under which ALSA, and so PortAudio, knows a sound server."""


class DefaultSink:
    """Asks the sound server for its default sink now and then; never waits for the answer."""

    def __init__(self) -> None:
        self._command = shutil.which("pactl")
        self._process: subprocess.Popen[bytes] | None = None
        self._asked_s = -_EVERY_S
        self._nowhere: bool | None = None

    def nowhere(self, now_s: float) -> bool | None:
        """Whether the default sink is one that nobody hears; None when nobody knows."""
        if self._command is None:
            return None
        if self._process is not None:
            self._collect(now_s)
        elif now_s - self._asked_s >= _EVERY_S:
            self._ask(now_s)
        return self._nowhere

    def _ask(self, now_s: float) -> None:
        self._asked_s = now_s
        try:
            self._process = subprocess.Popen(  # noqa: S603 - a command without any input of ours
                [str(self._command), "get-default-sink"],
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
            self._nowhere = None
            return
        answer = process.stdout.read() if process.stdout else b""
        self._process = None
        self._nowhere = answer.strip() == _NOWHERE if process.returncode == 0 else None

"""Whether the sound server plays into nothing because its last speaker was pulled out.

PulseAudio and PipeWire then move every stream to a sink called "Dummy Output" (`auto_null`, from
their module-always-sink), which takes sound for ever: no call is late, and nobody hears a thing.
"""

from dndmood.sound_devices._pactl import Asked

_NOWHERE = b"auto_null"

SERVERS = ("default", "pulse", "pipewire", "sysdefault")
"""Names under which ALSA, and so PortAudio, knows a sound server."""


class DefaultSink:
    """Asks the sound server for its default sink now and then; never waits for the answer."""

    def __init__(self) -> None:
        self._asked = Asked("get-default-sink")

    def nowhere(self, now_s: float) -> bool | None:
        """Whether the default sink is one that nobody hears; None when nobody knows."""
        answer = self._asked.answer(now_s)
        return None if answer is None else answer.strip() == _NOWHERE

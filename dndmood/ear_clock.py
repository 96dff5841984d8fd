"""One audio time for the sound of several ears, whose devices count with clocks of their own."""

from dataclasses import dataclass, replace

from dndmood.events import RATE_HZ, AudioChunk

_APART_S = 1.0
"""So far a further ear may be out of step: what it hears is judged by itself, so nobody notices."""
_FOR_S = 10.0
"""An ear that is out of step for so long has drifted; before that a busy computer may be it."""
_GONE_S = 5.0
"""A microphone from which nothing came for so long sets no time."""


@dataclass(slots=True)
class _Ear:
    shift: int
    """Samples from its own count to the tape's."""
    apart: int = 0
    """Samples that it gave since it was last in step."""


class EarClock:
    """Lets the sound of further ears begin at the tape's present, and keeps it near the microphone's.

    The microphone's own count is the tape's and never touched. Where a further ear is shifted, its
    sound has a gap. It is the one that carries the time on while the microphone is gone.
    """

    def __init__(self) -> None:
        self._now = 0
        """Sample of the tape's present: the latest that any ear gave."""
        self._mic = 0
        self._since_mic = 0  # samples that further ears gave since the microphone's last
        self._ears: dict[str, _Ear] = {}

    def placed(self, chunk: AudioChunk) -> AudioChunk:
        """`chunk` on the tape's time."""
        length = len(chunk.samples)
        end = chunk.start + length
        if not chunk.ear:
            self._mic, self._since_mic = end, 0
        else:
            end = self._further(chunk.ear, end, length)
        self._now = max(self._now, end)
        return chunk if end == chunk.start + length else replace(chunk, start=end - length)

    def _further(self, name: str, end: int, length: int) -> int:
        """Where on the tape a further ear's `length` samples end that end at `end` of its count."""
        if (ear := self._ears.get(name)) is None:
            ear = self._ears[name] = _Ear(shift=max(self._now, length) - end)
        self._since_mic += length
        apart = end + ear.shift - self._mic
        leads = self._since_mic > _GONE_S * RATE_HZ * len(self._ears)
        in_step = leads or abs(apart) <= _APART_S * RATE_HZ
        ear.apart = 0 if in_step else ear.apart + length
        if ear.apart > _FOR_S * RATE_HZ:
            ear.shift, ear.apart = ear.shift - apart, 0
        return end + ear.shift

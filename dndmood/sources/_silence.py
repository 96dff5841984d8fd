"""Perfect zeros from a microphone: no permission, muted, or noise suppression. Counts samples."""

from collections.abc import Iterable, Iterator

from dndmood.events import RATE_HZ, AudioChunk, Problem

_SILENT_AFTER_S = 10.0
_GATED_S = 180.0
"""Noise suppression gives zeros between sentences: where sound came before, so much of them."""
_SAY_AGAIN_S = 600.0
_NOTHING_PLAYED_S = 300.0
"""So long nothing may be played before a call begins."""
_HEARD_S = 1.0
"""So much sound is a microphone that works: less is the crackle of one being opened."""

PERFECT_SILENCE = (
    "The microphone gives perfect silence: it is muted, or this program has no permission to use "
    "it. Look in the system's sound and privacy settings."
)
SILENT_NOW = (
    "The microphone has given perfect silence for minutes: it is muted, or its noise "
    "suppression lets nothing through. If somebody speaks, look in the system's sound settings."
)
SOUND_AGAIN = "The microphone gives sound again."
NOTHING_PLAYED = (
    "Nothing at all was played to {} in five minutes: choose it in the settings of the program "
    "that you want heard (in Discord: Voice, Output Device), or hear another one; 'dndmood "
    "devices' lists them."
)
PLAYED_NOW = "Something is played to {} now."
_ABOUT = "silence of the microphone"


class Watch:
    """Notices a microphone that gives perfect zeros, as a system without permission does."""

    def __init__(self) -> None:
        self._zeros = 0  # samples since the last sound
        self._sound = 0  # samples of this evening that were not silence
        self._said_at: int | None = None  # sample at which silence was last reported
        self._told = False

    def over(self, events: Iterable[AudioChunk | Problem]) -> Iterator[AudioChunk | Problem]:
        """`events`, with a problem after ten seconds without a single sound.

        Once sound was heard, silence must last three minutes, and is told every ten at most.
        """
        for event in events:
            yield event
            if isinstance(event, AudioChunk) and (problem := self._hears(event)):
                yield problem

    def _hears(self, chunk: AudioChunk) -> Problem | None:
        length = len(chunk.samples)
        if chunk.samples.any():
            self._sound += length
            self._zeros = 0
            told, self._told = self._told, False
            return (
                Problem(chunk.end_s, SOUND_AGAIN, solved=True, about=_ABOUT) if told else None
            )
        self._zeros += length
        if self._told or not self._due(chunk.start + length):
            return None
        self._told, self._said_at = True, chunk.start + length
        text = SILENT_NOW if self._works else PERFECT_SILENCE
        return Problem(chunk.end_s, text, about=_ABOUT)

    def _due(self, now: int) -> bool:
        """Whether the zeros up to sample `now` are worth a word."""
        long_s = _GATED_S if self._works else _SILENT_AFTER_S
        again = self._said_at is None or now - self._said_at >= _SAY_AGAIN_S * RATE_HZ
        return again and self._zeros >= long_s * RATE_HZ

    @property
    def _works(self) -> bool:
        """Whether sound was heard this evening."""
        return self._sound >= _HEARD_S * RATE_HZ


class WatchPlayed:
    """Notices a further ear on which nothing was ever played; later silence is what a call has."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._zeros = 0
        self._heard = self._told = False

    def over(self, events: Iterable[AudioChunk | Problem]) -> Iterator[AudioChunk | Problem]:
        """`events`, with a problem after five minutes without a single sound since the start."""
        for event in events:
            yield event
            if not self._heard and isinstance(event, AudioChunk):
                yield from self._hears(event)

    def _hears(self, chunk: AudioChunk) -> Iterator[Problem]:
        self._heard = bool(chunk.samples.any())
        self._zeros += len(chunk.samples)
        if self._heard and self._told:
            text = PLAYED_NOW.format(self._name)
            yield Problem(chunk.end_s, text, solved=True, about=f"silence of {self._name}")
        elif not (self._heard or self._told) and self._zeros >= _NOTHING_PLAYED_S * RATE_HZ:
            self._told = True
            text = NOTHING_PLAYED.format(self._name)
            yield Problem(chunk.end_s, text, about=f"silence of {self._name}")

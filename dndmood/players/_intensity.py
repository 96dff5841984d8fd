"""Which version of a piece is heard: the livelier the talk, the fuller. Counts frames; no clock."""

import math

import numpy as np
from numpy.typing import NDArray

from dndmood.events import EmotionEstimate
from dndmood.players._faders import Block, Deck

_SMOOTH_S = 15.0
"""A shout changes nothing; so long livelier talk must last for two thirds of the way."""
_LOWEST, _HIGHEST = 0.3, 0.7
"""Arousal of talk that gets the softest version, and the fullest."""
_VOICE = 0.5
_FAR = 0.65
"""The versions change when the talk is so far, in steps of versions, from the one that is heard."""
_CROSS_S = 3.0
"""One version fades into the next for so long."""
_LAW = 1.5
"""Versions of a piece share part of their sound: 4.5 dB down in the middle of a crossfade, between
the 6 dB for the same sound and the 3 dB for different ones."""


class Liveliness:
    """How lively the talk has been of late, 0 to 1."""

    def __init__(self) -> None:
        self.level = 0.5
        """0 for the softest version of a piece, 1 for the fullest."""
        self._at_s: float | None = None

    def hear(self, estimate: EmotionEstimate) -> None:
        """Take in how a window of talk sounded."""
        if estimate.voice < _VOICE or not math.isfinite(estimate.arousal):
            return
        wanted = (estimate.arousal - _LOWEST) / (_HIGHEST - _LOWEST)
        since_s = 2.0 if self._at_s is None else max(0.0, estimate.at_s - self._at_s)
        self._at_s = estimate.at_s
        share = 1.0 - math.exp(-min(since_s, _SMOOTH_S) / _SMOOTH_S)
        self.level += (min(max(wanted, 0.0), 1.0) - self.level) * share


class Versions:
    """A deck of several versions side by side as the one that fits; a plain deck as it is.

    The versions lie beside each other in the columns of what `deck` gives, two for each, the
    softest first. They stay in step as they come from the same read.
    """

    def __init__(self, deck: Deck, liveliness: Liveliness, rate_hz: int) -> None:
        self.deck = deck
        self._liveliness = liveliness
        self._step = 1.0 / (_CROSS_S * rate_hz)
        self._at: float | None = None
        self._wanted = 0

    def ready(self) -> bool:
        """True once the first sound is there."""
        return self.deck.ready()

    def read(self, frames: int) -> Block:
        """The next `frames`, shape `(frames, 2)`."""
        block = self.deck.read(frames)
        versions = block.shape[1] // 2
        return block if versions <= 1 else self._mixed(block, versions)

    def coming(self, frames: int) -> Block:
        """What the next reads will give, all versions of it."""
        return self.deck.coming(frames)

    def close(self) -> None:
        """Not needed any more."""
        self.deck.close()

    def _mixed(self, block: Block, versions: int) -> Block:
        asked = self._liveliness.level * (versions - 1)
        if self._at is None or abs(asked - self._wanted) > _FAR:
            self._wanted = round(asked)
        if self._at is None:
            self._at = float(self._wanted)
        place = self._places(len(block), self._wanted)
        mix = np.zeros((len(block), 2), dtype=np.float32)
        for version in range(versions):
            near = np.clip(1.0 - np.abs(place - version), 0.0, 1.0)
            if near.any():
                gain = np.sin(near * (math.pi / 2.0)) ** _LAW
                part = block[:, 2 * version : 2 * version + 2]
                mix += part * gain.astype(np.float32)[:, np.newaxis]
        return mix

    def _places(self, frames: int, wanted: float) -> NDArray[np.float64]:
        """Where between the versions each frame is, on the way to the `wanted` one."""
        begin = self._at or 0.0
        way = np.arange(1, frames + 1) * self._step
        places: NDArray[np.float64] = np.clip(
            begin + way if begin < wanted else begin - way,
            min(begin, wanted),
            max(begin, wanted),
        )
        self._at = float(places[-1]) if frames else begin
        return places

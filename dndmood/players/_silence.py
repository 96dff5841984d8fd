"""Music without the silence at its ends, and with short rests inside. Pure; it counts frames."""

from collections.abc import Iterable, Iterator

import numpy as np

from dndmood.decibels import amplitude_of
from dndmood.players._faders import Block
from dndmood.players._limiter import sizes

_SOFT = amplitude_of(-60.0)
"""Nobody hears at a table what is 42 dB under the loudness of the music."""
_REST_S = 1.5
"""A longer silence inside, as before a hidden track, is made as short."""


class WithoutSilence:
    """Takes silence out of one track."""

    def __init__(self, rate_hz: int, *, ends_s: float = 0.0) -> None:
        """`ends_s` of silence stay at either end."""
        self._rest, self._ends = round(_REST_S * rate_hz), round(ends_s * rate_hz)
        self.dropped = 0
        """Frames left out so far before what was given last, and at the end those behind it."""

    def of(self, blocks: Iterable[Block]) -> Iterator[Block]:
        """`blocks` from the first sound to the last."""
        begun = False
        silence, dropping = np.zeros((0, 0), dtype=np.float32), 0
        for block in blocks:
            heard = sizes(block) > _SOFT
            first = int(heard.argmax()) if heard.any() else len(block)
            last = len(block) - int(heard[::-1].argmax()) if heard.any() else len(block)
            silence = np.concatenate((silence.reshape(-1, block.shape[1]), block[:first]))
            kept = silence[: self._rest] if begun else silence[len(silence) - self._ends :]
            if not begun and len(silence) < self._ends:
                kept = silence
            dropping += len(silence) - len(kept)
            silence = kept
            if first < len(block):
                self.dropped += dropping
                yield np.concatenate((silence, block[first:last]))
                begun, silence, dropping = True, block[last:].copy(), 0
        kept = silence[: self._ends] if begun else silence[:0]
        self.dropped += dropping + len(silence) - len(kept)
        if len(kept):
            yield kept

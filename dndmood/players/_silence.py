"""Music without the silence at its ends, and with short rests inside. Pure; it counts frames."""

from collections.abc import Iterable, Iterator

import numpy as np

from dndmood.decibels import amplitude_of
from dndmood.players._faders import Block

_SOFT = amplitude_of(-60.0)
"""Nobody hears at a table what is 42 dB under the loudness of the music."""
_REST_S = 1.5
"""A longer silence inside, as before a hidden track, is made as short."""
_LOOK = 256


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
            first = _silent_frames(block)
            last = len(block) - (_silent_frames(block[::-1]) if first < len(block) else 0)
            silence = np.concatenate((silence.reshape(-1, block.shape[1]), block[:first]))
            kept = silence[: self._rest] if begun else silence[len(silence) - self._ends :]
            if not begun and len(silence) < self._ends:
                kept = silence
            dropping += len(silence) - len(kept)
            silence = kept
            if first < len(block):
                self.dropped += dropping
                sound = block[first:last]
                yield np.concatenate((silence, sound)) if len(silence) else sound
                begun, silence, dropping = True, block[last:].copy(), 0
        kept = silence[: self._ends] if begun else silence[:0]
        self.dropped += dropping + len(silence) - len(kept)
        if len(kept):
            yield kept


def _silent_frames(block: Block) -> int:
    """How many frames of `block` are silent before its first sound, which comes early as a rule."""
    for begin in range(0, len(block), _LOOK):
        heard = np.abs(block[begin : begin + _LOOK]).max(axis=1) > _SOFT
        if heard.any():
            return begin + int(heard.argmax())
    return len(block)

"""The way from the player back to the ear: a small ring of what was sent to the speaker."""

from collections import deque
from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

_MOST = 256
"""Blocks that wait at most, five seconds of the shortest: more than anybody needs who still listens."""


Block: TypeAlias = NDArray[np.float32]
"""Shape `(frames,)`."""


class ReferenceTap:
    """A player pours in what it renders, a source takes it out; neither waits for the other."""

    def __init__(self) -> None:
        self._blocks: deque[tuple[Block, Block, int]] = deque(maxlen=_MOST)
        self._further: tuple[ReferenceTap, ...] = ()

    def pour(self, block: NDArray[np.float32], rate_hz: int) -> None:
        """Leave `block`, shape `(frames, 1)` or `(frames, 2)`, as middle and side; on the audio thread.

        When nobody takes anything the oldest blocks are forgotten.
        """
        # A mean over rows of two takes ten times as long.
        with np.errstate(all="ignore"):  # what is no number is for who takes it
            mono = (block[:, 0] + block[:, -1]) * np.float32(0.5)
            side = (block[:, 0] - block[:, -1]) * np.float32(0.5)
        for tap in (self, *self._further):
            tap._blocks.append((mono, side, rate_hz))  # noqa: SLF001 - of this class

    def split(self) -> "ReferenceTap":
        """A tap of its own for one more source: it gets the same; call it before anything is poured."""
        tap = ReferenceTap()
        self._further = (*self._further, tap)
        return tap

    def take(self) -> Iterator[tuple[Block, Block, int]]:
        """Every block that waits, oldest first, with its rate in Hz.

        It comes as half the sum of left and right, and half their difference.
        """
        while self._blocks:
            yield self._blocks.popleft()

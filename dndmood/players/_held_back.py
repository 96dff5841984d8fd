"""The last frames of a sound, which something else is still to be blended into. Counts frames."""

from collections import deque
from collections.abc import Iterator

import numpy as np

from dndmood.players._faders import Block


class HeldBack:
    """Passes blocks on as they are, but for at least the last so many frames.

    No block is copied on its way: an overlap of some seconds would be a megabyte each time.
    """

    def __init__(self, frames: int) -> None:
        self._least = frames
        self._blocks: deque[Block] = deque()
        self._frames = 0

    def hold(self, frames: int) -> None:
        """From now on hold so many frames."""
        self._least = frames

    def push(self, block: Block) -> Iterator[Block]:
        """Hold `block`; gives those before it that need not be held any more."""
        self._blocks.append(block)
        self._frames += len(block)
        while self._blocks and self._frames - len(self._blocks[0]) >= self._least:
            first = self._blocks.popleft()
            self._frames -= len(first)
            yield first

    def end(self) -> tuple[Block, Block]:
        """What of the rest can still be passed on, and the last frames; call it once."""
        empty = np.zeros((0, 2), dtype=np.float32)
        rest = np.concatenate(self._blocks) if self._blocks else empty
        self._blocks.clear()
        over = max(0, len(rest) - self._least)
        return rest[:over].copy(), rest[over:].copy()

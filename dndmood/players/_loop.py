"""A sound that begins again before it has ended, so that nobody hears where. Pure; counts frames."""

import math
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from dndmood.players._faders import Block
from dndmood.players._held_back import HeldBack
from dndmood.players._tracks import UnreadableError

_SHARE = 4
"""The overlap takes at most a quarter of the sound."""
_LEAST_ALIKE = -0.5
"""Ends that cancel each other more than this would have to be lifted out of nothing."""


def looped(
    played: Callable[[], Iterator[Block]], overlap: int, *, fade_in: bool = False
) -> Iterator[Block]:
    """Rounds of what `played` gives, each joined to the next over `overlap` frames.

    With `fade_in` the first round comes out of silence. Where a round raises `UnreadableError` its
    end fades out first.
    """
    tail = np.zeros((overlap if fade_in else 0, 2), dtype=np.float32)
    while True:
        held, given = HeldBack(overlap), 0
        try:
            for block in _joined(tail, played()):
                for older in held.push(block):
                    given += len(older)
                    yield older
        except UnreadableError:
            before, last = held.end()
            yield before
            yield np.asarray(last * _falling(len(last))[:, np.newaxis], np.float32)
            raise
        before, last = held.end()
        frames = given + len(before) + len(last)
        if not frames:
            raise UnreadableError("there is no sound in it")
        ends = min(len(last), frames // _SHARE)
        yield before
        yield last[: len(last) - ends]
        tail = last[len(last) - ends :]


def crossfaded(before: Block, after: Block) -> Block:
    """`before` into `after`, of the same shape, at an even power however alike the two are.

    Gains of a quarter sine keep the power of unrelated sounds; related ones, such as one drone in
    two phases, would swell by up to 3 dB or vanish. Both gains are divided by what the sum has too
    much: "Signal-matched power-complementary cross-fading and dry-wet mixing", M. Fink,
    M. Holters, U. Zölzer, DAFx-16.
    """
    fall, rise = _falling(len(before)), _falling(len(before))[::-1]
    powers = [float(np.square(one, dtype=np.float64).sum()) for one in (before, after)]
    both = float((before.astype(np.float64) * after).sum())
    wanted = fall**2 * powers[0] + rise**2 * powers[1]
    least = _LEAST_ALIKE * math.sqrt(powers[0] * powers[1])
    found = wanted + 2.0 * fall * rise * max(both, least)
    even = np.sqrt(np.divide(wanted, found, out=np.ones_like(wanted), where=found > 0.0))
    mixed: Block = (
        before * (fall * even)[:, np.newaxis] + after * (rise * even)[:, np.newaxis]
    ).astype(np.float32)
    return mixed


def _joined(tail: Block, blocks: Iterator[Block]) -> Iterator[Block]:
    """`blocks`, their beginning crossfaded with `tail`."""
    parts, frames = [np.zeros((0, 2), dtype=np.float32)], 0
    for block in blocks:
        parts.append(block)
        frames += len(block)
        if frames >= len(tail):
            break
    head, joint = np.concatenate(parts), min(len(tail), frames)
    yield np.concatenate((crossfaded(tail[:joint], head[:joint]), head[joint:]))
    yield from blocks


def _falling(frames: int) -> NDArray[np.float64]:
    """A quarter cosine from almost 1 to almost 0, shape `(frames,)`."""
    part = (np.arange(frames) + 0.5) / max(frames, 1)
    gain: NDArray[np.float64] = np.cos(part * (math.pi / 2.0))
    return gain

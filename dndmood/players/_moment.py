"""When music is best left: while it is quiet, as between two phrases. Pure; it counts frames."""

import numpy as np

from dndmood.players._faders import Block

_STEP_S = 0.05
_BETTER = 0.7
"""A later moment must take so much less of what sounds (1.5 dB) to be worth the wait."""


def quietest(sound: Block, rate_hz: int, *, fade: int, wait: int) -> int:
    """In how many frames, at most `wait`, a crossfade of `fade` frames leaves music best.

    `sound` is what will come of it, shape `(frames, columns)`; it may be shorter than both
    together. An equal-power fade takes the power of the music away as sin² grows, fastest in its
    middle. So the loudness that is taken from it while it can be heard is its power weighted with
    a half sine over the fade: the least of that is the answer, which puts the middle of the fade
    into a rest or behind the end of a phrase. 0 where no moment is clearly better than now.
    """
    step = max(1, round(_STEP_S * rate_hz))
    count = len(sound) // step
    if count == 0:
        return 0
    squares = np.square(sound[: count * step, :2], dtype=np.float64)
    power = squares.reshape(count, -1).mean(axis=1)
    width = min(max(1, fade // step), count)
    slope = np.sin(np.pi * (np.arange(width) + 0.5) / width)
    taken = np.convolve(power, slope, mode="valid")[: wait // step + 1]
    best = int(taken.argmin())
    return best * step if taken[best] < _BETTER * taken[0] else 0

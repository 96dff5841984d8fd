"""Sound of any number of channels as the two that are played."""

import math

import numpy as np
from numpy.typing import NDArray

_GLITCH = 1e5
"""A hundred decibels over full scale: no number that any program writes for sound."""
_HALF = math.sqrt(0.5)
# What one channel gives to left and right: Recommendation ITU-R BS.775-4, annex 4, table 2.
_LEFT, _RIGHT, _CENTRE = (1.0, 0.0), (0.0, 1.0), (_HALF, _HALF)
_LEFT_BACK, _RIGHT_BACK, _CENTRE_BACK = (_HALF, 0.0), (0.0, _HALF), (0.5, 0.5)
_BASS = (0.0, 0.0)  # the effects channel stays out, as the recommendation has it

_QUAD = (_LEFT, _RIGHT, _LEFT_BACK, _RIGHT_BACK)
_SIDES = (_LEFT_BACK, _RIGHT_BACK)
_IN_WAV = {
    3: (_LEFT, _RIGHT, _CENTRE),
    4: _QUAD,
    5: (_LEFT, _RIGHT, _CENTRE, *_SIDES),
    6: (_LEFT, _RIGHT, _CENTRE, _BASS, *_SIDES),
    7: (_LEFT, _RIGHT, _CENTRE, _BASS, _CENTRE_BACK, *_SIDES),
    8: (_LEFT, _RIGHT, _CENTRE, _BASS, *_SIDES, *_SIDES),
}
"""The order of channels in WAV and FLAC (RFC 9639, section 9.1.3)."""
_IN_OGG = {
    3: (_LEFT, _CENTRE, _RIGHT),
    4: _QUAD,
    5: (_LEFT, _CENTRE, _RIGHT, *_SIDES),
    6: (_LEFT, _CENTRE, _RIGHT, *_SIDES, _BASS),
    7: (_LEFT, _CENTRE, _RIGHT, *_SIDES, _CENTRE_BACK, _BASS),
    8: (_LEFT, _CENTRE, _RIGHT, *_SIDES, *_SIDES, _BASS),
}
"""The order of channels in Vorbis (I specification, section 4.3.9) and Opus (RFC 7845, 5.1.1.2)."""


def stereo(block: NDArray[np.float32], *, ogg: bool = False) -> NDArray[np.float32]:
    """`block`, shape `(frames, channels)`, as what is heard left and right, shape `(frames, 2)`.

    Mono goes to both sides. With `ogg`, more than two channels come in the order of Ogg Vorbis,
    otherwise in that of WAV. More than eight are in no known order: both sides get the mean of all. A value that cannot be sound is 0,
    or it alone would say how loud a track is.
    """
    channels = block.shape[1]
    if float(np.abs(block).max(initial=0.0)) > _GLITCH:
        block = np.where(np.abs(block) > _GLITCH, np.float32(0.0), block)
    if channels == 2:  # noqa: PLR2004 - left and right
        return block
    if channels == 1:
        return np.repeat(block, 2, axis=1)
    known = (_IN_OGG if ogg else _IN_WAV).get(channels, ((1.0 / channels,) * 2,) * channels)
    folded: NDArray[np.float32] = block @ np.array(known, dtype=np.float32)
    return folded

"""Sound of any number of channels as the two that are played, whatever order they come in."""

import math
from collections.abc import Iterable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from dndmood.sample_peaks import peak

Layout: TypeAlias = tuple[str, ...]
"""What each channel is, in the order of the file: one of the names in `NAMES`."""

NAMES = (
    "left", "right", "centre", "bass", "left back", "right back", "left inner", "right inner",
    "back", "left side", "right side", "top", "left high", "high", "right high",
    "left high back", "high back", "right high back",
)  # fmt: skip
"""The channels in the order of a WAV file's channel mask, its lowest bit first (WAVEFORMATEXTENSIBLE)."""

_GLITCH = 1e5
"""A hundred decibels over full scale: no number that any program writes for sound."""
_HALF = math.sqrt(0.5)
# What one channel gives to left and right: Recommendation ITU-R BS.775-4, annex 4, table 2. The
# effects channel stays out, as the recommendation has it. It does not know the inner front
# channels of a cinema and those overhead: they give what the nearest ones that it knows give.
_GIVES = {
    "left": (1.0, 0.0), "right": (0.0, 1.0), "centre": (_HALF, _HALF), "bass": (0.0, 0.0),
    "left back": (_HALF, 0.0), "right back": (0.0, _HALF), "back": (0.5, 0.5),
    "left side": (_HALF, 0.0), "right side": (0.0, _HALF),
    "left inner": (1.0, 0.0), "right inner": (0.0, 1.0),
    "top": (0.5, 0.5), "high": (_HALF, _HALF), "high back": (0.5, 0.5),
    "left high": (_HALF, 0.0), "right high": (0.0, _HALF),
    "left high back": (_HALF, 0.0), "right high back": (0.0, _HALF),
}  # fmt: skip
_FRONT, _BACK, _SIDE = (
    ("left", "right"),
    ("left back", "right back"),
    ("left side", "right side"),
)
_IN_WAV: dict[int, Layout] = {
    3: (*_FRONT, "centre"),
    4: (*_FRONT, *_BACK),
    5: (*_FRONT, "centre", *_BACK),
    6: (*_FRONT, "centre", "bass", *_BACK),
    7: (*_FRONT, "centre", "bass", "back", *_SIDE),
    8: (*_FRONT, "centre", "bass", *_BACK, *_SIDE),
}
"""The order of channels in WAV and FLAC (RFC 9639, section 9.1.3)."""
_IN_OGG: dict[int, Layout] = {
    3: ("left", "centre", "right"),
    4: (*_FRONT, *_BACK),
    5: ("left", "centre", "right", *_BACK),
    6: ("left", "centre", "right", *_BACK, "bass"),
    7: ("left", "centre", "right", *_SIDE, "back", "bass"),
    8: ("left", "centre", "right", *_SIDE, *_BACK, "bass"),
}
"""The order of channels in Vorbis (I specification, section 4.3.9) and Opus (RFC 7845, 5.1.1.2)."""


def usual(channels: int, *, ogg: bool = False) -> Layout | None:
    """What so many channels are where the file does not say it; None when nobody knows.

    With `ogg` in the order of Ogg Vorbis, otherwise in that of WAV.
    """
    if channels <= len(_FRONT):
        return _FRONT if channels == len(_FRONT) else ("centre",)
    return (_IN_OGG if ogg else _IN_WAV).get(channels)


def by_mask(mask: int, channels: int) -> Layout | None:
    """What the channels are by the mask of a WAV file; None when it does not name all of them.

    >>> by_mask(0b1011, 3)
    ('left', 'right', 'bass')
    """
    names = tuple(name for bit, name in enumerate(NAMES) if mask >> bit & 1)
    return names if len(names) == channels else None


def stereo(block: NDArray[np.float32], layout: Layout | None = None) -> NDArray[np.float32]:
    """`block`, shape `(frames, channels)`, as what is heard left and right, shape `(frames, 2)`.

    Mono goes to both sides. Without a `layout` the order is that of WAV. Where nobody knows what
    the channels are, both sides get the mean of all. A value that cannot be sound is 0, or it
    alone would say how loud a track is.
    """
    channels = block.shape[1]
    if not peak(block) <= _GLITCH:
        block = np.where(np.abs(block) > _GLITCH, np.float32(0.0), block)
    if channels == 1:
        return np.repeat(block, 2, axis=1)
    layout = layout or usual(channels)
    if layout == _FRONT:
        return block
    gives: Iterable[tuple[float, float]] = ((1.0 / channels,) * 2,) * channels
    if layout is not None:
        gives = (_GIVES[name] for name in layout)
    folded: NDArray[np.float32] = block @ np.array(tuple(gives), dtype=np.float32)
    return folded

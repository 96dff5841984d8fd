"""The sound of a file in even blocks, as it is heard: folded to one or two channels, at any rate."""

import os
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from dndmood.channels import stereo
from dndmood.sound_files import open_sound


def blocks(
    path: str | os.PathLike[str],
    *,
    rate_hz: int | None = None,
    channels: int = 2,
    block_s: float = 0.5,
    called: str = "",
) -> Iterator[NDArray[np.float32]]:
    """All the sound of the file `path` from its beginning to its end, `block_s` at a time.

    float32, shape `(frames, channels)`. Two channels are what is heard left and right, see
    `dndmood.channels.stereo`; one is their mean. It is resampled to `rate_hz`, by default it
    stays at the file's own. Memory does not grow with the file. Raises `UserError` as
    `open_sound` does, before the first block.
    """
    with open_sound(path, called=called) as sound:
        heard = (
            stereo(block, sound.layout)
            for block in sound.blocks(max(1, round(block_s * sound.rate_hz)))
        )
        if channels == 1:
            heard = (block.mean(axis=1, keepdims=True, dtype=np.float32) for block in heard)
        yield from resampled(heard, sound.rate_hz, rate_hz or sound.rate_hz)


def resampled(
    sound: Iterator[NDArray[np.float32]], from_hz: int, to_hz: int
) -> Iterator[NDArray[np.float32]]:
    """`sound`, blocks of shape `(frames, channels)`, at another rate; the cuts leave no trace."""
    if from_hz == to_hz:
        yield from sound
        return
    import soxr

    stream = None
    channels = 0
    for block in sound:
        if stream is None:
            channels = block.shape[1]
            stream = soxr.ResampleStream(
                from_hz, to_hz, channels, dtype="float32", quality="HQ"
            )
        ready = stream.resample_chunk(np.ascontiguousarray(block)).reshape(-1, channels)
        if len(ready):
            yield ready
    if stream is None:
        return
    rest = stream.resample_chunk(np.zeros((0, channels), dtype=np.float32), last=True)
    if len(rest := rest.reshape(-1, channels)):
        yield rest

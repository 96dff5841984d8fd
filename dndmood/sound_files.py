"""Sound files as a forward reader: whatever they are called, and as much of them as is there.

This is the one place that reads them, for the music and for recordings.
"""

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from dndmood import ffmpeg
from dndmood.channels import Layout
from dndmood.errors import UserError
from dndmood.file_names import printable
from dndmood.libsndfile import Bytes, Libsndfile, NotDecodedError
from dndmood.sample_peaks import peak

__all__ = [
    "OTHER_SOUND",
    "SUFFIXES",
    "WAY_OUT",
    "Sound",
    "open_sound",
    "printable",
]

_LIBSNDFILE = frozenset(
    {".aif", ".aifc", ".aiff", ".au", ".bwf", ".caf", ".flac", ".mp2", ".mp3", ".mpga", ".oga",
     ".ogg", ".opus", ".rf64", ".snd", ".w64", ".wav", ".wave"}
)  # fmt: skip
_NOT_AT_ALL = frozenset({".m4p", ".mid", ".midi", ".mod", ".ra", ".s3m", ".xm"})
_BY_FFMPEG = ffmpeg.SUFFIXES if ffmpeg.program() else frozenset[str]()
SUFFIXES = _LIBSNDFILE | _BY_FFMPEG
"""What is decoded here, in lower case: by libsndfile and, where it is there, by ffmpeg."""
OTHER_SOUND = (ffmpeg.SUFFIXES | _NOT_AT_ALL) - _BY_FFMPEG
"""Sound that other programs play and that is not decoded here, in lower case."""
WAY_OUT = "convert it to OGG, FLAC or MP3" + (
    "" if _BY_FFMPEG else ", or install ffmpeg or dndmood[ffmpeg]"
)
"""What to do with a file of `OTHER_SOUND`, to stand behind a colon; `it` may become `them`."""

_PIECE = 4096
"""Frames that are decoded at once: where a file is damaged, so many are lost at most."""
_RATES_HZ = (1_000, 768_000)
_LOUDEST = 1e6
"""Values beyond this (120 dB over full scale) are no sound; they only overflow what comes after."""


class _Decoder(Protocol):
    """What decodes a file from its beginning on."""

    rate_hz: int
    channels: int
    frames: int | None
    duration_s: float | None
    title: str
    layout: Layout | None

    @property
    def error(self) -> str: ...
    def decode(self, frames: int) -> NDArray[np.float32]: ...
    def seek(self, frame: int) -> None: ...
    def close(self) -> None: ...


class Sound:
    """An open sound file that is read from its beginning to its end.

    Blocks of any size join to exactly what decoding in one go gives. Use `open_sound`.
    """

    def __init__(
        self, start: Callable[[], _Decoder], let_go: Callable[[], None], called: str
    ) -> None:
        """`start` gives a decoder at the beginning of the file, as often as it is called."""
        self._start, self._let_go = start, let_go
        self._called = called
        self.frames: int | None = None
        """How many frames the file says it has; None when it does not say."""
        self.duration_s: float | None = None
        """How long it is by its header or, for an MP3 that does not say, by its size."""
        self.damaged = ""
        """Why the sound ended early or has gaps, in a few words; empty while all is well."""
        self.not_numbers = 0
        """Frames so far that held values which are no numbers; those values are 0 now."""
        self._decoder: _Decoder | None = None
        self.rewind()
        if not _RATES_HZ[0] <= self.rate_hz <= _RATES_HZ[1]:
            raise UserError(
                f"{called} says it has {self.rate_hz} frames a second: save it again."
            )

    @property
    def rate_hz(self) -> int:
        """Frames per second."""
        return self._decoding.rate_hz

    @property
    def channels(self) -> int:
        """Values per frame."""
        return self._decoding.channels

    @property
    def layout(self) -> Layout | None:
        """What each channel is, see `dndmood.channels`; None when nobody knows."""
        return self._decoding.layout

    @property
    def title(self) -> str:
        """The title that the file itself carries; "" when it has none."""
        return self._decoding.title.strip()

    def read(self, frames: int) -> NDArray[np.float32]:
        """The next `frames`, float32, shape `(n, channels)`; fewer only at the end, then none.

        Never raises for what is wrong with the file: `damaged` says it.
        """
        pieces, wanted = [], frames
        while wanted > 0 and len(piece := self._piece(wanted)):
            pieces.append(piece)
            wanted -= len(piece)
        empty = np.zeros((0, self.channels), dtype=np.float32)
        whole = pieces[0] if len(pieces) == 1 else np.concatenate(pieces or (empty,))
        return self._numbers(whole)

    def blocks(self, frames: int) -> Iterator[NDArray[np.float32]]:
        """All that is left, `frames` at a time, as `read` gives it."""
        while len(block := self.read(frames)):
            yield block

    def jump(self, frame: int) -> None:
        """Go on from about `frame`: near enough to measure from there, not exact as `read` is."""
        self._decoding.seek(frame)
        self.damaged = self._decoding.error or self.damaged
        self._held = np.zeros((0, self.channels), dtype=np.float32)

    def rewind(self) -> None:
        """Go back to the first frame, also when the file has been removed meanwhile.

        Raises `UserError` when it can no longer be read.
        """
        if self._decoder is not None:
            self._decoder.close()
        self._decoder = self._start()
        self.frames, self.duration_s = self._decoder.frames, self._decoder.duration_s
        self._held = self._decoded(_PIECE)
        if not len(self._held):
            raise UserError(f"{self._called} is empty: there is no sound in it.")

    def close(self) -> None:
        """Let the file go."""
        if self._decoder is not None:
            self._decoder.close()
        self._let_go()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def _decoding(self) -> _Decoder:
        assert self._decoder is not None  # noqa: S101 - from `rewind` in `__init__` on
        return self._decoder

    def _piece(self, most: int) -> NDArray[np.float32]:
        """At most `most` frames, from what was decoded before or now; none at the end."""
        if not len(self._held):
            self._held = self._decoded(_PIECE)
        piece, self._held = self._held[:most], self._held[most:]
        return piece

    def _decoded(self, frames: int) -> NDArray[np.float32]:
        block = self._decoding.decode(frames)
        self.damaged = self._decoding.error or self.damaged
        return block

    def _numbers(self, block: NDArray[np.float32]) -> NDArray[np.float32]:
        # One value that is no number makes one of these none, and no comparison with it is true.
        if peak(block) <= _LOUDEST:
            return block
        good = np.isfinite(block)
        if not good.all():
            self.not_numbers += int((~good.all(axis=1)).sum())
            block = np.where(good, block, np.float32(0.0))
        return np.clip(block, -_LOUDEST, _LOUDEST)


def open_sound(path: str | os.PathLike[str], *, called: str = "") -> Sound:
    """The sound file `path`, at its beginning; its name may be any bytes.

    `called` is what sentences call it, by default the path. Raises `UserError` when it is
    missing, no regular file, cannot be decoded, or holds no sound. Half a file gives its half,
    and a WAV, AIFF, CAF or AU whose header was never finished is read to the end of the file.
    What libsndfile does not know is decoded by ffmpeg where that is there.
    Opening may wait as long as the disk does: where that matters, open on a thread.
    """
    called = called or printable(path)
    file = _opened(path, called)
    try:
        kept = Bytes(file)
        return Sound(lambda: Libsndfile(kept, called), kept.close, called)
    except OSError as error:
        file.close()
        raise UserError(f"{called} cannot be read ({error.strerror or error}).") from error
    except NotDecodedError as error:
        file.close()
        return _by_ffmpeg(os.fspath(path), called, str(error))
    except UserError:
        file.close()
        raise


def _by_ffmpeg(path: str, called: str, kind: str) -> Sound:
    """The file by ffmpeg; raises `UserError` with what libsndfile thinks it is."""
    if ffmpeg.program():
        try:
            return Sound(lambda: ffmpeg.Ffmpeg(path), lambda: None, called)
        except UserError as error:
            if str(error).startswith(called):
                raise
    suffix = f".{kind.lower()}"
    if kind == "M4A or MP4" or suffix in OTHER_SOUND | ffmpeg.SUFFIXES:
        what = f"{called} is {kind}, which"
        if ffmpeg.program() and suffix not in _NOT_AT_ALL:
            raise UserError(f"{what} ffmpeg cannot decode: copy it again, or {WAY_OUT}.")
        raise UserError(f"{what} is not decoded here: {WAY_OUT}.")
    raise UserError(
        f"{called} is not a sound file that can be read: use WAV, FLAC, OGG, Opus or MP3."
    )


def _opened(path: str | os.PathLike[str], called: str) -> BinaryIO:
    try:
        kind = os.stat(path).st_mode  # noqa: PTH116 - a path object would not take all bytes
        if stat.S_ISREG(kind):  # a pipe would be waited for, a device may act when it is opened
            return Path(path).open("rb", buffering=1 << 14)
    except FileNotFoundError as error:
        raise UserError(f"There is no sound file {called}: check the name.") from error
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        reason = getattr(error, "strerror", None) or "no file can be called so"
        raise UserError(f"{called} cannot be read ({reason}).") from error
    what = "a folder" if stat.S_ISDIR(kind) else "no ordinary file"
    raise UserError(f"{called} is {what}: name a sound file.")

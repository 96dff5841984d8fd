"""Sound files as a forward reader: whatever they are called, and as much of them as is there."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Self

import numpy as np
from numpy.typing import NDArray

from dndmood.errors import UserError
from dndmood.file_names import printable
from dndmood.sound_headers import (
    MendedFile,
    counts_its_frames,
    likely_mp3_frames,
    mp3_begin,
    unfinished,
)

__all__ = ["OTHER_SOUND", "SUFFIXES", "Sound", "open_sound", "printable"]

SUFFIXES = frozenset(
    {".aif", ".aifc", ".aiff", ".au", ".bwf", ".caf", ".flac", ".mp2", ".mp3", ".mpga", ".oga",
     ".ogg", ".opus", ".rf64", ".snd", ".w64", ".wav", ".wave"}
)  # fmt: skip
"""What libsndfile decodes, in lower case."""
OTHER_SOUND = frozenset(
    {".3gp", ".aac", ".ac3", ".alac", ".amr", ".ape", ".dsf", ".m4a", ".m4b", ".m4p", ".m4r",
     ".mid", ".midi", ".mka", ".mkv", ".mod", ".mov", ".mp4", ".mpc", ".ra", ".s3m", ".spx",
     ".tta", ".webm", ".wma", ".wv", ".xm"}
)  # fmt: skip
"""Sound that other programs play and libsndfile does not decode, in lower case."""

_PIECE = 4096
"""Frames that are decoded at once: where a file is damaged, so many are lost at most."""
_RATES_HZ = (1_000, 768_000)
_LOUDEST = 1e6
"""Values beyond this (120 dB over full scale) are no sound; they only overflow what comes after."""
_NO_END = 1 << 62
"""libsndfile gives at least so many frames where it does not know the number."""
_TRIES = 8
"""So often in a row a damaged file may fail before its end is taken as reached."""


class Sound:
    """An open sound file that is read from its beginning to its end.

    Blocks of any size join to exactly what decoding in one go gives. Use `open_sound`.
    """

    def __init__(self, file: BinaryIO, called: str) -> None:
        self._file = file
        self._called = called
        self._patches = unfinished(file)
        self._begin = mp3_begin(file)
        self.frames: int | None = None
        """How many frames the file says it has; None when it does not say."""
        self.duration_s: float | None = None
        """How long it is by its header or, for an MP3 that does not say, by its size."""
        self.damaged = ""
        """Why the sound ended early or has gaps, in a few words; empty while all is well."""
        self.not_numbers = 0
        """Frames so far that held values which are no numbers; those values are 0 now."""
        self._decoder: Any = None
        self.rewind()
        if not _RATES_HZ[0] <= self.rate_hz <= _RATES_HZ[1]:
            raise UserError(
                f"{called} says it has {self.rate_hz} frames a second: save it again."
            )

    @property
    def rate_hz(self) -> int:
        """Frames per second."""
        return int(self._decoder.samplerate)

    @property
    def channels(self) -> int:
        """Values per frame."""
        return int(self._decoder.channels)

    @property
    def title(self) -> str:
        """The title that the file itself carries; "" when it has none."""
        return str(self._decoder.title).strip()

    def read(self, frames: int) -> NDArray[np.float32]:
        """The next `frames`, float32, shape `(n, channels)`; fewer only at the end, then none.

        Never raises for what is wrong with the file: `damaged` says it.
        """
        pieces, wanted = [], frames
        while wanted > 0 and len(piece := self._piece(wanted)):
            pieces.append(piece)
            wanted -= len(piece)
        empty = np.zeros((0, self.channels), dtype=np.float32)
        return self._numbers(np.concatenate(pieces)) if pieces else empty

    def blocks(self, frames: int) -> Iterator[NDArray[np.float32]]:
        """All that is left, `frames` at a time, as `read` gives it."""
        while len(block := self.read(frames)):
            yield block

    def jump(self, frame: int) -> None:
        """Go on from about `frame`: near enough to measure from there, not exact as `read` is."""
        import soundfile

        try:
            self._decoder.seek(frame)
        except soundfile.SoundFileRuntimeError:
            self.damaged = "it is damaged"
        self._held = np.zeros((0, self.channels), dtype=np.float32)

    def rewind(self) -> None:
        """Go back to the first frame, also when the file has been removed meanwhile.

        Raises `UserError` when it can no longer be read.
        """
        self._release()
        self._bytes = MendedFile(self._file, self._patches, self._begin)
        self._decoder, self.frames, guess = _decoder(self._bytes, self._called)
        self.duration_s = guess / self.rate_hz if guess < _NO_END else None
        self._held = self._decoded(_PIECE)
        if not len(self._held):
            raise UserError(f"{self._called} is empty: there is no sound in it.")

    def close(self) -> None:
        """Let the file go."""
        self._release()
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _release(self) -> None:
        if self._decoder is not None:
            self._decoder.close()

    def _piece(self, most: int) -> NDArray[np.float32]:
        """At most `most` frames, from what was decoded before or now; none at the end."""
        if not len(self._held):
            self._held = self._decoded(_PIECE)
        piece, self._held = self._held[:most], self._held[most:]
        return piece

    def _decoded(self, frames: int) -> NDArray[np.float32]:
        import soundfile

        out = np.empty((frames, self.channels), dtype=np.float32)
        block = out[:0]
        for _ in range(_TRIES):
            try:
                # With `out` the decoder reads on; without, soundfile counts what should be left.
                block = self._decoder.read(dtype="float32", always_2d=True, out=out)
                break
            except soundfile.SoundFileRuntimeError:  # as behind a damaged stretch of FLAC
                self.damaged = "it is damaged"
        if self._bytes.error:
            self.damaged = self._bytes.error
        return block

    def _numbers(self, block: NDArray[np.float32]) -> NDArray[np.float32]:
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
    Opening may wait as long as the disk does: where that matters, open on a thread.
    """
    called = called or printable(path)
    file = _opened(path, called)
    try:
        return Sound(file, called)
    except OSError as error:
        file.close()
        raise UserError(f"{called} cannot be read ({error.strerror or error}).") from error
    except UserError:
        file.close()
        raise


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


def _decoder(source: MendedFile, called: str) -> tuple[Any, int | None, int]:
    """A decoder on `source`, how many frames the header promises, and the best guess."""
    import soundfile

    try:
        counted = counts_its_frames(source)
        source.seek(0)
        decoder = soundfile.SoundFile(source)
        frames = int(decoder.frames)
        if guessed := decoder.format == "MP3" and not counted:
            # libsndfile then guesses the number from the first frames and decodes no more than
            # that; a file without an end has no such bound.
            decoder.close()
            frames = likely_mp3_frames(source) or frames
            source.pretend()
            decoder = soundfile.SoundFile(source)
    except (soundfile.SoundFileError, OSError, TypeError) as error:
        raise UserError(_refusal(source, called)) from error
    # soundfile seeks after each read where it can; after a seek an MP3 decoder lacks the bits
    # that earlier frames had put aside, and music of variable bit rate comes out chopped.
    decoder.seekable = lambda: False
    return decoder, None if guessed or frames >= _NO_END else frames, frames


def _refusal(source: MendedFile, called: str) -> str:
    head = source.head()
    suffix = Path(called).suffix.lower()
    if source.error:
        return f"{called} cannot be read ({source.error})."
    if not head:
        return f"{called} is not a sound file that can be read: it is empty."
    kind = suffix[1:].upper() if suffix in OTHER_SOUND else ""
    kind = "M4A or MP4" if head[4:8] == b"ftyp" else kind
    kind = "WMA" if head[:4] == b"\x30\x26\xb2\x75" else kind
    if kind:
        return f"{called} is {kind}, which is not decoded here: convert it to OGG, FLAC or MP3."
    return f"{called} is not a sound file that can be read: use WAV, FLAC, OGG, Opus or MP3."

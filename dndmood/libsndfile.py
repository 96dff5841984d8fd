"""Sound files that libsndfile decodes: WAV, FLAC, Ogg, MP3 and their kin."""

from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from dndmood.channels import NAMES, Layout, usual
from dndmood.errors import UserError
from dndmood.sound_headers import (
    MendedFile,
    counts_its_frames,
    likely_mp3_frames,
    mp3_begin,
    unfinished,
)

_NO_END = 1 << 62
"""libsndfile gives at least so many frames where it does not know the number."""
_TRIES = 8
"""So often in a row a damaged file may fail before its end is taken as reached."""
_CHANNEL_MAP = 0x1100
"""SFC_GET_CHANNEL_MAP_INFO in sndfile.h."""
_IN_SNDFILE = (
    "", "centre", "left", "right", "centre", "left", "right", "centre", "back", "left back",
    "right back", "bass", "left inner", "right inner", "left side", "right side", "top",
    "left high", "right high", "high", "left high back", "right high back", "high back",
)  # fmt: skip
"""What its numbers mean, from SF_CHANNEL_MAP_INVALID on (sndfile.h)."""


class NotDecodedError(UserError):
    """It is no sound that libsndfile knows."""


class Bytes:
    """An open file, and what has to be mended in it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._patches, self._begin = unfinished(file), mp3_begin(file)

    def mended(self) -> MendedFile:
        """The file from its beginning on."""
        return MendedFile(self._file, self._patches, self._begin)

    def close(self) -> None:
        """Let the file go."""
        self._file.close()


class Libsndfile:
    """A decoder at the beginning of a file; raises `NotDecodedError` when it cannot be one."""

    def __init__(self, file: Bytes, called: str) -> None:
        self._bytes = file.mended()
        self._damaged = False
        self._sound, self.frames, guess = _opened(self._bytes, called)
        self.rate_hz = int(self._sound.samplerate)
        self.channels = int(self._sound.channels)
        self.duration_s = guess / self.rate_hz if guess < _NO_END and self.rate_hz else None
        self.title = str(self._sound.title)
        self.layout = _layout(self._sound)

    @property
    def error(self) -> str:
        """Why the sound has gaps or ended early, in a few words."""
        return self._bytes.error or ("it is damaged" if self._damaged else "")

    def decode(self, frames: int) -> NDArray[np.float32]:
        """The next `frames`, shape `(n, channels)`; fewer at the end only, then none."""
        import soundfile

        out = np.empty((frames, self.channels), dtype=np.float32)
        for _ in range(_TRIES):
            try:
                # With `out` the decoder reads on; without, soundfile counts what should be left.
                block: NDArray[np.float32] = self._sound.read(
                    dtype="float32", always_2d=True, out=out
                )
            except soundfile.SoundFileRuntimeError:  # as behind a damaged stretch of FLAC
                self._damaged = True
            else:
                return block
        return out[:0]

    def seek(self, frame: int) -> None:
        """Go on from about `frame`."""
        import soundfile

        try:
            self._sound.seek(frame)
        except soundfile.SoundFileRuntimeError:
            self._damaged = True

    def close(self) -> None:
        """Let the decoder go, and keep the file."""
        self._sound.close()


def _opened(source: MendedFile, called: str) -> tuple[Any, int | None, int]:
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
        raise _refusal(source, called) from error
    # soundfile seeks after each read where it can; after a seek an MP3 decoder lacks the bits
    # that earlier frames had put aside, and music of variable bit rate comes out chopped.
    decoder.seekable = lambda: False
    return decoder, None if guessed or frames >= _NO_END else frames, frames


def _layout(sound: Any) -> Layout | None:
    """What the channels are: by the file itself where it says so, as WAV and CAF can."""
    import soundfile

    try:
        said = soundfile._ffi.new("int[]", sound.channels)  # noqa: SLF001 - it has no public way
        size = 4 * sound.channels
        known = soundfile._snd.sf_command(sound._file, _CHANNEL_MAP, said, size)  # noqa: SLF001
        names = tuple(_IN_SNDFILE[n] if 0 < n < len(_IN_SNDFILE) else "" for n in said)
    except (AttributeError, TypeError):  # another soundfile
        known, names = False, ()
    # For AIFF it may give what happened to be in memory, and each place can be there only once.
    if known and all(name in NAMES for name in names) and len(set(names)) == len(names):
        return names
    return usual(int(sound.channels), ogg=sound.format == "OGG")


def _refusal(source: MendedFile, called: str) -> UserError:
    head = source.head()
    if source.error:
        return UserError(f"{called} cannot be read ({source.error}).")
    if not head:
        return UserError(f"{called} is not a sound file that can be read: it is empty.")
    return NotDecodedError(kind(head, Path(called).suffix))


def kind(head: bytes, suffix: str) -> str:
    """What a file that begins with `head` is, as people call it; "" when nobody can tell."""
    if head[4:8] == b"ftyp":
        return "M4A or MP4"
    if head[:4] == b"\x30\x26\xb2\x75":
        return "WMA"
    return suffix[1:].upper()

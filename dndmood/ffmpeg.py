"""Sound that libsndfile does not know, such as M4A and WMA: decoded by ffmpeg, where it is there.

ffmpeg runs as a program of its own: what a strange file does to it cannot end the evening, and
its memory is not ours. It is found in the user's path, or comes with the package imageio-ffmpeg.
"""

import os
import re
import shutil
import subprocess
import tempfile
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from dndmood.channels import Layout, by_mask, usual
from dndmood.errors import UserError

SUFFIXES = frozenset(
    {".3gp", ".aac", ".ac3", ".alac", ".amr", ".ape", ".dsf", ".m4a", ".m4b", ".m4r", ".mka",
     ".mkv", ".mov", ".mp4", ".mpc", ".spx", ".tta", ".webm", ".wma", ".wv"}
)  # fmt: skip
"""What it decodes besides that which libsndfile does, in lower case."""
_KINDS = (
    "3gp,aac,ac3,aiff,amr,ape,asf,avi,caf,dsf,eac3,flac,m4a,matroska,mov,mp3,mp4,mpc,mpc8,mpeg,"
    "mpegts,ogg,tta,wav,webm,wv"
)
"""No list of addresses among them: nothing is fetched."""
_NOBODY_WAITS_S = 0.5
_HEAD_MOST = 1 << 16
_EXTENSIBLE, _MASK = 40, slice(20, 24)
_DURATION = re.compile(r"^  Duration: (\d+):(\d\d):(\d\d\.\d+)", re.MULTILINE)
_TITLE = re.compile(r"^ {4}title +: (.*)$", re.MULTILINE | re.IGNORECASE)
_TROUBLE = re.compile(
    r"^\S.*(error|invalid|partial file|corrupt|truncated)", re.MULTILINE | re.IGNORECASE
)


@cache
def program() -> str:
    """Where ffmpeg lies; "" when it is not there."""
    if found := shutil.which("ffmpeg"):
        return found
    if find_spec("imageio_ffmpeg") is None:
        return ""
    import imageio_ffmpeg

    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError:  # it came without its program
        return ""


class Ffmpeg:
    """A decoder at the beginning of the file `path`, or at `from_s`.

    Raises `UserError` when ffmpeg is not there, or finds no sound in the file.
    """

    frames: int | None = None

    def __init__(self, path: str, *, from_s: float = 0.0) -> None:
        self._path = path
        self._error: str | None = None
        self._start(from_s)

    def decode(self, frames: int) -> NDArray[np.float32]:
        """The next `frames`, shape `(n, channels)`; fewer at the end only, then none."""
        data = self._out.read(frames * 4 * self.channels)
        if len(data) < frames * 4 * self.channels:  # how it ended is known in a moment
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_NOBODY_WAITS_S)
        whole = len(data) // (4 * self.channels) * 4 * self.channels
        # A copy, as what is made of bytes cannot be written into.
        sound = np.frombuffer(data[:whole], dtype="<f4").astype(np.float32)
        return sound.reshape(-1, self.channels)

    @property
    def error(self) -> str:
        """Why the sound has gaps or ended early, in a few words, once it has ended."""
        if self._error is None:
            if self._process.poll() is None:
                return ""
            _, _, since = self._said().partition("Stream mapping:")
            failed = self._process.returncode or _TROUBLE.search(since)
            self._error = "it is damaged" if failed else ""
        return self._error

    def seek(self, frame: int) -> None:
        """Go on from about `frame`."""
        self.close()
        self._start(frame / self.rate_hz)

    def close(self) -> None:
        """Let the program go; one that a dead drive holds is not waited for."""
        self._process.kill()
        self._out.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_NOBODY_WAITS_S)
        self._words.close()

    def _start(self, from_s: float) -> None:
        try:
            self._words: IO[bytes] = tempfile.TemporaryFile("a+b")  # noqa: SIM115 - closed by close
            try:
                self._process = _begun(self._path, from_s, self._words)
            except (OSError, ValueError, UserError):
                self._words.close()
                raise
        except (OSError, ValueError) as error:
            raise UserError("ffmpeg cannot be started") from error
        assert self._process.stdout is not None  # noqa: S101 - asked for as a pipe
        self._out = self._process.stdout
        try:
            self._read_head()
        except UserError:
            self.close()
            raise

    def _read_head(self) -> None:
        """What its WAV header says, and what it said of the file before that."""
        sound = self._chunk_before_data()
        if sound is None:
            raise UserError("ffmpeg finds no sound in it")
        self.channels = int.from_bytes(sound[2:4], "little")
        self.rate_hz = int.from_bytes(sound[4:8], "little")
        mask = int.from_bytes(sound[_MASK], "little") if len(sound) >= _EXTENSIBLE else 0
        self.layout: Layout | None = by_mask(mask, self.channels) or usual(self.channels)
        said = self._said()
        length = _DURATION.search(said)
        hours, minutes, seconds = (float(n) for n in length.groups()) if length else (0, 0, 0)
        self.duration_s: float | None = 3600 * hours + 60 * minutes + seconds or None
        title = _TITLE.search(said)
        self.title = title[1].strip() if title else ""

    def _chunk_before_data(self) -> bytes | None:
        """The body of "fmt ", with the stream at the first frame; None without a header."""
        sound: bytes | None = None
        if self._out.read(12)[:4] != b"RIFF":
            return None
        while len(head := self._out.read(8)) == 8:  # noqa: PLR2004 - a name and a size
            if head[:4] == b"data":
                break
            size = int.from_bytes(head[4:], "little")
            body = self._out.read(min(size + size % 2, _HEAD_MOST))
            sound = body if head[:4] == b"fmt " else sound
        return sound

    def _said(self) -> str:
        file = self._words.fileno()
        size = os.fstat(file).st_size
        if hasattr(os, "pread"):
            said = os.pread(file, size, 0)
        else:
            self._words.seek(0)
            said = self._words.read(size)
        return said.decode("utf-8", "replace").replace("\r\n", "\n")


def _begun(path: str, from_s: float, words: IO[bytes]) -> "subprocess.Popen[bytes]":
    if not program():
        raise UserError("ffmpeg is not there")
    where = ["-ss", f"{from_s:.3f}"] if from_s else []
    told = [
        *(program(), "-nostdin", "-hide_banner", "-nostats", "-v", "info"),
        *("-protocol_whitelist", "file,pipe", "-format_whitelist", _KINDS, *where),
        *("-i", f"file:{os.path.abspath(path)}"),  # noqa: PTH100 - a path object would not take all bytes
        *("-map", "0:a:0", "-c:a", "pcm_f32le", "-bitexact", "-f", "wav", "pipe:1"),
    ]
    return subprocess.Popen(  # noqa: S603 - a fixed command without a shell; the name stands behind "file:"
        told,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=words,
        cwd=Path(tempfile.gettempdir()),
        start_new_session=True,  # Ctrl-C ends dndmood, which fades out first
        creationflags=int(getattr(subprocess, "CREATE_NO_WINDOW", 0)),  # on Windows
    )

"""Files and folders that only their owner may read: what is kept of an evening is private."""

import errno
import os
import stat
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

_FOLDER, _FILE = 0o700, 0o600
_WAITS_S = (0.02, 0.05, 0.1, 0.2, 0.4)
"""Windows replaces no file that somebody reads, as a virus scanner does with what is new."""


def make_folder(path: Path) -> None:
    """Make `path` and what is missing above it, for the owner alone; one that exists is left.

    Raises OSError.
    """
    missing = [path]
    while not missing[-1].exists() and missing[-1] != missing[-1].parent:
        missing.append(missing[-1].parent)
    for folder in reversed(missing):
        folder.mkdir(mode=_FOLDER, exist_ok=True)


def check_folder(path: Path) -> None:
    """Raise OSError when nothing can be made in the folder `path`, as far as can be seen."""
    if not path.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    if not os.access(path, os.W_OK | os.X_OK):
        read_only = hasattr(os, "statvfs") and os.statvfs(path).f_flag & os.ST_RDONLY
        code = errno.EROFS if read_only else errno.EACCES
        raise OSError(code, os.strerror(code))


def advice(error: OSError, path: Path) -> str:
    """What a person can do where the file `path` cannot be written, as one sentence."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "Make room on its disk."
    if error.errno == errno.EROFS:
        return "Make its disk writable, or look what the system's log says of it."
    for above in reversed(path.parents):
        if os.path.lexists(above) and not os.path.isdir(above):  # noqa: PTH112 - never raises
            return f"Move {above} away, which is in the place of a folder."
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"Give yourself the right to write in {path.parent}."
    return "Look whether its disk is still there."


def opened(path: Path, how: int) -> int:
    """A descriptor of the file `path`, to write and to read, opened with the flags `how`.

    A new file is private. A pipe is not waited for: without a reader it is an error, for what is
    written to it would be lost. Raises OSError.
    """
    plain = getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    plain |= how | getattr(os, "O_NONBLOCK", 0)
    file = os.open(path, os.O_RDWR | plain, _FILE)
    if not stat.S_ISFIFO(os.fstat(file).st_mode):
        return file
    os.close(file)  # as long as it is open we are its reader ourselves
    try:
        return os.open(path, os.O_WRONLY | plain & ~os.O_CREAT)
    except OSError as error:
        if error.errno == errno.ENXIO:
            raise OSError(errno.ENXIO, "nobody reads this pipe") from error
        raise


def write_all(descriptor: int, content: bytes) -> None:
    """Write all of `content`; raises OSError when less of it could be written."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def replace(path: Path, content: bytes) -> None:
    """Write `content` to `path`, whole or not at all, and on the disk when this returns.

    The folder is made when it is missing. Raises OSError.
    """
    import tempfile  # not needed where nothing is written

    path = Path(os.path.realpath(path))  # a link, as from a folder of dotfiles, stays one
    make_folder(path.parent)
    descriptor, fresh = tempfile.mkstemp(prefix=".new-", dir=path.parent)  # for its owner alone
    try:
        try:
            write_all(descriptor, content)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        _put_in_place(Path(fresh), path)
    except OSError:
        Path(fresh).unlink(missing_ok=True)
        raise


def _put_in_place(
    fresh: Path, path: Path, waits_s: Sequence[float] = _WAITS_S if os.name == "nt" else ()
) -> None:
    """Rename `fresh` to `path`; a refusal is tried again after each of `waits_s`."""
    for wait_s in waits_s:
        with suppress(PermissionError):
            fresh.replace(path)
            return
        time.sleep(wait_s)
    fresh.replace(path)


@contextmanager
def locked(folder: Path, *, shared: bool = False) -> Iterator[None]:
    """Have `folder` to ourselves among programs that ask likewise, or with others that share it.

    Where a folder cannot be locked (Windows, some network drives) or is missing nobody waits:
    files are written whole all the same, and of two that write at once the last one wins.
    """
    descriptor = None
    with suppress(OSError, ImportError):
        import fcntl

        descriptor = os.open(folder, os.O_RDONLY)
        fcntl.flock(descriptor, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
    try:
        yield
    finally:
        if descriptor is not None:
            os.close(descriptor)


def in_use(folder: Path) -> bool:
    """Whether another program has `folder` locked, as far as can be known."""
    try:
        import fcntl

        descriptor = os.open(folder, os.O_RDONLY)
    except (OSError, ImportError):
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    else:
        return False
    finally:
        os.close(descriptor)


def tighten(*places: Path) -> None:
    """Take `places`, which are the program's own, and all in them from every other user.

    Links are left alone, and so is what may not be changed.
    """
    for place in places:
        for path in _all_in(place):
            tighten_one(path)


def tighten_one(path: Path) -> None:
    """The same for `path` alone, without what is in it."""
    with suppress(OSError):
        kind = path.lstat().st_mode
        if not stat.S_ISLNK(kind) and kind & 0o077:
            path.chmod(stat.S_IMODE(kind) & ~0o077)


def _all_in(folder: Path) -> Iterator[Path]:
    """Everything in `folder`, and itself; links are not followed."""
    yield folder
    if not os.path.islink(folder):  # noqa: PTH114 - never raises
        for above, folders, files in os.walk(folder):
            yield from (Path(above, name) for name in (*folders, *files))

"""How the C library keeps memory that was freed, where it lets itself be told."""

import ctypes
from contextlib import suppress

_MMAP_THRESHOLD, _ARENA_MAX = -3, -8
"""M_MMAP_THRESHOLD and M_ARENA_MAX of glibc's malloc.h."""
_LARGE_BYTES = 1 << 16
_ARENAS = 2


def give_memory_back() -> None:
    """From now on what is freed goes back to the system soon; does nothing but with glibc.

    By itself glibc keeps an arena for each thread that ever was, eight for each core, and raises
    the size from which on memory is given back to that of the largest piece that was freed. So
    an evening in which threads come and go, each with some megabytes for a moment, would grow.
    """
    with suppress(AttributeError, OSError, TypeError):  # another C library, or Windows
        library = ctypes.CDLL(None)
        library.gnu_get_libc_version  # noqa: B018 - what others call mallopt may be something else
        library.mallopt(_ARENA_MAX, _ARENAS)
        library.mallopt(_MMAP_THRESHOLD, _LARGE_BYTES)

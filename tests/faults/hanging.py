"""A share that never answers, as a network disk whose server is gone: FUSE with nobody behind."""

import ctypes
import os
from pathlib import Path

from tests.faults.files import NotHereError, unmounted
from tests.faults.table import Table


def hanging_share(table: Table) -> Path:
    """Where a folder is mounted that hangs whoever asks it for anything, until the row ends."""
    where = table.folder / "share"
    where.mkdir()
    try:
        device = os.open("/dev/fuse", os.O_RDWR)
    except OSError as error:
        raise NotHereError("this machine has no /dev/fuse") from error
    libc = ctypes.CDLL(None, use_errno=True)
    options = f"fd={device},rootmode=40755,user_id={os.getuid()},group_id={os.getgid()}"
    if libc.mount(b"share", bytes(where), b"fuse", 0, options.encode()):
        os.close(device)
        raise NotHereError("this machine lets nobody mount a share")
    # Closing the device ends the wait of everybody who asked.
    table.closing(lambda: unmounted(where))
    table.closing(lambda: os.close(device))
    return where / "battle"

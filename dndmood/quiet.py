"""Keeps what sound libraries mutter out of the terminal."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def libraries_quiet(log: Path) -> Iterator[None]:
    """What sound libraries write to the standard error goes to the file `log` instead.

    ALSA and its friends write there from C whenever they like, across the dashboard. Python's
    own `sys.stderr` goes on meaning the terminal. Where the log cannot be opened, nothing changes.
    """
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        file = log.open("a", encoding="utf-8")
        saved = os.dup(2)
    except OSError:
        yield
        return
    terminal, before = os.fdopen(os.dup(saved), "w", buffering=1, encoding="utf-8"), sys.stderr
    handler = logging.StreamHandler(file)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logging.getLogger().addHandler(handler)
    logging.getLogger("dndmood").setLevel(logging.INFO)
    os.dup2(file.fileno(), 2)
    sys.stderr = terminal
    try:
        yield
    finally:
        sys.stderr = before
        os.dup2(saved, 2)
        os.close(saved)
        logging.getLogger().removeHandler(handler)
        terminal.close()
        file.close()

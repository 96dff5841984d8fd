"""A backend of mido's over named pipes, as raw MIDI devices are: real bytes, no device.

Asked for with MIDO_BACKEND=tests.midi.byte_pipe. A device is a pipe `NAME.midi` in the folder
$BYTE_PIPES; plugging in and pulling out is making and removing it.
"""

import os
import threading
from contextlib import suppress
from pathlib import Path
from select import select

import mido


def _folder() -> Path:
    return Path(os.environ["BYTE_PIPES"])


def get_devices(**_more):
    return [
        {"name": pipe.stem, "is_input": True, "is_output": False}
        for pipe in sorted(_folder().glob("*.midi"))
    ]


class Input:
    """Reads bytes on a thread of its own, and gives its callback each whole message."""

    def __init__(self, name, callback=None, **_more):
        self._pipe = os.open(_folder() / f"{name}.midi", os.O_RDWR | os.O_NONBLOCK)
        self._callback, self._over = callback, threading.Event()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self):
        parser = mido.Parser()
        while not self._over.is_set():
            if select([self._pipe], [], [], 0.02)[0]:
                with suppress(BlockingIOError):
                    parser.feed(os.read(self._pipe, 4096))
            for message in parser:
                self._callback(message)

    def close(self):
        self._over.set()
        self._thread.join()
        with suppress(OSError):
            os.close(self._pipe)

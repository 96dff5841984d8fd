"""The journal as it grows, each fact with the time at which it was written."""

import contextlib
import json
import threading
import time
from pathlib import Path
from typing import Any


class Journal:
    """Follows the first journal that appears among the user's own."""

    def __init__(self, state: Path) -> None:
        self.path: Path | None = None
        self.facts: list[tuple[float, dict[str, Any]]] = []
        self._state, self._open = state, True
        self._thread = threading.Thread(target=self._follow, daemon=True)

    def start(self) -> None:
        """Follow from now on."""
        self._thread.start()

    def close(self) -> None:
        """Follow no more."""
        self._open = False

    def bytes(self) -> bytes:
        """What is in it now; nothing when it is not there."""
        with contextlib.suppress(OSError):
            if self.path:
                return self.path.read_bytes()
        return b""

    def _follow(self) -> None:
        offset, rest = 0, b""
        while self._open:
            time.sleep(0.05)
            if self.path is None:
                found = sorted(self._state.glob("dndmood/journals/*.jsonl"))
                self.path = found[0] if found else None
                continue
            with contextlib.suppress(OSError), self.path.open("rb") as file:
                file.seek(offset)
                data = file.read()
                offset += len(data)
                *lines, rest = (rest + data).split(b"\n")
                for line in lines:
                    with contextlib.suppress(ValueError):
                        self.facts.append((time.monotonic(), json.loads(line)))

"""What is known of the starter tracks before any evening: so the first music begins at once.

`python -m dndmood.library.starters playlists` writes it anew when a track has changed.
"""

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

import msgspec

from dndmood.library.track import Track

_FILE = "known.json"
_KEPT = (
    "size", "fingerprint", "title", "artist", "album", "genre", "comment", "duration_s", "lufs",
    "peak_dbtp", "gain_db", "silence_start_s", "silence_end_s",
)  # fmt: skip


def known(folder: Path) -> dict[str, Track]:
    """The tracks below `folder` of which something is written down there, by path.

    One that is missing, or has another size than then, is not among them. Never raises.
    """
    found = {}
    try:
        for name, said in json.loads((folder / _FILE).read_bytes()).items():
            path = folder / name
            state = path.stat()
            track = msgspec.convert(
                {**said, "path": os.fspath(path), "mtime_ns": state.st_mtime_ns}, Track
            )
            if track.size == state.st_size:
                found[track.path] = track
    except (OSError, ValueError, TypeError, AttributeError):
        return found
    return found


def write(folder: Path) -> None:
    """Measure every track in the subfolders of `folder`, and write down what is known then."""
    from dndmood.library.measuring import measured
    from dndmood.library.reading import read

    said = {}
    for path in sorted(folder.glob("*/*.ogg")):
        track = asdict(measured(read(path)))
        said[path.relative_to(folder).as_posix()] = {key: track[key] for key in _KEPT}
    (folder / _FILE).write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))

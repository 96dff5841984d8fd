"""How loud the ambience that comes along is, written down before any evening: so it begins at once.

`python -m dndmood.ambience playlists/ambience` writes it anew when a sound has changed.
"""

import json
import os
from pathlib import Path

from dndmood.loudness import Loudness
from dndmood.scene import SoundLevel
from dndmood.sound_blocks import blocks
from dndmood.sound_files import open_sound

_FILE = "known.json"


def levels(folder: Path) -> dict[str, SoundLevel]:
    """Path to loudness of the sounds below `folder` of which something is written down there.

    One that is missing, or has another size than then, is not among them. Never raises.
    """
    found = {}
    try:
        for name, said in json.loads((folder / _FILE).read_bytes()).items():
            level = SoundLevel(float(said["gain_db"]), float(said["peak_dbtp"]))
            path = folder / name
            if path.stat().st_size == said["size"]:
                found[os.fspath(path)] = level
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return found
    return found


def write(folder: Path) -> None:
    """Measure every sound below `folder`, and write down how loud it is."""
    said = {}
    for path in sorted(folder.rglob("*.ogg")):
        level = measured(path)
        said[path.relative_to(folder).as_posix()] = {
            "size": path.stat().st_size,
            "gain_db": round(level.gain_db, 2),
            "peak_dbtp": round(level.peak_dbtp, 2),
        }
    (folder / _FILE).write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")


def measured(path: Path) -> SoundLevel:
    """How loud the whole of the sound file `path` is; raises `UserError` as `open_sound` does."""
    with open_sound(path) as sound:
        measure = Loudness(sound.rate_hz, 2)
    for block in blocks(path):
        measure.push(block)
    level = measure.level()
    return SoundLevel(level.gain_db, level.peak_dbtp)

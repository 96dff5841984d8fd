"""The moods as playlists that other programs read."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from dndmood.errors import UserError
from dndmood.file_names import printable
from dndmood.library import Track, playlist_files
from dndmood.mood import Mood


def export(
    tracks: Iterable[Track],
    moods: Mapping[str, Mood],
    folder: Path,
    *,
    suffix: str = ".m3u8",
    replace: bool = False,
) -> list[tuple[Path, int]]:
    """Write one playlist for each mood that has tracks into `folder`; gives each file and its tracks.

    `suffix` names the format: .m3u8, .m3u, .pls or .xspf. Raises `UserError` when one cannot be
    written, and before anything is written when one is there already, unless `replace`.
    """
    every = list(tracks)
    wanted = {
        folder / f"{name}{suffix}": [t for t in every if t.mood == name and not t.problem]
        for name in moods
    }
    wanted = {path: mine for path, mine in wanted.items() if mine}
    if not wanted:
        raise UserError("No track has a mood yet: run 'dndmood library scan' first.")
    there = [path for path in wanted if os.path.lexists(path)]
    if there and not replace:
        names = ", ".join(printable(path.name) for path in there[:3])
        raise UserError(
            f"{names}{' and more' if len(there) > 3 else ''} in {printable(folder)} would be "  # noqa: PLR2004 - a sentence
            "replaced: add --yes, or name another folder."
        )
    for path, mine in wanted.items():
        playlist_files.write(path, mine)
    return [(path, len(mine)) for path, mine in wanted.items()]

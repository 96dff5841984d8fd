"""Which files are one piece in several intensities or stems, by their names."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from dndmood.decibels import power_db, power_of
from dndmood.events import Track
from dndmood.file_names import title_of
from dndmood.loudness import MOST_DB

_INTENSITIES = {"low": 0, "soft": 0, "mid": 1, "medium": 1, "high": 2, "full": 2}
"""Words for how full a version is, the softest first."""
_STEMS = (
    "ambience", "ambient", "pad", "pads", "drone", "harmony", "strings", "keys", "piano", "guitar",
    "woodwinds", "melody", "lead", "bass", "choir", "vocals", "brass", "other", "rhythm",
    "percussion", "perc", "drums",
)  # fmt: skip
"""Words for a part of the sound, in the order in which they join as it grows livelier."""
_NAMED = re.compile(r"(.+)[._-]([a-z]+|stem[._-]?\d+)", re.IGNORECASE | re.DOTALL)
_LENGTHS_S = 1.0
"""Files of one piece are as long as each other, as far as is known."""


def with_versions(tracks: Iterable[Track]) -> tuple[Track, ...]:
    """`tracks`, one for each file, where the files of one piece have become one track.

    `name.low`, `name.mid` and `name.high` in one folder are one piece in three intensities, two
    of them in two; `name.strings` and `name.drums`, or `name.stem1` and `name.stem2`, are stems.
    `_` and `-` stand for the dot as well. Files of clearly different lengths are no one piece.
    """
    given = list(tracks)
    families: dict[tuple[str, str, bool], list[tuple[int, Track]]] = {}
    for track in given:
        if (found := _part(track)) is not None:
            family, place = found
            families.setdefault(family, []).append((place, track))
    heads: dict[str, Track] = {}
    members: set[str] = set()
    for (_, name, stems), parts in families.items():
        if len({place for place, _ in parts}) < len(parts) or len(parts) == 1 or _differ(parts):
            continue  # two of one kind, or a name that only looks like one
        ordered = [track for _, track in sorted(parts, key=lambda one: one[0])]
        paths = tuple(track.path for track in ordered)
        piece = replace(
            ordered[0],
            title=title_of(name) or ordered[0].title,
            gain_db=_gain_db(ordered, stems=stems),
        )
        heads[paths[0]] = replace(
            piece, stems=paths if stems else (), intensities=() if stems else paths
        )
        members.update(paths[1:])
    return tuple(heads.get(track.path, track) for track in given if track.path not in members)


def _part(track: Track) -> tuple[tuple[str, str, bool], int] | None:
    """Of which piece in which folder the file is a part, whether a stem, and which; else None."""
    path = Path(track.path)
    named = _NAMED.fullmatch(path.stem)
    if named is None:
        return None
    word = named[2].lower()
    if word in _INTENSITIES:
        return (str(path.parent), named[1], False), _INTENSITIES[word]
    if word in _STEMS:
        return (str(path.parent), named[1], True), _STEMS.index(word)
    if word.startswith("stem") and (number := word.lstrip("stem._-")).isdigit():
        return (str(path.parent), named[1], True), len(_STEMS) + int(number)
    return None


def _gain_db(parts: Sequence[Track], *, stems: bool) -> float | None:
    """The gain of the fullest version, or of all stems together, whose powers add; None: unknown."""
    if not stems:
        return parts[-1].gain_db
    known = [part.gain_db for part in parts if part.gain_db is not None]
    if len(known) < len(parts):
        return None
    return min(-power_db(sum(power_of(-gain_db) for gain_db in known), -MOST_DB), MOST_DB)


def _differ(parts: list[tuple[int, Track]]) -> bool:
    known_s = [track.duration_s for _, track in parts if track.duration_s > 0.0]
    return bool(known_s) and max(known_s) - min(known_s) > _LENGTHS_S

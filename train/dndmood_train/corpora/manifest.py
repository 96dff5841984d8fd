"""Any collection of your own: sound files and a table `manifest.csv` that describes them.

Columns `path` (relative to the table) and `speaker`; besides these as many as you have of
`emotion`, `arousal`, `valence`, `dominance`, `intensity` (0 to 1), `sex`, `language`,
`sentence`, `part`, and, where listeners were asked, `votes_neutral`, `votes_calm` and so on with
how many of them heard each emotion. Emotions may be called as most corpora do (`anger`, `ang`, `happiness`).
The case of columns, emotions and file names does not matter.
"""

import math
import os
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from dndmood.errors import UserError
from dndmood_train.corpora._clip import EMOTIONS, Clip, Drop, shares
from dndmood_train.corpora._files import EMPTY, MISSING, first_file, rows, sounds

TITLE = "your own, with a manifest.csv"
LICENCE = "yours"
LINK = ""
LANGUAGES: tuple[str, ...] = ()
_WORDS = {
    "neutral": "neutrality neu n neutral_state",
    "calm": "calmness cal serenity contentment",
    "happy": "happiness hap joy joyful h amused amusement",
    "sad": "sadness s",
    "angry": "anger ang a",
    "fearful": "fear fea f afraid scared",
    "disgusted": "disgust dis d",
    "surprised": "surprise sur u ps pleasant_surprise",
}
EMOTION = {
    word: emotion for emotion, words in _WORDS.items() for word in (emotion, *words.split())
}
EXAMPLE = "evening/one.wav"
BESIDE = {
    "manifest.csv": "path,emotion,speaker,sex\nevening/one.wav,anger,anna,female\n",
}

_FILE = "manifest.csv"
_NOTHING = EMPTY | {"na"}


def here(folder: Path) -> bool:
    """Whether `folder` holds a `manifest.csv` with at least `path` and `speaker`."""
    table = first_file(folder, _FILE)
    if table is None:
        return False
    # Whatever its encoding, English column names are plain bytes; `clips` says what is wrong.
    with table.open("rb") as lines:
        first = lines.readline().replace(b"\0", b"").decode("ascii", "ignore")
    columns = {_column(cell.strip().strip('"')) for cell in re.split("[,;\t]", first)}
    return {"path", "speaker"} <= columns


def clips(root: Path) -> Iterator[Clip | Drop]:
    """Every row; speakers are told apart from those of other tables by the folder's name."""
    return rows_of(
        first_file(root, _FILE) or root / _FILE, root=root, corpus=root.resolve().name
    )


def rows_of(
    table: Path, *, root: Path, corpus: str, mixed: bool = False
) -> Iterator[Clip | Drop]:
    """The clips that a table names, paths relative to `root`.

    They belong to `corpus`, or where `mixed` and the table has a column `corpus`, to what stands
    there. Raises `UserError` when the table is missing, lacks a column or holds something that is
    not a number where one belongs.
    """
    found = [{_column(key): cell for key, cell in row.items()} for row in rows(table)]
    if not found:
        raise UserError(f"The table {table} is missing or empty.")
    if lacking := {"path", "speaker"} - set(found[0]):
        raise UserError(
            f"The table {table} lacks the column {', '.join(sorted(lacking))}: its first line "
            "names the columns, with commas between them."
        )
    files = _Files(root)
    for number, row in enumerate(found, start=2):
        path = files.find(row["path"])
        if path is None:
            yield Drop(root / row["path"], MISSING)
        elif not row["speaker"]:
            yield Drop(path, "unknown speaker")
        else:
            named = (mixed and row.get("corpus")) or corpus
            yield _clip(path, row, named, f"{table}, line {number}")


def _column(name: str) -> str:
    return name.strip().casefold().replace(" ", "_")


class _Files:
    """The files that a table names, which may have been written on Windows."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def find(self, cell: str) -> Path | None:
        for path in (self._root / cell, self._root / cell.replace("\\", "/")):
            if os.path.isfile(path):  # noqa: PTH113 - what is no name at all raises nothing
                return path
        return self._in_any_case.get(cell.replace("\\", "/").casefold())

    @cached_property
    def _in_any_case(self) -> dict[str, Path]:
        every = sounds(self._root, films=True)
        return {path.relative_to(self._root).as_posix().casefold(): path for path in every}


def emotion_named(word: str) -> str | None:
    """The emotion that a corpus' word means; None when it has no place among `EMOTIONS`.

    >>> emotion_named("Anger"), emotion_named("boredom")
    ('angry', None)
    """
    return EMOTION.get(word.strip().lower().replace(" ", "_"))


def _clip(path: Path, row: dict[str, str], corpus: str, where: str) -> Clip:
    sex = row.get("sex", "").lower()
    emotion = emotion_named(row.get("emotion", ""))
    return Clip(
        path=path,
        corpus=corpus,
        speaker=f"{corpus}:{row['speaker']}",
        emotion=emotion if emotion in EMOTIONS else None,
        label=row.get("emotion", ""),
        votes=shares(_votes(row, where)),
        intensity=_share(row, "intensity", where),
        arousal=_share(row, "arousal", where),
        valence=_share(row, "valence", where),
        dominance=_share(row, "dominance", where),
        sex={"f": "female", "m": "male"}.get(sex[:1]) if sex else None,
        language=row.get("language", ""),
        sentence=row.get("sentence", ""),
        part=row.get("part", ""),
    )


def _votes(row: dict[str, str], where: str) -> dict[str, float]:
    found = {}
    for emotion in EMOTIONS:
        cell = row.get(f"votes_{emotion}", "")
        if cell.casefold() not in _NOTHING:
            found[emotion] = _number(cell)
            if not 0 <= found[emotion] < float("inf"):
                raise UserError(
                    f"{where}: votes_{emotion} must be a number of listeners, not {cell!r}."
                )
    return found


def _share(row: dict[str, str], column: str, where: str) -> float | None:
    cell = row.get(column, "")
    if cell.casefold() in _NOTHING:
        return None
    value = _number(cell)
    if not 0 <= value <= 1:
        raise UserError(f"{where}: {column} must be a number from 0 to 1, not {cell!r}.")
    return value


def _number(cell: str) -> float:
    """The number in a cell; NaN for what is none."""
    try:
        # A spreadsheet may write 0,5 for a half.
        return float(cell.replace(",", "."))
    except ValueError:
        return math.nan

"""ShEMO: lines of Persian radio plays in five emotions and neutral.

3,000 clips, 3.4 hours, 31 women and 56 men. Mohamad Nezami, Jamshid Lou and Karami, "ShEMO: a
large-scale validated database for Persian speech emotion detection", Language Resources and
Evaluation 2019. Layout: `male/M01A01.wav` and `female/F01A01.wav`: speaker, emotion's letter, clip.

Twelve annotators judged every clip; their single votes are not in the release.

Known defects: 38 clips only are fearful, which studies leave out.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from dndmood_train.corpora._clip import Clip, Drop
from dndmood_train.corpora._files import folder_named, has_sound, sounds

TITLE = "ShEMO"
LICENCE = "free of charge for research"
LINK = "https://github.com/mansourehk/ShEMO"
LANGUAGES = ("fa",)
EMOTION = {
    "A": "angry",
    "F": "fearful",
    "H": "happy",
    "N": "neutral",
    "S": "sad",
    "W": "surprised",
}
EXAMPLE = "male/M01A01.wav"
BESIDE: dict[str, str] = {}

_NAME = re.compile(r"(([FM])\d\d)([AFHNSW])(\d+)")
_FOLDERS = ("female", "male", "f", "m")


def here(folder: Path) -> bool:
    """Whether `folder` holds `male` or `female` with names such as `M01A01`."""
    return any(
        has_sound(place, f"{name[0].upper()}[0-9][0-9][AFHNSW][0-9]*")
        for name in _FOLDERS
        if (place := folder_named(folder, name))
    )


def clips(root: Path) -> Iterator[Clip | Drop]:
    """Every clip."""
    for folder in _FOLDERS:
        place = folder_named(root, folder)
        for path in sounds(place) if place else ():
            match = _NAME.fullmatch(path.stem.upper())
            if match is None:
                yield Drop(path, "unreadable name")
                continue
            speaker, sex, label, _ = match.groups()
            yield Clip(
                path=path,
                corpus="shemo",
                speaker=f"shemo:{speaker}",
                emotion=EMOTION[label],
                label=label,
                sex="female" if sex == "F" else "male",
                language="fa",
            )

"""BAVED: 60 speakers say seven Arabic words, tired, as every day, and aroused.

1,935 clips, 0.9 hours, 16 women and 44 men. Aouf, "Basic Arabic Vocal Emotions Dataset", 2019.
Layout: one folder for each word, `3/101-m-20-3-2-47.wav`: speaker, sex, age, word, level,
recording. The level is arousal in three steps and says nothing of pleasure: `arousal` is 0.25,
0.5 and 0.75 for levels 0, 1 and 2, and no clip has an emotion.

Known defects: 27 exact duplicates; speakers 46 and 53 are the same recordings.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from dndmood_train.corpora._clip import Clip, Drop
from dndmood_train.corpora._files import folder_named, has_sound, sounds

TITLE = "BAVED"
LICENCE = "CC BY 4.0"
LINK = "https://github.com/40uf411/Basic-Arabic-Vocal-Emotions-Dataset"
LANGUAGES = ("ar",)
EMOTION: dict[str, str] = {}
EXAMPLE = "3/101-m-20-3-2-47.wav"
BESIDE: dict[str, str] = {}

_NAME = re.compile(r"(\d+)-([mf])-(\d+)-(\d)-([012])-(\d+)", re.IGNORECASE)
_AROUSAL = {"0": 0.25, "1": 0.5, "2": 0.75}
_SEX = {"f": "female", "m": "male"}
_SAME_VOICE = {"53": "46"}


def here(folder: Path) -> bool:
    """Whether `folder` holds folders `0` to `6` with names such as `101-m-20-3-2-47`."""
    return any(
        has_sound(place, f"*-[mf]-*-{word}-[012]-*.*") for word, place in _places(folder)
    )


def clips(root: Path) -> Iterator[Clip | Drop]:
    """Every clip."""
    for _, folder in _places(root):
        for path in sounds(folder):
            match = _NAME.fullmatch(path.stem)
            if match is None:
                yield Drop(path, "unreadable name")
                continue
            speaker, sex, _, word, level, _ = match.groups()
            yield Clip(
                path=path,
                corpus="baved",
                speaker=f"baved:{_SAME_VOICE.get(speaker, speaker)}",
                label=level,
                arousal=_AROUSAL[level],
                sex=_SEX[sex.lower()],
                language="ar",
                sentence=word,
            )


def _places(root: Path) -> list[tuple[str, Path]]:
    return [(word, place) for word in "0123456" if (place := folder_named(root, word))]

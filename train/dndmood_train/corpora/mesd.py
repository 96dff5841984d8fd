"""MESD: Mexican adults and children say Spanish words in six emotions.

864 clips, 0.2 hours. Duville et al., "The Mexican Emotional Speech Database (MESD)", IEEE EMBC
2021. Layout: one folder of `Anger_C_A_abajo.wav`: emotion, voice (F woman, M man, C child),
word list, word. Which of the sixteen speakers is heard is not published: each kind of voice
counts as one speaker, so that no voice is on both sides of a split.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from dndmood_train.corpora._clip import Clip, Drop
from dndmood_train.corpora._files import has_sound, sounds

TITLE = "MESD"
LICENCE = "CC BY 4.0"
LINK = "https://data.mendeley.com/datasets/cy34mh68j9"
LANGUAGES = ("es",)
EMOTION = {
    "anger": "angry",
    "disgust": "disgusted",
    "fear": "fearful",
    "happiness": "happy",
    "neutral": "neutral",
    "sadness": "sad",
}
EXAMPLE = "Anger_C_A_abajo.wav"
BESIDE: dict[str, str] = {}

_NAME = re.compile(r"([A-Z]+)_([FMC])_([AB])_(.+)", re.IGNORECASE)
_SEX = {"F": "female", "M": "male"}


def here(folder: Path) -> bool:
    """Whether `folder` holds names such as `Anger_C_A_abajo`."""
    return any(has_sound(folder, f"{word.capitalize()}_[FMC]_[AB]_*") for word in EMOTION)


def clips(root: Path) -> Iterator[Clip | Drop]:
    """Every clip."""
    for path in sounds(root, deep=False):
        match = _NAME.fullmatch(path.stem)
        label = match[1].lower() if match else ""
        if match is None or label not in EMOTION:
            yield Drop(path, "unreadable name")
            continue
        yield Clip(
            path=path,
            corpus="mesd",
            speaker=f"mesd:{match[2].upper()}",
            emotion=EMOTION[label],
            label=label,
            sex=_SEX.get(match[2].upper()),
            language="es",
            sentence=match[4],
        )

"""EmoMatchSpanishDB: fifty Spanish people say twelve sentences in six emotions and neutral.

2,020 clips of EmoSpanishDB's 3,550, about 2 hours, of those where the crowd heard what was meant.
Garcia-Cuesta, Barba Salvador and Gachet Páez, "EmoMatchSpanishDB: study of speech emotion
recognition machine learning models in a new Spanish elicited database", Multimedia Tools and
Applications 2024. It is given away on request, and its paper does not say how it is laid out; code
of one of its authors does: one folder of `03_Alegria_02.WAV`: speaker, emotion, sentence
(https://github.com/danielpenap1/Spectrogram-emotion-optimized-prototype-learning). That code also
says the sex of 29 of the speakers. The crowd's single votes are not in the names.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from dndmood_train.corpora._clip import Clip, Drop
from dndmood_train.corpora._files import has_sound, sounds

TITLE = "EmoMatchSpanishDB"
LICENCE = "on request from the authors for research"
LINK = "https://doi.org/10.1007/s11042-023-15959-w"
LANGUAGES = ("es",)
EMOTION = {
    "alegria": "happy",
    "asco": "disgusted",
    "ira": "angry",
    "miedo": "fearful",
    "neutro": "neutral",
    "sorpresa": "surprised",
    "tristeza": "sad",
}
EXAMPLE = "03_Alegria_02.WAV"
BESIDE: dict[str, str] = {}

_NAME = re.compile(r"(\d\d)_([a-z]+)_(\d+)", re.IGNORECASE)
_MEN = frozenset({1, 2, 5, 9, 12, 13, 22, 23, 31, 35, 36, 37, 43})
_WOMEN = frozenset({3, 4, 6, 7, 8, 10, 11, 20, 25, 29, 33, 40, 41, 45, 46, 49})


def here(folder: Path) -> bool:
    """Whether `folder` holds names such as `03_Alegria_02`."""
    return any(
        has_sound(folder, f"[0-9][0-9]_{word.capitalize()}_[0-9]*.*") for word in EMOTION
    )


def clips(root: Path) -> Iterator[Clip | Drop]:
    """Every clip."""
    for path in sounds(root, deep=False):
        match = _NAME.fullmatch(path.stem)
        label = match[2].lower() if match else ""
        if match is None or label not in EMOTION:
            yield Drop(path, "unreadable name")
            continue
        yield Clip(
            path=path,
            corpus="emomatch_spanish_db",
            speaker=f"emomatch_spanish_db:{match[1]}",
            emotion=EMOTION[label],
            label=label,
            sex=_sex(int(match[1])),
            language="es",
            sentence=match[3],
        )


def _sex(speaker: int) -> str | None:
    if speaker in _MEN:
        return "male"
    return "female" if speaker in _WOMEN else None

"""SUBESCO: twenty actors say ten Bangla sentences in seven emotions, five takes each.

7,000 clips, 7.7 hours, ten women and ten men; fifty listeners judged them. Sultana et al.,
"SUST Bangla Emotional Speech Corpus (SUBESCO)", PLoS ONE 2021. Layout: one folder of
`F_01_OISHI_S_1_ANGRY_1.wav`: sex, number, name, sentence, emotion, take.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from dndmood_train.corpora._clip import Clip, Drop
from dndmood_train.corpora._files import has_sound, sounds

TITLE = "SUBESCO"
LICENCE = "CC BY 4.0"
LINK = "https://zenodo.org/records/4526477"
LANGUAGES = ("bn",)
EMOTION = {
    "ANGRY": "angry",
    "DISGUST": "disgusted",
    "FEAR": "fearful",
    "HAPPY": "happy",
    "NEUTRAL": "neutral",
    "SAD": "sad",
    "SURPRISE": "surprised",
}
EXAMPLE = "F_01_OISHI_S_1_ANGRY_1.wav"
BESIDE: dict[str, str] = {}

_NAME = re.compile(r"([FM])_(\d\d)_([A-Z]+)_S_(\d+)_([A-Z]+)_(\d)")


def here(folder: Path) -> bool:
    """Whether `folder` holds names such as `F_01_OISHI_S_1_ANGRY_1`."""
    return has_sound(folder, "[FM]_[0-9][0-9]_*_S_*_[A-Z]*_[0-9].*")


def clips(root: Path) -> Iterator[Clip | Drop]:
    """Every clip."""
    for path in sounds(root, deep=False):
        match = _NAME.fullmatch(path.stem.upper())
        if match is None or match[5] not in EMOTION:
            yield Drop(path, "unreadable name")
            continue
        sex, number, _, sentence, label, _ = match.groups()
        yield Clip(
            path=path,
            corpus="subesco",
            speaker=f"subesco:{sex}{number}",
            emotion=EMOTION[label],
            label=label,
            sex="female" if sex == "F" else "male",
            language="bn",
            sentence=sentence,
        )

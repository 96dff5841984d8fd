"""ASED: 65 speakers say Amharic sentences in five emotions, each clip confirmed by listeners.

2,474 clips, 2.1 hours, 25 women and 40 men; at least five of eight judges accepted every clip.
Retta et al., "A New Amharic Speech Emotion Dataset and Classification Benchmark", ACM TALLIP
2023. Layout: `01Neutral/n1-02-01-01-57.wav`: emotion, sentence, repetition, sex (01 female, 02
male), speaker. The letter case of the names varies.

Known defects: four exact duplicates.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from dndmood_train.corpora._clip import Clip, Drop
from dndmood_train.corpora._files import folder_named, has_sound, sounds

TITLE = "ASED"
LICENCE = "none stated; research use"
LINK = "https://github.com/Ethio2021/ASED_V1"
LANGUAGES = ("am",)
EMOTION = {
    "n": "neutral",
    "f": "fearful",
    "h": "happy",
    "s": "sad",
    "a": "angry",
}
EXAMPLE = "01Neutral/n1-02-01-01-57.wav"
BESIDE: dict[str, str] = {}

_NAME = re.compile(r"([nfhsa])\d-(\d\d)-(\d\d)-(\d\d)-(\d\d)", re.IGNORECASE)
_FOLDERS = ("01Neutral", "02Fearful", "03Happy", "04Sad", "05Angry")
_SEX = {"01": "female", "02": "male"}


def here(folder: Path) -> bool:
    """Whether `folder` holds `01Neutral` to `05Angry`."""
    return any(has_sound(place, "??-??-??-??-??.*") for place in _places(folder))


def clips(root: Path) -> Iterator[Clip | Drop]:
    """Every clip."""
    for folder in _places(root):
        for path in sounds(folder):
            match = _NAME.fullmatch(path.stem)
            if match is None:
                yield Drop(path, "unreadable name")
                continue
            label, sentence, _, sex, speaker = match.groups()
            yield Clip(
                path=path,
                corpus="ased",
                speaker=f"ased:{speaker}",
                emotion=EMOTION[label.lower()],
                label=label.lower(),
                sex=_SEX.get(sex),
                language="am",
                sentence=sentence,
            )


def _places(root: Path) -> list[Path]:
    return [place for name in _FOLDERS if (place := folder_named(root, name))]

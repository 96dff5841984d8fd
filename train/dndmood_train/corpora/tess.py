"""TESS: two actresses say 200 English words after "Say the word ..." in seven emotions.

2,800 clips, 1.6 hours, speakers OAF (64 years) and YAF (26). Dupuis and Pichora-Fuller, Toronto
emotional speech set, 2010. Layout: one folder for each speaker and emotion,
`OAF_angry/OAF_back_angry.wav`, or all clips in one folder. Two voices only: good to train on, useless to judge by.

Known defects: a widespread archive holds all clips twice, in a folder inside the folder (the
copies are dropped and counted); one file is called `OA_bite_neutral`.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from dndmood_train.corpora._clip import Clip, Drop
from dndmood_train.corpora._files import has_sound, sounds

TITLE = "TESS"
LICENCE = "CC BY-NC-ND 4.0"
LINK = "https://doi.org/10.5683/SP2/E8H2MF"
LANGUAGES = ("en",)
EMOTION = {
    "angry": "angry",
    "disgust": "disgusted",
    "fear": "fearful",
    "happy": "happy",
    "neutral": "neutral",
    "ps": "surprised",
    "sad": "sad",
}
EXAMPLE = "OAF_angry/OAF_back_angry.wav"
BESIDE: dict[str, str] = {}

_NAME = re.compile(r"(OAF?|YAF)_([a-z]+)_([a-z]+)", re.IGNORECASE)


def here(folder: Path) -> bool:
    """Whether `folder` holds folders such as `OAF_angry`, or names such as `OAF_back_angry`."""
    inside = has_sound(folder, "[OY]AF_*/[OY]A*_*_*.*")
    return inside or has_sound(folder, "[OY]AF_[a-z]*_[a-z]*.*")


def clips(root: Path) -> Iterator[Clip | Drop]:
    """Every clip."""
    for path in sounds(root):
        match = _NAME.fullmatch(path.stem)
        label = match[3].lower() if match else ""
        if match is None or label not in EMOTION:
            yield Drop(path, "unreadable name")
            continue
        yield Clip(
            path=path,
            corpus="tess",
            speaker=f"tess:{'OAF' if match[1].upper().startswith('O') else 'YAF'}",
            emotion=EMOTION[label],
            label=label,
            sex="female",
            language="en",
            sentence=match[2].lower(),
        )

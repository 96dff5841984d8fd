"""TurEV-DB: six actors say 82 Turkish words in four emotions.

1,735 clips, 0.5 hours, three women and three men. Canpolat et al., "Turkish Emotion Voice Database
(TurEV-DB)", SLTU-CCURL 2020. Layout: `Sound Source/Calm/1984_sk_eger.wav`: actor, emotion, word.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from dndmood_train.corpora._clip import Clip, Drop
from dndmood_train.corpora._files import folder_named, has_sound, sounds

TITLE = "TurEV-DB"
LICENCE = "CC BY-NC-SA 4.0"
LINK = "https://github.com/Xeonen/TurEV-DB"
LANGUAGES = ("tr",)
EMOTION = {"Angry": "angry", "Calm": "calm", "Happy": "happy", "Sad": "sad"}
EXAMPLE = "Sound Source/Calm/1984_sk_eger.wav"
BESIDE: dict[str, str] = {}

_FOLDER = "Sound Source"
_NAME = re.compile(r"(\d+)_([^_]+)_(.+)")


def here(folder: Path) -> bool:
    """Whether `folder` holds `Sound Source` with names such as `1984_sk_eger`."""
    return has_sound(_place(folder), "[ACHS]*/[0-9]*_*_*")


def clips(root: Path) -> Iterator[Clip | Drop]:
    """Every clip."""
    for path in sounds(_place(root)):
        match = _NAME.fullmatch(path.stem)
        word = path.parent.name.capitalize()
        if match is None or word not in EMOTION:
            yield Drop(path, "unreadable name")
            continue
        yield Clip(
            path=path,
            corpus="turev_db",
            speaker=f"turev_db:{match[1]}",
            emotion=EMOTION[word],
            label=word,
            language="tr",
            sentence=match[3],
        )


def _place(root: Path) -> Path:
    return folder_named(root, _FOLDER) or root / _FOLDER

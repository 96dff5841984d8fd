"""AESDD: six actors say nineteen Greek sentences, and one of their own, in five emotions.

604 clips, 0.7 hours. Vryzas et al., "Speech Emotion Recognition for Performance Interaction",
Journal of the Audio Engineering Society 2018. Layout: `anger/a01 (1).wav`: emotion's letter and
sentence, actor in brackets.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from dndmood_train.corpora._clip import Clip, Drop
from dndmood_train.corpora._files import has_sound, sounds

TITLE = "AESDD"
LICENCE = "CC BY 4.0"
LINK = "http://m3c.web.auth.gr/research/aesdd-speech-emotion-recognition/"
LANGUAGES = ("el",)
EMOTION = {
    "anger": "angry",
    "disgust": "disgusted",
    "fear": "fearful",
    "happiness": "happy",
    "sadness": "sad",
}
EXAMPLE = "anger/a01 (1).wav"
BESIDE: dict[str, str] = {}

_NAME = re.compile(r"([adfhs])(\d+)[a-z]? \((\d+)\)\w*")


def here(folder: Path) -> bool:
    """Whether `folder` holds an emotion's folder with names such as `a01 (1)`."""
    return any(has_sound(folder / word, f"{word[0]}[0-9]* ([0-9]*)*") for word in EMOTION)


def clips(root: Path) -> Iterator[Clip | Drop]:
    """Every clip."""
    for word, emotion in EMOTION.items():
        for path in sounds(root / word):
            match = _NAME.fullmatch(path.stem)
            if match is None or match[1] != word[0]:
                yield Drop(path, "unreadable name")
                continue
            yield Clip(
                path=path,
                corpus="aesdd",
                speaker=f"aesdd:{int(match[3])}",
                emotion=emotion,
                label=word,
                language="el",
                sentence=match[2],
            )

"""AESDD: six actors say nineteen Greek sentences, and one of their own, in five emotions.

604 clips, 0.7 hours. Vryzas et al., "Speech Emotion Recognition for Performance Interaction",
Journal of the Audio Engineering Society 2018. Layout: `anger/a01 (1).wav`: emotion's letter and
sentence, actor in brackets.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from dndmood_train.corpora._clip import Clip, Drop
from dndmood_train.corpora._files import folder_named, has_sound, sounds

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
    places = _folders(folder).items()
    return any(has_sound(place, f"{word[0]}[0-9]* ([0-9]*)*") for word, place in places)


def clips(root: Path) -> Iterator[Clip | Drop]:
    """Every clip."""
    for word, folder in _folders(root).items():
        for path in sounds(folder):
            match = _NAME.fullmatch(path.stem.lower())
            if match is None or match[1] != word[0]:
                yield Drop(path, "unreadable name")
                continue
            yield Clip(
                path=path,
                corpus="aesdd",
                speaker=f"aesdd:{int(match[3])}",
                emotion=EMOTION[word],
                label=word,
                language="el",
                sentence=match[2],
            )


def _folders(root: Path) -> dict[str, Path]:
    found = {word: folder_named(root, word) for word in EMOTION}
    return {word: folder for word, folder in found.items() if folder}

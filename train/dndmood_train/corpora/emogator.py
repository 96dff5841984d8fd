"""EmoGator: wordless vocal bursts (laughs, gasps, sighs, screams) in thirty emotions.

32,130 clips, 16.9 hours, 357 speakers. Buhl, "EmoGator: A New Open Source Vocal Burst Dataset
with Baseline Machine Learning Classification Methodologies", 2023. Layout: one folder of
`000001-07-3.mp3`: speaker, emotion, take. Bursts whose emotion has no plain place among ours
keep their label and have no emotion.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from dndmood_train.corpora._clip import Clip, Drop
from dndmood_train.corpora._files import has_sound, sounds

TITLE = "EmoGator"
LICENCE = "Apache-2.0"
LINK = "https://github.com/fredbuhl/EmoGator"
LANGUAGES = ("zxx",)
EMOTION = {
    "Amusement": "happy",
    "Anger": "angry",
    "Contentment": "calm",
    "Disgust": "disgusted",
    "Elation": "happy",
    "Fear": "fearful",
    "Neutral": "neutral",
    "Sadness": "sad",
    "Serenity": "calm",
    "Surprise (negative)": "surprised",
    "Surprise (positive)": "surprised",
}
EXAMPLE = "data/mp3/000001-03-1.mp3"
BESIDE: dict[str, str] = {}

WORDS = (
    "Adoration",
    "Amusement",
    "Anger",
    "Awe",
    "Confusion",
    "Contempt",
    "Contentment",
    "Desire",
    "Disappointment",
    "Disgust",
    "Distress",
    "Ecstasy",
    "Elation",
    "Embarrassment",
    "Fear",
    "Guilt",
    "Interest",
    "Neutral",
    "Pain",
    "Pride",
    "Realization",
    "Relief",
    "RomanticLove",
    "Sadness",
    "Serenity",
    "Shame",
    "Surprise (negative)",
    "Surprise (positive)",
    "Sympathy",
    "Triumph",
)
"""The thirty emotions in the order of their numbers, beginning with 01."""

LAUGHTER = "Amusement"
"""The bursts of this emotion are laughs: at a table they carry no scene."""

_NAME = re.compile(r"(\d{6})-(\d\d)-(\d+)")
_DIGITS = "[0-9]" * 6


def here(folder: Path) -> bool:
    """Whether `folder`, or `data/mp3` in it, holds names such as `000001-07-3`."""
    pattern = f"{_DIGITS}-[0-9][0-9]-[0-9]*.*"
    return has_sound(folder, pattern) or has_sound(folder, f"data/mp3/{pattern}")


def clips(root: Path) -> Iterator[Clip | Drop]:
    """Every burst."""
    for path in sounds(root):
        match = _NAME.fullmatch(path.stem)
        if match is None or not 1 <= int(match[2]) <= len(WORDS):
            yield Drop(path, "unreadable name")
            continue
        word = WORDS[int(match[2]) - 1]
        yield Clip(
            path=path,
            corpus="emogator",
            speaker=f"emogator:{match[1]}",
            emotion=EMOTION.get(word),
            label=word,
            speech=word != LAUGHTER,
            language="zxx",
            sentence=match[3],
        )

"""EmoV-DB: four speakers read English sentences amused, angry, disgusted, sleepy and neutral.

6,893 clips, 9.5 hours, two women and two men. Adigwe et al., "The Emotional Voices Database:
Towards Controlling the Emotion Dimension in Voice Generation Systems", arXiv 1806.09514. Layout of
the sorted edition: `bea/Angry/anger_1-28_0011.wav` (emotion, range, sentence); OpenSLR 115 unpacks
to `bea_Angry/...`. Amusement counts as happy; sleepiness has no place among our emotions.

Known defects: Josh is neither angry nor disgusted.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from dndmood_train.corpora._clip import Clip, Drop
from dndmood_train.corpora._files import folder_named, has_sound, sounds

TITLE = "EmoV-DB"
LICENCE = "its own licence for non-commercial use"
LINK = "https://github.com/numediart/EmoV-DB"
LANGUAGES = ("en",)
EMOTION = {
    "Amused": "happy",
    "Angry": "angry",
    "Disgusted": "disgusted",
    "Neutral": "neutral",
}
EXAMPLE = "bea/Angry/anger_1-28_0011.wav"
BESIDE: dict[str, str] = {}

_SEX = {"bea": "female", "jenie": "female", "josh": "male", "sam": "male"}
_WORDS = {"Disgust": "Disgusted", "Sleepiness": "Sleepy"}
_KNOWN = (*EMOTION, "Sleepy", *_WORDS)
_SENTENCE = re.compile(r"\w+_[\d-]+_(\d{4})", re.IGNORECASE)


def here(folder: Path) -> bool:
    """Whether `folder` holds a speaker's emotions with names such as `anger_1-28_0011`."""
    return any(has_sound(place, "*_[0-9]*-[0-9]*_[0-9]*") for _, _, place in _folders(folder))


def clips(root: Path) -> Iterator[Clip | Drop]:
    """Every clip."""
    for speaker, word, folder in _folders(root):
        for path in sounds(folder):
            match = _SENTENCE.fullmatch(path.stem)
            if match is None:
                yield Drop(path, "unreadable name")
                continue
            yield Clip(
                path=path,
                corpus="emov_db",
                speaker=f"emov_db:{speaker}",
                emotion=EMOTION.get(word),
                label=word,
                sex=_SEX[speaker],
                language="en",
                sentence=match[1],
            )


def _folders(root: Path) -> Iterator[tuple[str, str, Path]]:
    for speaker in _SEX:
        own = folder_named(root, speaker)
        for word in _KNOWN:
            sorted_by = folder_named(own, word) if own else None
            for place in (sorted_by, folder_named(root, f"{speaker}_{word}")):
                if place:
                    yield speaker, _WORDS.get(word, word), place

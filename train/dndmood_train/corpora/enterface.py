"""eNTERFACE'05: 42 people of 14 nations say five English sentences for each of six emotions.

1,287 films, 1.0 hours, 34 men and 8 women who heard a story first and answered as if it had
happened to them. Martin et al., "The eNTERFACE'05 Audio-Visual Emotion Database", ICDE Workshops
2006. Layout: `subject 1/anger/sentence 1/s1_an_1.avi`; the sound is read from the films, which
needs ffmpeg.

Known defects: subject 6 was never cut into sentences and is left out; the files of subject 11 are
called `s12_...` and one of subject 3 `s_3_...`, so that folders count, not names. Where a folder
holds other films beside one that is called as these are, somebody put them there.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from dndmood_train.corpora._clip import Clip, Drop
from dndmood_train.corpora._files import has_sound, sounds

TITLE = "eNTERFACE'05"
LICENCE = "free of charge for research"
LINK = "http://www.enterface.net/results/"
LANGUAGES = ("en",)
EMOTION = {
    "anger": "angry",
    "disgust": "disgusted",
    "fear": "fearful",
    "happiness": "happy",
    "sadness": "sad",
    "surprise": "surprised",
}
EXAMPLE = "subject 1/anger/sentence 1/s1_an_1.avi"
BESIDE: dict[str, str] = {}

_DEPTH = 4
_UNCUT = "not cut into sentences"
_FOLDERS = re.compile(r"subject \d+/[a-z]+/sentence [1-5]")
_NAME = re.compile(r"s_?\d+_[a-z]{2}_\d", re.IGNORECASE)


def here(folder: Path) -> bool:
    """Whether `folder` holds folders `subject 1` and so on with sentences of an emotion."""
    return any(
        has_sound(folder, f"subject [0-9]*/{word}/sentence [1-5]/*", films=True)
        for word in EMOTION
    )


def clips(root: Path) -> Iterator[Clip | Drop]:
    """Every film."""
    paths = sounds(root, films=True)
    named = {path.parent for path in paths if _NAME.match(path.stem)}
    for path in paths:
        parts = path.relative_to(root).parts
        if len(parts) != _DEPTH:
            mine = parts[0].lower().startswith("subject ")
            yield Drop(path, _UNCUT if mine else "unreadable name")
            continue
        subject, word, sentence = (part.lower() for part in parts[:-1])
        known = _FOLDERS.fullmatch(f"{subject}/{word}/{sentence}") and word in EMOTION
        if not known or (path.parent in named and not _NAME.match(path.stem)):
            yield Drop(path, "unreadable name")
            continue
        yield Clip(
            path=path,
            corpus="enterface",
            speaker=f"enterface:{subject.removeprefix('subject ')}",
            emotion=EMOTION[word],
            label=word,
            language="en",
            sentence=f"{word} {sentence.removeprefix('sentence ')}",
        )

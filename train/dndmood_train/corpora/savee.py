"""SAVEE: four men say English sentences in seven emotions.

480 clips, 0.5 hours; speakers DC, JE, JK and KL. Haq and Jackson, "Speaker-dependent
audio-visual emotion recognition", AVSP 2009. Layout: `AudioData/DC/sa01.wav`, or all clips in
one folder, called `ALL` or anything, as `ALL/DC_sa01.wav`.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from dndmood_train.corpora._clip import Clip, Drop
from dndmood_train.corpora._files import folder_named, has_sound, sounds

TITLE = "SAVEE"
LICENCE = "free of charge for research, on registration"
LINK = "http://kahlan.eps.surrey.ac.uk/savee/"
LANGUAGES = ("en",)
EMOTION = {
    "a": "angry",
    "d": "disgusted",
    "f": "fearful",
    "h": "happy",
    "n": "neutral",
    "sa": "sad",
    "su": "surprised",
}
EXAMPLE = "AudioData/DC/sa01.wav"
BESIDE: dict[str, str] = {}

_SPEAKERS = ("DC", "JE", "JK", "KL")
_NAME = re.compile(r"(?:(DC|JE|JK|KL)_)?(sa|su|[adfhn])(\d\d)", re.IGNORECASE)


def here(folder: Path) -> bool:
    """Whether `folder` holds the four speakers, by folder or by name."""
    return any(
        has_sound(folder, f"{place}[adfhns]*[0-9][0-9].*")
        for speaker in _SPEAKERS
        for place in (f"AudioData/{speaker}/", f"ALL/{speaker}_", f"{speaker}_")
    )


def clips(root: Path) -> Iterator[Clip | Drop]:
    """Every clip."""
    place = folder_named(root, "AudioData", "ALL")
    for path in sounds(place) if place else sounds(root, deep=False):
        match = _NAME.fullmatch(path.stem)
        speaker = (match[1] or path.parent.name).upper() if match else ""
        if match is None or speaker not in _SPEAKERS:
            yield Drop(path, "unreadable name")
            continue
        yield Clip(
            path=path,
            corpus="savee",
            speaker=f"savee:{speaker}",
            emotion=EMOTION[match[2].lower()],
            label=match[2].lower(),
            sex="male",
            language="en",
            sentence=match[2].lower() + match[3],
        )

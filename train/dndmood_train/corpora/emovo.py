"""EMOVO: six actors say fourteen Italian sentences in seven emotions.

588 clips, 0.5 hours, three women and three men. Costantini et al., "EMOVO Corpus: an Italian
Emotional Speech Database", LREC 2014. Layout: `f1/dis-f1-b1.wav`: emotion, speaker, sentence.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from dndmood_train.corpora._clip import Clip, Drop
from dndmood_train.corpora._files import folder_named, has_sound, sounds

TITLE = "EMOVO"
LICENCE = "free of charge for research"
LINK = "http://voice.fub.it/activities/corpora/emovo/index.html"
LANGUAGES = ("it",)
EMOTION = {
    "dis": "disgusted",
    "gio": "happy",
    "neu": "neutral",
    "pau": "fearful",
    "rab": "angry",
    "sor": "surprised",
    "tri": "sad",
}
EXAMPLE = "f1/dis-f1-b1.wav"
BESIDE: dict[str, str] = {}

_SPEAKERS = ("f1", "f2", "f3", "m1", "m2", "m3")
_NAME = re.compile(r"([a-z]{3})-([fm][123])-([a-z]+\d?)")


def here(folder: Path) -> bool:
    """Whether `folder` holds `f1` to `m3` with names such as `dis-f1-b1`."""
    return any(
        has_sound(place, f"???-{speaker}-*")
        for speaker in _SPEAKERS
        if (place := folder_named(folder, speaker))
    )


def clips(root: Path) -> Iterator[Clip | Drop]:
    """Every clip."""
    places = (folder_named(root, speaker) for speaker in _SPEAKERS)
    for folder in filter(None, places):
        for path in sounds(folder):
            match = _NAME.fullmatch(path.stem.lower())
            if match is None or match[1] not in EMOTION:
                yield Drop(path, "unreadable name")
                continue
            label, speaker, sentence = match.groups()
            yield Clip(
                path=path,
                corpus="emovo",
                speaker=f"emovo:{speaker}",
                emotion=EMOTION[label],
                label=label,
                sex="female" if speaker.startswith("f") else "male",
                language="it",
                sentence=sentence,
            )

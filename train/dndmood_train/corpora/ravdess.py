"""RAVDESS, the speech part: 24 actors say two English sentences in eight emotions.

1,440 clips, 1.5 hours, 12 female and 12 male actors. Livingstone and Russo, "The Ryerson
Audio-Visual Database of Emotional Speech and Song", PLoS ONE 2018. Layout:
`Actor_01/03-01-06-01-02-01-12.wav`: modality, channel, emotion, intensity (01 normal, 02
strong), sentence, repetition, actor (odd numbers are men). Songs and videos are passed over.

Known defects: half of a clip is silence at its ends; 03-01-03-01-02-01-07 and
03-01-03-01-02-02-07 are the same recording.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from dndmood_train.corpora._clip import Clip, Drop
from dndmood_train.corpora._files import has_sound, matching, sounds

TITLE = "RAVDESS"
LICENCE = "CC BY-NC-SA 4.0"
LINK = "https://zenodo.org/records/1188976"
LANGUAGES = ("en",)
EMOTION = {
    "01": "neutral",
    "02": "calm",
    "03": "happy",
    "04": "sad",
    "05": "angry",
    "06": "fearful",
    "07": "disgusted",
    "08": "surprised",
}
EXAMPLE = "Actor_12/03-01-06-01-02-01-12.wav"
BESIDE: dict[str, str] = {}

_NAME = re.compile(r"(\d\d)-(\d\d)-(\d\d)-(\d\d)-(\d\d)-(\d\d)-(\d\d)")
_INTENSITY = {"01": 0.5, "02": 1.0}


def here(folder: Path) -> bool:
    """Whether `folder` holds `Actor_01` and its like."""
    return has_sound(folder, "Actor_[0-9]*/??-??-??-??-??-??-??.*")


def clips(root: Path) -> Iterator[Clip | Drop]:
    """Every spoken clip."""
    for actor in matching(root, "Actor_[0-9]*"):
        for path in sounds(actor):
            yield _clip(path)


def _clip(path: Path) -> Clip | Drop:
    match = _NAME.fullmatch(path.stem)
    if match is None or match[3] not in EMOTION:
        return Drop(path, "unreadable name")
    _, channel, label, strength, sentence, _, actor = match.groups()
    if channel != "01":
        return Drop(path, "song")
    return Clip(
        path=path,
        corpus="ravdess",
        speaker=f"ravdess:{actor}",
        emotion=EMOTION[label],
        label=label,
        # The neutral clips exist in one strength only, which says nothing.
        intensity=None if label == "01" else _INTENSITY.get(strength),
        sex="male" if int(actor) % 2 else "female",
        language="en",
        sentence=sentence,
    )

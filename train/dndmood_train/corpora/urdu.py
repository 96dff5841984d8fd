"""URDU: speakers of Urdu television talk shows, unscripted, in four emotions.

400 clips, 0.3 hours, 27 men and 11 women. Latif et al., "Cross Lingual Speech Emotion
Recognition: Urdu vs. Western Languages", FIT 2018. Layout: `Angry/SM1_F1_A01.wav`: speaker
(second letter is the sex), film, emotion with number. Real television, so music and other
voices are heard in places.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from dndmood_train.corpora._clip import Clip, Drop
from dndmood_train.corpora._files import folder_named, has_sound, sounds

TITLE = "URDU"
LICENCE = "none stated; research use"
LINK = "https://github.com/siddiquelatif/URDU-Dataset"
LANGUAGES = ("ur",)
EMOTION = {"A": "angry", "H": "happy", "N": "neutral", "S": "sad"}
EXAMPLE = "Angry/SM1_F1_A01.wav"
BESIDE: dict[str, str] = {}

_NAME = re.compile(r"S([MF])(\d+)_F(\d+)_([AHNS])(\d+)", re.IGNORECASE)
_FOLDERS = ("Angry", "Happy", "Neutral", "Sad")


def here(folder: Path) -> bool:
    """Whether `folder` holds `Angry` to `Sad` with names such as `SM1_F1_A01`."""
    return any(has_sound(place, "S[MF]*_F*_[AHNS]*.*") for place in _places(folder))


def clips(root: Path) -> Iterator[Clip | Drop]:
    """Every clip."""
    for folder in _places(root):
        for path in sounds(folder):
            match = _NAME.fullmatch(path.stem)
            if match is None:
                yield Drop(path, "unreadable name")
                continue
            sex, number, _, label, sentence = match.groups()
            if label.upper() != folder.name[0].upper():
                yield Drop(path, "name and folder disagree")
                continue
            yield Clip(
                path=path,
                corpus="urdu",
                speaker=f"urdu:S{sex.upper()}{int(number)}",
                emotion=EMOTION[label.upper()],
                label=label.upper(),
                sex="female" if sex.upper() == "F" else "male",
                language="ur",
                sentence=sentence,
            )


def _places(root: Path) -> list[Path]:
    return [place for name in _FOLDERS if (place := folder_named(root, name))]

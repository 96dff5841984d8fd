"""CaFE: twelve actors say six sentences in Canadian French, in six emotions and neutral.

936 clips, 1.2 hours, six women and six men. Gournay, Lahaie and Lefebvre, "A Canadian French
Emotional Speech Dataset", ACM Multimedia Systems 2018. Layout: `Colère/Faible/01-C-1-1.wav`:
actor, emotion's letter, intensity (1 weak, 2 strong), sentence; neutral clips lie in `Neutre`. The
edition at 192 kHz has `.aiff` files.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from dndmood_train.corpora._clip import Clip, Drop
from dndmood_train.corpora._files import has_sound, sounds

TITLE = "CaFE"
LICENCE = "CC BY-NC-SA 4.0"
LINK = "https://zenodo.org/record/1478765"
LANGUAGES = ("fr",)
EMOTION = {
    "C": "angry",
    "D": "disgusted",
    "J": "happy",
    "N": "neutral",
    "P": "fearful",
    "S": "surprised",
    "T": "sad",
}
EXAMPLE = "Colère/Faible/01-C-1-1.wav"
BESIDE: dict[str, str] = {}

_NAME = re.compile(r"(\d\d)-([CDJNPST])-([12])-(\d)")
_INTENSITY = {"1": 0.5, "2": 1.0}
_FILES = "[01][0-9]-[CDJNPST]-[12]-[0-9].*"


def here(folder: Path) -> bool:
    """Whether `folder` holds emotions in French with names such as `01-C-1-1`."""
    # Not by the folders' names: their accents come in two encodings.
    return has_sound(folder, f"*/F*/{_FILES}") or has_sound(folder, f"Neutre/{_FILES}")


def clips(root: Path) -> Iterator[Clip | Drop]:
    """Every clip."""
    for path in sounds(root):
        match = _NAME.fullmatch(path.stem.upper())
        if match is None:
            yield Drop(path, "unreadable name")
            continue
        actor, label, intensity, sentence = match.groups()
        yield Clip(
            path=path,
            corpus="cafe",
            speaker=f"cafe:{actor}",
            emotion=EMOTION[label],
            label=label,
            intensity=None if label == "N" else _INTENSITY[intensity],
            sex="male" if int(actor) % 2 else "female",
            language="fr",
            sentence=sentence,
        )

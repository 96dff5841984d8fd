"""EmoMatchSpanishDB: fifty Spanish people say twelve sentences in six emotions and neutral.

2,020 clips of EmoSpanishDB's 3,550, about 2 hours, of those where the crowd heard what was meant.
Garcia-Cuesta, Barba Salvador and Gachet Páez, "EmoMatchSpanishDB: study of speech emotion
recognition machine learning models in a new Spanish elicited database", Multimedia Tools and
Applications 2024. How its archive is laid out was found neither in its paper nor in public code.
"""

from collections.abc import Iterator
from pathlib import Path

from dndmood_train.corpora import _unpublished
from dndmood_train.corpora._clip import Clip, Drop

TITLE = "EmoMatchSpanishDB"
LICENCE = "on request from the authors for research"
LINK = "https://doi.org/10.1007/s11042-023-15959-w"
LANGUAGES = ("es",)
EMOTION = {
    "anger": "angry",
    "disgust": "disgusted",
    "fear": "fearful",
    "happiness": "happy",
    "neutral": "neutral",
    "sadness": "sad",
    "surprise": "surprised",
}
EXAMPLE = ""
BESIDE: dict[str, str] = {}


def here(folder: Path) -> bool:
    """Whether `folder` is called as the corpus is, without a table that describes it."""
    return _unpublished.named(folder, "EmoMatchSpanishDB", "EmoSpanishDB")


def clips(root: Path) -> Iterator[Clip | Drop]:
    """Refuses in one sentence that names the reader to use instead."""
    return _unpublished.refused(root, TITLE)

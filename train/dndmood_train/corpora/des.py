"""DES: four Danish actors say two words, nine sentences and two passages in five emotions.

419 clips, 0.5 hours, two women and two men. Engberg et al., "Design, recording and verification of
a Danish emotional speech database", Eurospeech 1997. Its documentation describes texts and
listening tests; how its files are called was found neither there nor in public code.
"""

from collections.abc import Iterator
from pathlib import Path

from dndmood_train.corpora import _unpublished
from dndmood_train.corpora._clip import Clip, Drop

TITLE = "DES"
LICENCE = "on request from Aalborg University"
LINK = "http://kom.aau.dk/~tb/speech/Emotions/"
LANGUAGES = ("da",)
EMOTION = _unpublished.without("fearful", "disgusted")
EXAMPLE = ""
BESIDE: dict[str, str] = {}


def here(folder: Path) -> bool:
    """Whether `folder` is called as the corpus is, without a table that describes it."""
    return _unpublished.named(folder, "DES", "Danish Emotional Speech")


def clips(root: Path) -> Iterator[Clip | Drop]:
    """Refuses in one sentence that names the reader to use instead."""
    return _unpublished.refused(root, TITLE)

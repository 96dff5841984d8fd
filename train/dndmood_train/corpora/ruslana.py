"""RUSLANA: 61 Russian students say ten sentences in five emotions and neutral.

3,660 clips, 49 women and 12 men. Makarova and Petrushin, "RUSLANA: a database of Russian emotional
utterances", ICSLP 2002. How its archive is laid out was found neither in its paper nor in public
code.
"""

from collections.abc import Iterator
from pathlib import Path

from dndmood_train.corpora import _unpublished
from dndmood_train.corpora._clip import Clip, Drop

TITLE = "RUSLANA"
LICENCE = "on request from the authors"
LINK = "https://www.isca-archive.org/icslp_2002/makarova02_icslp.html"
LANGUAGES = ("ru",)
EMOTION = _unpublished.without("disgusted")
EXAMPLE = ""
BESIDE: dict[str, str] = {}


def here(folder: Path) -> bool:
    """Whether `folder` is called as the corpus is, without a table that describes it."""
    return _unpublished.named(folder, "RUSLANA")


def clips(root: Path) -> Iterator[Clip | Drop]:
    """Refuses in one sentence that names the reader to use instead."""
    return _unpublished.refused(root, TITLE)

"""Belfast: a hundred people on television and in interviews (naturalistic), or in tasks (induced).

239 clips of 10 to 60 seconds in the naturalistic set, with traces of valence and activation
instead of one verdict. Douglas-Cowie, Cowie and Schröder, "A new emotion database: considerations,
sources and scope", 2000; Sneddon et al., "The Belfast Induced Natural Emotion Database", IEEE
Trans. Affective Computing 2012. How the archives are laid out was found neither in these papers
nor in public code.
"""

from collections.abc import Iterator
from pathlib import Path

from dndmood_train.corpora import _unpublished
from dndmood_train.corpora._clip import Clip, Drop

TITLE = "Belfast"
LICENCE = "licence of Queen's University Belfast for research"
LINK = "https://belfast-naturalistic-db.sspnet.eu/"
LANGUAGES = ("en",)
EMOTION = _unpublished.EMOTION
EXAMPLE = ""
BESIDE: dict[str, str] = {}


def here(folder: Path) -> bool:
    """Whether `folder` is called as the corpus is, without a table that describes it."""
    return _unpublished.named(
        folder,
        "Belfast",
        "Belfast Naturalistic",
        "Belfast Naturalistic Emotional Database",
        "Belfast Induced",
        "Belfast Induced Natural Emotion Database",
        "BINED",
    )


def clips(root: Path) -> Iterator[Clip | Drop]:
    """Refuses in one sentence that names the reader to use instead."""
    return _unpublished.refused(root, TITLE)

"""INTERFACE: nine actors say up to 190 items in English, French, Slovenian and Spanish.

Six emotions and neutral; two actors a language, three in English. Hozjan et al., "Interface
Databases: Design and Collection of a Multilingual Emotional Speech Database", LREC 2002. Its page
numbers the items and says how they were recorded; how files and folders are called was found
neither there nor in public code.
"""

from collections.abc import Iterator
from pathlib import Path

from dndmood_train.corpora import _unpublished
from dndmood_train.corpora._clip import Clip, Drop

TITLE = "INTERFACE"
LICENCE = "owned by the partners of the project INTERFACE; on request or from ELRA"
LINK = "https://talp.cs.upc.edu/content/interface"
LANGUAGES = ("en", "fr", "sl", "es")
EMOTION = _unpublished.EMOTION
EXAMPLE = ""
BESIDE: dict[str, str] = {}


def here(folder: Path) -> bool:
    """Whether `folder` is called as the corpus is, without a table that describes it."""
    languages = ("English", "French", "Slovenian", "Spanish")
    return _unpublished.named(
        folder,
        "INTERFACE",
        "INTERFACE Emotional Speech",
        *(f"INTERFACE {language}" for language in languages),
    )


def clips(root: Path) -> Iterator[Clip | Drop]:
    """Refuses in one sentence that names the reader to use instead."""
    return _unpublished.refused(root, TITLE)

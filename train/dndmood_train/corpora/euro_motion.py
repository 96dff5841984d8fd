"""€motion: 39 men speak English, French, German and Italian in six emotions and neutral.

Professional actors and amateurs; the acoustic corpus behind Parada-Cabaleiro et al.'s studies of
how emotions are heard across languages, as senselab's table of corpora lists it. Neither where to
get it nor how it is laid out was found.
"""

from collections.abc import Iterator
from pathlib import Path

from dndmood_train.corpora import _unpublished
from dndmood_train.corpora._clip import Clip, Drop

TITLE = "€motion"
LICENCE = "on request from the authors"
LINK = "https://github.com/sensein/senselab"
LANGUAGES = ("en", "fr", "de", "it")
EMOTION = _unpublished.EMOTION
EXAMPLE = ""
BESIDE: dict[str, str] = {}


def here(folder: Path) -> bool:
    """Whether `folder` is called as the corpus is, without a table that describes it."""
    return _unpublished.named(folder, "€motion", "Emotion Parada-Cabaleiro", "euro_motion")


def clips(root: Path) -> Iterator[Clip | Drop]:
    """Refuses in one sentence that names the reader to use instead."""
    return _unpublished.refused(root, TITLE)

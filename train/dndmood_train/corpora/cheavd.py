"""CHEAVD: scenes of Chinese films, series and talk shows in 26 emotions, of which 8 are studied.

2,600 clips, 2.3 hours, 113 women and 125 men. Li et al., "CHEAVD: a Chinese natural emotional
audio-visual database", Journal of Ambient Intelligence and Humanized Computing 2017. It is given
away on request; how its archive is laid out was found neither in its paper, nor in that of the
challenge MEC 2017, nor in public code, and worried and anxious, two of the eight, have no place
among our emotions.
"""

from collections.abc import Iterator
from pathlib import Path

from dndmood_train.corpora import _unpublished
from dndmood_train.corpora._clip import Clip, Drop

TITLE = "CHEAVD"
LICENCE = "licence of the Chinese Academy of Sciences for research"
LINK = "http://www.chineseldc.org/"
LANGUAGES = ("zh",)
EMOTION = _unpublished.without("fearful")
EXAMPLE = ""
BESIDE: dict[str, str] = {}


def here(folder: Path) -> bool:
    """Whether `folder` is called as the corpus is, without a table that describes it."""
    return _unpublished.named(folder, "CHEAVD", "CHEAVD 2.0", "CASIA CHEAVD")


def clips(root: Path) -> Iterator[Clip | Drop]:
    """Refuses in one sentence that names the reader to use instead."""
    return _unpublished.refused(root, TITLE)

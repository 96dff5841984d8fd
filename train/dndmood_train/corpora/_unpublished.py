"""Corpora whose layout nobody has published: they are known by name, and refused in one sentence.

Guessing labels from names would be worse than none. A corpus that is described by a
`manifest.csv` is read by `manifest`, whatever it is.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from dndmood.errors import UserError
from dndmood_train.corpora._clip import Clip, Drop
from dndmood_train.corpora._files import sounds

EMOTION = {
    "anger": "angry",
    "disgust": "disgusted",
    "fear": "fearful",
    "happiness": "happy",
    "joy": "happy",
    "neutral": "neutral",
    "sadness": "sad",
    "surprise": "surprised",
}
"""What the words of these corpora, as their papers have them, mean here."""


def without(*emotions: str) -> dict[str, str]:
    """`EMOTION` of a corpus in which nobody shows these.

    >>> "fear" in without("fearful")
    False
    """
    return {word: emotion for word, emotion in EMOTION.items() if emotion not in emotions}


_NO_NAME = re.compile(r"audio|corpus|data|databases?|dataset|db|speech|wavs?|v?\d+")
"""Words that people write behind the name of a corpus."""


def named(folder: Path, *names: str) -> bool:
    """Whether `folder` is called as this corpus and holds sounds that no `manifest.csv` describes.

    Case, blanks, hyphens and underscores do not count, nor words such as "database" behind the
    name.
    """
    if not _called(folder.resolve().name) & {"".join(_words(name)) for name in names}:
        return False
    return not any(folder.rglob("manifest.csv")) and bool(sounds(folder, films=True))


def unread(root: Path, title: str) -> str:
    """One sentence: why nothing is read of the corpus `title` in `root`, and what to do instead."""
    return (
        f"{title} in {root} is not read: how it is laid out is not published, so that its labels "
        f"would be guessed; describe it with a table {root / 'manifest.csv'} (path, speaker, "
        "emotion), which the reader manifest understands."
    )


def refused(root: Path, title: str) -> Iterator[Clip | Drop]:
    """No clip: raises a `UserError` that says what to do instead."""
    raise UserError(unread(root, title))


def _called(name: str) -> set[str]:
    """What a folder is called, with and without the words behind the name.

    >>> sorted(_called("DES_Database"))
    ['des', 'desdatabase']
    """
    words = _words(name)
    found = {"".join(words)}
    while len(words) > 1 and _NO_NAME.fullmatch(words[-1]):
        words.pop()
        found.add("".join(words))
    return found


def _words(name: str) -> list[str]:
    return re.findall(r"(?:[^\W_]|€)+", name.casefold())

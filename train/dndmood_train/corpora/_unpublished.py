"""Corpora whose layout nobody has published: they are known by name, and refused in one sentence.

Guessing labels from names would be worse than none. A corpus that is described by a
`manifest.csv` is read by `manifest`, whatever it is.
"""

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


def named(folder: Path, *names: str) -> bool:
    """Whether `folder` is called as this corpus and holds sounds that no `manifest.csv` describes.

    Case, blanks, hyphens and underscores do not count.
    """
    if _plain(folder.resolve().name) not in {_plain(name) for name in names}:
        return False
    return not any(folder.rglob("manifest.csv")) and bool(sounds(folder, films=True))


def refused(root: Path, title: str) -> Iterator[Clip | Drop]:
    """No clip: raises a `UserError` that says what to do instead."""
    raise UserError(
        f"How {title} in {root} is laid out is not published, so that its labels would be "
        f"guessed: describe it with a table {root / 'manifest.csv'} (path, speaker, emotion), "
        "which the reader manifest understands."
    )


def _plain(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum() or letter == "€")

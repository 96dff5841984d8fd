"""What recognisers share: when none can be used, and when what was written is not believed."""

import zlib
from pathlib import Path

from dndmood.errors import UserError
from dndmood.file_names import printable

_REPEATS = 2.4
"""Text that packs so well repeats itself, which the models do where nobody speaks (Whisper's own
threshold, Radford et al. 2022)."""


def repeats_itself(text: str) -> bool:
    """Whether `text` says the same over and over.

    >>> repeats_itself("you arrive at the old tavern"), repeats_itself("thank you. " * 40)
    (False, True)
    """
    return len(text) / max(len(zlib.compress(text.encode())), 1) > _REPEATS


def damaged(folder: Path) -> UserError:
    """What is said of the model in `folder` when it cannot be opened."""
    return UserError(
        f"The recogniser of words in {printable(folder)} is damaged: fetch it again with "
        "'dndmood words get'."
    )


def only_english(folder: Path, language: str) -> UserError:
    """What is said when the model in `folder` does not know `language`."""
    return UserError(
        f"The recogniser of words in {printable(folder)} knows only English, not {language!r}: "
        "'dndmood words get base' fetches one that knows many languages."
    )

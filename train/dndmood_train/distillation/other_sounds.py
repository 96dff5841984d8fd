"""What is heard beside the corpora: noises, rooms, everyday speech and invented music."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path

from dndmood.errors import UserError
from dndmood_train.audio.augment import heard_copies
from dndmood_train.audio.loading import duration_s
from dndmood_train.audio.noises import kind_of
from dndmood_train.corpora import sounds
from dndmood_train.distillation.recipe import Recipe

KEPT = 0.15
"""Share of noises and everyday speech that is kept for measuring, by hash of the name; so much
more music is invented."""


@dataclass(frozen=True, slots=True)
class OtherSounds:
    """What is heard beside the corpora."""

    everyday: tuple[Path, ...] = ()
    """Ordinary speech, which should come out neutral."""
    noises: tuple[Path, ...] = ()
    rooms: tuple[Path, ...] = ()
    """Impulse responses."""
    copies: tuple[str, ...] = heard_copies()
    """Which disturbed copies of every sound are stored."""
    pieces: int = 300
    """How many pieces of music are invented to learn under."""

    @property
    def invented(self) -> int:
        """All pieces: to learn under, and after them those that only measuring hears."""
        return self.pieces + ceil(KEPT * self.pieces)


def other_sounds_in(
    noise: Sequence[Path], everyday: Sequence[Path], recipe: Recipe
) -> OtherSounds:
    """Every sound in the folders `noise` and `everyday`, and what else `recipe` asks for.

    Raises `UserError` for a folder without sound and for a sound that cannot be read.
    """
    for folder in (*noise, *everyday):
        if not (folder.is_dir() and sounds(folder)):
            raise UserError(f"There is no sound in {folder}.")
        for path in sounds(folder):
            duration_s(path)
    # The folder's own name counts: impulse responses often lie in one called rooms.
    found = [(path, kind_of(path.relative_to(f.parent))) for f in noise for path in sounds(f)]
    return OtherSounds(
        everyday=tuple(path for folder in everyday for path in sounds(folder)),
        noises=tuple(path for path, kind in found if kind != "room"),
        rooms=tuple(path for path, kind in found if kind == "room"),
        copies=heard_copies(lesson.table for lesson in recipe.lessons.values()),
        pieces=recipe.pieces,
    )

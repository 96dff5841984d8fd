"""A mood as far as its music is concerned."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Wanted:
    name: str
    title: str
    folder: Path
    tracks: tuple[str, ...]
    names: tuple[str, ...] = ()
    arousal: float = 0.5
    valence: float = 0.5

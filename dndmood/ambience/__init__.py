"""What a place sounds like: which files are its ambience, and the stage that asks for them."""

from dndmood.ambience.sounds import Wish, by_place
from dndmood.ambience.surround import Sounds, surround

__all__ = ["Sounds", "Wish", "by_place", "surround"]

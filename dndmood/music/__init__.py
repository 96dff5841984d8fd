"""From a mood to the tracks that carry it.

`stock_all` makes the `Shelves`, one `Shelf` of music for each mood, as the stage `spin` plays them;
the stage `duck` lets the music step back under talk.
"""

from dndmood.music.dj import spin
from dndmood.music.duck import duck, forward
from dndmood.music.rounds import Rounds
from dndmood.music.shelf import Shelf
from dndmood.music.shelves import LISTING_S, READING_S, Shelves, stock_all

__all__ = [
    "LISTING_S",
    "READING_S",
    "Rounds",
    "Shelf",
    "Shelves",
    "duck",
    "forward",
    "spin",
    "stock_all",
]

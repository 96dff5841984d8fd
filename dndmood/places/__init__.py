"""Where the party can be: the book of places, and the stage `locate` that says where it is.

`book` reads one TOML file per place; there is no list of places in the code. `locate` believes
what cues say (`dndmood.scene.SceneCue`), whoever makes them, and obeys the keys.
"""

from dndmood.places.book import Location
from dndmood.places.locate import locate

__all__ = ["Location", "locate"]

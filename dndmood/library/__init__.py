"""The game master's own music: what is known of each file, and what was decided about it.

`Index` keeps what can be found out again from the files, in the cache folder; `Decisions` keeps
what only the person knows, in the folder of the user's data. Neither ever
touches a music file.
"""

from dndmood.library.decisions import Decision, Decisions
from dndmood.library.index import Index
from dndmood.library.track import Track

__all__ = ["Decision", "Decisions", "Index", "Track"]

"""A mood file of the user's own."""

from contextlib import suppress
from pathlib import Path

from dndmood.errors import UserError
from dndmood.mood import book
from tests.fuzz._inputs import placed

_SHIPPED = Path(__file__).parents[3] / "playlists"
SEEDS = (
    *(path.read_bytes() for path in sorted(_SHIPPED.glob("*.toml"))),
    b'title = "Awe"\narousal = 0.6\nvalence = 0.7\nemotions = { surprised = 1.0 }\ntracks = ["[a]/*.ogg", ""]\n',
)


def run(data: bytes) -> None:
    """A mood comes of it, or one sentence."""
    with suppress(UserError):
        book.load(placed("moods/awe.toml", data).parent)

"""A table with three moods, and talk that sounds like them."""

from dndmood.events import Event
from tests.fakes import heard, mood

CALM, ANGRY, SAD = ("calm", 0.3, 0.6), ("angry", 0.85, 0.22), ("sad", 0.25, 0.25)
MOODS = {
    one.name: one
    for one in (
        mood("calm", 0.3, 0.6, "calm"),
        mood("battle", 0.85, 0.25, "angry"),
        mood("sorrow", 0.25, 0.25, "sad"),
    )
}


def talk(start_s: int, end_s: int, how: tuple[str, float, float]) -> list[Event]:
    return [heard(float(at_s), *how) for at_s in range(start_s, end_s)]

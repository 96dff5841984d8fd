"""Stage `attend`: while the game master has paused listening, nothing is heard."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np

from dndmood.events import AudioChunk, Command, Event


def attend(tape: Iterable[Event]) -> Iterator[Event]:
    """Put silence in the place of all sound between one `pause` command and the next.

    It stands at the head of the tape, so that no later stage ever meets what was said
    meanwhile; audio time goes on. The reference is left out as well: an echo canceller that
    gets music beside silence would learn that no music comes back.
    """
    paused = False
    for event in tape:
        if isinstance(event, Command) and event.verb == "pause":
            paused = not paused
        if paused and isinstance(event, AudioChunk):
            yield replace(
                event, samples=np.zeros_like(event.samples), reference=None, side=None
            )
        else:
            yield event

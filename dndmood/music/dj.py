"""Stage `spin`: puts on music when the mood changes. Pure."""

from collections.abc import Container, Iterable, Iterator, Mapping
from random import Random
from typing import Protocol

from dndmood.events import Command, Cue, Event, MoodState, Track

_UNDO_FADE_S = 0.8
_FIRST_FADE_S = 1.5
"""The evening's first music comes out of silence and need not be faded in slowly."""


class Shelf(Protocol):
    """What this stage reads from a shelf."""

    @property
    def title(self) -> str: ...
    @property
    def tracks(self) -> tuple[Track, ...]: ...
    @property
    def skipped(self) -> tuple[str, ...]: ...


def playing_order(
    tracks: Iterable[Track], *, seed: int, heard: Container[str] = ()
) -> tuple[Track, ...]:
    """`tracks` shuffled by `seed`, those whose title was `heard` lately last."""
    order = sorted(tracks, key=lambda track: track.path)
    Random(seed).shuffle(order)  # noqa: S311 - an order of songs needs no secrecy
    return tuple(sorted(order, key=lambda track: track.title in heard))


def spin(
    tape: Iterable[Event],
    *,
    shelves: Mapping[str, Shelf],
    fade_s: float = 6.0,
    seed: int = 0,
    heard: Container[str] = (),
) -> Iterator[Event]:
    """Add a `Cue` after each `MoodState` that brings another mood.

    A mood that comes back begins with the next track of its order, so that an evening does
    not hear the same opening twice in a row. A mood that comes back because its change was
    undone goes on quickly with the music it had.
    """
    orders = {
        name: playing_order(shelf.tracks, seed=seed, heard=heard)
        for name, shelf in shelves.items()
    }
    playing: Cue | None = None
    before: Cue | None = None
    undo = False
    for event in tape:
        yield event
        if isinstance(event, Command):
            undo = event.verb in ("undo", "reject")
        if not isinstance(event, MoodState) or (playing and event.mood == playing.mood):
            continue
        resume = undo and before is not None and before.mood == event.mood
        order = before.tracks if before and resume else orders[event.mood]
        fade = _UNDO_FADE_S if resume else fade_s if playing else _FIRST_FADE_S
        why = _why(shelves[event.mood], order)
        before, playing = playing, Cue(event.at_s, event.mood, order, fade, why, resume=resume)
        yield playing
        undo = False
        if not resume:
            orders[event.mood] = order[1:] + order[:1]


def _why(shelf: Shelf, order: tuple[Track, ...]) -> str:
    left_out = f" (left out: {'; '.join(shelf.skipped)})" if shelf.skipped else ""
    if not order:
        return f"nothing plays: {shelf.title.lower()} has no tracks{left_out}"
    return f"plays {order[0].title}{left_out}"

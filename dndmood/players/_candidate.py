"""A list of tracks, and the deck that is being opened for it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from dndmood.events import Track
from dndmood.players._faders import Block, Deck
from dndmood.players._playlist import Progress
from dndmood.scene import AmbienceCue


class Source(Deck, Protocol):
    """A deck that says how it is."""

    progress: Progress
    given: int

    def ended(self) -> bool:
        """True once nothing more will be decoded."""
        ...

    def left(self) -> int:
        """Frames that lie ready."""
        ...

    def coming(self, frames: int) -> Block:
        """What the next reads will give, at most `frames`, as far as it lies ready."""
        ...


@dataclass(frozen=True, slots=True)
class Request:
    """A deck that is wanted."""

    tracks: tuple[Track, ...]
    spare: bool
    """True for starter tracks that stand in for others."""
    wanted: Callable[[], bool]
    """False once nobody waits for it any more."""
    arrived: Callable[[Source | None], None]
    """Takes the deck, on the thread that renders; None when it cannot be opened now."""
    ambience: AmbienceCue | None = None
    """The ambience that is wanted in place of tracks."""
    soon: bool = False
    """True while nothing sounds, and it is waited for."""


class Candidate:
    """One list of tracks, and the deck that is being opened for it."""

    def __init__(self, tracks: tuple[Track, ...]) -> None:
        self.tracks = tracks
        self.wanted = tracks  # when a deck was asked for
        self.deck: Source | None = None
        self.asked = self.refused = False
        self.failed = not tracks
        self.waited = 0
        self.pause = 0

    def follow_with(self, tracks: tuple[Track, ...]) -> None:
        """Take `tracks` in place of those that were to come after the first of them."""
        if bool(tracks) != bool(self.tracks):
            self.failed = not tracks
        self.tracks = tracks
        if self.deck is not None:
            self.deck.progress.upcoming = self.upcoming()

    def upcoming(self) -> tuple[Track, ...]:
        """What comes after its first track, and then that one again."""
        return self.tracks[1:] + self.tracks[:1]

    def ready(self) -> bool:
        """True when its deck could begin now."""
        return self.deck is not None and self.deck.ready()

    def lost(self) -> bool:
        """True while it cannot be read, or no decoder can be started for it."""
        return self.failed or self.refused

    def drop(self) -> None:
        """Let the deck go that was being opened."""
        if self.deck is not None:
            self.deck.close()
        self.deck, self.waited, self.pause = None, 0, 0

"""Where events meet the mixer: the part that all players which mix by themselves share."""

from collections import deque
from collections.abc import Callable

from dndmood.events import Command, Cue, Event, Level, Track
from dndmood.players._decks import InlineDeck, PrefetchedDeck, reel
from dndmood.players._mixer import Block, Deck, Mixer
from dndmood.tap import Tap
from dndmood.threads import Cell

_SKIP_FADE_S = 1.5


class Booth:
    """Takes events on one thread and renders sound on another, neither waiting for the other."""

    def __init__(self, rate_hz: int, *, prefetch: bool) -> None:
        self.rate_hz = rate_hz
        self._prefetch = prefetch
        self._mixer = Mixer(rate_hz)
        self._orders: deque[Callable[[], None]] = deque()  # appending and popping are atomic
        self._tracks: tuple[Track, ...] = ()
        self._place = Cell(0)  # which of them is being decoded
        self._tap: Tap | None = None

    def pour_into(self, tap: Tap) -> None:
        """From now on `tap` gets all that is rendered."""
        self._tap = tap

    def __call__(self, event: Event) -> None:
        """Obey cues, levels and commands; every other event is passed over."""
        match event:
            case Level(gain_db=gain_db, over_s=over_s):
                frames = round(over_s * self.rate_hz)
                self._orders.append(lambda: self._mixer.level(gain_db, frames))
            case Cue():
                self._put_on(event.tracks, event.fade_s, resume=event.resume)
            case Command(verb="skip") if len(self._tracks) > 1:
                after = self._place.value + 1
                self._put_on(self._tracks[after:] + self._tracks[:after], _SKIP_FADE_S)
            case Command(verb="volume", change_db=change_db):
                self._orders.append(lambda: self._mixer.turn(change_db))
            case Command(verb="silence"):
                self._orders.append(self._mixer.silence)

    def render(self, frames: int) -> Block:
        """The next `frames` of what is heard, shape `(frames, 2)`."""
        while self._orders:
            self._orders.popleft()()
        block = self._mixer.render(frames)
        if self._tap is not None:
            self._tap.pour(block, self.rate_hz)
        return block

    def close(self) -> None:
        """Let every deck go; call it when nothing renders any more."""
        while self._orders:
            self._orders.popleft()()
        self._mixer.close()

    def _put_on(
        self, tracks: tuple[Track, ...], fade_s: float, *, resume: bool = False
    ) -> None:
        self._tracks, self._place = tracks, Cell(0)
        deck = self._deck(tracks) if tracks else None
        fade = round(fade_s * self.rate_hz)
        if resume:
            self._orders.append(lambda: self._resume(deck, fade))
        else:
            self._orders.append(lambda: self._mixer.cue(deck, fade))

    def _resume(self, otherwise: Deck | None, fade: int) -> None:
        """Go on with the piece before; with `otherwise` when the mixer no longer has it."""
        if not self._mixer.back(fade):
            self._mixer.cue(otherwise, fade)
        elif otherwise is not None:
            otherwise.close()

    def _deck(self, tracks: tuple[Track, ...]) -> Deck:
        blocks = reel(tracks, self.rate_hz, self._place)
        return PrefetchedDeck(blocks, self.rate_hz) if self._prefetch else InlineDeck(blocks)

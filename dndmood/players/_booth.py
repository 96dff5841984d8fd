"""Where events meet the mixer: the part that all players which mix by themselves share."""

from collections import deque
from collections.abc import Callable

from dndmood.events import Command, Cue, Event, Level, Track
from dndmood.players._decks import InlineDeck, PrefetchedDeck, Progress, reel
from dndmood.players._mixer import Block, Deck, Mixer
from dndmood.reel import SKIP_FADE_S
from dndmood.tap import Tap


class Booth:
    """Takes events on one thread and renders sound on another, neither waiting for the other."""

    def __init__(self, rate_hz: int, *, prefetch: bool) -> None:
        self.rate_hz = rate_hz
        self._prefetch = prefetch
        self._mixer = Mixer(rate_hz)
        self._orders: deque[Callable[[], None]] = deque()  # appending and popping are atomic
        self._tracks: tuple[Track, ...] = ()
        self._progress = Progress()
        self._before: tuple[tuple[Track, ...], Progress] = (), self._progress
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
                self._cue(event)
            case Command(verb="skip") if len(self._tracks) > 1:
                self._skip()
            case Command(verb="volume", change_db=change_db):
                self._orders.append(lambda: self._mixer.turn(change_db))
            case Command(verb="silence"):
                self._orders.append(self._mixer.silence)

    def change_rate(self, rate_hz: int) -> None:
        """Render at `rate_hz` from now on; call it before the first cue."""
        self.rate_hz, self._mixer = rate_hz, Mixer(rate_hz)

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

    def _cue(self, cue: Cue) -> None:
        before, self._before = self._before, (self._tracks, self._progress)
        deck, fade = self._put_on(cue.tracks), self._frames(cue.fade_s)
        if cue.resume and cue.tracks:
            self._tracks, self._progress = before
            self._orders.append(lambda: self._resume(deck, fade))
        else:
            self._orders.append(lambda: self._mixer.cue(deck, fade))

    def _skip(self) -> None:
        """On to the next track; an undo still goes back to the music of the mood before."""
        after = self._progress.heard.value + 1
        deck = self._put_on(self._tracks[after:] + self._tracks[:after])
        fade = self._frames(SKIP_FADE_S)
        self._orders.append(lambda: self._mixer.cue(deck, fade, keep=False))

    def _put_on(self, tracks: tuple[Track, ...]) -> Deck | None:
        self._tracks, self._progress = tracks, Progress()
        return self._deck(tracks) if tracks else None

    def _frames(self, seconds: float) -> int:
        return round(seconds * self.rate_hz)

    def _resume(self, otherwise: Deck | None, fade: int) -> None:
        """Go on with the piece before; with `otherwise` when the mixer no longer has it."""
        if not self._mixer.back(fade):
            self._mixer.cue(otherwise, fade)
        elif otherwise is not None:
            otherwise.close()

    def _deck(self, tracks: tuple[Track, ...]) -> Deck:
        blocks = reel(tracks, self.rate_hz, self._progress.decoded)
        if self._prefetch:
            return PrefetchedDeck(blocks, self.rate_hz, self._progress)
        return InlineDeck(blocks, self._progress)

"""Opens decks, in step or on threads of their own, and never more of them than is good."""

from collections.abc import Callable, Iterator

from dndmood.allocation import give_memory_back
from dndmood.players._bed import bed_sound
from dndmood.players._candidate import Request
from dndmood.players._cue_deck import LOW_S
from dndmood.players._decks import InlineDeck, PrefetchedDeck
from dndmood.players._faders import Block
from dndmood.players._playlist import Progress, Tell, endless

_MOST = 8
"""Decoders that may live at once, those included that a dead network drive holds for ever."""
_MORE_FOR_SPARE = 4
_STOP_WAIT_S = 0.4
"""All decoders together are given so long to stop."""


class Inline:
    """Decks that decode when they are read, for players without an audio thread."""

    def __init__(self, rate_hz: int, tell: Tell) -> None:
        self._rate_hz, self._tell = rate_hz, tell

    def open(self, request: Request) -> None:
        """Hand a deck over at once."""
        progress = Progress()
        blocks = _sound(request, self._rate_hz, progress, self._tell)
        ahead = round(LOW_S * self._rate_hz)
        request.arrived(InlineDeck(blocks, progress, ahead=ahead))

    def close(self) -> None:
        """Nothing goes on between two calls."""


class Prefetching:
    """Decks with a thread each.

    `later` runs a job on a thread that may start others, `hand_over` one on the thread that renders.
    """

    def __init__(
        self,
        rate_hz: int,
        tell: Tell,
        later: Callable[[Callable[[], None]], None],
        hand_over: Callable[[Callable[[], None]], None],
    ) -> None:
        self._rate_hz, self._tell = rate_hz, tell
        self._later, self._hand_over = later, hand_over
        self._decks: list[PrefetchedDeck] = []
        give_memory_back()  # or each thread that decodes would leave some megabytes behind

    def open(self, request: Request) -> None:
        """See to it that a deck is handed over soon; None when none can be started now.

        That is so while too many decoders live, and when the system gives no more threads.
        """
        self._later(lambda: self._start(request))

    def close(self) -> None:
        """Stop every decoder; waits a moment, but not for one that a dead disk holds."""
        for deck in self._decks:
            deck.close()
        for deck in self._decks:
            deck.wait(_STOP_WAIT_S / _MOST)

    def _start(self, request: Request) -> None:
        self._decks = [deck for deck in self._decks if deck.running()]
        most = _MOST + (_MORE_FOR_SPARE if request.spare else 0)
        deck: PrefetchedDeck | None = None
        try:
            if request.wanted() and len(self._decks) < most:
                progress = Progress()
                blocks = _sound(request, self._rate_hz, progress, self._tell)
                deck = PrefetchedDeck(blocks, self._rate_hz, progress)
                self._decks.append(deck)
        finally:  # who asked would wait for ever without an answer
            self._hand_over(lambda: request.arrived(deck))


def _sound(request: Request, rate_hz: int, progress: Progress, tell: Tell) -> Iterator[Block]:
    if request.ambience is not None:
        return bed_sound(request.ambience, rate_hz, progress, tell)
    return endless(request.tracks, rate_hz, progress, tell, soon=request.soon)

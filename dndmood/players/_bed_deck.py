"""A deck that plays the ambience of a place, and tries again when its files cannot be read."""

from collections.abc import Callable

import numpy as np

from dndmood.events import Problem
from dndmood.players._candidate import Request, Source
from dndmood.players._faders import Block, Voice
from dndmood.printable import printable
from dndmood.scene import AmbienceCue

_REOPEN_S, _REOPEN_LATER_S = 4.0, 60.0
"""Files that could not be read are tried again after so long, then after twice as long each time."""
_PATIENCE_S = 8.0
"""So long a bed may take to begin before that is reported."""
_RISE_S = 0.3


class BedDeck:
    """A deck for one `AmbienceCue`; it MUST be tended before each block while it shall sound.

    Everything in it happens on the thread that renders and waits for nothing.
    """

    def __init__(
        self,
        cue: AmbienceCue,
        rate_hz: int,
        opened: Callable[[Request], None],
        say: Callable[[Problem], None],
    ) -> None:
        self.cue = cue
        self._rate_hz, self._opened, self._say = rate_hz, opened, say
        self._deck: Source | None = None
        self._voice: Voice | None = None  # once it has begun
        self._asked = self._closed = self._said = False
        self._pause = self._waited = 0
        self._reopen_s = _REOPEN_S
        self._lost = False

    def tend(self, frames: int) -> None:
        """See to it that there is something to play, or say that there is none."""
        deck = self._deck
        if deck is not None and deck.ended() and deck.left() == 0:
            self._drop(deck.progress.reason or "it ends")
        if self._deck is None and not self._asked:
            self._pause -= frames
            if self._pause <= 0:
                self._asked = True
                self._opened(
                    Request((), False, lambda: not self._closed, self._arrived, self.cue)
                )
        if self._voice is not None or self.ready():
            self._report_back()
        else:
            self._waited += frames
            if self._waited > _PATIENCE_S * self._rate_hz:
                self._report("it takes too long to begin")

    def ready(self) -> bool:
        """True when there is sound to begin with, or to go on with."""
        return self._deck is not None and self._deck.ready()

    def lost(self) -> bool:
        """True while it cannot be heard and nobody knows when it can be."""
        return self._lost

    def read(self, frames: int) -> Block:
        """The next `frames`, shape `(frames, 2)`; silence while nothing can be read."""
        if self._voice is None and self._deck is not None and self._deck.ready():
            self._voice = Voice(self._deck, round(_RISE_S * self._rate_hz))
        if self._voice is None:
            return np.zeros((frames, 2), dtype=np.float32)
        return self._voice.render(frames)

    def coming(self, frames: int) -> Block:
        """Nothing: nobody waits for a quiet moment in a bed."""
        return np.zeros((0 * frames, 2), dtype=np.float32)

    def close(self) -> None:
        """Let the files go, also those that are still being opened."""
        self._closed = True
        if self._deck is not None:
            self._deck.close()

    def left_behind(self) -> None:
        """Say that it no longer matters, if it could not be heard, as the party is elsewhere."""
        if self._said:
            self._said = False
            text = f"{self._place()}: its ambience is not wanted any more."
            self._tell(text, solved=True)

    def _arrived(self, deck: Source | None) -> None:
        self._asked = False
        if deck is None:
            self._rest()
        elif self._closed or self._deck is not None:
            deck.close()
        else:
            self._deck = deck

    def _drop(self, reason: str) -> None:
        if self._deck is not None:
            self._deck.close()
        self._deck = self._voice = None
        self._rest()
        self._report(reason)

    def _rest(self) -> None:
        self._pause = round(self._reopen_s * self._rate_hz)
        self._reopen_s = min(2.0 * self._reopen_s, _REOPEN_LATER_S)

    def _report(self, reason: str) -> None:
        self._lost = True
        if not self._said:
            self._said = True
            text = (
                f"{self._place()}: its ambience cannot be heard ({reason}); the music goes on."
            )
            self._tell(text, solved=False)

    def _report_back(self) -> None:
        self._lost, self._waited, self._reopen_s = False, 0, _REOPEN_S
        if self._said:
            self._said = False
            text = f"{self._place()}: its ambience can be heard again."
            self._tell(text, solved=True)

    def _tell(self, text: str, *, solved: bool) -> None:
        about = f"ambience of {self.cue.place}"
        self._say(Problem(at_s=0.0, text=text, solved=solved, about=about))

    def _place(self) -> str:
        return printable(self.cue.place.capitalize())

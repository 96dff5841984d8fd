"""Which deck plays a cue: its own tracks, or starter tracks while none of those can be read."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from dndmood.events import Cue, Problem, Track
from dndmood.players._candidate import Candidate, Request, Source
from dndmood.players._faders import Block, Voice
from dndmood.players._intensity import Liveliness, Versions
from dndmood.players._playlist import Place
from dndmood.timetable import SKIP_FADE_S

_REOPEN_S = 3.0
"""So often tracks that could not be read are tried again."""
_STALLED_S = 2.0
"""A decoder that gives nothing for so long, while it should, hangs."""
LOW_S = 4.0
"""A deck that has no more than this and gets no more is taken over from."""
_PATIENCE_S = 1.0
"""So long tracks may take to begin while nothing sounds..."""
_PATIENCE_MUSIC_S = 6.0
"""... and while the music before still plays: a slow machine measures a track for seconds."""
_SOON_S = 1.0
"""So long other tracks may take while the deck that sounds runs out."""
_GIVE_UP_S = 60.0
_AT_ONCE_S = 0.05


class CueDeck:
    """A deck that plays a cue whatever becomes of its files.

    It MUST be tended before each block while it is the cue that shall sound. Everything in it
    happens on the thread that renders and waits for nothing.
    """

    def __init__(
        self,
        cue: Cue,
        rate_hz: int,
        opened: Callable[[Request], None],
        say: Callable[[Problem], None],
        *,
        lost: set[str],
        alone: bool,
        liveliness: Liveliness | None = None,
    ) -> None:
        """`lost` are the moods whose loss was reported; `alone` is true when nothing else plays."""
        self._liveliness = liveliness or Liveliness()
        self.cue = cue
        self._own, self._spare = Candidate(cue.tracks), Candidate(cue.spare)
        self._rate_hz, self._opened, self._say, self._lost = rate_hz, opened, say, lost
        patience_s = _PATIENCE_S if alone else _PATIENCE_MUSIC_S
        self._patience = 0 if cue.mood in lost else self._frames(patience_s)
        self._alone = alone
        self._voices: list[Voice] = []
        self._on: Source | None = None
        self._plays: Candidate | None = None
        self._given, self._stalled = 0, 0
        self._closed = False

    def tend(self, frames: int) -> None:
        """See to it that the next `frames` and those after them will sound."""
        failing = self._failing(frames)
        if self._plays is self._own and not failing:
            self._own.drop()
            self._spare.drop()
            return
        self._try(self._own, frames)
        if self._plays is not self._spare or failing:
            if failing or self._own.failed or self._late():
                self._try(self._spare, frames)
        else:
            self._spare.drop()
        self._change(failing=failing)

    def ready(self) -> bool:
        """True when there is sound to begin with, or to go on with."""
        return self._on is not None and self._on.ready()

    def read(self, frames: int) -> Block:
        """The next `frames`, shape `(frames, 2)`; silence only when nothing at all can be read."""
        mix = np.zeros((frames, 2), dtype=np.float32)
        for voice in self._voices:
            mix += voice.render(frames)
            if voice.gone():
                voice.deck.close()
        self._voices = [voice for voice in self._voices if not voice.gone()]
        return mix

    def coming(self, frames: int) -> Block:
        """About what the next reads will give, at most `frames`, as far as it lies ready."""
        return self._on.coming(frames) if self._on is not None else self.read(0)

    def go_on_with(self, cue: Cue) -> None:
        """Play what `cue` says when the present track is over, in place of what would come."""
        self.cue = cue
        for candidate, tracks in zip(self._candidates(), (cue.tracks, cue.spare), strict=True):
            candidate.follow_with(tracks)
            if self._on is not None and candidate is self._plays:
                self._on.progress.upcoming = candidate.upcoming()

    def rest(self) -> None:
        """Open nothing any more: another cue shall sound."""
        self._own.drop()
        self._spare.drop()

    def close(self) -> None:
        """Let every deck go, also one that is still to come."""
        self._closed = True
        self.rest()
        for voice in self._voices:
            voice.deck.close()

    def place(self) -> Place | None:
        """What sounds, and how far it has come; None before anything does."""
        if self._on is None or self._on.progress.heard.value is None:
            return None
        place = self._on.progress.heard.value
        return place._replace(at=place.at + self._on.progress.into)

    def more_than_one(self) -> bool:
        """True when there is another track to go to."""
        plays = self._plays or (self._spare if self._own.failed else self._own)
        return len(plays.tracks) > 1

    def following(self) -> Cue:
        """The same cue from its next track on."""
        plays = self._plays or self._own
        own, spare = (self._after(c) if c is plays else c.tracks for c in self._candidates())
        return replace(self.cue, tracks=own, spare=spare)

    def _candidates(self) -> tuple[Candidate, Candidate]:
        return self._own, self._spare

    def _after(self, candidate: Candidate, *, without: bool = False) -> tuple[Track, ...]:
        """`candidate`'s tracks from the one after that which sounds, this one last or not at all."""
        place = self._on.progress.heard.value if self._on and candidate is self._plays else None
        number = self._index(candidate, place.track) if place else 0
        after, until = (
            candidate.tracks[number + 1 :],
            candidate.tracks[: number + (not without)],
        )
        return after + until or candidate.tracks

    @staticmethod
    def _index(candidate: Candidate, track: Track) -> int:
        paths = (one.path for one in candidate.tracks)  # titles may be known better by now
        return next((n for n, path in enumerate(paths) if path == track.path), 0)

    def _failing(self, frames: int) -> bool:
        """True when what sounds will end: nothing more is read, or the disk gives no answer."""
        if self._on is None:
            return False
        low = self._on.left() < self._frames(LOW_S)
        self._stalled += frames
        if self._on.given != self._given:  # as it does five times a second while it keeps up
            self._given, self._stalled = self._on.given, 0
        if self._on.ended():
            if self._plays is not None and not self._plays.failed:
                self._plays.failed, self._plays.pause = True, self._frames(_REOPEN_S)
            return True
        return low and self._stalled >= self._frames(_STALLED_S)

    def _try(self, candidate: Candidate, frames: int) -> None:
        """Open a deck for `candidate`, or see how the one does that is being opened."""
        if not candidate.tracks:
            return
        candidate.waited += frames
        if candidate.deck is None and not candidate.asked:
            candidate.pause -= frames
            if candidate.pause <= 0:
                candidate.asked, candidate.wanted = True, candidate.tracks
                candidate.waited = candidate.waited if candidate.refused else 0
                tracks = candidate.tracks
                if self._plays is candidate:
                    tracks = self._after(candidate, without=not candidate.failed)
                self._opened(
                    Request(
                        tracks,
                        candidate is self._spare,
                        lambda: not self._closed,
                        partial(self._arrived, candidate),
                        soon=self._alone and self._on is None,
                    )
                )
        deck = candidate.deck
        if deck is None:
            return
        waits = not deck.ready() and candidate.waited > self._frames(_GIVE_UP_S)
        if deck.ended() or waits:
            candidate.drop()
            candidate.failed, candidate.pause = True, self._frames(_REOPEN_S)

    def _arrived(self, candidate: Candidate, deck: Source | None) -> None:
        candidate.asked = False
        was_refused, candidate.refused = candidate.refused, deck is None
        if (
            deck is None
        ):  # it goes on waiting: that none can be started must be reported some time
            candidate.pause = self._frames(_REOPEN_S)
        elif self._closed or candidate.deck is not None:
            deck.close()
        else:
            candidate.deck = deck
            if candidate.tracks != candidate.wanted:  # others were asked for meanwhile
                deck.progress.upcoming = candidate.upcoming()
            candidate.waited = 0 if was_refused else candidate.waited

    def _change(self, *, failing: bool) -> None:
        """Go over to what can be played, and say so."""
        low = self._on is None or (failing and self._on.left() < self._frames(LOW_S))
        gone = self._own.failed or self._late()
        if self._own.ready():
            if self.cue.mood in self._lost:
                self._lost.discard(self.cue.mood)
                text = f"{self._mood()}: its own tracks can be read again and play."
                self._tell(text, solved=True)
            self._go_over(self._own)
        elif self._spare.ready() and low and gone:
            self._report("starter music plays until they are back.")
            self._go_over(self._spare)
        elif low and gone and self._spare.lost() and self._plays is not self._spare:
            nothing = self._alone or self._on is not None
            still = "there is no music" if nothing else "what played goes on"
            self._report(f"{still} until they are back.")

    def _late(self) -> bool:
        """True when the own tracks take longer to begin than what sounds can wait."""
        patience = self._patience if self._on is None else self._frames(_SOON_S)
        return self._own.waited > patience

    def _report(self, so: str) -> None:
        if self.cue.mood in self._lost or self._plays is self._spare:
            return
        self._lost.add(self.cue.mood)
        late = "its tracks take too long to begin"
        what = "none of its tracks can be read" if self._own.failed else late
        text = f"{self._mood()}: {what}; {so}"
        self._tell(text, solved=False)

    def _tell(self, text: str, *, solved: bool) -> None:
        about = f"tracks of {self.cue.mood}"
        self._say(Problem(at_s=0.0, text=text, solved=solved, about=about))

    def _go_over(self, candidate: Candidate) -> None:
        deck = candidate.deck
        if deck is None:
            return
        left = self._on.left() if self._on is not None else 0
        fade = min(self._frames(SKIP_FADE_S), max(left, self._frames(_AT_ONCE_S)))
        for voice in self._voices:
            voice.leave(fade)
        heard = Versions(deck, self._liveliness, self._rate_hz)
        self._voices.append(Voice(heard, fade if self._voices else 1))
        self._on, self._plays, self._given, self._stalled = deck, candidate, deck.given, 0
        candidate.deck, candidate.failed = None, False

    def _mood(self) -> str:
        return self.cue.mood.capitalize()

    def _frames(self, seconds: float) -> int:
        return round(seconds * self._rate_hz)

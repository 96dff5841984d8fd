"""The review as data: which track is in front of the person, and what was decided."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from dndmood.library import Decision, Decisions, Track
from dndmood.library.decisions import LEFT_OUT
from dndmood.library.middle import chance, middle_of, place_of
from dndmood.library.proposals import Given, chances, proposed, wanted
from dndmood.mood import Mood
from dndmood.mood_places import Place


@dataclass(frozen=True, slots=True)
class _Step:
    """What a key did, so that it can be taken back."""

    at: int
    track: Track
    before: Decision | None
    decided: bool


class Session:
    """A walk through tracks, one after the other; every decision is kept at once."""

    def __init__(
        self,
        queue: Sequence[Track],
        everything: Sequence[Track],
        moods: Mapping[str, Mood],
        decisions: Decisions,
        given: Mapping[str, Given],
    ) -> None:
        """`queue` is what to go through, part of `everything`, which says where the middle lies."""
        self.moods = moods
        self.at = 0
        self.said = ""
        """What the last key did, in a few words."""
        self._queue = list(queue)
        self._all = {track.path: track for track in everything}
        self._decisions, self._given = decisions, given
        self._steps: list[_Step] = []
        self._shown: Track | None = None
        self._shares: dict[str, float] = {}

    @property
    def count(self) -> int:
        """How many tracks there are to go through."""
        return len(self._queue)

    @property
    def decided(self) -> int:
        """How many tracks were decided in this walk."""
        return len({step.track.path for step in self._steps if step.decided})

    @property
    def done(self) -> bool:
        """Whether the last track is behind us."""
        return self.at >= len(self._queue)

    def track(self) -> Track | None:
        """What is in front of the person, with a proposal by all that was decided so far."""
        if self.done:
            return None
        if self._shown is None:
            one = self._decisions.settled(self._queue[self.at])
            tracks = list(self._all.values())
            every = list(self.moods.values())
            middle = middle_of(tracks, every, wanted(tracks, self._given))
            self._shown = proposed([one], every, given=self._given, middle=middle)[0]
            self._shares = chances(self._shown, every, self._given.get(one.path))
        return self._shown

    def next_up(self) -> Track | None:
        """The track after this one."""
        return self._queue[self.at + 1] if self.at + 1 < len(self._queue) else None

    def shares(self) -> dict[str, float]:
        """How much speaks for each mood, by name; nothing when all is done."""
        return self._shares if self.track() is not None else {}

    def music_places(self, places: Iterable[Place]) -> tuple[Place, ...]:
        """`places`, each where the music of its mood lies, which is not where its talk lies."""
        moved = []
        for place in places:
            arousal, valence = map(chance, place_of(self.moods[place.name]))
            moved.append(replace(place, arousal=arousal, valence=valence))
        return tuple(moved)

    def accept(self) -> None:
        """The proposal is right; without one nothing happens."""
        track = self.track()
        if track is None:
            return
        if track.mood not in self.moods:
            self.said = "There is no proposal: press a mood's key."
            return
        self.choose(track.mood)

    def choose(self, mood: str) -> None:
        """The track belongs to `mood`, or, with "", is to be left out for ever.

        Raises `UserError` when that cannot be kept.
        """
        track = self.track()
        if track is None:
            return
        before = self._decisions.decide(track, mood)
        self._all[track.path] = replace(track, mood=mood, decided_by="person")
        what = self.moods[mood].title.lower() if mood != LEFT_OUT else "left out"
        self._go_on(track, before, decided=True)
        self.said = f"{track.title or track.path}: {what}"

    def skip(self) -> None:
        """Decide nothing, go on."""
        track = self.track()
        if track is not None:
            self._go_on(track, None, decided=False)
            self.said = ""

    def undo(self) -> None:
        """Go back to where the last key was pressed, and take back what it decided."""
        if not self._steps:
            self.said = "There is nothing to undo."
            return
        step = self._steps.pop()
        if step.decided:
            self._decisions.take_back(step.track, step.before)
            self._all[step.track.path] = replace(self._queue[step.at])
        self.at, self._shown = step.at, None
        self.said = f"Back to {step.track.title or step.track.path}"

    def _go_on(self, track: Track, before: Decision | None, *, decided: bool) -> None:
        self._steps.append(_Step(self.at, track, before, decided))
        self.at, self._shown = self.at + 1, None
        sounds = {step.track.fingerprint for step in self._steps if step.decided} - {""}
        while not self.done and self._queue[self.at].fingerprint in sounds:
            self.at += 1  # the same music once more, which the decision is about as well

"""Stage `locate`: where the party is, by evidence that fades, arrivals at once, and keys."""

from collections.abc import Iterable, Iterator, Mapping

from dndmood.events import AudioChunk, Command, Event
from dndmood.places.book import Location
from dndmood.scene import PlaceState, SceneCue

HALF_LIFE_S = 90.0
"""After so long a cue counts half."""
ARRIVAL = 2.0
"""So strong a cue is an arrival, which counts at once."""
_MENTION = 0.5
"""A weaker one is only talk of a place, and moves nobody."""
_AROUND = 0.3
"""So much a word for a tavern says for the village that it lies in."""
_SIGN, _SEEN = 0.12, 0.18
"""Less is only talk, and from the second on it is a place that is seen. Between the two are signs,
which can say where the party is while nothing else does."""
_MOST_TALK = 0.3
"""So much all talk of a place counts at most."""
_ENOUGH = 0.95
"""So much must speak for a place."""
_VAGUE, _VAGUER = 0.65, 0.1
"""What is only said to be in a place, and not who is, needs so much more beside it."""
_AHEAD = 0.3
"""By so much more than for the present one."""
_SHARE_OF_NOBODY = 0.5
"""Evidence for no place at all, so that one word is not certainty."""


class Whereabouts:
    """What speaks for each place now, and where the party is believed to be."""

    def __init__(self, places: Mapping[str, Location], *, opening: str = "") -> None:
        self._places = places
        self._said: dict[str, float] = {}  # evidence that can move the party
        self._talk: dict[str, float] = {}  # and such that cannot
        self._signs: dict[str, float] = {}  # of it, what is found at the place
        self._at_s = 0.0
        self._outdoors = ""  # where the party comes out to
        self.place = opening
        self.since_s = 0.0
        self.forced = False

    def hear(self, cue: SceneCue) -> str:
        """Take in a cue for a place; why the party is now elsewhere, or empty."""
        if cue.name and cue.name not in self._places:
            return ""
        self._fade(cue.at_s)
        if cue.strength < 0.0:
            return self._leave(cue)
        self._take(cue.name, cue.strength)
        sign = not self.place and _SIGN <= cue.strength < _SEEN
        weak = cue.strength < _MENTION and not sign
        if weak or self.forced or cue.name == self.place:
            return self._before(cue) if not self.forced else ""
        if cue.strength >= ARRIVAL:
            return self._move(cue.name, cue.at_s, self._because(cue))
        found = self._signs[cue.name] if sign else self._evidence(cue.name)
        if found < self._needed() + (_VAGUER if cue.strength < _VAGUE and not sign else 0.0):
            return ""
        return self._move(cue.name, cue.at_s, self._because(cue))

    def obey(self, command: Command) -> str:
        """Do what the game master asked for; empty when it is not for this stage."""
        if command.verb != "place" or (command.place and command.place not in self._places):
            return ""
        self._fade(command.at_s)
        if not command.place:
            was, self.forced = self.forced, False
            return f"stays {self._title()}: automatic again" if was else ""
        self.forced = True
        title = self._places[command.place].title
        if command.place == self.place:
            return f"stays {title}: chosen by hand"
        return self._move(command.place, command.at_s, f"{title}: chosen by hand")

    def state(self, at_s: float, why: str) -> PlaceState:
        """Where the party is, as a fact."""
        return PlaceState(
            at_s, self.place, self.since_s, why, forced=self.forced, shares=self._shares()
        )

    def _before(self, cue: SceneCue) -> str:
        """Who stands before a tavern is where taverns are."""
        around = self._places[cue.name].lies_in
        if not _SEEN <= cue.strength < _MENTION or around not in self._places:
            return ""
        if self.place in (around, cue.name):
            return ""
        self._said[around] = self._said.get(around, 0.0) + _AROUND
        if self._evidence(around) < self._needed():
            return ""
        return self._move(
            around, cue.at_s, f"{self._places[around].title}: heard “{cue.phrase}”"
        )

    def _take(self, name: str, strength: float) -> None:
        book = self._said if strength >= _MENTION else self._talk
        book[name] = book.get(name, 0.0) + strength
        if _SIGN <= strength < _SEEN:
            self._signs[name] = self._signs.get(name, 0.0) + strength

    def _needed(self) -> float:
        """How much must speak for another place."""
        if not self.place:
            return _ENOUGH
        return max(_ENOUGH, self._said.get(self.place, 0.0) + _AHEAD)

    def _leave(self, cue: SceneCue) -> str:
        left = cue.name or self.place
        for book in (self._said, self._talk, self._signs):
            book.pop(left, None)
        inside = left == self.place and left in self._places and self._places[left].indoors
        lies_in = self._places[left].lies_in if inside else ""
        outdoors = self._outdoors or (lies_in if lies_in in self._places else "")
        if not inside or self.forced or not outdoors:
            return ""
        why = f"{self._places[outdoors].title}: heard “{cue.phrase}”"
        return self._move(outdoors, cue.at_s, why)

    def _move(self, name: str, at_s: float, why: str) -> str:
        """Go there; what was said for the place before is spent."""
        for book in (self._said, self._talk, self._signs):
            book.pop(self.place, None)
        if self.place and not self._places[self.place].indoors:
            self._outdoors = self.place
        self.place, self.since_s = name, at_s
        return why

    def _because(self, cue: SceneCue) -> str:
        heard = f"heard “{cue.phrase}”" if cue.phrase else f"{cue.witness} says so"
        return f"{self._places[cue.name].title}: {heard}"

    def _fade(self, at_s: float) -> None:
        kept = 0.5 ** (max(at_s - self._at_s, 0.0) / HALF_LIFE_S)
        for book in (self._said, self._talk, self._signs):
            for name in book:
                book[name] *= kept
        self._at_s = max(at_s, self._at_s)

    def _evidence(self, name: str) -> float:
        return self._said.get(name, 0.0) + min(self._talk.get(name, 0.0), _MOST_TALK)

    def _shares(self) -> dict[str, float]:
        weights = {name: self._evidence(name) for name in {*self._said, *self._talk}}
        if self.place:
            weights[self.place] = weights.get(self.place, 0.0) + _SHARE_OF_NOBODY
        total = sum(weights.values())
        if not total:
            return {}
        return {name: one / total for name, one in sorted(weights.items())}

    def _title(self) -> str:
        return self._places[self.place].title if self.place in self._places else "nowhere"


def locate(
    tape: Iterable[Event], *, places: Mapping[str, Location], opening: str = ""
) -> Iterator[Event]:
    """Add a `PlaceState` where the party's place changes or is chosen by hand.

    `opening` is where it is at first; empty when nobody knows, which is said of no sound.
    """
    where = Whereabouts(places, opening=opening)
    began = not opening
    for event in tape:
        yield event
        why, at_s = "", 0.0
        match event:
            case AudioChunk(end_s=at_s) if not began:
                began = True
                why = f"{places[opening].title}: the evening begins here"
            case SceneCue(at_s=at_s, what="place"):
                why = where.hear(event)
            case Command(at_s=at_s):
                why = where.obey(event)
        if why:
            yield where.state(at_s, why)

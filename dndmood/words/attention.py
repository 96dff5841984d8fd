"""Reads what was said and gives cues for place, events and mood; keeps and passes on no word else.

The text comes from a recogniser or from captions. A cue's phrase is always one from the lists.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from dndmood.errors import UserError
from dndmood.places.book import Location, languages
from dndmood.scene import SceneCue
from dndmood.words import feeling, grammar
from dndmood.words.event_cues import EventCues
from dndmood.words.feeling import Feeling
from dndmood.words.fight import Fight
from dndmood.words.phrases import PhraseBook
from dndmood.words.place_cues import PlaceCues
from dndmood.words.plain_talk import PlainTalk
from dndmood.words.second_pass import SecondPass
from dndmood.words.spoken import STOP, Word, listed, spoken

_PAUSE_S = 3.0
"""After so long without a word a new sentence begins."""
_MOOD_EVERY_S = 2.0
"""So often at most plain talk speaks for a mood."""
_IN_A_FIGHT = 0.5
"""Log-odds by which talk is more excited in a fight than its words alone say."""
_MIDDLE = 0.5
_LEAD_S = 1.5
"""So much of what overlaps only leads up to a place: the words before it are not known."""
_SAID_AGAIN_S = 2.0
"""Within so long one phrase said again in the same way is no more than said once."""
_COUNTS = 0.5
"""A weaker cue moves nobody by itself."""
_LONG_AGO = 0.97
"""What is left of the count for a language with each thing said."""


@dataclass(frozen=True, slots=True)
class MoodWords:
    """A mood as far as words can speak for it."""

    arousal: float
    """Its place in the plane, 0 to 1."""
    valence: float
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    """Language to the phrases that speak for it."""


@dataclass(frozen=True, slots=True)
class Temper:
    """What the words of the last minute say about the mood."""

    at_s: float
    valence: float
    """The probability that the talk is pleasant, 0 to 1."""
    arousal: float
    """The probability that it is excited."""
    fight: bool

    @property
    def side(self) -> str:
        """The corner of the plane in one word, as the data set of the campaign calls it."""
        pleasant, excited = self.valence >= _MIDDLE, self.arousal >= _MIDDLE
        if pleasant:
            return "happy" if excited else "calm"
        return "agitated" if excited else "suspenseful"


class _Listener:
    """Reads one language."""

    def __init__(
        self, language: str, places: Mapping[str, Location], moods: Mapping[str, MoodWords]
    ) -> None:
        words = grammar.read(language)
        self._places = PlaceCues(words, places, language=language)
        self._places_again = PlaceCues(words, places, language=language)
        self._events = EventCues(words)
        self._events_again = EventCues(words)
        table = feeling.read(language)
        self.feeling = Feeling(table) if table else None
        self._moods = PhraseBook(
            {
                said: (name, listed(said))
                for name, mood in moods.items()
                for said in mood.words.get(language, ())
            }
        )

    def push(self, words: list[Word], *, last: bool) -> list[SceneCue]:
        if self.feeling:
            self.feeling.push(words)
        cues = [
            *_once(self._places.push(words, last=last)),
            *self._events.push(words, last=last),
        ]
        texts = [word.text for word in words]
        start = 0
        while start < len(texts):
            if found := self._moods.at(texts, start):
                name, said = found[1]
                cues.append(SceneCue(words[start].at_s, "mood", name, said))
            start += found[0] if found else 1
        return sorted(cues, key=lambda cue: cue.at_s)

    def again(self, words: list[Word], *, last: bool) -> tuple[list[SceneCue], list[SceneCue]]:
        """The places, and the events, in words of which each was pushed before, in parts."""
        self._places_again.forget()
        self._events_again.forget()
        return (
            _once(self._places_again.push(words, last=last)),
            self._events_again.push(words, last=last),
        )


class Attention:
    """Gives cues for what is said, in the language in which it is said.

    `language` as "en"; empty finds it out from the words, and takes English until it is clear.
    Raises `UserError` for a language without phrases.
    """

    def __init__(
        self,
        places: Mapping[str, Location],
        moods: Mapping[str, MoodWords],
        *,
        language: str = "",
    ) -> None:
        if language:
            grammar.read(language)
            if places and language not in languages(places):
                raise UserError(
                    f"No place has phrases in the language {language!r}: use "
                    f"{', '.join(languages(places))}, or add them to your place files."
                )
        self._places, self._moods = places, moods
        self._fixed = language
        self._heard: Counter[str] = Counter()
        self._listeners: dict[str, _Listener] = {}
        self._said_s = 0.0
        self._mood_s = -_MOOD_EVERY_S
        self._fight = Fight()
        self._second = SecondPass()
        self._plain_talk = PlainTalk(moods)

    @property
    def fight(self) -> bool:
        """Whether the party fights."""
        return self._fight.on

    @property
    def fight_since_s(self) -> float:
        """Audio time at which a fight last began or ended."""
        return self._fight.since_s

    def hear(
        self, text: str, start_s: float, end_s: float, *, last: bool = False
    ) -> Iterator[SceneCue]:
        """The cues in `text`, said from `start_s` to `end_s`; `last` when a pause follows."""
        words = spoken(text, start_s, end_s)
        listener = self._listener(words)
        if words and start_s - self._said_s > _PAUSE_S:
            words.insert(0, Word(STOP, start_s))
        self._said_s = max(self._said_s, end_s)
        cues = listener.push(words, last=last)
        for cue in cues:
            self._fight.hear(cue)
        self._second.given(cues)
        yield from cues
        if any(not word.ends for word in words):
            yield from self._plain(listener, end_s)

    def hear_again(
        self, text: str, start_s: float, end_s: float, *, last: bool, overlap_s: float = 0.0
    ) -> list[SceneCue]:
        """The cues for places and events that `hear` did not find in the parts of `text`.

        `overlap_s` at its beginning was heard again before.
        """
        words = spoken(text, start_s, end_s, longest_s=end_s - start_s)
        listener = self._listeners.get(self._language())
        if listener is None:
            return []
        places, events = listener.again(words, last=last)
        if overlap_s:
            places = [cue for cue in places if cue.at_s >= start_s + _LEAD_S]
        events = self._second.happened(events)
        for cue in events:
            self._fight.hear(cue)
        return [*self._second.fresh(places), *events]

    def end(self) -> list[SceneCue]:
        """The cues that still waited for words to follow."""
        return [
            cue for listener in self._listeners.values() for cue in listener.push([], last=True)
        ]

    def temper(self, at_s: float) -> Temper:
        """What the words say about the mood at `at_s`; the middle where nothing was learned."""
        valence, arousal, _ = self._felt(at_s)
        arousal += _IN_A_FIGHT if self._fight.on else 0.0
        return Temper(at_s, feeling.share(valence), feeling.share(arousal), self._fight.on)

    def _felt(self, at_s: float) -> feeling.Weights:
        listener = self._listeners.get(self._language())
        if listener is None or listener.feeling is None:
            return 0.0, 0.0, 0.0
        return listener.feeling.at(at_s)

    def _plain(self, listener: _Listener, at_s: float) -> Iterator[SceneCue]:
        """What plain talk says, now and then."""
        if listener.feeling is None:
            return
        valence, arousal, fight = listener.feeling.at(at_s)
        self._fight.feel(fight, at_s)
        if at_s - self._mood_s < _MOOD_EVERY_S:
            return
        self._mood_s = at_s
        if cue := self._plain_talk.cue(at_s, valence=valence, arousal=arousal):
            yield cue

    def _listener(self, words: list[Word]) -> _Listener:
        if not self._fixed:
            for language in self._heard:
                self._heard[language] *= _LONG_AGO  # type: ignore[assignment]
            if found := grammar.recognised(tuple(word.text for word in words)):
                self._heard[found] += 1
        language = self._language()
        if language not in self._listeners:
            self._listeners[language] = _Listener(language, self._places, self._moods)
        return self._listeners[language]

    def _language(self) -> str:
        if self._fixed:
            return self._fixed
        return self._heard.most_common(1)[0][0] if self._heard else "en"


def _once(cues: Sequence[SceneCue]) -> list[SceneCue]:
    """`cues` without what was said right before: a recogniser that is unsure says words again.

    "In your road, in your road, in your road" is no more than once. Little more than a mention may
    come as often as it likes.
    """
    found: list[SceneCue] = []
    for cue in cues:
        new = replace(cue, at_s=0.0)
        if cue.strength < _COUNTS or not any(
            replace(one, at_s=0.0) == new and cue.at_s - one.at_s <= _SAID_AGAIN_S
            for one in found
        ):
            found.append(cue)
    return found

"""Tells a place where the party is from one that is only named: by the words around it.

What counts: a preposition or a movement before the place, who moves, and whether it is done or
only planned, asked, remembered or seen. Nothing else of what was said is kept.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dndmood.places.book import Location
from dndmood.scene import SceneCue
from dndmood.words import place_phrases
from dndmood.words.beside_the_story import BesideTheStory
from dndmood.words.grammar import Grammar
from dndmood.words.phrases import HeardBook, PhraseBook
from dndmood.words.place_phrases import Kind
from dndmood.words.presence import (
    ARRIVED,
    INSIDE,
    MOVED,
    NEAR,
    THERE,
    Before,
    Presence,
    Setting,
)
from dndmood.words.questions import Questions
from dndmood.words.spoken import ASKED, STOP, Word

TALK = 0.1
"""A place that is planned, asked for, remembered or only named."""
SIGN = 0.15
"""Something that is found there."""
LEFT = -1.0
"""The party leaves a place."""

_AHEAD = 5
"""So many words behind one must be known before it is judged."""
_CLAUSE = 12
"""So many words before a place can still say what is meant."""
_BEHIND = 7
_WHO = 9
"""So many words before leaving can still say who leaves."""
_SENTENCE = 16
"""So many words back who moves may have been named, before a thought that names nobody."""
_BUILDING_S = 60.0
"""So long "inside" can mean the building that was spoken of."""
_KEPT = 60


@dataclass(frozen=True, slots=True)
class _Mention:
    kind: Kind
    names: tuple[str, ...]
    """The places that the phrase is a word for."""
    start: int
    end: int
    said: str
    """The phrase as the lists have it."""


class PlaceCues:
    """Reads words in the order in which they are said and gives cues for places."""

    def __init__(
        self, grammar: Grammar, places: Mapping[str, Location], *, language: str
    ) -> None:
        meanings = place_phrases.meanings(grammar, places, language)
        traps = [means for means in meanings.values() if means[0] == "trap"]  # "a water"
        self._mentions = HeardBook(meanings, alike=grammar.alike, exact=traps)
        self._own = {name for name, place in places.items() if place.own}
        self._presence = Presence(grammar)
        self._enters_behind = PhraseBook.of(grammar.enters_behind, True)
        self._moves_behind = PhraseBook.of(grammar.moves_behind, True)
        self._indoors = {name for name, place in places.items() if place.indoors}
        before: dict[str, Before] = {}
        before |= dict.fromkeys(grammar.enters, "enter")
        before |= dict.fromkeys(grammar.enters_of_party, "enter_party")
        before |= dict.fromkeys(grammar.to, "to")
        before |= dict.fromkeys(grammar.within, "within")
        before |= dict.fromkeys(grammar.near, "near")
        self._before = PhraseBook(before)
        self._articles = frozenset(grammar.articles)
        self._joins = frozenset(grammar.joins)
        self._no_adjectives = frozenset(grammar.no_adjectives)
        self._titles = PhraseBook.of(grammar.titles, True)
        self._parts = PhraseBook.of(grammar.parts, True)
        self._breaks = PhraseBook.of(grammar.breaks, True)
        self._beside = BesideTheStory(grammar)
        self._asked = Questions(grammar).asked
        self._ours = PhraseBook.of(
            (
                *grammar.party,
                *grammar.speakers,
                *grammar.moves_of_party,
                *grammar.stays_of_party,
            ),
            True,
        )
        self._words: list[Word] = []
        self._judged = 0
        self._building, self._building_s = "", 0.0

    def push(self, words: Iterable[Word], *, last: bool = False) -> list[SceneCue]:
        """The cues that `words` complete; `last` when nothing follows soon."""
        known = len(self._words)
        self._words.extend(words)
        self._beside.hear(self._words, known)
        cues: list[SceneCue] = []
        texts = [word.text for word in self._words]
        ready = len(texts) if last else len(texts) - _AHEAD
        while self._judged < ready:
            if (mention := self._mention(texts)) is None:
                self._judged += 1
                continue
            cues.extend(self._cues(texts, mention))
            self._judged = mention.end
        if (spare := self._judged - _KEPT) > 0:
            del self._words[:spare]
            self._judged -= spare
        return cues

    def forget(self) -> None:
        """What comes next does not go on from what was said; the building is still known."""
        self._words.clear()
        self._judged = 0

    def _mention(self, texts: Sequence[str]) -> _Mention | None:
        found = self._mentions.at(texts, self._judged)
        if found is None:
            return None
        size, ((kind, names), said) = found
        return _Mention(kind, names, self._judged, self._judged + size, said)

    def _cues(self, texts: Sequence[str], mention: _Mention) -> list[SceneCue]:
        if mention.kind == "trap":
            return []
        at_s = self._words[mention.start].at_s
        if mention.kind in ("inside", "outside", "leaves"):
            return self._doors(texts, mention, at_s)
        strength = self._strength(texts, mention)
        for name in mention.names:
            if name in self._indoors and mention.kind != "sign" and strength > TALK:
                self._building, self._building_s = name, at_s
        return [SceneCue(at_s, "place", name, mention.said, strength) for name in mention.names]

    def _doors(self, texts: Sequence[str], mention: _Mention, at_s: float) -> list[SceneCue]:
        """Going in where one stands, or out of where one is."""
        behind = self._behind(texts, mention.end) if mention.kind == "leaves" else ""
        if mention.kind == "leaves" and not behind:
            return []
        clause = [*self._clause(texts, mention.start), *texts[mention.start : mention.end]]
        if self._presence.planned(clause) or self._asked(
            texts[mention.end : mention.end + _BEHIND]
        ):
            return []
        if not self._ours.within(clause[-_WHO:]):
            return []
        if mention.kind != "inside":
            return [SceneCue(at_s, "place", behind, mention.said, LEFT)]
        if self._goes_on(texts, mention.end):
            return []
        known = self._building if at_s - self._building_s <= _BUILDING_S else ""
        name = self._just_named(texts, mention) or known
        return [SceneCue(at_s, "place", name, mention.said, MOVED)] if name else []

    def _goes_on(self, texts: Sequence[str], end: int) -> bool:
        """Whether it says what is entered, or how: "you enter the hall", "you walk in silence"."""
        verb, behind = self._before.at(texts, end - 1), texts[end : end + 1]
        if verb is None or not behind:
            return False
        if verb[1] == "enter":
            return behind[0] in self._articles
        return behind[0] not in (STOP, ASKED, *self._joins)

    def _just_named(self, texts: Sequence[str], mention: _Mention) -> str:
        """The place that the sentence was about: "there's a cave, and you squeeze in"."""
        before = self._sentence(texts, mention.start)
        if self._presence.remembered(before) or self._today(texts, mention, ()):
            return ""
        back = range(mention.start - 1, mention.start - len(before) - 1, -1)
        return next((name for one in back if (name := self._place_at(texts, one))), "")

    def _behind(self, texts: Sequence[str], start: int) -> str:
        """The place that is named within a few words from `start` on; empty for none."""
        for one in range(start, min(start + 3, len(texts))):
            if name := self._place_at(texts, one):
                return name
            if texts[one] not in self._articles:
                break
        return ""

    def _place_at(self, texts: Sequence[str], start: int) -> str:
        """The place that is named from `start` on; empty for none."""
        found = self._mentions.at(texts, start)
        return found[1][0][1][0] if found and found[1][0][0] == "place" else ""

    def _strength(self, texts: Sequence[str], mention: _Mention) -> float:  # noqa: PLR0911 - one return for each way to name a place
        if mention.kind == "sign":
            return SIGN
        if self._titles.at(texts, mention.end):
            return TALK
        start, before = self._preposition(texts, mention)
        verbs = self._moves_behind if before else self._enters_behind
        verb_behind = verbs.at(texts, mention.end) is not None
        if before is None and verb_behind:
            before = "enter"
        clause = self._clause(texts, start)
        if before is None:
            return NEAR if self._parts.at(texts, mention.end) else TALK
        presence = self._presence
        if presence.planned(clause) or self._asked(texts[mention.end : mention.end + _BEHIND]):
            return TALK
        none = self._beside.no_place(self._words, mention.start, mention.end)
        if none or presence.remembered(clause):
            return TALK
        seen = self._parts.at(texts, mention.end) is not None
        if before == "near" or seen or presence.looked(clause):
            return NEAR
        phrase = texts[mention.start : mention.end] if mention.kind == "arrival" else ()
        sentence = self._sentence(texts, start)
        found = presence.strength(Setting(before, clause, sentence, phrase, verb_behind))
        if self._today(texts, mention, clause if found >= ARRIVED else ()):
            return TALK
        says_so = mention.kind == "arrival" and mention.names[0] in self._own
        behind = texts[mention.end : mention.end + _AHEAD]
        begins = not clause and presence.begins_with_party(behind)
        return THERE if found == INSIDE and (says_so or begins) else max(found, TALK)

    def _preposition(
        self, texts: Sequence[str], mention: _Mention
    ) -> tuple[int, Before | None]:
        """Where the clause before the place ends, and what stands between the two."""
        if mention.kind == "arrival":
            return mention.start, "within"
        for adjectives in range(3):
            end = mention.start - adjectives
            between = texts[max(end, 0) : mention.start]
            if end < 0 or any(one in self._no_adjectives or one == "." for one in between):
                break
            while end and texts[end - 1] in self._articles:
                end -= 1
            if found := self._before.before(texts, end):
                return end - found[0], found[1]
        return mention.start, None

    def _clause(self, texts: Sequence[str], end: int) -> Sequence[str]:
        """The words before `end` that belong to the same thought."""
        start = max(end - _CLAUSE, 0)
        for one in range(end - 1, start - 1, -1):
            if self._words[one].ends:
                return texts[one + 1 : end]
            if (found := self._breaks.at(texts, one)) and one + found[0] <= end:
                begin = one + found[0]
                return texts[
                    begin - self._presence.party_at(texts, begin - 1) : end
                ]  # "as you"
        return texts[start:end]

    def _today(self, texts: Sequence[str], mention: _Mention, arrives: Sequence[str]) -> bool:
        """Whether it is about today's world; the words of an arrival say otherwise, but not of "we"."""
        sentence, behind = self._sentence(texts, mention.start), texts[mention.end :]
        if arrives and not self._beside.told(arrives):
            return self._beside.at_home(sentence, behind)
        if self._beside.of_today(sentence, behind) or self._beside.at_home(sentence, behind):
            return True
        return not arrives and self._beside.just_now(self._words[mention.start].at_s)

    def _sentence(self, texts: Sequence[str], end: int) -> Sequence[str]:
        """The words before `end` that belong to the same sentence."""
        start = max(end - _SENTENCE, 0)
        ends = (one for one in range(end - 1, start - 1, -1) if self._words[one].ends)
        return texts[next(ends, start - 1) + 1 : end]

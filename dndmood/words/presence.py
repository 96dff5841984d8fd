"""How much is said of somebody's being in a place or coming there: by who moves, and how.

What counts: who is named, a verb of movement or of being there, and whether it is done or only
planned, remembered or seen.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from dndmood.words.grammar import Grammar
from dndmood.words.phrases import PhraseBook
from dndmood.words.spoken import sentence_end

ARRIVED = 3.0
"""The party comes to a place."""
THERE = 1.0
"""The party is said to be in a place."""
MOVED = 1.2
"""One of them comes to a place."""
OTHER = 0.7
"""Somebody else comes to a place: it moves the party only where the place was spoken of besides, as
films are told so too."""
PASSING = 0.7
"""Somebody comes to a place, and the words do not say who."""
INTENDED = 0.7
"""Somebody sets out for a place: at a table what is announced is mostly done."""
INSIDE = 0.6
"""Something is said to be in a place, and not who is."""
NEAR = 0.2
"""A place seen, or one where something comes from."""

_PLANNED = 7
"""So many words before a place a plan reaches."""
_WHO = 9
_OBJECT = 4
_SUBJECT = 4
"""So many words lie at most between who moves and the movement."""
_NEXT = 2
"""The party is named within so many words behind a place with which the sentence begins."""

Before: TypeAlias = Literal["within", "to", "near", "enter", "enter_party"]
"""What stands before a place: a preposition or a verb."""


@dataclass(frozen=True, slots=True)
class Setting:
    """The words around a place."""

    before: Before
    clause: Sequence[str]
    """The words before it that belong to the same thought."""
    sentence: Sequence[str]
    """The words before it that belong to the same sentence."""
    phrase: Sequence[str] = ()
    """The words of an arrival, which may say who and how: "you get home"."""
    verb_behind: bool = False
    """Whether the verb follows the place: "weil ihr in die Burg kommt"."""


class Presence:
    """Reads in one language who is in a place, or comes there."""

    def __init__(self, grammar: Grammar) -> None:
        self._joins = frozenset(grammar.joins)
        self._plans = PhraseBook.of(grammar.plans, True)
        self._intends = PhraseBook.of(grammar.intends, True)
        self._memories = PhraseBook.of(grammar.memories, True)
        self._sights = PhraseBook.of(grammar.sights, True)
        named = (*grammar.party, *grammar.moves_of_party, *grammar.stays_of_party)
        self._party = _Party(dict.fromkeys(named, True), grammar.party_endings)
        self._went = PhraseBook.of(grammar.went, True)
        self._others = PhraseBook.of(grammar.others, True)
        self._speakers = PhraseBook.of(grammar.speakers, True)
        self._tellers = PhraseBook.of(grammar.tellers, True)
        self._strangers = frozenset(grammar.strangers)
        self._moves = PhraseBook.of((*grammar.moves, *grammar.moves_of_party), True)
        self._stays = PhraseBook.of((*grammar.stays, *grammar.stays_of_party), True)

    def planned(self, clause: Sequence[str]) -> bool:
        """Whether what is said behind `clause` is only a plan, a wish or a rule."""
        return self._plans.within(clause[-_PLANNED:])

    def remembered(self, clause: Sequence[str]) -> bool:
        """Whether it is a memory, hearsay or a story."""
        return self._memories.within(clause)

    def looked(self, clause: Sequence[str]) -> bool:
        """Whether somebody only looks there: "peek into", "take a look inside"."""
        last = clause[-3:]
        return self._sights.within(last) and not self._moves.within(last)

    def begins_with_party(self, words: Sequence[str]) -> bool:
        """Whether the party comes first in `words`, and they doubt nothing: "you find an altar"."""
        told = words[: sentence_end(words)]
        if self._doubted(told):
            return False
        return any(self._party.at(told, one) for one in range(min(_NEXT, len(told))))

    def party_at(self, words: Sequence[str], start: int) -> bool:
        """Whether a word for the party begins at `start`."""
        return self._party.at(words, start) is not None

    def strength(self, setting: Setting) -> float:
        """How much it counts that somebody is there or comes there."""
        near = setting.clause[-_WHO:]
        party, others = _last(self._party, near), _last(self._others, near)
        if self._intends.within(near):
            return INTENDED if party >= 0 or others >= 0 else 0.0
        if setting.before == "enter_party":
            return ARRIVED
        comes = self._comes(setting, near)
        if comes is not None:
            return comes
        if self._went.within(near):
            told = _last(self._tellers, near) == party  # "we went" tells, "you went" leads
            return THERE if party > others and not told else NEAR
        close = len(near) - party <= _SUBJECT or self._stays.within(near[max(party, 0) :])
        ours = party > max(others, self._seen(near)) and close
        there = ours or self._party.within(setting.phrase)
        if setting.before == "within" or self._stays.within(near):
            return THERE if there else INSIDE
        return NEAR

    def _comes(self, setting: Setting, near: Sequence[str]) -> float | None:
        """How much a movement counts; None for none."""
        party, others = _last(self._party, near), _last(self._others, near)
        seen = self._seen(near)
        at_end = setting.before == "enter" or setting.verb_behind
        goes = at_end or self._moves.within(setting.phrase)
        verb = len(near) if goes else _last(self._moves, near)
        if self._party.within(setting.phrase):
            party = len(near)
        goes_on = bool(near) and near[-1] in self._joins  # "through the gate and into"
        far = _WHO if goes_on or party == verb else _OBJECT
        if verb < 0 or seen >= verb or len(near) - verb > far:
            return None
        same = verb > 0 and near[verb - 1] in self._joins  # "open the door and enter"
        if party > max(others, seen) and (same or verb - party <= _SUBJECT):
            return ARRIVED
        if max(party, others) < 0 and verb and near[0] in self._strangers:
            return 0.0  # a joke, or somebody who comes in where the party is
        if max(party, others) < 0 and (same or not verb):  # "and then go to"
            if self._doubted(setting.sentence):
                return NEAR
            if self._carried(setting.sentence):
                return ARRIVED
        return self._came(near) if others > party else PASSING

    def _came(self, near: Sequence[str]) -> float:
        """How much it counts that somebody moves who was named last in `near`, and not the party."""
        return MOVED if _last(self._speakers, near) == _last(self._others, near) else OTHER

    def _carried(self, sentence: Sequence[str]) -> bool:
        """Whether the party was named last in a sentence."""
        other = max(_last(self._others, sentence), _last(self._sights, sentence))
        return _last(self._party, sentence) > other

    def _doubted(self, words: Sequence[str]) -> bool:
        return any(one.within(words) for one in (self._plans, self._intends, self._memories))

    def _seen(self, words: Sequence[str]) -> int:
        """Where the last sight is that is no movement: "leads" is one, and "leads you" none."""
        for one in range(len(words) - 1, -1, -1):
            if self._sights.at(words, one):
                moves = (self._moves.at(words, two) for two in (one - 1, one) if two >= 0)
                if not any(found and found[0] > 1 for found in moves):
                    return one
        return -1


class _Party(PhraseBook[bool]):
    """What names the party; a verb's ending may do so."""

    def __init__(self, phrases: Mapping[str, bool], endings: tuple[str, ...]) -> None:
        super().__init__(phrases)
        self._endings = endings

    def at(self, words: Sequence[str], start: int) -> tuple[int, bool] | None:
        found = super().at(words, start)
        if found is None and start < len(words) and words[start].endswith(self._endings):
            return 1, True
        return found


def _last(book: PhraseBook[bool], words: Sequence[str]) -> int:
    """Where the last phrase of `book` begins in `words`; -1 when there is none."""
    return next((n for n in range(len(words) - 1, -1, -1) if book.at(words, n)), -1)

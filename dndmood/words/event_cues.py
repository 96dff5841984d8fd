"""Finds what happens in spoken words: initiative, the end of a fight, victory, death, rest."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dndmood.scene import SceneCue
from dndmood.words.grammar import EventWords, Grammar
from dndmood.words.phrases import HeardBook, PhraseBook
from dndmood.words.questions import Questions
from dndmood.words.spoken import ASKED, Word, sentence_end

FIGHT, FIGHT_OVER = "initiative", "combat_end"
"""The two events that frame a fight."""

_AHEAD = 4
_BEFORE = 6
"""So many words before an event can still say that it is none."""
_RIGHT_BEFORE = 4
_BEHIND = 3
_AGAIN_S = 15.0
"""What is said again within this time is the same event."""
_KEPT = 40


@dataclass(frozen=True, slots=True)
class _Doubts:
    but: PhraseBook[bool]
    but_behind: PhraseBook[bool]
    over: PhraseBook[bool]
    over_behind: PhraseBook[bool]

    @classmethod
    def of(cls, words: EventWords) -> "_Doubts":
        return cls(
            *(
                PhraseBook.of(phrases, True)
                for phrases in (words.but, words.but_behind, words.over, words.over_behind)
            )
        )


class EventCues:
    """Reads words in the order in which they are said and gives cues for events."""

    def __init__(self, grammar: Grammar) -> None:
        every = grammar.events.items()
        says = {phrase: name for name, words in every for phrase in words.say}
        traps = {phrase: "" for _, words in every for phrase in words.traps}
        self._say = HeardBook(says | traps, alike=grammar.alike)
        self._doubts = {name: _Doubts.of(words) for name, words in grammar.events.items()}
        self._asked = Questions(grammar).asked
        self._words: list[Word] = []
        self._judged = 0
        self._last_s: dict[str, float] = {}

    def push(self, words: Iterable[Word], *, last: bool = False) -> list[SceneCue]:
        """The cues that `words` complete; `last` when nothing follows soon."""
        self._words.extend(words)
        texts = [word.text for word in self._words]
        ready = len(texts) if last else len(texts) - _AHEAD
        cues = []
        while self._judged < ready:
            found = self._say.at(texts, self._judged)
            if found is None:
                self._judged += 1
                continue
            size, (name, said) = found
            start, end = self._judged, self._judged + size
            self._judged = end
            if (
                name
                and (event := self._event(texts, name, said, start, end))
                and self._new(event, start)
            ):
                cues.append(SceneCue(self._words[start].at_s, "event", event, said))
        if (spare := self._judged - _KEPT) > 0:
            del self._words[:spare]
            self._judged -= spare
        return cues

    def forget(self) -> None:
        """What comes next does not go on from what was said; what happened is still known."""
        self._words.clear()
        self._judged = 0

    def _event(self, texts: Sequence[str], name: str, said: str, start: int, end: int) -> str:
        """What happens, as the words around say; empty for nothing."""
        doubts = self._doubts[name]
        right_before = texts[max(start - _RIGHT_BEFORE, 0) : start]
        behind = self._same(texts[end : end + _BEHIND])
        if doubts.over.within(right_before) or doubts.over_behind.within(behind):
            return FIGHT_OVER
        before = self._same(texts[max(start - _BEFORE, 0) : start][::-1])[::-1]
        if doubts.but.within(before) or doubts.but_behind.within(behind):
            return ""
        asked = self._asked(texts[end : end + _BEHIND + 1]) and not said.endswith(ASKED)
        return "" if asked and name != FIGHT else name

    @staticmethod
    def _same(texts: Sequence[str]) -> Sequence[str]:
        """The words up to where the sentence ends."""
        return texts[: sentence_end(texts)]

    def _new(self, event: str, start: int) -> bool:
        at_s = self._words[start].at_s
        new = at_s - self._last_s.get(event, -_AGAIN_S) >= _AGAIN_S
        if new:
            self._last_s[event] = at_s
        return new

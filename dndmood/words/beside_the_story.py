"""Tells talk of today's world, and plans of several sentences, from what happens to the party."""

from collections.abc import Sequence

from dndmood.words.grammar import Grammar
from dndmood.words.phrases import PhraseBook
from dndmood.words.spoken import Word, sentence_end

_SCHEME_S = 10.0
"""So long what is said after "the plan is" belongs to it."""
_TODAY_S = 6.0
"""So long after a word of today's world only an arrival of the party is believed."""
_BEHIND = 16
"""So many words behind a place can still say that it is one of today's."""
_NEVER_S = -60.0


class BesideTheStory:
    """Listens along for words of today and for plans."""

    def __init__(self, grammar: Grammar) -> None:
        self._today = PhraseBook.of(grammar.today, True)
        self._household = PhraseBook.of(grammar.household, True)
        self._schemes = PhraseBook.of(grammar.schemes, True)
        self._tellers = PhraseBook.of(grammar.tellers, True)
        self._choices = frozenset(grammar.choices)
        self._scheme_s = self._today_s = _NEVER_S

    def hear(self, words: Sequence[Word], begin: int) -> None:
        """Take note of what is new in `words` from index `begin` on."""
        texts = [word.text for word in words]
        for end in range(begin + 1, len(texts) + 1):
            if self._schemes.before(texts, end):
                self._scheme_s = words[end - 1].at_s
            if self._today.before(texts, end):
                self._today_s = words[end - 1].at_s

    def just_now(self, at_s: float) -> bool:
        """Whether today's world was spoken of right before `at_s`."""
        return 0.0 <= at_s - self._today_s <= _TODAY_S

    def of_today(self, sentence: Sequence[str], behind: Sequence[str]) -> bool:
        """Whether a sentence is about today's world: `sentence` before a place, `behind` it."""
        return self._today.within(_whole(sentence, behind))

    def at_home(self, sentence: Sequence[str], behind: Sequence[str]) -> bool:
        """Whether a sentence names what only today's houses have."""
        return self._household.within(_whole(sentence, behind))

    def told(self, clause: Sequence[str]) -> bool:
        """Whether people speak of themselves, which in a story mostly the game master does not."""
        return self._tellers.within(clause)

    def no_place(self, words: Sequence[Word], start: int, end: int) -> bool:
        """Whether the place in `words[start:end]` belongs to a plan, or is any such place."""
        if 0.0 <= words[start].at_s - self._scheme_s <= _SCHEME_S:
            return True
        if end < len(words) and words[end].text in self._choices:  # "left to the mine or"
            return True
        return start > 1 and words[start - 2].text == words[start].text  # "from hut to hut"


def _whole(sentence: Sequence[str], behind: Sequence[str]) -> list[str]:
    near = behind[:_BEHIND]
    return [*sentence, *near[: sentence_end(near)]]

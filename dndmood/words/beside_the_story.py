"""Tells talk of today's world, and plans of several sentences, from what happens to the party."""

from collections.abc import Sequence

from dndmood.words.grammar import Grammar
from dndmood.words.phrases import PhraseBook
from dndmood.words.spoken import ASKED, STOP, Word

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
        self._schemes = PhraseBook.of(grammar.schemes, True)
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

    def says_so(
        self, sentence: Sequence[str], words: Sequence[Word], start: int, end: int
    ) -> bool:
        """Whether the place in `words[start:end]` is one of today's, planned, or any such place.

        `sentence` is what stands before it in its sentence.
        """
        after = [word.text for word in words[end : end + _BEHIND]]
        ends = next((n for n, one in enumerate(after) if one in (STOP, ASKED)), len(after))
        if self._today.within([*sentence, *after[:ends]]):
            return True
        if 0.0 <= words[start].at_s - self._scheme_s <= _SCHEME_S:
            return True
        if after and after[0] in self._choices:  # "left to the mine or"
            return True
        return start > 1 and words[start - 2].text == words[start].text  # "from hut to hut"

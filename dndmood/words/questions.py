"""Tells what is asked from what is told and followed by a question: "you enter it, what do you do?"."""

from collections.abc import Sequence

from dndmood.words.grammar import Grammar
from dndmood.words.phrases import PhraseBook
from dndmood.words.spoken import ASKED, sentence_end


class Questions:
    """Knows how questions begin in one language."""

    def __init__(self, grammar: Grammar) -> None:
        self._asks = PhraseBook.of(grammar.asks, True)

    def asked(self, behind: Sequence[str]) -> bool:
        """Whether what stands before the words `behind` is asked, as far as they tell."""
        ends = sentence_end(behind)
        return tuple(behind[ends : ends + 1]) == (ASKED,) and not self._asks.within(
            behind[:ends]
        )

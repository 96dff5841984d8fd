"""Whatever is said, listening goes on: words in every order, out of the lists that count."""

from itertools import product
from random import Random

import msgspec
import pytest

from dndmood import paths
from dndmood.mood import book as moods
from dndmood.places import book
from dndmood.scene_assembly import mood_words
from dndmood.words import grammar
from dndmood.words.attention import Attention

PLACES = book.load(paths.places())
MOODS = mood_words(moods.load(paths.data("playlists")))
LANGUAGES = ("en", "de", "fr", "es")
MARKS = (".", "?", ",", "", "", "", "")


def listening(language: str) -> Attention:
    return Attention(PLACES, MOODS, language=language)


def lists(language: str) -> dict[str, tuple[str, ...]]:
    """Everything that the language's file and the places say."""
    own = msgspec.structs.asdict(grammar.read(language))
    found = {name: said for name, said in own.items() if isinstance(said, tuple) and said}
    named = [
        phrase
        for place in PLACES.values()
        for said in (place.phrases, place.arrivals, place.signs, place.traps)
        for phrase in said.get(language, ())
    ]
    return found | {"places": tuple(named)}


def said(attention: Attention, sentences: list[str]) -> None:
    for number, sentence in enumerate(sentences):
        list(attention.hear(sentence, 9.0 * number, 9.0 * number + 3.0, last=number % 2 == 0))
        attention.hear_again(sentence, 9.0 * number, 9.0 * number + 3.0, last=True)
    attention.end()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_list_before_and_behind_a_place(language):
    """Also as a whole sentence: "Enter the tavern." has nothing before its verb."""
    known = lists(language)
    tavern = PLACES["tavern"].phrases[language][0]
    article = known["articles"][0]
    firsts = [said[0] for said in known.values()]
    sentences = [f"{one} {article} {tavern}." for said in known.values() for one in said]
    sentences += [f"{article} {tavern} {one}." for said in known.values() for one in said]
    sentences += [f"{a} {b} {tavern}." for a, b in product(firsts, firsts)]
    said(listening(language), sentences)


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_of_the_lists_in_any_order(language):
    chance, known = Random(language), list(lists(language).values())

    def sentence() -> str:
        parts = (chance.choice(chance.choice(known)) for _ in range(chance.randint(1, 7)))
        return " ".join(part + chance.choice(MARKS) for part in parts)

    said(listening(language), [sentence() for _ in range(1500)])

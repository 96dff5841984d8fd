"""What plain words say about the mood, whether or not every word is understood."""

import random

import pytest

from dndmood.words import feeling
from dndmood.words.feeling import Feeling, FeelingTable
from dndmood.words.spoken import spoken

TABLE = FeelingTable(
    half_life_s=40.0,
    bias=(0.0, 0.0, 0.0),
    words={"sun": (1.0, -0.5, 0.0), "blood": (-1.0, 0.5, 1.0)},
)
TALK = "we sit in the sun and talk about this and that while the sun goes down over there"


def felt(*said: str, at_s: float = 60.0) -> feeling.Weights:
    heard = Feeling(TABLE)
    for number, text in enumerate(said):
        heard.push(spoken(text, 3.0 * number, 3.0 * number + 3.0))
    return heard.at(at_s)


def test_talk_of_which_every_second_word_is_missed_says_about_the_same():
    chance = random.Random(19)
    whole = [TALK] * 20
    parts = [" ".join(w for w in TALK.split() if chance.random() < 0.5) for _ in whole]
    assert felt(*parts)[0] == pytest.approx(felt(*whole)[0], rel=0.25)


def test_many_other_words_make_a_word_say_less():
    other = "one two three four five six seven eight nine ten"
    assert felt(*["sun"] * 5)[0] > 1.4 * felt(*["sun", other, other, other] * 5)[0] > 0.0


def test_a_single_word_after_a_silence_says_little():
    assert felt("sun", at_s=3.0)[0] < felt(*["the sun"] * 20)[0] / 2.0


def test_the_ends_of_sentences_are_no_words():
    assert felt("sun sun", "the the") == felt("sun! sun!", "the. the.")


def test_what_was_said_is_forgotten_in_silence():
    late = felt("blood", "blood", at_s=600.0)
    assert late == pytest.approx((0.0, 0.0, 0.0), abs=0.05)


def test_the_table_that_comes_along_knows_a_fight_from_a_walk_of_which_half_is_missed():
    table = feeling.read("en")
    assert table
    fight = (
        "roll to hit that is nine points of damage and then he takes another attack against you"
    )
    walk = "you have a nice time there and they are happy and laugh and we talk about the money"
    odds = {}
    for name, text in (("fight", fight), ("walk", walk)):
        for kept in (text, " ".join(text.split()[::2])):
            heard = Feeling(table)
            for number in range(15):
                heard.push(spoken(kept, 4.0 * number, 4.0 * number + 4.0))
            odds[name, kept == text] = heard.at(60.0)
    for whole in (True, False):
        assert odds["fight", whole][2] > 0.0 > odds["walk", whole][2]
        assert odds["fight", whole][1] > odds["walk", whole][1]

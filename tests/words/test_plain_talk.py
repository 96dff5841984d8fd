"""What plain talk says for each mood, from how pleasant and how excited its words are."""

import pytest

from dndmood.mood import book
from dndmood.paths import data
from dndmood.words.attention import MoodWords
from dndmood.words.plain_talk import PlainTalk

MOODS = book.load(data("playlists"))
CORNERS = {
    "battle": (-2.0, 2.0),
    "suspense": (-2.0, -2.0),
    "calm": (2.0, -2.0),
    "merry": (2.0, 2.0),
}


def strengths(valence: float, arousal: float, moods=MOODS) -> dict[str, float]:
    found = PlainTalk(moods).cues(7.0, valence=valence, arousal=arousal)
    return {cue.name: cue.strength for cue in found}


@pytest.mark.parametrize("mood", CORNERS)
def test_clear_talk_speaks_most_for_the_mood_of_its_corner(mood):
    found = strengths(*CORNERS[mood])
    assert next(iter(found)) == mood or {mood, next(iter(found))} == {"merry", "triumph"}
    opposite = {"battle": "calm", "calm": "battle", "suspense": "triumph", "merry": "suspense"}
    assert opposite[mood] not in found or found[opposite[mood]] < found[mood] / 3.0


def test_talk_that_is_neither_speaks_for_no_mood():
    assert strengths(0.0, 0.0) == {}


def test_unpleasant_talk_that_may_be_excited_or_not_leaves_battle_and_suspense_even():
    found = strengths(-3.0, 0.0)
    assert abs(found["battle"] - found["suspense"]) < 0.3
    assert min(found["battle"], found["suspense"]) > found.get("calm", 0.0) + 0.5


def test_the_clearer_the_talk_the_more_it_says():
    mild, clear = strengths(-0.5, 0.5), strengths(-3.0, 3.0)
    assert clear["battle"] > 2.0 * mild["battle"]


def test_a_mood_of_ones_own_is_spoken_for_by_where_it_lies():
    found = strengths(-2.0, 2.0, {"dread": MoodWords(0.8, 0.2), "feast": MoodWords(0.6, 0.8)})
    assert list(found) == ["dread"]


def test_without_moods_there_is_nothing_to_speak_for():
    assert strengths(2.0, 2.0, {}) == {}

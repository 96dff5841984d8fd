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
    """What first words of a talk say for each mood, the likeliest first."""
    found = PlainTalk(moods).cue(7.0, valence=valence, arousal=arousal)
    said = found.moods if found else {}
    return {name: said[name] for name in sorted(said, key=lambda one: -said[one])}


@pytest.mark.parametrize("mood", CORNERS)
def test_clear_talk_speaks_most_for_the_mood_of_its_corner(mood):
    found = strengths(*CORNERS[mood])
    assert next(iter(found)) == mood or {mood, next(iter(found))} == {"merry", "triumph"}
    opposite = {"battle": "calm", "calm": "battle", "suspense": "triumph", "merry": "suspense"}
    assert found[opposite[mood]] < found[mood] / 3.0


def test_talk_that_is_neither_speaks_for_no_mood():
    assert strengths(0.0, 0.0) == {}


def test_unpleasant_talk_that_may_be_excited_or_not_leaves_battle_and_suspense_even():
    found = strengths(-3.0, 0.0)
    assert abs(found["battle"] - found["suspense"]) < 0.3
    assert min(found["battle"], found["suspense"]) > found["calm"] + 0.5


def test_the_clearer_the_talk_the_more_it_says():
    mild, clear = strengths(-0.5, 0.5), strengths(-3.0, 3.0)
    assert clear["battle"] > 2.0 * mild["battle"]


def test_a_mood_of_ones_own_is_spoken_for_by_where_it_lies():
    found = strengths(-2.0, 2.0, {"dread": MoodWords(0.8, 0.2), "feast": MoodWords(0.6, 0.8)})
    assert found["dread"] > 1.0 and found["feast"] == 0.0


def test_without_moods_there_is_nothing_to_speak_for():
    assert strengths(2.0, 2.0, {}) == {}


def test_what_was_said_already_says_no_more_and_what_is_new_does():
    talk = PlainTalk(MOODS)
    first = talk.cue(10.0, valence=-2.0, arousal=2.0)
    assert first is not None and first.name == "battle"
    assert talk.cue(10.0, valence=-2.0, arousal=2.0) is None
    after = talk.cue(14.0, valence=-1.0, arousal=1.0)
    assert after is not None and after.moods["calm"] > after.moods["battle"]


def test_talk_that_goes_on_alike_goes_on_to_speak_for_its_mood():
    talk = PlainTalk(MOODS)
    every = [talk.cue(2.0 * n, valence=-2.0, arousal=2.0) for n in range(1, 60)]
    later = [one for one in every[10:] if one]
    assert len(later) == len(every[10:]) and {one.name for one in later} == {"battle"}
    assert all(one.strength < 1.0 for one in later)

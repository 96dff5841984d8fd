import numpy as np
import pytest

from dndmood.mood import book
from dndmood.mood.transitions import is_fight, kin, kind, likeness, ways
from dndmood.paths import data
from tests.fakes import mood

MOODS = book.load(data("playlists"))
NAMES = list(MOODS)


def way(left: str, taken: str) -> float:
    return float(ways(list(MOODS.values()))[NAMES.index(left), NAMES.index(taken)])


def test_where_a_mood_goes_sums_to_one_and_never_to_itself():
    found = ways(list(MOODS.values()))
    assert found.sum(axis=1) == pytest.approx(np.ones(len(MOODS)))
    assert not np.diagonal(found).any()
    assert not ways([MOODS["calm"]]).any()


def test_a_common_way_is_likelier_than_a_rare_one():
    assert way("suspense", "battle") > 3 * way("suspense", "merry")
    assert way("calm", "battle") > way("calm", "suspense") > 3 * way("calm", "merry")
    assert way("battle", "suspense") > way("battle", "calm") > way("battle", "triumph") > 0.0


def test_moods_of_one_kind_share_some_of_their_talk_and_others_none():
    mixed = kin(list(MOODS.values()), 0.25)
    assert mixed.sum(axis=1) == pytest.approx(np.ones(len(MOODS)))
    suspense, sorrow, battle = map(NAMES.index, ("suspense", "sorrow", "battle"))
    assert mixed[suspense, sorrow] == 0.25 and mixed[suspense, battle] == 0.0
    assert mixed[battle, battle] == 1.0


def test_dice_are_counted_in_fights_also_in_those_of_somebodys_own():
    found = is_fight([*MOODS.values(), mood("brawl", 0.8, 0.3, "angry")])
    assert [name for name, yes in zip([*NAMES, "brawl"], found, strict=True) if yes] == [
        "battle", "brawl",
    ]  # fmt: skip


def test_music_of_the_same_kind_is_half_right():
    found = likeness(list(MOODS.values()))
    suspense, sorrow, calm = map(NAMES.index, ("suspense", "sorrow", "calm"))
    assert found[suspense, sorrow] == 0.5 and found[suspense, calm] == 0.0
    assert np.diagonal(found).tolist() == [1.0] * len(MOODS)


def test_a_mood_counts_as_the_kind_it_is_nearest_to_so_a_new_one_needs_only_its_place():
    kinds = {name: kind(one) for name, one in MOODS.items()}
    assert kinds == {
        "calm": "calm", "merry": "happy", "suspense": "suspense",
        "battle": "agitated", "sorrow": "suspense", "triumph": "happy",
    }  # fmt: skip
    assert kind(mood("brawl", 0.8, 0.3, "angry")) == "agitated"
    assert ways([*MOODS.values(), mood("brawl", 0.8, 0.3, "angry")])[2, -1] > 0.05

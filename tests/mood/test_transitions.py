from dndmood.mood import book
from dndmood.mood.transitions import ease, kind
from dndmood.paths import data
from tests.fakes import mood

MOODS = book.load(data("playlists"))


def test_a_common_way_needs_less_lead_than_a_rare_one():
    calm, suspense, battle, triumph = (
        MOODS[n] for n in ("calm", "suspense", "battle", "triumph")
    )
    assert ease(suspense, battle) < 0.9 < ease(calm, battle)
    assert ease(calm, suspense) < 0.9 < ease(battle, triumph)
    ways = [(a, b) for a in MOODS.values() for b in MOODS.values() if kind(a) != kind(b)]
    assert all(0.8 <= ease(a, b) <= 1.0 for a, b in ways)


def test_the_music_does_not_go_back_and_forth_within_a_kind():
    assert ease(MOODS["sorrow"], MOODS["suspense"]) >= 2.0
    assert ease(MOODS["merry"], MOODS["triumph"]) >= 2.0


def test_a_mood_counts_as_the_kind_it_is_nearest_to_so_a_new_one_needs_only_its_place():
    kinds = {name: kind(one) for name, one in MOODS.items()}
    assert kinds == {
        "calm": "calm", "merry": "happy", "suspense": "suspense",
        "battle": "agitated", "sorrow": "suspense", "triumph": "happy",
    }  # fmt: skip
    assert kind(mood("brawl", 0.8, 0.3, "angry")) == "agitated"

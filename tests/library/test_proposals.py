"""Moods for tracks, by sound, names and what the person said."""

from dataclasses import dataclass
from functools import partial

import pytest

from dndmood.library import middle, proposals
from dndmood.library.proposals import Given, chances
from dndmood.library.track import Track


@dataclass(frozen=True)
class Mood:
    name: str
    arousal: float
    valence: float
    names: tuple = ()

    @property
    def title(self):
        return self.name.title()


MOODS = (
    Mood("calm", 0.34, 0.58),
    Mood("merry", 0.62, 0.80),
    Mood("battle", 0.84, 0.20, ("kampf", "boss fight")),
    Mood("sorrow", 0.32, 0.25),
    Mood("triumph", 0.85, 0.85),
)


def track(name, arousal=None, valence=None, **more):
    return Track(f"/m/{name}.ogg", 1, 1, arousal_odds=arousal, valence_odds=valence, **more)


proposed = partial(proposals.proposed, places={})
middle_of = partial(middle.middle_of, places={})
"""As for moods of which nothing was learned: their music lies where their talk does."""

CORNERS = [
    track("a", 2.0, -1.5),
    track("b", 2.0, 2.0),
    track("c", -1.0, 0.3),
    track("d", -1.0, -1.5),
] * 5


def spread_out(shift=0.0):
    return [
        track(f"{n}-{one.path[3]}", one.arousal_odds + shift, one.valence_odds + shift)
        for n, one in enumerate(CORNERS)
    ]


def moods_of(tracks):
    return [one.mood for one in tracks]


def test_a_track_gets_the_mood_whose_place_is_nearest():
    found = proposed(spread_out(), MOODS)
    assert moods_of(found[:4]) == ["battle", "triumph", "calm", "sorrow"]
    assert all(one.decided_by == "sound" and one.reason.startswith("sounds ") for one in found)
    assert all(0.2 < one.confidence <= 1 for one in found)


@pytest.mark.parametrize("shift", [-2.0, 2.0])
def test_a_collection_recorded_otherwise_has_its_own_middle(shift):
    assert moods_of(proposed(spread_out(shift), MOODS)[:4]) == [
        "battle",
        "triumph",
        "calm",
        "sorrow",
    ]


def test_one_track_alone_is_no_collection():
    assert proposed([track("a", 3.0, -3.0)], MOODS)[0].mood == "battle"


def test_folder_beats_sound_and_says_that_it_sounds_otherwise():
    tracks = spread_out()
    found = proposed(tracks, MOODS, given={tracks[3].path: Given("battle", "folder")})[3]
    assert (found.mood, found.decided_by) == ("battle", "folder")
    assert "though it sounds" in found.reason


def test_a_folder_called_like_a_mood_decides_however_the_track_sounds():
    tight = Mood("calm", 0.05, 0.95), Mood("battle", 0.95, 0.05)
    for name in ("x", "calm rest"):
        far = track(name, -9.0, 9.0, genre="calm", title="calm")
        found = proposed(
            [*spread_out(), far], tight, given={far.path: Given("battle", "folder")}
        )[-1]
        assert (found.mood, found.decided_by) == ("battle", "folder")
        assert found.confidence < 0.5


def test_a_word_in_the_name_tips_the_scales():
    plain, named = (
        proposed([*spread_out(), track(name, 0.0, 0.0)], MOODS)[-1]
        for name in ("untitled", "Kampf 3")
    )
    assert (named.mood, named.decided_by) == ("battle", "file name")
    assert named.reason.startswith("its name says kampf")
    assert plain.decided_by == "sound"


def test_a_tag_is_evidence_too():
    found = proposed([track("07", None, None, genre="Boss Fight")], MOODS)[0]
    assert (found.mood, found.decided_by) == ("battle", "tag")


def test_the_person_beats_everything():
    mine = track("Kampf", 2.0, -2.0, mood="calm", decided_by="person", confidence=1.0)
    assert proposed([mine], MOODS)[0].mood == "calm"


def test_every_decision_moves_the_border():
    tracks = spread_out()
    before = middle_of(tracks, MOODS, {})
    one = middle_of(tracks, MOODS, {tracks[2].path: "battle"})
    two = middle_of(tracks, MOODS, {t.path: "battle" for t in tracks if t.arousal_odds < 0})
    assert two.arousal < one.arousal < before.arousal


def test_nothing_known_is_no_mood_and_no_reason():
    found = proposed([track("untitled")], MOODS)[0]
    assert (found.mood, found.decided_by, found.reason) == ("", "", "")
    broken = proposed([track("kampf", 1.0, 1.0, problem="is empty")], MOODS)[0]
    assert broken.mood == ""


def test_the_chances_of_all_moods_sum_to_one():
    found = proposals.proposed(spread_out(), MOODS)[0]
    share = chances(found, MOODS)
    assert sum(share.values()) == pytest.approx(1.0)
    assert max(share, key=share.get) == found.mood
    assert share[found.mood] == pytest.approx(found.confidence, abs=0.001)

"""Profiles as text: what others wrote is kept, and what is odd is told and not used."""

import json
import time
import tomllib
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dndmood.events import Correction, TableScale
from dndmood.mood.corrections import Lesson, Lessons
from dndmood.mood.feature_zero import FeatureZero
from dndmood.mood.profile import Evening, Profile, Room
from dndmood.mood.profile_text import TAKE_BACK, log_line, parsed, replayed, text, usable
from dndmood.mood.zero import Zero
from tests.fakes import heard
from tests.mood.three import ANGRY, MOODS

ZERO = Zero(0.05, -0.1, 1.2, {"angry": 0.8, 'odd "label"': 1.25})
PROFILE = Profile("table", ZERO, Zero(0.01), Room(-60.0, -40.0, -30.0, -20.0, "2026-11-25"), 3, "abc")  # fmt: skip
WHOLE = text(PROFILE)


def read(content: str):
    return parsed("table", tomllib.loads(content))


def test_a_profile_is_the_same_after_it_was_written_and_read():
    assert read(WHOLE).profile == PROFILE and read(WHOLE).faults == ()
    assert text(PROFILE, WHOLE) == WHOLE


def test_comments_keys_and_tables_of_others_are_kept_by_every_save():
    old = WHOLE.replace(
        "evenings = 3", "# of 2026\nevenings = 0x3 # three\nversion = 99\nfresh = 1"
    )
    old = (
        old.replace("[zero]", "# mine\n[zero]\nlater = [1, 2]") + "\n[words]\n# theirs\nx = 1\n"
    )
    assert text(PROFILE, old) == old
    new = text(Profile("table", Zero(0.2), None, None, 4, "abc"), old)
    for kept in (
        "# of 2026",
        "# three",
        "version = 99",
        "# mine",
        "later = [1, 2]",
        "# theirs\nx = 1",
    ):
        assert kept in new
    assert "[calibrated]" not in new and "[room]" not in new
    assert read(new).profile == Profile("table", Zero(0.2), None, None, 4, "abc")
    assert read(new).newer and not read(WHOLE).newer


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("", "zero is missing"),
        (WHOLE.replace("evenings = 3", "evenings = inf"), "evenings is inf"),
        (WHOLE.replace("evenings = 3", "evenings = -1"), "evenings is -1"),
        (WHOLE.replace("evenings = 3", "evenings = true"), "evenings is True"),
        (WHOLE.replace("evenings = 3", f"evenings = {10**400}"), "evenings is 1000"),
        (WHOLE.replace('model = "abc"', "model = 3"), "model is 3"),
        (WHOLE.replace("arousal_shift = 0.05", "arousal_shift = nan"), "zero.arousal_shift is nan"),
        (WHOLE.replace("arousal_shift = 0.05", "arousal_shift = 3"), "zero.arousal_shift is 3.0"),
        (WHOLE.replace("gain = 1.2", "gain = 'x'"), "zero.gain is 'x'"),
        (WHOLE.replace("gain = 1.2", f"gain = {10**400}"), "zero.gain is 1000"),
        (WHOLE.replace("angry = 0.8", "angry = [1]"), "zero.tilts.angry is [1]"),
        (WHOLE.replace("room_db = -60.0", "room_db = 'a'"), "room.room_db is 'a'"),
        (WHOLE.replace("room_db = -60.0", ""), "room.room_db is missing"),
        (WHOLE.replace('"2026-11-25"', r'"\u001b[2J"'), r"room.when is '\x1b[2J'"),
        (WHOLE.partition("tilts")[0], "zero.tilts is missing"),
        ("zero = 3\nroom = 3\ncalibrated = 3", "zero is 3"),
        ("[[zero]]\n[[room]]", "zero is [{}]"),
    ],
)  # fmt: skip
def test_what_is_odd_is_named_the_rest_is_used_and_once_written_all_is_well(content, fault):
    found = read(content)
    assert any(one.startswith(fault) for one in found.faults)
    assert read(text(found.profile, content)).faults == ()
    assert read(text(found.profile, content)).profile == found.profile


unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["arousal_shift", "gain", "tilts", "when", "x"]), inner
        )
    ),
    max_leaves=6,
)


@unhurried
@given(
    st.dictionaries(
        st.sampled_from(["zero", "room", "calibrated", "evenings", "model", "version"]),
        _ANYTHING,
    )
)
def test_whatever_a_profile_holds_it_can_be_used_and_written(table):
    found = parsed("table", table)
    assert read(text(found.profile)).faults == ()
    assert found.profile.zero == found.profile.zero.bounded()


A_CORRECTION = Correction(
    9.0, "reject", "calm", "battle", "calm", 0.7, 0.3, {"angry": 1.0}, {"calm": 0.5}
)
LINE = json.loads(log_line(Lesson(A_CORRECTION, 2)))


@pytest.mark.parametrize(
    "odd",
    [
        {"arousal": "x"}, {"arousal": True}, {"arousal": float("nan")}, {"arousal": 7},
        {"valence": None}, {"taken": ["calm"]}, {"wanted": 3}, {"left": "\x1b[2J"},
        {"kind": []}, {"kind": "praise"}, {"scores": []}, {"scores": {"angry": "1"}},
        {"shares": {"calm": float("inf")}}, {"at_s": "now"}, {"at_s": 10**400}, {"refines": 1},
    ],
)  # fmt: skip
def test_an_odd_line_of_corrections_is_passed_over(odd):
    good, bad = json.dumps(LINE), json.dumps(LINE | odd)
    assert usable(good) and not usable(bad)
    assert replayed([bad, good, bad]) == (Lesson(A_CORRECTION, 2),)


@pytest.mark.parametrize("line", ["", "[1]", "3", "null", "{", "[" * 200_000, "9" * 5000])
def test_a_line_that_is_no_fact_is_passed_over(line):
    assert not usable(line)
    assert replayed([line, json.dumps(LINE)]) == (Lesson(A_CORRECTION, 2),)


@pytest.mark.parametrize("evening", [-(10**400), 10**400, "x", None, 2.5, True])
def test_an_odd_evening_is_the_first(evening):
    lessons = replayed([json.dumps(LINE | {"evening": evening})])
    assert lessons == (Lesson(A_CORRECTION, 0),)
    assert Lessons(lessons, evening=5).weighed()


def test_a_newer_programs_line_is_nothing_to_complain_of():
    assert usable('{"praise": "battle"}') and usable(json.dumps(TAKE_BACK))
    assert replayed(['{"praise": "battle"}']) == ()


@unhurried
@given(st.lists(st.dictionaries(st.sampled_from([*LINE, "take_back"]), _ANYTHING), max_size=5))
def test_whatever_a_log_holds_the_lessons_can_be_asked(lines):
    mixed = [json.dumps(one) for line in lines for one in (line, LINE | line)]
    lessons = Lessons(replayed(mixed), evening=3)
    shares = lessons.leaned(dict.fromkeys(MOODS, 1 / len(MOODS)), heard(0.0, *ANGRY))
    assert sum(shares.values()) == pytest.approx(1.0)


@pytest.mark.real_time
def test_four_thousand_corrections_are_read_and_asked_in_no_time():
    lines = [json.dumps(LINE)] * 4000 + [json.dumps(TAKE_BACK)] * 50
    begun = time.process_time()
    lessons = Lessons(replayed(lines), evening=3)
    loaded = time.process_time()
    for _ in range(100):
        lessons.leaned(dict.fromkeys(MOODS, 1 / len(MOODS)), heard(0.0, *ANGRY))
    asked = time.process_time()
    assert loaded - begun < 1.0  # took 5 s
    assert (asked - loaded) / 100 < 0.003  # took 14 ms
    assert len(lessons.weighed()) == 200


# An evening that is kept while others write -----------------------------------------------------


def ended(shift: float, talk_s: float = 3600.0) -> TableScale:
    return TableScale(0.0, talk_s, shift, 0.0, 1.0, {"angry": 0.8})


def test_an_evening_counts_once_however_often_it_is_kept():
    begun = Profile("table", Zero(0.1), evenings=4)
    now, evening = begun, Evening(seen=begun, before=begun)
    for shift in (0.2, 0.05, 0.18):
        grown = begun.after(ended(shift))
        merged = evening.merged(now, grown)
        assert merged is not None and merged.evenings == 5
        assert merged.zero.arousal_shift == pytest.approx(0.1 + 0.3 * (shift - 0.1))
        now, evening = merged, Evening(seen=merged, before=grown)
    assert begun.after(ended(0.2, talk_s=1199.0)) is begun
    assert begun.after(ended(float("nan"))) is begun


def test_two_evenings_at_once_both_count():
    begun = Profile("table", Zero(0.1), evenings=4)
    now = begun
    evenings = [Evening(begun, begun), Evening(begun, begun)]
    for shifts in ((0.2, 0.0), (0.22, 0.02), (0.15, 0.05)):
        for number, shift in enumerate(shifts):
            grown = begun.after(ended(shift))
            merged = evenings[number].merged(now, grown)
            assert merged is not None
            now, evenings[number] = merged, Evening(seen=merged, before=grown)
    assert now.evenings == 6
    assert now.zero.arousal_shift == pytest.approx(0.1 + 0.3 * (0.05 - 0.05))


def test_a_calibration_made_meanwhile_stands():
    begun = Profile("table", Zero(0.1), model="abc")
    grown = begun.after(ended(0.2))
    fresh = Profile("table", Zero(-0.2), Zero(-0.2), PROFILE.room, 0, "abc")
    assert Evening(begun, begun).merged(fresh, grown) is None
    other_model = Profile("table", Zero(-0.2), model="def")
    assert Evening(begun, begun).merged(other_model, grown) is None


def test_another_models_zero_gives_way_to_what_the_evening_found():
    known = Profile("table", Zero(0.2), Zero(0.2), PROFILE.room, 7, "old")
    table = known.fitting("newmodel")
    grown = table.after(ended(0.1))
    merged = Evening(known, table).merged(known, grown)
    assert merged == grown and merged.evenings == 8
    # Another evening with the same new model was kept first.
    again = Evening(known, table).merged(merged, grown)
    assert again is not None and again.evenings == 9
    assert again.zero.arousal_shift == pytest.approx(0.06)


FEATURES = {
    "abcabcabcabc": FeatureZero((0.125, -1.5, 0.0), (0.6, 1.0, 1.6), 5400.0),
    "0123456789ab": FeatureZero((0.5,), (1.25,), 61.5),
}
"""A model's sha256 may well begin with digits only, or look like a number."""
FEATURED = replace(PROFILE, features=FEATURES)


def test_a_zero_in_the_features_of_each_model_is_the_same_after_it_was_written_and_read():
    content = text(FEATURED)
    assert read(content).profile == FEATURED and read(content).faults == ()
    assert text(FEATURED, content) == content


def test_the_zero_of_one_model_is_written_and_the_others_stay_as_they_are():
    old = text(FEATURED).replace("[features.abcabcabcabc]", "[features.abcabcabcabc] # mine")
    moved = FeatureZero((0.25,), (1.0,), 900.0)
    grown = replace(FEATURED, features={**FEATURES, "0123456789ab": moved})
    new = text(grown, old)
    assert read(new).profile == grown and "# mine" in new


def test_a_profile_of_before_there_were_features_is_read_and_can_take_them():
    assert read(WHOLE).profile.features == {}
    assert read(text(FEATURED, WHOLE)).profile == FEATURED


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("talk_s = 61.5", "talk_s = inf"),
        ("mean = [0.5]", "mean = []"),
        ("mean = [0.5]", "mean = [0.5, 0.1]"),
        ("mean = [0.5]", 'mean = ["much"]'),
        ("mean = [0.5]", "mean = 3"),
        ("deviation = [1.25]", "deviation = [9.0]"),
        ("talk_s = 61.5", "talk_s = -1.0"),
    ],
)
def test_a_damaged_zero_in_the_features_is_left_out_and_the_rest_is_used(old, new):
    content = text(FEATURED)
    assert old in content
    found = read(content.replace(old, new))
    assert len(found.faults) == 1 and found.faults[0].startswith("features.0123456789ab")
    assert set(found.profile.features) == {"abcabcabcabc"} and found.profile.zero == ZERO

import json
import tracemalloc
from datetime import datetime
from time import process_time

import numpy as np
import pytest

from dndmood.errors import UserError
from dndmood.report import curve, highlights, story, telling, words
from dndmood.report.lines import in_order
from tests.report import sample
from tests.report.sample import PLACES


def mood(at_s, name, why="because", *, forced=False):
    return {"event": "mood", "at_s": at_s, "mood": name, "why": why, "forced": forced}


def talk(at_s, arousal, valence=0.5):
    return {"event": "estimate", "at_s": at_s, "arousal": arousal, "valence": valence}


def cue(at_s, name, *titles):
    return {"event": "cue", "at_s": at_s, "mood": name, "tracks": list(titles)}


def command(at_s, verb):
    return {"event": "command", "at_s": at_s, "verb": verb}


# Calm 0-300, battle 300-500 (talk at 0.9), calm 500-900 with nobody from 520 to 700, a battle
# by hand from 900 to 1000 (talk at 0.6).
HAND_MADE = [
    mood(0.0, "calm", "Calm: the evening begins"),
    cue(0.0, "calm", "Lute", "Harp"),
    *(talk(float(at_s), 0.3) for at_s in range(10, 300, 10)),
    command(200.0, "skip"),
    mood(300.0, "battle", "Battle: ahead for 9 s (arousal 0.91, valence 0.20)"),
    cue(300.0, "battle", "Drums"),
    *(talk(float(at_s), 0.9, 0.2) for at_s in range(310, 500, 10)),
    {"event": "problem", "at_s": 400.0, "text": "Sound was lost."},
    {"event": "problem", "at_s": 410.0, "text": "Sound was lost."},
    mood(500.0, "calm"),
    cue(500.0, "calm", "Harp", "Lute"),
    *(talk(float(at_s), 0.3) for at_s in (510, 520)),
    *(talk(float(at_s), 0.3) for at_s in range(700, 900, 10)),
    mood(900.0, "battle", "Battle: chosen by hand", forced=True),
    cue(900.0, "battle", "Drums"),
    *(talk(float(at_s), 0.6) for at_s in range(910, 1000, 10)),
    mood(1000.0, "battle", "stays Battle: automatic again"),
]


def by_time(facts):
    return sorted(facts, key=lambda fact: fact["at_s"])


@pytest.fixture
def evening():
    return story.evening(by_time(HAND_MADE), name="2026-11-21T19-02-11.jsonl")


def test_the_moods_are_told_as_stretches_that_fill_the_evening(evening):
    told = [(s.mood, s.start_s, s.end_s) for s in evening.stretches]
    assert told == [
        ("calm", 0.0, 300.0),
        ("battle", 300.0, 500.0),
        ("calm", 500.0, 900.0),
        ("battle", 900.0, 1000.0),
    ]
    assert highlights.shares(evening) == pytest.approx({"calm": 0.7, "battle": 0.3})


def test_every_change_says_when_what_and_why(evening):
    told = [(c.at_s, c.before, c.mood, c.track, c.by_hand) for c in evening.changes]
    assert told == [
        (0.0, "", "calm", "Lute", False),
        (300.0, "calm", "battle", "Drums", False),
        (500.0, "battle", "calm", "Harp", False),
        (900.0, "calm", "battle", "Drums", True),
    ]
    assert highlights.turns(evening) == 3
    assert highlights.turns_per_h(evening) == pytest.approx(3 * 3.6)
    assert words.reason(evening.changes[1], PLACES) == "Ahead for 9 s"


def test_skipping_a_track_shows_the_next_of_its_list(evening):
    first, second, *_ = evening.played
    assert (first.title, first.end_s, second.title) == ("Lute", 200.0, "Harp")
    assert highlights.heard_most(evening) == {"Harp": 500.0, "Drums": 300.0, "Lute": 200.0}


def test_the_longest_calm_ends_where_nobody_speaks_any_more(evening):
    calm = highlights.longest_calm(evening, PLACES)
    assert calm is not None and (calm.start_s, calm.end_s) == (0.0, 300.0)
    only_breaks = story.evening(by_time([*HAND_MADE[33:], mood(1000.0, "calm")]), name="x")
    assert highlights.longest_calm(only_breaks, PLACES).length_s < 400.0


def test_the_fiercest_fight_has_the_most_excited_voices_not_the_longest_music(evening):
    fight = highlights.fiercest_fight(evening, PLACES)
    assert fight is not None and fight.stretch.start_s == 300.0
    assert fight.arousal == pytest.approx(0.9)
    mild = [mood(1001.0, "calm"), mood(1010.0, "battle"), mood(2000.0, "calm")]
    mild += [talk(float(at_s), 0.7) for at_s in range(1020, 2000, 10)]
    longer = story.evening(by_time([*HAND_MADE, *mild]), name="x")
    assert highlights.fiercest_fight(longer, PLACES) == fight


def test_an_evening_without_calm_or_fight_says_so():
    evening = story.evening([mood(0.0, "merry"), talk(100.0, 0.7)], name="x")
    calm, fight, *_ = telling.cards(evening, PLACES)
    assert calm.value == fight.value == "None"


def test_quiet_stretches_are_told_from_ninety_seconds_on(evening):
    assert [(q.start_s, q.end_s, q.paused) for q in evening.quiet] == [(520.0, 700.0, False)]
    (told,) = telling.quiets(evening)
    assert told == "from 0:08:40 for 3 min"


def test_quiet_because_listening_was_stopped_is_told_apart():
    facts = [*HAND_MADE, command(530.0, "pause"), command(690.0, "pause")]
    (quiet,) = story.evening(by_time(facts), name="x").quiet
    assert quiet.paused


def test_who_ruled_is_a_share_of_time(evening):
    assert [(s.mood, s.start_s, s.end_s) for s in evening.by_hand] == [
        ("battle", 900.0, 1000.0)
    ]
    assert highlights.hand_share(evening) == pytest.approx(0.1)


def test_a_problem_met_twice_is_told_once(evening):
    assert [(t.at_s, t.times) for t in evening.troubles] == [(400.0, 2)]
    assert telling.troubles(evening) == ("0:06:40: Sound was lost. (2 times)",)


def test_the_day_comes_from_the_journals_name(evening):
    assert evening.began == datetime(2026, 11, 21, 19, 2, 11)  # noqa: DTZ001
    assert words.title(evening) == "Saturday, 21 November 2026"
    other = story.evening(HAND_MADE, name="somewhere/our night.jsonl")
    assert other.began is None and words.title(other) == "our night"


def test_an_evening_appended_to_the_same_journal_goes_on_where_the_first_ended():
    facts = [*by_time(HAND_MADE), *by_time(HAND_MADE)]
    evening = story.evening(facts, name="x")
    assert evening.length_s == 2000.0 and evening.restarts_s == (1000.0,)
    assert [s.start_s for s in evening.stretches] == [0, 300, 500, 900, 1000, 1300, 1500, 1900]
    assert highlights.hand_share(evening) == pytest.approx(0.1)


@pytest.mark.parametrize(
    "odd",
    [
        3,
        [],
        {},
        {"at_s": 5.0},
        {"event": "mood", "at_s": 5.0},
        {"event": "estimate", "at_s": 5.0, "arousal": None, "valence": "high"},
        {"event": "estimate", "at_s": 5.0, "arousal": float("nan"), "valence": 0.5},
        {"event": "cue", "at_s": 5.0, "mood": 3, "tracks": 7},
        {"event": "problem", "at_s": 5.0},
        {"event": ["mood"], "at_s": 5.0},
        {"event": "mood", "at_s": float("inf"), "mood": "calm"},
        {"event": "mood", "at_s": 10**400, "mood": "calm"},
        {"event": "mood", "at_s": -4.0, "mood": "calm"},
        {"event": "mood", "at_s": True, "mood": "battle"},
        {"event": "from another time", "at_s": 5.0},
    ],
)
def test_a_line_that_makes_no_sense_changes_nothing_else(evening, odd):
    told = story.evening([*HAND_MADE[:2], odd, *by_time(HAND_MADE)[2:]], name=evening.name)
    assert (told.stretches, told.talk) == (evening.stretches, evening.talk)


def test_a_journal_cut_off_anywhere_still_tells_what_it_holds():
    whole = by_time(HAND_MADE)
    for end in range(1, len(whole)):
        evening = story.evening(whole[:end], name="x")
        assert evening.length_s == whole[end - 1]["at_s"]
        assert sum(s.length_s for s in evening.stretches) == pytest.approx(evening.length_s)
        assert telling.summary(evening, PLACES) and telling.cards(evening, PLACES)


@pytest.mark.parametrize("facts", [[], [3], [{"event": "problem", "at_s": 1.0, "text": "no"}]])
def test_a_journal_without_an_evening_is_told_with_its_mending(facts):
    with pytest.raises(UserError, match=r"old\.jsonl has no evening in it yet: run"):
        story.evening(facts, name="old.jsonl")


@pytest.mark.parametrize(
    "error",
    [
        FileNotFoundError(2, "No such file or directory"),
        UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"),
    ],
)
def test_a_journal_that_cannot_be_read_is_told_with_its_mending(error):
    def facts():
        raise error
        yield

    with pytest.raises(UserError, match=r"old\.jsonl cannot be read .*: name a \.jsonl file"):
        story.evening(facts(), name="old.jsonl")


def test_a_campaign_is_in_order_of_days_and_leaves_empty_journals_out():
    journals = [
        ("2026-11-21T19-02-11.jsonl", HAND_MADE),
        ("notes.jsonl", HAND_MADE),
        ("2026-11-14T19-02-11.jsonl", HAND_MADE),
        ("2026-11-15T19-02-11.jsonl", []),
    ]
    evenings, left_out = story.gathered(journals)
    assert [e.name for e in evenings] == ["2026-11-14T19-02-11", "2026-11-21T19-02-11", "notes"]
    assert len(left_out) == 1 and "2026-11-15" in left_out[0]
    with pytest.raises(UserError):
        story.gathered(journals[3:])
    with pytest.raises(UserError):
        story.gathered([])


def test_the_curve_follows_the_talk_and_breaks_where_nobody_speaks(evening):
    line = curve.smoothed(evening, points=1001)
    assert line.arousal[150] == pytest.approx(0.3, abs=0.01)
    assert line.arousal[400] == pytest.approx(0.9, abs=0.01)
    assert line.valence[400] == pytest.approx(0.2, abs=0.01)
    assert np.isnan(line.arousal[[522, 600, 698]]).all() and np.isfinite(line.arousal[750])


def test_the_map_is_darkest_where_most_was_said(evening):
    row, column = np.unravel_index(np.argmax(curve.density(evening)), (60, 60))
    assert (row + 0.5) / 60 == pytest.approx(0.3, abs=0.02)
    assert (column + 0.5) / 60 == pytest.approx(0.5, abs=0.02)


def test_the_sample_night_has_everything_in_it():
    lines = sample.night()
    assert {line["event"] for line in lines} == {
        "estimate",
        "mood",
        "cue",
        "command",
        "problem",
    }
    evening = story.evening(map(json.loads, sample.as_text(lines).splitlines()), name="x")
    assert 2.5 < evening.length_s / 3600.0 < 3.5
    assert {place.name for place in PLACES} == set(highlights.shares(evening))
    assert (
        evening.by_hand
        and evening.troubles
        and {q.paused for q in evening.quiet}
        == {
            True,
            False,
        }
    )


def test_no_title_and_no_reason_brings_anything_that_a_terminal_would_obey():
    odd = "\ud800\x1b]0;PWNED\x07\u202e\n"
    told = story.evening(
        [mood(0.0, "calm", odd), cue(0.0, "calm", odd), talk(1.0, 0.5), problem(2.0, odd)],
        name=f"{odd}.jsonl",
    )
    texts = [told.name, told.changes[0].why, told.changes[0].track, told.troubles[0].text]
    assert all(text.isprintable() and "PWNED" in text for text in texts)


def test_that_a_problem_is_over_is_no_problem():
    back = problem(9.0, "The speaker is back.") | {"solved": True}
    told = story.evening([talk(1.0, 0.5), problem(2.0, "The speaker is gone."), back], name="x")
    assert [trouble.text for trouble in told.troubles] == ["The speaker is gone."]


def problem(at_s, text):
    return {"event": "problem", "at_s": at_s, "text": text}


def test_a_change_is_told_with_the_track_that_the_player_reported():
    playing = {"event": "playing", "place_s": 0.0}
    facts = [
        mood(0.0, "calm"),
        cue(0.0, "calm", "Lute", "Harp"),
        playing | {"at_s": 1.0, "track": None},
        playing | {"at_s": 9.0, "track": "Harp"},
        mood(60.0, "battle"),
        cue(60.0, "battle", "Drums"),
        command(90.0, "quit"),
    ]
    told = story.evening(facts, name="x")
    assert [change.track for change in told.changes] == ["Harp", "Drums"]


def test_the_curve_of_a_year_takes_little_memory_and_is_that_of_one_piece():
    facts = [talk(10.0 * n, 0.5 + 0.3 * np.sin(n / 50.0)) for n in range(50_000)]
    year = story.evening([mood(0.0, "calm"), *facts], name="x")
    tracemalloc.start()
    line = curve.smoothed(year)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 30e6
    heard = np.array([[t.at_s, t.arousal] for t in year.talk])
    near = np.exp(-0.5 * ((line.at_s[250] - heard[:, 0]) / 75.0) ** 2)
    assert line.arousal[250] == pytest.approx((near @ heard[:, 1]) / near.sum(), rel=1e-9)


@pytest.mark.real_time
def test_what_a_journal_of_many_evenings_costs_grows_with_its_length():
    def cost_s(count: int) -> float:
        facts = [
            fact
            for n in range(count)
            for fact in (
                mood(60.0 * n, ("calm", "battle")[n % 2]),
                cue(60.0 * n, "nobody", "A"),
                *(talk(60.0 * n + second, 0.5) for second in (1, 2, 3)),
                {"event": "playing", "at_s": 60.0 * n + 4, "track": None},
            )
        ]
        begun_s = process_time()
        found = story.evening(facts, name="x.jsonl")
        highlights.fiercest_fight(found, PLACES)
        highlights.longest_calm(found, PLACES)
        return process_time() - begun_s

    assert cost_s(8000) < 25.0 * min(cost_s(1000), cost_s(1000))


def test_of_a_line_only_what_the_story_needs_is_kept_and_no_text_is_endless():
    facts = [mood(1.0, "calm", "x" * 10_000) | {"scores": {"calm": 1.0}, "event": "mood"}]
    (line,), _ = in_order(facts, "x.jsonl")
    assert "scores" not in line.fact and "event" not in line.fact
    (change,) = story.evening(facts, name="x.jsonl").changes
    assert 190 < len(change.why) < 210


def test_lengths_of_a_moment_are_none():
    facts = [
        mood(0.0, "calm"),
        cue(0.0, "calm", "A", "B") | {"lengths_s": [1.5, 2.0]},
        mood(600.0, "battle"),
    ]
    played = story.evening(facts, name="x.jsonl").played
    assert [one.title for one in played] == ["A"]

"""What the filter believes: probabilities that hold through plain talk and yield to real feeling."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dndmood.events import AudioChunk, EmotionEstimate, Event, MoodState
from dndmood.mood import book
from dndmood.mood.belief import Belief
from dndmood.mood.evidence import Evidence, of_any_model
from dndmood.mood.follow import follow
from dndmood.paths import data
from tests.fakes import LABELS
from tests.mood.tables import shipped

MOODS = book.load(data("playlists"))
Sentence = tuple[float, float, dict[str, float]]
"""Arousal, valence and scores, as the shipped model answers to such talk when it is sure."""
PLAIN: Sentence = (0.44, 0.48, {"neutral": 0.66, "calm": 0.2, "sad": 0.06, "happy": 0.03})
FURY: Sentence = (
    0.9,
    0.12,
    {
        "angry": 0.93,
        "fearful": 0.03,
        "disgusted": 0.02,
        "surprised": 0.01,
        "neutral": 3e-4,
        "calm": 1e-4,
    },
)
GRIEF: Sentence = (0.33, 0.22, {"sad": 0.78, "calm": 0.06, "neutral": 0.06, "fearful": 0.06})
_SENTENCE_S = 3.2


EVIDENCES = {"learned": shipped(), "of any model": of_any_model(LABELS)}


def window(
    at_s: float, arousal: float, valence: float, said: dict[str, float]
) -> EmotionEstimate:
    left = (1.0 - sum(said.values())) / (len(LABELS) - len(said))
    scores = {label: said.get(label, left) for label in LABELS}
    return EmotionEstimate(at_s, arousal, valence, scores, voice=0.95, voiced=0.9)


def spoken(*sentences: Sentence) -> list[Event]:
    """A sentence after the other, three windows each, as the ear cuts them."""
    return [
        window(number * _SENTENCE_S + second, *sentence)
        for number, sentence in enumerate(sentences)
        for second in (1.0, 2.0, 3.0)
    ]


def moods_of(tape: list[Event], evidence: Evidence) -> list[str]:
    out = follow(
        tape,
        moods=MOODS,
        opening="calm",
        resting="calm",
        evidence=evidence,
    )
    return [event.mood for event in out if isinstance(event, MoodState)]


FIGHTS = {
    "every sentence acted": [FURY] * 40,
    "60 % acted": [FURY, PLAIN, FURY, FURY, PLAIN] * 8,
    "35 % acted": [FURY, PLAIN, PLAIN] * 14,
}
CALMS = {
    "every sentence acted": [*[FURY] * 20, *[GRIEF] * 20, *[PLAIN] * 30],
    "60 % acted": [
        *[FURY, PLAIN, FURY, FURY, PLAIN] * 4,
        *[GRIEF, PLAIN, GRIEF] * 7,
        *[PLAIN] * 30,
    ],
    "35 % acted": [*[FURY, PLAIN, PLAIN] * 7, *[GRIEF, PLAIN, PLAIN] * 7, *[PLAIN] * 40],
}


@pytest.mark.parametrize("table", FIGHTS)
@pytest.mark.parametrize("name", EVIDENCES)
def test_ten_plain_sentences_do_not_end_a_fight(name, table):
    fight = [PLAIN] * 8 + FIGHTS[table]
    found = moods_of(spoken(*fight, *[PLAIN] * 10), EVIDENCES[name])
    assert set(found[3 * len(fight) - 1 :]) == {"battle"}


@pytest.mark.parametrize("table", FIGHTS)
@pytest.mark.parametrize("name", EVIDENCES)
def test_minutes_of_plain_talk_do(name, table):
    fight = [PLAIN] * 8 + FIGHTS[table]
    found = moods_of(spoken(*fight, *[PLAIN] * 90), EVIDENCES[name])
    assert found[-1] == "calm"


@pytest.mark.parametrize("table", FIGHTS)
@pytest.mark.parametrize("name", EVIDENCES)
def test_grief_ends_a_fight_at_once_without_waiting_for_the_dice(name, table):
    fight = [PLAIN] * 8 + FIGHTS[table]
    found = moods_of(spoken(*fight, *[GRIEF] * 8), EVIDENCES[name])
    assert found[-1] == "sorrow"


@pytest.mark.parametrize("table", CALMS)
@pytest.mark.parametrize("name", EVIDENCES)
def test_two_furious_sentences_in_twenty_begin_a_fight(name, table):
    calm = CALMS[table]
    twenty = [FURY if n in (8, 9) else PLAIN for n in range(20)]
    found = moods_of(spoken(*calm, *twenty), EVIDENCES[name])
    start = 3 * (len(calm) + 8)
    assert found[start - 1] == "calm" and "battle" in found[start:]


@pytest.mark.parametrize("name", EVIDENCES)
@pytest.mark.parametrize(
    ("before", "apart"), [("an hour of plain talk", 8), ("fresh", 4), ("35 % acted", 6)]
)
def test_two_furious_sentences_that_are_no_neighbours_begin_a_fight(name, before, apart):
    plain = {"fresh": [PLAIN] * 20, "an hour of plain talk": [PLAIN] * 300}
    calm = plain[before] if before in plain else CALMS[before]
    twenty = [FURY if n in (4, 4 + apart) else PLAIN for n in range(20)]
    found = moods_of(spoken(*calm, *twenty), EVIDENCES[name])
    second = 3 * (len(calm) + 4 + apart)
    assert set(found[second - 3 * apart - 1 : second]) == {"calm"}, "one began it already"
    assert "battle" in found[second:]


@pytest.mark.parametrize("name", EVIDENCES)
def test_one_furious_sentence_among_plain_ones_begins_nothing(name):
    assert set(moods_of(spoken(*[PLAIN] * 20, FURY, *[PLAIN] * 20), EVIDENCES[name])) == {
        "calm"
    }


@pytest.mark.parametrize("name", EVIDENCES)
def test_an_hour_of_plain_talk_changes_nothing(name):
    assert set(moods_of(spoken(*[PLAIN] * 400), EVIDENCES[name])) == {"calm"}


def test_silence_is_no_evidence():
    import numpy as np

    silent = [
        AudioChunk(np.zeros(16_000, np.float32), second * 16_000) for second in range(3600)
    ]
    fight = [*spoken(*[PLAIN] * 3, *[FURY] * 10), *silent[60:], window(3600.0, *FURY)]
    out = follow(fight, moods=MOODS, opening="calm", resting="calm")
    states = [event for event in out if isinstance(event, MoodState)]
    assert states[-1].mood == "battle" and states[-1].why.startswith(
        "stays Battle: one angry sentence"
    )


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.floats(0.0, 40.0), st.sampled_from(LABELS), st.floats(0, 1), st.floats(0, 1),
            st.floats(0, 1), st.floats(0, 1), st.floats(-90, 90) | st.none(),
        ),
        min_size=1, max_size=40,
    ),
    st.sampled_from(sorted(EVIDENCES)),
)  # fmt: skip
def test_probabilities_sum_to_one_whatever_is_heard(windows, name):
    belief, at_s = Belief(MOODS, EVIDENCES[name], opening="calm"), 0.0
    for step_s, emotion, arousal, valence, voice, voiced, over_db in windows:
        at_s += step_s
        scores = dict.fromkeys(LABELS, 0.0) | {emotion: 1.0}
        belief.push(EmotionEstimate(at_s, arousal, valence, scores, voice, voiced), over_db)
        shares = belief.shares()
        assert sum(shares.values()) == pytest.approx(1.0)
        assert all(math.isfinite(share) and share >= 0.0 for share in shares.values())


def test_a_window_that_is_hardly_a_voice_says_less():
    def moved(voice: float, voiced: float, over_db: float | None) -> float:
        belief = Belief(MOODS, of_any_model(LABELS), opening="calm")
        belief.push(
            EmotionEstimate(3.0, 0.85, 0.15, {"angry": 1.0}, voice=voice, voiced=voiced),
            over_db,
        )
        return belief.shares()["battle"]

    clear = moved(1.0, 1.0, None)
    assert moved(0.5, 1.0, None) < clear
    assert moved(1.0, 0.4, None) < clear
    assert moved(1.0, 1.0, -3.0) < moved(1.0, 1.0, 20.0) == clear


def test_the_table_is_taken_for_one_that_talks_plainly_when_it_does():
    def share(*sentences: Sentence) -> float:
        belief = Belief(MOODS, EVIDENCES["learned"], opening="calm")
        for each in spoken(*sentences):
            assert isinstance(each, EmotionEstimate)
            belief.push(each)
        return belief.plain_share()

    acted, mixed = share(*[FURY] * 40), share(*[FURY, PLAIN, PLAIN] * 20)
    assert acted < 0.25 < mixed


def test_a_forecast_goes_where_the_talk_goes():
    belief = Belief(MOODS, EVIDENCES["learned"], opening="calm")
    for each in spoken(*[PLAIN] * 10, GRIEF, GRIEF):
        assert isinstance(each, EmotionEstimate)
        belief.push(each)
    ahead = belief.forecast(2.0)
    found = [next(ahead)["sorrow"] for _ in range(20)]
    assert found == sorted(found) and found[-1] > belief.shares()["sorrow"] + 0.05


def test_who_is_favoured_is_as_likely_as_the_likeliest_was():
    belief = Belief(MOODS, EVIDENCES["learned"], opening="calm")
    belief.favour("sorrow")
    shares = belief.shares()
    assert max(shares, key=lambda name: shares[name]) == "sorrow"
    assert sum(shares.values()) == pytest.approx(1.0)


def test_twice_is_the_same():
    tape = spoken(*[PLAIN, FURY, GRIEF] * 20)
    assert moods_of(tape, EVIDENCES["learned"]) == moods_of(tape, EVIDENCES["learned"])

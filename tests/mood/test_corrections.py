import re
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dndmood.events import Command, Correction, EmotionEstimate, Event, MoodState
from dndmood.mood.book import Mood
from dndmood.mood.corrections import Lesson, Lessons, alike, taught
from dndmood.mood.evidence import Likelihood, of_any_model
from dndmood.mood.follow import follow
from dndmood.mood.pacing import Pacing
from dndmood.mood.profile import Profile
from dndmood.mood.profile_text import TAKE_BACK, log_line, replayed
from dndmood.mood.transitions import STAY_S
from dndmood.mood.zero import Zero
from tests.fakes import LABELS, heard
from tests.mood.masters import TASTES, Night, judged, pleased
from tests.mood.three import ANGRY, CALM, MOODS, talk


def evidence(estimate: EmotionEstimate, moods: Mapping[str, Mood]) -> dict[str, float]:
    """What one estimate says for each mood, as shares."""
    likely = Likelihood(of_any_model(LABELS), moods.values(), (0.4,)).of(estimate)[0]
    return dict(zip(moods, (likely / likely.sum()).tolist(), strict=True))


def fight(*commands: Command, until_s: int = 160) -> list[Event]:
    """Calm for 90 s, then a quarrel, with the keys pressed in it. Battle comes at about 97 s."""
    tape = talk(0, 90, CALM) + talk(90, until_s, ANGRY)
    return sorted(
        [*tape, *commands], key=lambda event: (event.at_s, isinstance(event, Command))
    )


def told_by(tape: list[Event], **more: object) -> list[Event]:
    out = follow(tape, moods=MOODS, opening="calm", resting="calm", **more)  # type: ignore[arg-type]
    return list(out)


def corrections(*commands: Command) -> list[Correction]:
    return [e for e in told_by(fight(*commands)) if isinstance(e, Correction)]


def a_correction(taken: str, wanted: str, kind: str = "instead", **more: object) -> Correction:
    estimate = heard(0.0, *ANGRY)
    return Correction(
        0.0, kind, "calm", taken, wanted, estimate.arousal, estimate.valence,
        dict(estimate.scores), {}, **more,
    )  # fmt: skip


def test_not_now_goes_back_says_so_is_noted_and_keeps_that_mood_away_for_a_while():
    out = told_by(fight(Command("reject", at_s=105.0), until_s=260))
    at = next(n for n, e in enumerate(out) if isinstance(e, Command))
    state, correction = out[at + 1 : at + 3]
    assert isinstance(state, MoodState) and state.mood == "calm"
    assert state.why == "Calm: noted: not Battle now"
    assert isinstance(correction, Correction)
    assert (correction.kind, correction.left, correction.taken, correction.wanted) == (
        "reject", "calm", "battle", "calm",
    )  # fmt: skip
    assert correction.arousal > 0.45 and sum(correction.shares.values()) == pytest.approx(1.0)
    later = [e for e in out[at + 1 :] if isinstance(e, MoodState) and e.mood == "battle"]
    assert later and later[0].at_s >= 105.0 + 90.0
    assert any("was not wanted just now" in e.why for e in out if isinstance(e, MoodState))


def test_a_digit_soon_after_a_change_says_what_it_should_have_been():
    (one,) = corrections(Command("force", mood="sorrow", at_s=105.0))
    assert (one.kind, one.taken, one.wanted, one.refines) == (
        "instead",
        "battle",
        "sorrow",
        False,
    )


@pytest.mark.parametrize(
    "commands",
    [
        [Command("force", mood="sorrow", at_s=140.0)],  # late: a wish, not a correction
        [Command("force", mood="battle", at_s=105.0)],  # agreed
        [Command("force", mood="opera", at_s=105.0)],  # not in the book
        [Command("force", mood="sorrow", at_s=50.0)],  # nothing had changed
        [Command("reject", at_s=50.0)],
        [Command("undo", at_s=50.0)],
    ],
)
def test_other_keys_are_no_corrections(commands):
    assert corrections(*commands) == []


def test_a_digit_after_not_now_refines_it_and_stands_in_its_place():
    first, second = corrections(
        Command("reject", at_s=105.0), Command("force", mood="sorrow", at_s=115.0)
    )
    assert (second.wanted, second.refines) == ("sorrow", True)
    lessons = Lessons([Lesson(first), Lesson(second)])
    assert [one.wanted for one, _ in lessons.weighed()] == ["sorrow"]


def test_an_undo_is_a_mild_lesson_and_undone_again_it_is_none():
    once = corrections(Command("undo", at_s=105.0))
    twice = corrections(Command("undo", at_s=105.0), Command("undo", at_s=108.0))
    assert [one.kind for one in once] == ["undo"] and len(twice) == 2
    mild, plain = Lessons(map(Lesson, once)), Lessons([Lesson(replace(once[0], kind="reject"))])
    assert 0.0 < mild.wait_s("battle") < plain.wait_s("battle")
    forgotten = Lessons(map(Lesson, twice))
    assert forgotten.wait_s("battle") == 0.0 and taught(forgotten, MOODS) == []


def test_after_many_not_nows_battle_comes_later_but_it_comes():
    def came_s(lessons: Lessons) -> float:
        out = told_by(fight(until_s=200), lessons=lessons)
        return next(e.at_s for e in out if isinstance(e, MoodState) and e.mood == "battle")

    ten = Lessons([Lesson(a_correction("battle", "calm", "reject"))] * 10)
    hundred = Lessons([Lesson(a_correction("battle", "calm", "reject"))] * 100)
    assert came_s(Lessons()) + 12 <= came_s(ten) <= came_s(hundred) <= came_s(Lessons()) + 21


def test_what_is_learnt_holds_for_talk_that_sounds_alike_and_not_elsewhere():
    lessons = Lessons([Lesson(a_correction("battle", "sorrow"))] * 5)
    angry, calm = heard(0.0, *ANGRY), heard(0.0, *CALM)
    before, after = (evidence(angry, MOODS), lessons.leaned(evidence(angry, MOODS), angry))
    assert after["sorrow"] > 3 * before["sorrow"] and sum(after.values()) == pytest.approx(1.0)
    assert lessons.leaned(evidence(calm, MOODS), calm)["calm"] == pytest.approx(
        evidence(calm, MOODS)["calm"], abs=0.02
    )
    assert alike(a_correction("battle", "sorrow"), angry) > 0.95


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(list(MOODS)),
            st.sampled_from(list(MOODS)),
            st.sampled_from(["instead", "reject", "undo"]),
            st.booleans(),
        ),
        max_size=60,
    )
)
def test_no_corrections_however_many_go_beyond_the_bounds(said):
    lessons = Lessons(
        Lesson(a_correction(taken, wanted, kind, refines=refines))
        for taken, wanted, kind, refines in said
    )
    estimate = heard(0.0, *ANGRY)
    plain = evidence(estimate, MOODS)
    leant = lessons.leaned(plain, estimate)
    assert sum(leant.values()) == pytest.approx(1.0)
    for name in MOODS:
        assert 0.0 <= lessons.wait_s(name) <= 20.0
        odds = leant[name] / plain[name] / (leant["calm"] / plain["calm"])
        assert 0.049 < odds < 20.1  # e to the power of twice the bound


def test_contradictions_cancel():
    back_and_forth = [
        Lesson(a_correction("battle", "sorrow")), Lesson(a_correction("sorrow", "battle")),
    ] * 5  # fmt: skip
    estimate = heard(0.0, *ANGRY)
    plain = evidence(estimate, MOODS)
    once = Lessons(back_and_forth[:1]).leaned(plain, estimate)
    leant = Lessons(back_and_forth).leaned(plain, estimate)
    assert abs(leant["battle"] - plain["battle"]) < 0.5 * abs(once["battle"] - plain["battle"])


def test_a_correction_fades_with_evenings_and_with_further_ones():
    one = Lesson(a_correction("battle", "calm", "reject"))
    fresh, old = Lessons([one], evening=0), Lessons([one], evening=20)
    assert 0.0 < old.wait_s("battle") < fresh.wait_s("battle")
    (_, first), *_ = Lessons([one] * 30).weighed()
    assert first < 0.5


def test_what_was_learnt_is_told_in_plain_words():
    lessons = Lessons(
        [Lesson(a_correction("battle", "calm", "reject"))] * 4
        + [Lesson(a_correction("sorrow", "battle"))] * 2
    )
    text = "\n".join(taught(lessons, MOODS))
    assert re.search(
        r"Battle comes a little later than at first \(it leads for \d+ s before it may\): "
        r"4 times you said 'not now' or took it back\.",
        text,
    )
    assert "Talk that brought Sorrow speaks more for Battle: twice you said" in text


def test_the_log_of_corrections_tells_the_lessons_again_and_can_take_the_last_back():
    lessons = [
        Lesson(a_correction("battle", "calm", "reject"), 2),
        Lesson(a_correction("battle", "sorrow", refines=True), 2),
        Lesson(a_correction("calm", "battle"), 3),
    ]
    lines = list(map(log_line, lessons))
    assert list(replayed(lines)) == lessons
    assert list(replayed([*lines[:2], '{"evening": 2, "ki', "[]", lines[2]])) == lessons
    import json

    back = json.dumps(TAKE_BACK)
    assert list(replayed([*lines, back])) == lessons[:2]
    assert list(replayed([*lines, back, back])) == []  # what refined it goes with it


def test_the_zero_of_another_model_is_not_used():
    profile = Profile("table", Zero(0.1), model="aaaaaaaaaaaa")
    assert profile.fitting("a" * 64).zero == Zero(0.1)
    assert profile.fitting("b" * 64).zero == Zero()
    assert Profile("table").fitting("b" * 64).model == "b" * 12


def test_one_knob_goes_from_steady_to_lively():
    steady, middle, lively = (Pacing().at(at) for at in (0.0, 0.5, 1.0))
    assert middle == Pacing()
    assert STAY_S > steady.price_s > middle.price_s > lively.price_s


@pytest.mark.parametrize("name", ["dread where the book has grief", "no early battle"])
def test_a_master_with_a_taste_is_pleased_more_often_after_ten_corrections(name):
    before, after, lessons = judged(TASTES[name], nights=3, exams=1, scenes=16)
    assert lessons and after >= before + 0.02


def test_a_contradictory_master_breaks_nothing():
    _, _, lessons = judged(TASTES["another wish each time"], nights=2, exams=0, scenes=16)
    night, book = Night.drawn(1, scenes=16), TASTES["by the book"]
    assert len(lessons) >= 5
    assert pleased(night, book, Lessons(lessons)) >= pleased(night, book) - 0.08

import re
from dataclasses import replace

import pytest

from dndmood.events import Command, Event, MoodState
from dndmood.mood.corrections import Lesson, Lessons
from dndmood.mood.decision import Decision
from dndmood.mood.follow import follow
from dndmood.mood.pacing import Pacing
from tests.mood.test_corrections import a_correction
from tests.mood.three import ANGRY, CALM, MOODS, SAD, talk

_NUMBERS = re.compile(r"\d+")


def refusals(
    *, since_s: float = 0.0, gain_s: float = 79.7, hold_s: float = 15.0, lessons: Lessons
) -> list[str]:
    """What is said of a lead that begins at 10 s, a tenth of a second after the other."""
    moods = {name: replace(mood, hold_s=hold_s) for name, mood in MOODS.items()}
    decision = Decision(moods, Pacing(price_s=79.9), lessons, opening="calm")
    decision.lead("battle", 10.0)
    return [
        decision.refusal("battle", gain_s, 10.0 + tenths / 10.0, mood="calm", since_s=since_s)
        for tenths in range(200)
    ]


@pytest.mark.parametrize(
    ("case", "which"),
    [
        ({"since_s": 9.0}, "stays at least"),
        ({"since_s": 9.0, "hold_s": 2.5}, "stays at least"),
        (
            {
                "since_s": -10.0,
                "lessons": Lessons([Lesson(a_correction("battle", "calm", "reject"))]),
            },
            "as corrections taught",
        ),
        ({}, "wins only"),
    ],
)
def test_what_is_said_to_be_too_little_is_less_than_what_is_needed(case, which):
    said = [why for why in refusals(**{"lessons": Lessons(), **case}) if which in why]
    numbers = [tuple(map(int, _NUMBERS.findall(why))) for why in said]
    assert said and all(there < needed for there, needed in numbers)


def states(tape: list[Event], **more: object) -> list[MoodState]:
    given = {"moods": MOODS, "opening": "calm", "resting": "calm", **more}
    return [one for one in follow(tape, **given) if isinstance(one, MoodState)]  # type: ignore[arg-type]


def test_two_that_are_likelier_than_a_third_are_so_together():
    kin = {
        f"calm{number}": replace(MOODS["calm"], name=f"calm{number}", title=f"Calm {number}")
        for number in range(9)
    }
    moods = {**kin, "battle": MOODS["battle"]}
    tape = [
        one
        for s in range(0, 220, 11)
        for one in talk(s, s + 9, CALM) + talk(s + 9, s + 11, ANGRY)
    ]
    names = {mood.title: name for name, mood in moods.items()}
    found = states(tape, moods=moods, opening="calm0")
    told = re.compile(r"stays [^:]+: (.+) or (.+) is likelier than (.+)")
    said = [(match, one.shares) for one in found if (match := told.fullmatch(one.why))]
    assert any(match[2] == "another of its kind" for match, _ in said)
    for match, shares in said:
        pair = [shares[names[title]] for title in match.groups()[:2] if title in names]
        assert len(pair) == 1 or sum(pair) >= shares[names[match[3]]]


def test_not_now_that_is_undone_lets_the_mood_come_again():
    tape = [
        *talk(0, 90, CALM),
        *talk(90, 100, ANGRY),
        Command("reject", at_s=100.0),
        Command("undo", at_s=100.5),
        *talk(101, 135, SAD),
        *talk(135, 165, ANGRY),
    ]
    found = states(tape)
    assert not any("not wanted" in one.why for one in found)
    assert [one.mood for one in found if one.at_s in (134.0, 164.0)] == ["sorrow", "battle"]


def test_an_outlook_counts_how_long_a_mood_must_lead_by_then():
    learnt = [Lesson(a_correction("battle", "calm", "reject")) for _ in range(3)]
    found = states([*talk(0, 90, CALM), *talk(90, 130, ANGRY)], lessons=Lessons(learnt))
    came_s = next(one.at_s for one in found if one.mood == "battle")
    told = [
        (one.at_s, int(re.findall(r"\d+", one.outlook)[0]))
        for one in found
        if one.outlook.startswith("Battle if") and one.at_s < came_s
    ]
    leads_s = next(one.at_s for one in found if "Battle leads" in one.why)
    assert told[0][0] < leads_s
    assert all(at_s + ahead_s >= came_s - 2.0 for at_s, ahead_s in told)


@pytest.mark.parametrize("first", ["reject", "undo"])
def test_a_mood_that_is_called_back_by_its_digit_is_not_said_to_be_unwanted(first):
    tape = [
        *talk(0, 90, CALM),
        *talk(90, 100, ANGRY),
        Command(first, at_s=100.0),
        Command("force", mood="battle", at_s=102.0),
    ]
    assert states(tape)[-1].why == "Battle: chosen by hand, and noted: Battle was right"

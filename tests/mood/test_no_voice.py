"""Only a voice that speaks moves the mood; a table that laughs is out of the game."""

from dataclasses import replace

import pytest

from dndmood.mood.follow import follow
from dndmood.mood.no_voice import NO_VOICE, OUT_OF_GAME, NoVoice
from dndmood.mood.pacing import Pacing
from tests.fakes import heard, mood

MOODS = {
    one.name: one
    for one in (mood("calm", 0.3, 0.6, "calm"), mood("battle", 0.85, 0.25, "angry"))
}


def talk(start_s: int, end_s: int, emotion: str, arousal: float, valence: float, voice=1.0):
    return [
        replace(heard(float(at_s), emotion, arousal, valence), voice=voice)
        for at_s in range(start_s, end_s)
    ]


def states(tape, **more):
    from dndmood.events import MoodState

    found = follow(tape, moods=MOODS, opening="calm", resting="calm", **more)
    return [event for event in found if isinstance(event, MoodState)]


def test_a_minute_of_laughter_changes_nothing_and_is_told_as_out_of_game():
    tape = talk(0, 60, "calm", 0.3, 0.6) + talk(60, 120, "angry", 0.9, 0.2, voice=0.2)
    found = states(tape)
    assert {state.mood for state in found} == {"calm"}
    assert found[60].why == f"stays Calm: {NO_VOICE}"
    assert [state.why for state in found[64:]] == [f"stays Calm: {OUT_OF_GAME}"] * 56
    assert not any(state.outlook for state in found[60:])


def test_the_same_minute_of_one_angry_voice_brings_battle():
    tape = talk(0, 60, "calm", 0.3, 0.6) + talk(60, 120, "angry", 0.9, 0.2)
    assert states(tape)[-1].mood == "battle"


def test_a_laugh_in_a_fight_does_not_delay_or_hurry_it():
    fight = talk(0, 60, "calm", 0.3, 0.6) + talk(60, 66, "angry", 0.9, 0.2)
    plain = states(fight)[-1].outlook
    laughed = [*fight[:60], *talk(60, 63, "happy", 0.9, 0.9, voice=0.1), *fight[60:]]
    assert states(laughed)[-1].outlook == plain


def test_a_word_between_two_laughs_must_be_clear():
    no_voice = NoVoice()
    words = [(0.0, 0.9), (1.0, 0.2), (2.0, 0.5), (3.0, 0.6), (4.0, 0.5)]
    held = [
        bool(no_voice.hear(replace(heard(at_s, "calm", 0, 0), voice=v))) for at_s, v in words
    ]
    assert held == [False, True, True, False, False]


def test_coughs_far_apart_are_no_long_laugh():
    no_voice = NoVoice()
    coughs = [no_voice.hear(replace(heard(n * 5.0, "calm", 0, 0), voice=0.1)) for n in range(9)]
    assert coughs == [NO_VOICE] * 9


@pytest.mark.parametrize("laughs", [True, False])
def test_neither_laughter_nor_silence_ends_a_fight(laughs):
    from dndmood.events import AudioChunk
    from tests.mood.test_follow import silence

    tape = talk(0, 60, "calm", 0.3, 0.6) + talk(60, 120, "angry", 0.9, 0.2)
    for at_s in range(120, 300):
        tape += silence(at_s, at_s + 1)
        tape += talk(at_s + 1, at_s + 2, "angry", 0.9, 0.2, voice=0.1) if laughs else []
    assert isinstance(tape[-2], AudioChunk)
    assert states(tape)[-1].mood == "battle"
    rested = states(tape, pacing=Pacing(quiet_s=150.0))[-1].mood
    assert rested == ("battle" if laughs else "calm"), (
        "asked for, it rests; laughter is no rest"
    )

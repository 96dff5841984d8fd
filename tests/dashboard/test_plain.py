import numpy as np

from dndmood.dashboard.plain import printer
from dndmood.events import Command, MoodState, Problem, SpeechWindow
from tests.dashboard.scenes import mood, sound, spoken


def printed(*events) -> list[str]:
    lines: list[str] = []
    show = printer(lines.append)
    for event in events:
        show(event)
    return lines


def test_each_fact_is_one_line_and_sound_is_none():
    state, cue = mood(754.0, "battle", "Battle: ahead for 9 s", outlook="Calm soon")
    assert printed(
        sound(1.0),
        SpeechWindow(np.zeros(1, dtype=np.float32), 3.0, 0.8),
        spoken(753.2, 0.71, 0.3, "angry"),
        state,
        cue,
        Command("volume", change_db=-2.0, at_s=3900.0),
        Command("force", mood="calm", at_s=3901.0),
        Problem(3902.0, "The disk is full:\nmake room."),
    ) == [
        " 0:12:33  estimate  arousal 0.71  valence 0.30  angry 65 %, neutral 10 %, calm 5 %",
        " 0:12:34  mood      Battle: ahead for 9 s (Calm soon)",
        " 0:12:34  music     plays Steel on the Bridge, fades in over 6 s",
        " 1:05:00  key       volume -2 dB",
        " 1:05:01  key       force calm",
        " 1:05:02  problem   The disk is full: make room.",
    ]


def test_a_decision_to_stay_is_told_again_only_for_another_reason():
    stays = [
        MoodState(float(n), "calm", 0.0, f"stays Calm: Battle leads by {n} points and needs 24")
        for n in range(60)
    ]
    other = MoodState(61.0, "calm", 0.0, "stays Calm: chosen by hand", forced=True)
    assert len(printed(*stays, other, stays[0])) == 3


def test_a_change_is_told_even_when_it_comes_back_for_the_same_reason():
    there, back = MoodState(1.0, "calm", 1.0, "so"), MoodState(2.0, "battle", 2.0, "so")
    assert len(printed(there, back, there)) == 3

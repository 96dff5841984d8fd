import io
import sys

import numpy as np
import pytest

from dndmood.dashboard.plain import Lines, printer
from dndmood.events import Command, MoodState, NowPlaying, Problem, SpeechWindow, Track
from tests.dashboard.scenes import mood, sound, spoken
from tests.fakes import FakeClock


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
        Command("place", place="tavern", at_s=3901.5),
        Command("place", at_s=3901.6),
        Problem(3902.0, "The disk is full:\nmake room."),
    ) == [
        " 0:12:33  estimate  arousal 0.71  valence 0.30  angry 65 %, neutral 10 %, calm 5 %",
        " 0:12:34  mood      Battle: ahead for 9 s (Calm soon)",
        " 0:12:34  music     plays Steel on the Bridge, fades in over 6 s",
        " 1:05:00  key       volume -2 dB",
        " 1:05:01  key       force calm",
        " 1:05:01  key       place tavern",
        " 1:05:01  key       place automatic",
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


def test_what_the_player_reports_is_told_as_what_is_heard():
    track = Track("x.ogg", "The Long\x1b[2J Road", 168.0)
    assert printed(
        NowPlaying(track, 0.0, 1.0), NowPlaying(None, 0.0, 60.0), NowPlaying(track, 62.5, 65.0)
    ) == [
        " 0:00:01  playing   The Long [2J Road",
        " 0:01:00  playing   no music can be heard",
        " 0:01:05  playing   The Long [2J Road, from 1:02 on",
    ]


def test_that_a_problem_is_over_is_not_told_as_one():
    (line,) = printed(Problem(65.0, "The speaker is back.", solved=True))
    assert line == " 0:01:05  better    The speaker is back."


class Output(io.StringIO):
    """An output whose first writes fail with `failures`."""

    def __init__(self, *failures: OSError) -> None:
        super().__init__()
        self.failures = list(failures)

    def write(self, text: str) -> int:
        if self.failures and text.strip():
            raise self.failures.pop(0)
        return super().write(text)


def shown(monkeypatch, output: Output, *lines: str) -> list[Command | Problem]:
    """Everything that was put while `lines` were printed to `output`."""
    monkeypatch.setattr(sys, "stdout", output)
    waiting, put = Lines(), list[Command | Problem]()
    for line in lines:
        waiting.add(line)
    waiting.show(put.append, alive=lambda: False, clock=FakeClock())
    return put


def test_every_line_is_printed_also_those_that_came_just_before_the_end(monkeypatch):
    output = Output()
    assert shown(monkeypatch, output, "one", "two") == []
    assert output.getvalue() == "one\ntwo\n"


def test_a_full_output_is_told_once_and_printing_goes_on_when_there_is_room(monkeypatch):
    full = OSError(28, "No space left on device")
    output = Output(full, full)
    (problem,) = shown(monkeypatch, output, "one", "two", "three")
    assert isinstance(problem, Problem)
    assert problem.text == "These lines cannot be written: No space left on device."
    assert "three" in output.getvalue()


def test_when_nobody_reads_the_lines_any_more_the_evening_ends(monkeypatch):
    assert shown(monkeypatch, Output(BrokenPipeError(32, "Broken pipe")), "one") == [
        Command("quit")
    ]


def test_an_interruption_asks_to_quit_and_the_last_lines_are_printed(monkeypatch):
    output, waiting, put = Output(), Lines(), list[Command | Problem]()
    monkeypatch.setattr(sys, "stdout", output)
    asked = iter([KeyboardInterrupt(), True, False])

    def alive() -> bool:
        answer = next(asked)
        if isinstance(answer, KeyboardInterrupt):
            raise answer
        waiting.add("the last line")
        return bool(answer)

    with pytest.raises(KeyboardInterrupt):
        waiting.show(put.append, alive=alive, clock=FakeClock())
    assert put == [Command("quit")]
    assert "the last line" in output.getvalue()


def test_a_terminal_that_takes_nothing_for_hours_costs_no_memory():
    waiting = Lines()
    for number in range(20_000):
        waiting.add(str(number))
    assert waiting._waiting.qsize() == 10_000
    assert waiting._waiting.get() == "10000"

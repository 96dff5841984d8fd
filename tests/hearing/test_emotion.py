import numpy as np

from dndmood.events import Command, EmotionEstimate, Problem, SpeechWindow
from dndmood.hearing.emotion import estimate
from dndmood.hearing.pause import attend
from tests.fakes import evenly, loud_is_anger, noise


def test_a_window_is_followed_by_its_estimate():
    window = SpeechWindow(noise(3, 0.2), at_s=12.0, voiced=0.8)
    (same, answer) = list(estimate([window], model=loud_is_anger))
    assert same is window
    assert isinstance(answer, EmotionEstimate)
    assert (answer.at_s, answer.voiced, answer.voice) == (12.0, 0.8, 1.0)
    assert answer.scores["angry"] > 0.7


def test_a_model_that_fails_loses_its_window_and_not_the_evening():
    def moody(samples):
        if samples[0] > 0:
            raise RuntimeError("no memory left\nat line 5")
        return loud_is_anger(samples)

    sounds = (np.full(100, sign * 0.1, np.float32) for sign in (1, -1, 1))
    windows = [SpeechWindow(sound, float(i), 1.0) for i, sound in enumerate(sounds)]
    found = [e for e in estimate(windows, model=moody) if not isinstance(e, SpeechWindow)]
    problem, answer = found
    assert isinstance(problem, Problem) and "(no memory left)" in problem.text
    assert isinstance(answer, EmotionEstimate) and answer.at_s == 1.0


def test_while_paused_nothing_of_what_is_said_goes_on():
    one, two, three = evenly(noise(0.3, 0.2))
    tape = [one, Command("pause"), two, Command("pause"), three]
    first, _, hushed, _, last = attend(tape)
    assert first is one and last is three
    assert not hushed.samples.any() and hushed.start == two.start
    assert len(hushed.samples) == len(two.samples)

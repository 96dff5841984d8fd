"""When no talk is found the evening says in one true sentence what is heard instead."""

from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest

from dndmood.assembly import model_folder
from dndmood.events import (
    RATE_HZ,
    AudioChunk,
    Command,
    EmotionEstimate,
    Problem,
    Samples,
    SpeechWindow,
)
from dndmood.hearing.emotion import estimate
from dndmood.hearing.model import open_model
from dndmood.hearing.no_talk import PERFECT_SILENCE, TALK_AGAIN, report_no_talk
from dndmood.hearing.pause import attend
from dndmood.hearing.speech import find_speech
from dndmood.hearing.webrtc import WebRtcEcho, WebRtcVoice
from dndmood.pipeline import connect
from dndmood.settings import Settings
from tests.fakes import cut, heard, noise, stand
from tests.hearing.test_behind_music import at_level, room, starter, tape, voice


@pytest.fixture(scope="module")
def model():
    with open_model(model_folder(Settings())) as model:
        yield model


def pink(seconds: float) -> Samples:
    spectrum = np.fft.rfft(noise(seconds, 0.1))
    return np.fft.irfft(spectrum / np.sqrt(np.arange(len(spectrum)) + 1.0)).astype(np.float32)


def hum(seconds: float) -> Samples:
    time = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    return sum(np.sin(2 * np.pi * 50 * k * time) / k for k in (1, 2, 3)).astype(np.float32)


def problems(chunks, model, *, echo: bool = False, least_db: float = -120.0) -> list[Problem]:
    steps = (
        attend,
        partial(
            find_speech,
            voice=WebRtcVoice(),
            echo=WebRtcEcho() if echo else None,
            behind=WebRtcVoice() if echo else None,
            least_db=least_db,
        ),
        partial(estimate, model=model),
        partial(report_no_talk, least_db=least_db),
    )
    return [event for event in connect(chunks, *steps) if isinstance(event, Problem)]


def scene(seconds: float, *, level_db: float = -22.0) -> Samples:
    return np.resize(at_level(voice(75), level_db), round(seconds * RATE_HZ))


@pytest.mark.parametrize(
    ("sound", "words"),
    [
        (lambda: scene(250, level_db=-72) + at_level(pink(250), -65), "very quiet (at most -6"),
        (lambda: at_level(pink(250), -62), "very quiet (at most -6"),
        (lambda: at_level(pink(250), -40), "steady noise (about -4"),
        (
            lambda: at_level(hum(250), 3),
            "is so loud that it is cut off; turn the microphone down",
        ),
        (lambda: at_level(noise(250, 0.1), -20), "to the model it is music or noise"),
        (
            lambda: np.resize(starter("merry", 60), 250 * RATE_HZ),
            "to the model it is music or noise",
        ),
        (
            lambda: np.resize(starter("suspense", 60), 250 * RATE_HZ),
            "to the model it is music or noise",
        ),
    ],
    ids=["50 dB too soft", "empty room", "fan", "overdriven hum", "hiss", "music", "drones"],
)
def test_within_two_minutes_one_sentence_says_what_is_heard(sound, words, model):
    (problem,) = problems(tape(np.clip(sound(), -1.0, 1.0), None, 8000), model)
    assert problem.at_s <= 120.0
    assert "talk was found in 100 s of sound" in problem.text and words in problem.text
    assert problem.text.count(".") == 1 and problem.text.endswith(".")


def test_our_own_music_is_called_our_own(model):
    played = np.resize(starter("calm", 60), 110 * RATE_HZ)
    sound = at_level(room(played), -33.0) + noise(110, 0.0005)
    (problem,) = problems(tape(sound, played, 1600), model, echo=True)
    assert "mostly the music that plays here (about -3" in problem.text


def test_the_settings_are_not_blamed_where_they_let_everything_pass(model):
    (problem,) = problems(tape(noise(110, 1e-8), None, 8000), model)
    assert "it is very quiet" in problem.text and "least_db" not in problem.text


def test_where_the_settings_call_everything_too_soft_that_is_said(model):
    sound = scene(110, level_db=-45)
    (problem,) = problems(tape(sound, None, 8000), model, least_db=-25.0)
    assert "softer than least_db = -25 in the settings" in problem.text


@pytest.mark.parametrize("level_db", [-10.0, -22.0, -45.0])
def test_where_people_talk_nothing_is_said(level_db, model):
    assert problems(tape(scene(130, level_db=level_db), None, 8000), model) == []


def test_a_sentence_a_minute_is_talk(model):
    sound = np.zeros(300 * RATE_HZ, np.float32)
    for minute in range(5):
        start = minute * 60 * RATE_HZ
        sound[start : start + 4 * RATE_HZ] = scene(4)
    assert problems(tape(sound + noise(300, 0.0005), None, 8000), model) == []


def test_it_is_said_again_only_after_talk_was_heard(model):
    quiet = noise(250, 0.0005)
    sound = np.concatenate((quiet, scene(20), quiet))
    first, again, second = problems(tape(sound, None, 8000), model)
    assert first.at_s <= 120.0
    assert (
        stand((first, again, second)) == [True, False, True]
        and again.text == TALK_AGAIN
        and 250.0 < again.at_s < 256.0
    )
    assert 365.0 < second.at_s <= 390.0


def by_turns(*stretches: tuple[str, int]) -> list[Problem]:
    """What is said of seconds of "talk" or of "quiet", which is soft noise."""
    quiet, events, second = noise(1, 0.0005), [], 0
    for kind, seconds in stretches:
        for _ in range(seconds):
            events.append(AudioChunk(quiet, second * RATE_HZ))
            second += 1
            if kind == "talk":
                events.append(heard(float(second), "calm", 0.3, 0.6))
    return [event for event in report_no_talk(events) if isinstance(event, Problem)]


@pytest.mark.parametrize("first", [("talk", 20), ("quiet", 130)])
def test_a_table_that_is_silent_again_and_again_is_told_less_and_less(first):
    found = by_turns(first, *[("talk", 20), ("quiet", 130)] * 96)
    assert sum(not problem.solved for problem in found) <= 2
    assert sum(problem.solved for problem in found) <= 2


def test_after_talk_each_report_doubles_the_wait_up_to_half_an_hour():
    found = by_turns(*[("talk", 20), ("quiet", 1900)] * 8)
    bad = [problem.at_s % 1920 - 20 for problem in found if not problem.solved]
    assert bad == pytest.approx([100, 200, 400, 800, 1600, 1800, 1800, 1800], abs=2.0)


def test_what_only_the_model_refuses_is_said_as_that():
    deaf = SimpleNamespace(
        arousal=0.5, valence=0.5, voice=0.1, scores={"calm": 1.0}, features=()
    )
    (problem,) = problems(tape(scene(130), None, 8000), lambda samples: deaf)
    assert "hears something like speech (about -2" in problem.text


def test_a_known_pause_is_no_deafness(model):
    before, after = noise(60, 0.01), noise(60, 0.01, seed=3)
    chunks = tape(np.concatenate((before, scene(300), after)), None, 8000)
    pausing = [*chunks[:120], Command("pause"), *chunks[120:720], Command("pause")]
    assert problems([*pausing, *chunks[720:], Command("quit")], model) == []


def test_zeros_in_the_middle_are_left_to_the_microphone(model):
    sound = np.concatenate((scene(10), np.zeros(300 * RATE_HZ, np.float32), scene(10)))
    assert problems(tape(sound, None, 8000), model) == []


def test_a_recording_without_talk_is_reported_at_its_end(model):
    (problem,) = problems(tape(noise(12, 0.0005), None, 8000), model)
    assert problem.at_s == pytest.approx(12.0)
    assert problem.text.startswith(
        "No talk was found in 12 s of sound: it is very quiet (at mo"
    )
    (problem,) = problems(tape(np.zeros(12 * RATE_HZ, np.float32), None, 8000), model)
    assert problem.text == PERFECT_SILENCE


def test_whoever_quits_early_is_not_told_what_was_missing(model):
    chunks = tape(noise(12, 0.0005), None, 8000)
    assert problems([*chunks, Command("quit")], model) == []


def test_silence_that_was_explained_is_not_reported_twice(model):
    chunks = tape(np.zeros(30 * RATE_HZ, np.float32), None, 8000)
    told = Problem(10.0, "The microphone gives perfect silence.")
    assert problems([*chunks[:20], told, *chunks[20:]], model) == [told]


def test_a_problem_before_the_first_sound_silences_nothing(model):
    told = Problem(0.0, "The speaker is missing.")
    found = problems([told, *tape(noise(130, 0.0005), None, 8000)], model)
    assert len(found) == 2


def test_a_stray_window_of_music_that_passes_for_a_voice_is_no_talk():
    chunks = list(tape(noise(110, 0.1), None, RATE_HZ))
    events = []
    for second, chunk in enumerate(chunks, start=1):
        events.append(chunk)
        strength = 0.9 if second == 50 else 0.02
        one = heard(float(second), "calm", 0.3, 0.6)
        events.append(EmotionEstimate(one.at_s, 0.3, 0.6, one.scores, strength, 1.0))
    (problem,) = [e for e in report_no_talk(events) if isinstance(e, Problem)]
    assert problem.text.startswith("Hardly any talk")


def test_one_window_in_two_minutes_is_no_talk():
    """As of a microphone that is 50 dB too soft, in which one word now and then comes through."""
    events = []
    for second, chunk in enumerate(tape(noise(125, 0.0005), None, RATE_HZ), start=1):
        events.append(chunk)
        if second == 48:
            events.append(heard(48.0, "calm", 0.3, 0.6))
    (problem,) = [e for e in report_no_talk(events) if isinstance(e, Problem)]
    assert problem.at_s <= 101.0 and problem.text.startswith("Hardly any talk")


def test_who_was_heard_all_evening_is_not_heard_again_at_its_end():
    events = []
    for second, chunk in enumerate(tape(noise(30, 0.05), None, RATE_HZ), start=1):
        events += [chunk, heard(float(second), "calm", 0.3, 0.6)]
    events += [Command("quit"), heard(30.5, "calm", 0.3, 0.6)]
    assert not [e for e in report_no_talk(events) if isinstance(e, Problem)]


def test_the_sizes_of_chunks_do_not_matter(model):
    sound = noise(110, 0.01)
    whole = problems(cut(sound, [1600] * 2000), model)
    odd = problems(cut(sound, [777] * 5000), model)
    assert [p.text for p in whole] == [p.text for p in odd]
    assert abs(whole[0].at_s - odd[0].at_s) < 0.2


def test_sound_that_was_lost_does_not_count_and_changes_nothing(model):
    chunks = [  # of every two seconds one is lost, as on a machine that is too slow
        AudioChunk(c.samples, c.start * 2) for c in tape(noise(130, 0.01), None, RATE_HZ)
    ]
    (problem,) = problems([*chunks, Command("quit")], model)
    assert problem.at_s == pytest.approx(200.0, abs=2.0)


def test_what_only_the_voice_detector_misses_is_said_as_that(model):
    class Deaf:
        def __call__(self, frame):
            return False

        def reset(self):
            pass

    steps = (partial(find_speech, voice=Deaf()), partial(estimate, model=model), report_no_talk)
    found = connect(tape(scene(130), None, 8000), *steps)
    (problem,) = [event for event in found if isinstance(event, Problem)]
    assert "there are sounds (up to -1" in problem.text and "none like speech" in problem.text


def test_an_answer_that_is_no_number_is_left_out_and_reported_once():
    answers = iter(
        [
            (0.5, 0.5, 1.0, 1.0),
            (np.nan, 0.5, 1.0, 1.0),
            (0.5, 0.5, np.inf, 1.0),
            (0.5, 0.5, 1.0, np.nan),
        ]
    )

    def model(samples):
        arousal, valence, voice, calm = next(answers)
        return SimpleNamespace(
            arousal=arousal,
            valence=valence,
            voice=voice,
            scores={"calm": calm},
            features=(),
        )

    windows = [SpeechWindow(noise(1, 0.1), at_s=float(i), voiced=1.0) for i in range(4)]
    found = list(estimate(windows, model=model))
    assert [e.at_s for e in found if isinstance(e, EmotionEstimate)] == [0.0]
    (problem,) = [e for e in found if isinstance(e, Problem)]
    assert problem.at_s == 1.0 and "values that are not numbers" in problem.text

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dndmood.events import RATE_HZ, AudioChunk, SpeechWindow
from dndmood.hearing.speech import find_speech
from tests.fakes import LoudIsSpeech, cut, evenly, noise


def windows(tape) -> list[SpeechWindow]:
    return [e for e in find_speech(tape, voice=LoudIsSpeech()) if isinstance(e, SpeechWindow)]


def silence(seconds: float) -> np.ndarray:
    return np.zeros(round(seconds * RATE_HZ), np.float32)


def test_silence_gives_no_window():
    assert windows(evenly(silence(10))) == []


def test_steady_speech_is_judged_after_three_seconds_and_then_every_second():
    found = windows(evenly(noise(8.5, 0.1)))
    assert [w.at_s for w in found] == [3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 8.5]
    assert all(len(w.samples) == 3 * RATE_HZ for w in found)
    assert all(w.voiced == 1.0 for w in found)


def test_a_short_sentence_is_judged_once_when_it_ends_and_without_the_pause_after_it():
    sound = np.concatenate((silence(2), noise(1.6, 0.1), silence(3)))
    (window,) = windows(evenly(sound))
    assert abs(window.at_s - 3.6) <= 0.04
    assert abs(len(window.samples) / RATE_HZ - 1.6) <= 0.1
    assert window.voiced > 0.95


def test_a_click_is_not_speech():
    clicks = [np.concatenate((noise(0.04, 0.3), silence(0.4))) for _ in range(20)]
    assert windows(evenly(np.concatenate(clicks))) == []


def test_a_breath_does_not_end_a_sentence():
    sound = np.concatenate((noise(2, 0.1), silence(0.3), noise(2, 0.1), silence(2)))
    found = windows(evenly(sound))
    assert found[0].at_s == 3.0
    assert found[0].voiced < 0.95


def test_a_gap_makes_the_detector_start_over():
    voice = LoudIsSpeech()
    before = list(evenly(noise(2.5, 0.1)))
    after = [AudioChunk(c.samples, c.start + 100_000) for c in evenly(noise(2.5, 0.1))]
    found = [e for e in find_speech(before + after, voice=voice) if isinstance(e, SpeechWindow)]
    assert voice.resets == 1
    # Neither half is three seconds long: each is judged alone, when it ends.
    assert [round(w.at_s, 2) for w in found] == [2.5, 8.75]
    assert all(len(w.samples) == round(2.5 * RATE_HZ) for w in found)


def test_the_gap_of_a_single_sample_is_a_gap():
    voice = LoudIsSpeech()
    list(find_speech([AudioChunk(silence(1), 0), AudioChunk(silence(1), 16_001)], voice=voice))
    assert voice.resets == 1


def test_every_event_passes_through_in_order():
    tape = list(evenly(noise(5, 0.1)))
    out = list(find_speech(tape, voice=LoudIsSpeech()))
    assert [e for e in out if isinstance(e, AudioChunk)] == tape


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 9000), min_size=1, max_size=40))
def test_chunk_sizes_do_not_matter(sizes):
    sound = np.concatenate(
        (noise(3.4, 0.1, seed=1), silence(1), noise(1.3, 0.1, seed=2), silence(1))
    )
    whole = windows([AudioChunk(sound, 0)])
    pieces = windows(cut(sound, itertools.cycle(sizes)))
    assert [(w.at_s, w.voiced) for w in whole] == [(w.at_s, w.voiced) for w in pieces]
    assert all(np.array_equal(a.samples, b.samples) for a, b in zip(whole, pieces, strict=True))
    assert len(whole) == 2

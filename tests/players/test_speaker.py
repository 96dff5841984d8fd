from types import SimpleNamespace

import numpy as np
import pytest

from dndmood.events import AudioChunk, Cue, Heard, NowPlaying, Problem
from dndmood.players._playback import Playback
from dndmood.players.speaker import Speaker, Stutter
from dndmood.sound_devices import Device
from tests.fakes import stand, tone

DEVICE = Device(4, "Loudspeaker", inputs=0, outputs=2, rate_hz=44_100)
FINE, LATE = SimpleNamespace(output_underflow=False), SimpleNamespace(output_underflow=True)


def chunk(at_s: float) -> AudioChunk:
    return AudioChunk(np.zeros(160, np.float32), start=round(at_s * 16_000) - 160)


def in_step(report) -> Speaker:
    """A speaker whose music is decoded while it is asked for: a test asks faster than time goes."""
    speaker = Speaker(report)
    speaker._playback = Playback(44_100, prefetch=False, report=report)
    speaker.starting(DEVICE, 44_100)
    return speaker


def test_a_stutter_is_told_once_in_ten_minutes():
    stutter = Stutter()
    told = [stutter.seen(second // 2, float(second)) for second in range(1800)]
    assert [second for second, sentence in enumerate(told) if sentence] == [10, 610, 1210]


def test_a_click_now_and_then_is_no_stutter():
    stutter = Stutter()
    assert not any(stutter.seen(second // 30, float(second)) for second in range(1800))


def test_a_device_that_runs_out_of_sound_is_told_on_the_tape():
    said = []
    speaker = Speaker(said.append)
    speaker.starting(DEVICE, 44_100)
    block = np.ones((4410, 2), np.float32)
    for number in range(10):
        for status in (LATE, LATE, FINE):  # as PortAudio tells of one time
            speaker.block(block, 4410, None, status)
        speaker(chunk(0.1 * (number + 1)))
    stuttered = [problem.text for problem in said if "stuttered 5 times" in problem.text]
    assert len(stuttered) == 1 and "Close other programs" in stuttered[0]
    speaker.close()


def test_music_goes_to_one_channel_or_to_the_first_two_of_many(tmp_path):
    track = tone(tmp_path / "a.wav", seconds=2.0, hz=441.0)
    for channels in (1, 2, 6):
        speaker = in_step(lambda _: None)
        speaker(Cue(0.0, "calm", (track,), 0.0, "plays a"))
        block = np.zeros((4410, channels), np.float32)
        for _ in range(3):
            speaker.block(block, 4410, None, FINE)
        assert np.abs(block[:, 0]).max() > 0.01 and not block[:, 2:].any()
        speaker.close()


def test_a_mixer_that_fails_gives_silence_and_is_logged_once(caplog):
    speaker = in_step(lambda _: None)
    speaker._playback._mixer.render = lambda frames: 1 / 0
    block = np.ones((441, 2), np.float32)
    for _ in range(100):
        speaker.block(block, 441, None, FINE)
    assert not block.any() and len(caplog.records) == 1


def test_what_sounds_is_told_again_after_the_speaker_was_lost(tmp_path):
    said = []
    track = tone(tmp_path / "a.wav", seconds=60.0, hz=441.0)
    speaker = in_step(said.append)
    speaker(Cue(0.0, "calm", (track,), 0.0, "plays a"))
    block = np.zeros((4410, 2), np.float32)

    def rendered(seconds):
        for _ in range(round(seconds * 10)):
            speaker.block(block, 4410, None, FINE)

    rendered(5.0)
    speaker.stopped()
    speaker.lost(DEVICE)
    rendered(1.0)
    speaker.close()
    playing = [fact for fact in said if isinstance(fact, NowPlaying)]
    assert [fact.track for fact in playing] == [track, None, track]
    assert playing[2].place_s == pytest.approx(5.0, abs=0.3)
    first, second = (fact.for_s for fact in said if isinstance(fact, Heard))
    assert first == pytest.approx(5.0, abs=0.3) and second == pytest.approx(1.0, abs=0.3)


def test_a_lost_speaker_and_its_return_are_told_by_name():
    said = []
    speaker = Speaker(said.append)
    speaker.starting(DEVICE, 44_100)
    speaker.lost(DEVICE)
    speaker.back(Device(0, "HDMI", inputs=0, outputs=2, rate_hz=48_000))
    speaker.back(DEVICE)
    speaker.lost(None)
    speaker.back(DEVICE)
    speaker.close()
    gone, elsewhere, back, none, there = (fact for fact in said if isinstance(fact, Problem))
    assert none.text == "There is no speaker: the music plays as soon as one is there."
    assert there.text == "The speaker Loudspeaker is there, and the music plays."
    assert "The speaker Loudspeaker takes no sound" in gone.text and not gone.solved
    assert elsewhere.text == "The music comes from HDMI until Loudspeaker is back."
    assert stand(said) == [True, False, False, True, False]
    assert back.text == "The speaker Loudspeaker is back, and the music goes on."

import os
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from threading import Event as Flag
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile

from dndmood.errors import UserError
from dndmood.events import RATE_HZ, AudioChunk, Problem
from dndmood.sound_devices import Device
from dndmood.sources import file, microphone
from dndmood.sources._mono import Mono
from dndmood.sources._resample import Resampler
from dndmood.sources._silence import PERFECT_SILENCE, Watch
from dndmood.sources.microphone import Recorder
from dndmood.threads import hanging
from tests.fakes import FakeClock, noise, stand

FINE, OVERFLOW = SimpleNamespace(input_overflow=False), SimpleNamespace(input_overflow=True)


def sound_of(events) -> np.ndarray:
    return np.concatenate([e.samples for e in events if isinstance(e, AudioChunk)])


@pytest.mark.parametrize(
    ("suffix", "rate_hz"), [("wav", 16_000), ("flac", 44_100), ("ogg", 48_000)]
)
def test_a_file_of_any_kind_and_rate_becomes_the_same_tape(tmp_path, suffix, rate_hz):
    path = tmp_path / f"table.{suffix}"
    time = np.arange(2 * rate_hz) / rate_hz
    soundfile.write(
        path, np.stack((np.sin(2 * np.pi * 440 * time), 0 * time), axis=1) * 0.5, rate_hz
    )
    chunks = list(file.chunks(path))
    sound = sound_of(chunks)
    assert abs(len(sound) - 2 * RATE_HZ) <= 2
    assert np.abs(np.fft.rfft(sound[:RATE_HZ])).argmax() == 440
    assert np.abs(sound).max() == pytest.approx(0.25, abs=0.02)  # the mean of both channels
    assert [c.start for c in chunks] == list(
        np.cumsum([0, *(len(c.samples) for c in chunks)])[:-1]
    )


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (None, "There is no sound file"),
        (b"", "is not a sound file"),
        (b"some words", "is not a sound file"),
    ],
)
def test_a_bad_file_is_told_at_once_in_one_sentence(tmp_path, content, complaint):
    path = tmp_path / "table.wav"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UserError, match=complaint):
        file.chunks(path)


def test_a_file_without_a_single_frame_is_empty(tmp_path):
    soundfile.write(tmp_path / "empty.wav", np.zeros((0, 1)), 16_000)
    with pytest.raises(UserError, match="is empty"):
        file.chunks(tmp_path / "empty.wav")


def test_values_that_are_not_numbers_are_silence_and_one_problem(tmp_path):
    sound = np.stack((noise(2, 0.1), noise(2, 0.1)), axis=1)
    sound[8000:12_000] = np.nan
    sound[20_000:, 1] = np.inf  # one channel is still alive
    soundfile.write(tmp_path / "nan.wav", sound, 16_000, subtype="FLOAT")
    events = list(file.chunks(tmp_path / "nan.wav"))
    assert sum(isinstance(e, Problem) for e in events) == 1
    heard = sound_of(events)
    assert len(heard) == 32_000 and np.isfinite(heard).all()
    assert np.abs(heard[9000:11_000]).max() < 1e-3 and heard[21_000:].std() > 0.04


def test_a_recording_whose_header_was_never_finished_is_heard_whole(tmp_path):
    soundfile.write(tmp_path / "table.wav", noise(3, 0.1), 16_000)
    sound = bytearray((tmp_path / "table.wav").read_bytes())
    sound[4:8] = sound[40:44] = b"\0" * 4
    (tmp_path / "table.wav").write_bytes(sound)
    assert len(sound_of(file.chunks(tmp_path / "table.wav"))) == 48_000


def test_half_a_recording_is_heard_as_far_as_it_goes_and_says_so(tmp_path):
    soundfile.write(tmp_path / "table.flac", noise(6, 0.1), 16_000)
    sound = bytearray((tmp_path / "table.flac").read_bytes())
    sound[len(sound) // 2 :] = bytes(range(256)) * 200
    (tmp_path / "table.flac").write_bytes(sound)
    *heard, last = file.chunks(tmp_path / "table.flac")
    assert 2 * RATE_HZ < len(sound_of(heard)) < 4 * RATE_HZ
    assert isinstance(last, Problem) and "ended early" in last.text


@pytest.mark.skipif(sys.platform != "linux", reason="names are text there")
def test_a_recording_may_be_called_anything(tmp_path):
    path = tmp_path / os.fsdecode(b"M\xe4rchen.wav")
    soundfile.write(tmp_path / "a.wav", noise(1, 0.1), 16_000)
    (tmp_path / "a.wav").rename(path)
    assert len(sound_of(file.chunks(path))) == 16_000
    with pytest.raises(UserError, match="M\ufffdrchen.ogg: check the name"):
        file.chunks(path.with_suffix(".ogg"))


def test_a_file_is_put_at_its_own_speed(tmp_path):
    soundfile.write(tmp_path / "table.wav", noise(3, 0.1), 16_000)
    clock, got, ended = FakeClock(), [], []
    with file.opened(
        got.append, tmp_path / "table.wav", clock=clock, ended=lambda: ended.append(1)
    ):
        while not ended:
            pass
    assert sum(clock.slept) == pytest.approx(3.0, abs=0.01)
    assert len(sound_of(got)) == 48_000


class Drive:
    """A recording on a drive that answers until it is gone; `back` lets whoever waits go on."""

    rate_hz, channels, not_numbers, damaged = 16_000, 1, 0, ""

    def __init__(self, seconds: float) -> None:
        self.back, self.closed = Flag(), False
        self._blocks = round(seconds * 10)

    def blocks(self, frames):
        for _ in range(self._blocks):
            yield np.full((frames, 1), 0.1, np.float32)
        self.back.wait(30.0)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.closed = True


@pytest.fixture
def drive(monkeypatch):
    """A drive that hangs after 2 s of sound, and little patience with it."""
    monkeypatch.setattr(file, "_ANSWER_S", 0.3, raising=False)
    monkeypatch.setattr(file, "_LEAVE_S", 0.1, raising=False)
    drive = Drive(2.0)
    monkeypatch.setattr(file, "open_sound", lambda path: drive)
    before = threading.enumerate()
    yield drive
    drive.back.set()
    for thread in set(threading.enumerate()) - set(before):
        thread.join(5.0)
    assert drive.closed and not hanging()


def test_a_recording_on_a_drive_that_hangs_is_given_up_with_a_sentence(drive):
    with pytest.raises(UserError, match=r"table\.wav has not answered for .*drive"):
        list(file.chunks(Path("table.wav")))
    tape, got = file.chunks(Path("table.wav")), []
    with pytest.raises(UserError):
        got.extend(tape)
    assert len(sound_of(got)) > 1.8 * RATE_HZ  # what was read before was heard
    assert hanging()


@pytest.mark.real_time
def test_who_ends_while_the_drive_hangs_does_not_wait_for_it(drive):
    ended, got = [], []
    begun = time.monotonic()
    with file.opened(
        got.append, Path("table.wav"), clock=FakeClock(), ended=lambda: ended.append(1)
    ):
        while len(got) < 19:
            pass
    assert time.monotonic() - begun < 5.0 and hanging()


def test_the_evening_ends_with_a_sentence_when_its_recording_is_gone(drive):
    def evening() -> None:
        ended = []
        path = Path("table.wav")
        with file.opened(print, path, clock=FakeClock(), ended=lambda: ended.append(1)):
            while not ended:
                pass

    with pytest.raises(UserError, match="has not answered"):
        evening()


def test_a_file_that_cannot_even_be_opened_is_told_and_not_waited_for(drive, monkeypatch):
    def hangs(path):
        drive.back.wait(30.0)
        drive.closed = True
        return drive

    monkeypatch.setattr(file, "open_sound", hangs)
    with pytest.raises(UserError, match="has not answered"):
        file.chunks(Path("table.wav"))


def test_a_tape_of_a_file_that_is_not_wanted_any_more_lets_the_file_go(tmp_path):
    soundfile.write(tmp_path / "table.wav", noise(60, 0.1), 16_000)
    before = threading.active_count()
    tape = file.chunks(tmp_path / "table.wav")
    next(tape)
    tape.close()
    assert threading.active_count() == before


MICROPHONE = Device(3, "Webcam C270", inputs=1, outputs=0, rate_hz=16_000)


def recorder(clock=None, report=print) -> Recorder:
    one = Recorder(clock or FakeClock(), report)
    one.starting(MICROPHONE, 16_000)
    return one


def test_the_callback_copies_and_leaves():
    recording, block = recorder(), np.ones((480, 2), np.float32)
    recording.block(block, 480, None, FINE)
    block[:] = 7.0
    (got,) = recording.take()
    assert got.samples[0, 0] == 1.0 and got.lost_frames == 0


def test_an_overflow_of_unknown_length_marks_a_gap():
    recording = recorder()
    recording.block(np.ones((480, 1), np.float32), 480, None, FINE)
    recording.block(np.ones((480, 1), np.float32), 480, None, OVERFLOW)
    assert [block.lost_frames for block in recording.take()] == [0, 1]


def test_a_feeder_that_is_late_loses_the_oldest_sound_and_knows_how_much():
    recording = recorder()
    for number in range(95):
        recording.block(np.full((480, 1), number, np.float32), 480, None, FINE)
    first, *rest = recording.take()
    assert first.samples[0, 0] == 10 and first.lost_frames == 10 * 480
    assert all(block.lost_frames == 0 for block in rest)


@contextmanager
def playing(recording, blocks):
    """A stream that has given all its blocks before anybody looks."""
    for at_s, rate_hz, samples in blocks:
        recording._clock.now = at_s
        recording.starting(MICROPHONE, rate_hz)
        recording.block(samples, len(samples), None, FINE)
    yield MICROPHONE


def heard(monkeypatch, blocks):
    """What the microphone puts for `blocks`: when they came, at which rate, and their sound."""
    got, wanted = [], sum(len(samples) > 0 for _, _, samples in blocks)
    monkeypatch.setattr(
        microphone, "open_stream", lambda _kind, _wanted, user: playing(user, blocks)
    )
    with microphone.opened(got.append, device="", clock=FakeClock(), ended=lambda: None):
        while len(got) < wanted:
            pass
    return got


def test_a_microphone_of_many_channels_is_heard_in_mono(monkeypatch):
    blocks = [(0.03 * n, 16_000, np.full((480, 6), 0.1, np.float32)) for n in range(5)]
    assert sound_of(heard(monkeypatch, blocks)).max() == pytest.approx(0.1, abs=0.03)


def test_time_goes_on_while_a_microphone_is_away(monkeypatch):
    block = np.full((480, 1), 0.1, np.float32)
    first, second = heard(monkeypatch, [(0.03, 16_000, block), (20.03, 16_000, block)])
    assert second.start - first.start == pytest.approx(20 * RATE_HZ, abs=2)


def test_another_microphone_may_come_back_at_another_rate(monkeypatch):
    blocks = [
        (1.0, 48_000, np.full((48_000, 1), 0.1, np.float32)),
        (9.0, 16_000, np.full((16_000, 1), 0.1, np.float32)),
    ]
    first, second = heard(monkeypatch, blocks)
    assert (
        len(first.samples) == pytest.approx(RATE_HZ, abs=400) and len(second.samples) == RATE_HZ
    )
    assert second.end_s == pytest.approx(9.0, abs=0.05)


def test_sound_that_is_handed_over_late_is_not_taken_for_lost(monkeypatch):
    """A sound server may give a second of sound at once, a second late."""
    clock, got = FakeClock(), []
    recording = recorder(clock, got.append)
    carried = microphone._Carried()
    for number in range(100):
        clock.now = 0.03 * (number // 33 * 33 + 33)
        recording.block(np.full((480, 1), 0.1, np.float32), 480, None, FINE)
        for block in recording.take():
            carried.catch_up(block)
            list(carried.resampler.push(block.samples))
    assert carried.position == 100 * 480


def test_audio_time_follows_the_clock_after_overflows():
    """PortAudio does not say how much an overflow lost; the clock does."""
    clock, carried = FakeClock(), microphone._Carried()
    recording = recorder(clock)
    for number in range(1000):
        clock.now += 0.03
        lost = number % 100 == 99
        if lost:
            clock.now += 0.2
        recording.block(
            np.full((480, 1), 0.1, np.float32), 480, None, OVERFLOW if lost else FINE
        )
        for block in recording.take():
            carried.catch_up(block)
            list(carried.resampler.push(block.samples))
    assert carried.position / RATE_HZ == pytest.approx(clock.now, abs=0.06)


def test_a_lost_microphone_and_its_return_are_told_by_name():
    told = []
    recording = recorder(report=told.append)
    recording.lost(MICROPHONE)
    recording.back(Device(0, "Built-in", inputs=2, outputs=0, rate_hz=44_100))
    recording.back(MICROPHONE)
    assert "No sound comes from the microphone Webcam C270" in told[0].text
    assert [problem.text for problem in told[1:]] == [
        "Listening to Built-in until Webcam C270 is back.",
        "The microphone Webcam C270 is back.",
    ]
    assert stand(told) == [True, False, False]


def test_a_skip_is_a_jump_in_start_of_at_least_one_sample():
    resampler = Resampler(16_000)
    block = np.full((16_000, 1), 0.1, np.float32)
    (one,) = resampler.push(block)
    resampler.skip(0.0)
    (two,) = resampler.push(block)
    assert two.start == one.start + len(one.samples) + 1


def test_a_change_of_rate_keeps_counting():
    resampler = Resampler(48_000)
    list(resampler.push(np.zeros((48_000, 1), np.float32)))
    resampler.change_rate(16_000)
    (chunk,) = resampler.push(np.ones((1600, 1), np.float32))
    assert chunk.start > 14_000


def told(*stretches: tuple[float, float]) -> list[Problem]:
    """What a watch says of sound of these levels for so many seconds each."""
    start, chunks = 0, []
    for level, seconds in stretches:
        for _ in range(round(seconds * 10)):
            chunks.append(AudioChunk(np.full(1600, level, np.float32), start))
            start += 1600
    return [event for event in Watch().over(chunks) if isinstance(event, Problem)]


def test_zeros_before_any_sound_are_told_within_ten_seconds_and_so_is_their_end():
    silent, again = told((0.0, 30), (0.1, 3))
    assert silent.at_s == pytest.approx(10.0) and silent.text == PERFECT_SILENCE
    assert stand((silent, again)) == [True, False] and 30.0 < again.at_s < 30.5


def test_the_crackle_of_a_microphone_that_is_opened_is_not_yet_a_sound():
    silent, *_ = told((0.1, 0.2), (0.0, 12))
    assert silent.text == PERFECT_SILENCE and silent.at_s < 11.0


def test_noise_suppression_that_gives_zeros_between_sentences_is_no_silence():
    assert told(*[(0.1, 20), (0.0, 12)] * 450) == []
    assert len(told(*[(0.0, 12), (0.1, 20)] * 450)) == 2  # before the first sound, and its end


def test_a_microphone_that_is_muted_late_is_told_after_minutes_and_says_why():
    silent, again = told((0.1, 5), (0.0, 240), (0.1, 5))
    assert silent.at_s == pytest.approx(185.0)
    assert "muted" in silent.text and "noise suppression" in silent.text
    assert "permission" not in silent.text
    assert again.solved and again.at_s > 245.0


def test_long_silences_by_turns_are_told_every_ten_minutes_at_most():
    found = told(*[(0.1, 20), (0.0, 200)] * 66)  # four hours
    bad = [problem.at_s for problem in found if not problem.solved]
    assert 10 < len(bad) <= 24 and min(np.diff(bad)) >= 600.0
    assert sum(problem.solved for problem in found) <= len(bad)


def test_silence_that_began_too_soon_after_the_last_is_told_when_it_may_be():
    found = told((0.1, 5), (0.0, 200), (0.1, 5), (0.0, 900))
    assert stand(found) == [True, False, True]
    assert found[2].at_s == pytest.approx(785.0)


class Failing:
    """Raises whenever it is used, and counts how often."""

    def __init__(self) -> None:
        self.used = 0

    def __getattr__(self, _name):
        self.used += 1
        raise ZeroDivisionError("division by zero")


def blocks(count: int, level: float = 0.1, rate_hz: int = 16_000):
    sound = np.full((rate_hz // 10, 1), level, np.float32)
    return [(0.1 * n, rate_hz, sound + 0.001 * n) for n in range(1, count + 1)]


def fed(blocks, *, aligner=None):
    """What the feeder puts for blocks that come at their time."""
    clock, got, leave = FakeClock(), [], Flag()
    recording = recorder(clock)
    for at_s, rate_hz, samples in blocks:
        clock.now = at_s
        recording._rate_hz = rate_hz
        recording.block(samples, len(samples), None, FINE)

    def put(event):
        got.append(event)
        if not recording._waiting:
            leave.set()

    microphone._feed(put, recording, leave=leave, aligner=aligner)
    return got


def test_what_fails_in_the_reference_costs_the_reference_and_nothing_else(caplog):
    aligner = Failing()
    got = fed(blocks(50), aligner=aligner)
    chunks = [event for event in got if isinstance(event, AudioChunk)]
    assert len(chunks) >= 49 and all(chunk.reference is None for chunk in chunks)
    (problem,) = [event for event in got if isinstance(event, Problem)]
    assert "division by zero" in problem.text and "listening goes on" in problem.text
    assert aligner.used == 1 and len(caplog.records) == 1


@pytest.mark.parametrize("part", ["mix", "_decide"])
def test_a_block_on_which_the_resampler_fails_is_a_gap_and_the_next_is_heard(
    part, monkeypatch, caplog
):
    healthy, calls = getattr(Mono, part), []

    def shaky(self, *args):
        calls.append(1)
        if len(calls) in (10, 11, 30):
            raise ZeroDivisionError("division by zero")
        return healthy(self, *args)

    monkeypatch.setattr(Mono, part, shaky)
    stereo = [(at_s, rate_hz, np.tile(s, (1, 2))) for at_s, rate_hz, s in blocks(50)]
    got = fed(stereo)
    chunks = [event for event in got if isinstance(event, AudioChunk)]
    assert 46 <= len(chunks) <= 47 and chunks[-1].end_s == pytest.approx(5.0, abs=0.02)
    (problem,) = [event for event in got if isinstance(event, Problem)]
    assert problem.at_s == pytest.approx(1.0, abs=0.2) and "counts as lost" in problem.text
    assert len(caplog.records) == 1


def test_audio_time_goes_on_while_every_block_fails(monkeypatch):
    monkeypatch.setattr(
        Mono, "mix", lambda self, block: 1 / 0 if abs(block[0, 0]) < 0.3 else block[:, 0]
    )
    got = fed([*blocks(100, level=0.0), (10.1, 16_000, np.full((1600, 1), 0.5, np.float32))])
    (problem, chunk) = got
    assert isinstance(problem, Problem) and chunk.end_s == pytest.approx(10.1, abs=0.02)


def test_a_change_of_rate_that_fails_is_tried_again(monkeypatch):
    change, calls = Resampler.change_rate, []

    def shaky(self, rate_hz):
        calls.append(rate_hz)
        if calls.count(48_000) == 1 and rate_hz == 48_000:
            raise MemoryError
        change(self, rate_hz)

    monkeypatch.setattr(Resampler, "change_rate", shaky)
    sine = np.sin(2 * np.pi * 440 * np.arange(480_000) / 48_000).astype(np.float32)[:, None]
    got = fed([(0.1 * n, 48_000, sine[4800 * (n - 1) : 4800 * n]) for n in range(1, 100)])
    sound = sound_of(got)[16_000:32_000]
    assert np.abs(np.fft.rfft(sound)).argmax() == 440


def test_sound_that_is_left_out_is_left_out_of_the_music_beside_it():
    class Aligner:
        skipped = 0

        def skip(self, samples):
            self.skipped += samples

        def draw(self, sound):
            return None

    bad = [
        (at_s, rate_hz, np.full_like(s, np.nan) if 2.0 < at_s < 3.0 else s)
        for at_s, rate_hz, s in blocks(50)
    ]
    aligner = Aligner()
    chunks = [e for e in fed(bad, aligner=aligner) if isinstance(e, AudioChunk)]
    heard_samples = sum(len(chunk.samples) for chunk in chunks)
    assert aligner.skipped == chunks[-1].start + len(chunks[-1].samples) - heard_samples > 0

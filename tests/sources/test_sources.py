import os
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile

from dndmood.errors import UserError
from dndmood.events import RATE_HZ, AudioChunk, Problem
from dndmood.sources import file, microphone
from dndmood.sources._door import Door
from dndmood.sources.microphone import Blocks, Device, Watch, pick, refusal_text
from tests.fakes import FakeClock, noise

INPUTS = (
    Device(0, "HDA Intel PCH", inputs=0, outputs=2, rate_hz=48_000),
    Device(3, "Webcam C270", inputs=1, outputs=0, rate_hz=16_000),
    Device(5, "USB Microphone", inputs=2, outputs=0, rate_hz=44_100, default_input=True),
)
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


@pytest.mark.skipif(os.name == "nt", reason="names are text there")
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


def test_the_callback_copies_and_leaves():
    blocks, block = Blocks(), np.ones((480, 2), np.float32)
    blocks.record(block, 480, None, FINE)
    block[:] = 7.0
    ((copy, lost),) = blocks.take()
    assert copy[0, 0] == 1.0 and lost == 0


def test_an_overflow_of_unknown_length_marks_a_gap():
    blocks = Blocks()
    blocks.record(np.ones((480, 1), np.float32), 480, None, FINE)
    blocks.record(np.ones((480, 1), np.float32), 480, None, OVERFLOW)
    assert [lost for _, lost in blocks.take()] == [0, 1]


def test_a_feeder_that_is_late_loses_the_oldest_sound_and_knows_how_much():
    blocks = Blocks()
    for number in range(180):
        blocks.record(np.full((480, 1), number, np.float32), 480, None, FINE)
    (first, lost), *rest = blocks.take()
    assert first[0, 0] == 10 and lost == 10 * 480
    assert all(lost == 0 for _, lost in rest)


def test_a_skip_is_a_jump_in_start_of_at_least_one_sample():
    door = Door(16_000)
    block = np.full((16_000, 1), 0.1, np.float32)
    (one,) = door.push(block)
    door.skip(0.0)
    (two,) = door.push(block)
    assert two.start == one.start + len(one.samples) + 1


def test_a_change_of_rate_keeps_counting():
    door = Door(48_000)
    list(door.push(np.zeros((48_000, 1), np.float32)))
    door.change_rate(16_000)
    (chunk,) = door.push(np.ones((1600, 1), np.float32))
    assert chunk.start > 14_000


def test_perfect_zeros_are_told_once_and_again_after_sound():
    watch = Watch()

    def told(level: float, seconds: int, start: int) -> int:
        chunks = [
            AudioChunk(np.full(16_000, level, np.float32), start + s * 16_000)
            for s in range(seconds)
        ]
        return sum(isinstance(event, Problem) for event in watch.over(chunks))

    assert told(0.0, 30, 0) == 1
    assert told(0.1, 1, 30) == 0
    assert told(0.0, 30, 31) == 1


@pytest.mark.parametrize(
    ("wanted", "index"), [("", 5), ("3", 3), ("webcam", 3), ("USB Microphone", 5)]
)
def test_a_device_is_asked_for_by_number_or_part_of_its_name(wanted, index):
    assert pick(INPUTS, wanted).index == index


def test_an_unknown_device_is_told_with_those_there_are():
    with pytest.raises(UserError, match=r"called 'Blue'; there are: 3 Webcam C270, 5 USB Mic"):
        pick(INPUTS, "Blue")


def test_a_speaker_is_no_microphone():
    with pytest.raises(UserError, match="called '0'"):
        pick(INPUTS, "0")


def test_no_microphone_at_all_is_one_sentence():
    with pytest.raises(UserError, match="There is no microphone"):
        pick(INPUTS[:1], "")


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("Invalid sample rate [PaErrorCode -9997]", "no permission or a muted source"),
        ("Device unavailable [PaErrorCode -9985]", "is busy"),
        ("Unanticipated host error", "choose another one"),
    ],
)
def test_a_refusal_names_the_fix(reason, words):
    assert words in refusal_text(INPUTS[1], reason)


class FakePortAudio:
    """Enough of sounddevice to open a microphone that refuses what it is told to refuse."""

    class PortAudioError(Exception):
        pass

    def __init__(self, refuse=lambda channels: "") -> None:
        self.refuse, self.opened, self.default = refuse, [], SimpleNamespace(device=(0, 0))

    def query_devices(self):
        return [
            {
                "name": "Mic",
                "max_input_channels": 6,
                "max_output_channels": 0,
                "default_samplerate": 48_000.0,
            }
        ]

    def InputStream(self, *, channels, callback, **more):  # noqa: N802
        if reason := self.refuse(channels):
            raise self.PortAudioError(reason)
        self.opened.append(channels)
        stream = SimpleNamespace(start=lambda: None, callback=callback, channels=channels)
        return _Entered(stream)


class _Entered:
    def __init__(self, stream) -> None:
        self.start, self._stream = stream.start, stream

    def __enter__(self):
        for _ in range(10):
            self._stream.callback(
                np.full((960, self._stream.channels), 0.1, np.float32), 960, None, FINE
            )
        return self

    def __exit__(self, *_):
        return None


def test_a_microphone_is_opened_with_its_own_channels_and_heard_in_mono(monkeypatch):
    fake, got = FakePortAudio(), []
    monkeypatch.setattr(microphone, "_portaudio", lambda: fake)
    with microphone.opened(
        got.append, device="", clock=FakeClock(), ended=lambda: None
    ) as device:
        while len(got) < 5:
            pass
    assert device.name == "Mic" and fake.opened == [6]
    assert sound_of(got).max() == pytest.approx(0.1, abs=0.03)


def test_a_microphone_that_refuses_its_channels_is_tried_with_fewer(monkeypatch):
    fake = FakePortAudio(
        refuse=lambda channels: "Invalid number of channels" if channels > 2 else ""
    )
    monkeypatch.setattr(microphone, "_portaudio", lambda: fake)
    with microphone.opened(
        lambda event: None, device="", clock=FakeClock(), ended=lambda: None
    ):
        assert fake.opened == [2]


def test_a_busy_microphone_is_one_sentence(monkeypatch):
    fake = FakePortAudio(refuse=lambda channels: "Device unavailable [PaErrorCode -9985]")
    monkeypatch.setattr(microphone, "_portaudio", lambda: fake)
    with (
        pytest.raises(UserError, match="Mic is busy"),
        microphone.opened(print, device="", clock=FakeClock(), ended=lambda: None),
    ):
        pass

from types import SimpleNamespace

import pytest

from dndmood.errors import UserError
from dndmood.sound_devices._portaudio import PortAudio
from dndmood.sound_devices._stream import AHEAD


class FakeSounddevice:
    """Enough of sounddevice to refuse what it is told to refuse; counts starts and ends."""

    class PortAudioError(Exception):
        pass

    def __init__(self, *, refuse=lambda channels, rate_hz: "", broken=False) -> None:
        self.refuse, self.broken = refuse, broken
        self.opened, self.closed, self.starts, self.ends = [], 0, 1, 0
        self.default = SimpleNamespace(device=(0, 0))

    def _initialize(self):
        if self.broken:
            raise self.PortAudioError("Error initializing PortAudio: Unanticipated host error")
        self.starts += 1

    def _terminate(self):
        self.ends += 1

    def query_devices(self):
        if self.broken:
            raise self.PortAudioError("Error querying device -1")
        return [
            {
                "name": "Both",
                "max_input_channels": 6,
                "max_output_channels": 6,
                "default_samplerate": 96_000.0,
            }
        ]

    def InputStream(self, *, channels, samplerate, **more):  # noqa: N802
        self.more = more
        if reason := self.refuse(channels, samplerate):
            raise self.PortAudioError(reason)
        self.opened.append((channels, samplerate))
        return SimpleNamespace(start=lambda: None, abort=lambda: None, close=self._close)

    OutputStream = InputStream

    def _close(self):
        self.closed += 1
        raise self.PortAudioError("Stream is stopped [PaErrorCode -9983]")


def opened(fake, kind="input"):
    audio, rates = PortAudio(lambda: fake), []
    stream = audio.opened(kind, audio.devices()[0], print, rates.append, AHEAD[0])
    return audio, stream, rates


@pytest.mark.parametrize(("kind", "channels"), [("input", 6), ("output", 2)])
def test_a_device_is_opened_as_it_is(kind, channels):
    fake = FakeSounddevice()
    _, _, rates = opened(fake, kind)
    assert fake.opened == [(channels, 96_000)] and rates == [96_000]


@pytest.mark.parametrize("ahead", AHEAD)
def test_a_speaker_is_asked_as_far_ahead_as_is_wanted(ahead):
    fake = FakeSounddevice()
    audio = PortAudio(lambda: fake)
    audio.opened("output", audio.devices()[0], print, print, ahead)
    assert fake.more["latency"] == ahead.buffer_s
    assert fake.more["blocksize"] == round(ahead.block_s * 96_000)


@pytest.mark.parametrize("kind", ["input", "output"])
@pytest.mark.parametrize("only", [(1, 96_000), (6, 44_100), (2, 48_000), (1, 16_000)])
def test_what_a_device_refuses_is_tried_otherwise(kind, only):
    fake = FakeSounddevice(
        refuse=lambda channels, rate_hz: "" if (channels, rate_hz) == only else "Invalid"
    )
    _, _, rates = opened(fake, kind)
    assert fake.opened == [only] and rates == [only[1]]


def test_a_busy_device_is_one_sentence():
    fake = FakeSounddevice(refuse=lambda *_: "Device unavailable [PaErrorCode -9985]")
    with pytest.raises(UserError, match="The microphone Both is busy"):
        opened(fake)


def test_a_library_that_is_missing_or_cannot_start_is_one_sentence():
    def missing():
        raise UserError("The PortAudio library is missing")

    with pytest.raises(UserError, match="library is missing"):
        PortAudio(missing).devices()
    fake = FakeSounddevice()
    audio = PortAudio(lambda: fake)
    audio.devices()
    audio.stop()
    fake.broken = True
    for _ in range(3):  # as long as it lasts
        with pytest.raises(UserError, match="is its sound server running"):
            audio.devices()
    fake.broken = False
    assert audio.devices()[0].name == "Both"
    assert (fake.starts, fake.ends) == (2, 1)


def test_a_stream_that_has_failed_already_is_closed_without_a_word():
    fake = FakeSounddevice()
    audio, stream, _ = opened(fake)
    audio.close(stream)
    audio.close(None)
    assert fake.closed == 1

"""What Windows plays, with a stand-in for PyAudioWPatch: nobody here has Windows."""

import numpy as np
import pytest

from dndmood.errors import UserError
from dndmood.sound_devices import Device
from dndmood.sound_devices._wasapi import Wasapi

SPEAKERS = Device(0, "Speakers", 0, 2, 48_000, default_output=True)


class FakeStream:
    def __init__(self, call):
        self.call, self.done = call, []

    def start_stream(self):
        block = np.arange(6, dtype=np.float32)
        self.answer = self.call(block.tobytes(), 3, {}, FakePyAudio.paInputOverflow)

    def stop_stream(self):
        self.done.append("stop")

    def close(self):
        self.done.append("close")


class FakePyAudio:
    """As the library documents itself: constants on the module, devices as dictionaries."""

    paFloat32, paContinue, paInputOverflow = 1, 0, 2  # noqa: N815 - its names
    refuse = False
    ended = 0

    def PyAudio(self):  # noqa: N802 - its name
        return self

    def get_loopback_device_info_generator(self):
        yield {
            "index": 14,
            "name": "Speakers [Loopback]",
            "maxInputChannels": 2,
            "defaultSampleRate": 48_000.0,
            "isLoopbackDevice": True,
        }

    def open(self, *, stream_callback, input_device_index, channels, rate, **_more):
        assert (input_device_index, channels, rate) == (14, 2, 48_000)
        if self.refuse:
            raise OSError(-9999, "Unanticipated host error")
        return FakeStream(stream_callback)

    def terminate(self):
        self.ended += 1


def test_what_windows_plays_is_an_input_marked_as_such():
    (found,) = Wasapi(FakePyAudio).devices((SPEAKERS,))
    assert (found.index, found.name, found.loopback, found.through) == (
        1,
        "Speakers [Loopback]",
        True,
        14,
    )


def test_its_blocks_come_as_portaudios_do():
    library = FakePyAudio()
    wasapi = Wasapi(lambda: library)
    (device,) = wasapi.devices(())
    got, rates = [], []
    stream = wasapi.opened(device, lambda *block: got.append(block), rates.append)
    ((data, frames, _, status),) = got
    assert data.tolist() == [[0, 1], [2, 3], [4, 5]] and frames == 3
    assert status.input_overflow and rates == [48_000]
    assert stream._stream.answer == (None, FakePyAudio.paContinue)
    stream.abort(), stream.close(), wasapi.stop()
    assert stream._stream.done == ["stop", "close"] and library.ended == 1


def test_a_refusal_and_a_missing_library_are_one_sentence():
    library = FakePyAudio()
    wasapi = Wasapi(lambda: library)
    (device,) = wasapi.devices(())
    library.refuse = True
    with pytest.raises(UserError, match="cannot be heard"):
        wasapi.opened(device, print, print)
    with pytest.raises(UserError, match="pip install"):
        Wasapi(lambda: None).opened(device, print, print)
    assert Wasapi(lambda: None).devices((SPEAKERS,)) == ()

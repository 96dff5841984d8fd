"""Lost devices and their return, with a fake PortAudio whose list freezes as the real one's does."""

from dataclasses import dataclass, field, replace
from types import SimpleNamespace

import numpy as np
import pytest

from dndmood.errors import UserError
from dndmood.sound_devices import Device
from dndmood.sound_devices._stream import AHEAD
from dndmood.sound_devices._streams import Streams

MIC = Device(0, "Webcam", inputs=1, outputs=0, rate_hz=16_000, default_input=True)
BUILT_IN = Device(1, "Built-in", inputs=2, outputs=0, rate_hz=44_100)
LAPTOP = Device(3, "Laptop", inputs=0, outputs=2, rate_hz=48_000)
SPEAKER = Device(2, "Speaker", inputs=0, outputs=2, rate_hz=48_000, default_output=True)


BLOCK = np.ones((4, 2), np.float32)


@dataclass(eq=False)
class Native:
    device: Device
    call: object
    ahead: object = None
    open: bool = True
    age: int = 0


@dataclass
class FakeAudio:
    """PortAudio over devices that come and go; what is unplugged gives no more calls."""

    plugged: list[Device] = field(default_factory=lambda: [MIC, SPEAKER])
    stuck: set[str] = field(default_factory=set)
    """Devices that can be opened but give no calls."""
    busy: set[str] = field(default_factory=set)
    broken: bool = False
    frozen: tuple[Device, ...] | None = None
    natives: list[Native] = field(default_factory=list)
    stops: int = 0

    def devices(self):
        if self.frozen is None:
            if self.broken:
                raise UserError("The system's sound cannot be reached.")
            self.frozen = tuple(self.plugged)
        return self.frozen

    def others(self):
        return tuple(self.hidden)

    def opened(self, kind, device, callback, prepare, ahead):
        self.devices()
        there = [*self.plugged, *self.hidden]
        if device not in there or self.broken or device.name in self.busy:
            raise UserError("It cannot be opened.")
        prepare(device.rate_hz)
        self.natives.append(Native(device, callback, ahead))
        return self.natives[-1]

    def close(self, stream):
        if stream is not None:
            stream.open = False

    def stop(self):
        assert not any(native.open for native in self.natives), (
            "a stream was ended by a restart"
        )
        self.frozen, self.stops = None, self.stops + 1

    hidden: list[Device] = field(default_factory=list)
    """Devices that only the sound server knows by name."""
    slow: dict[str, int] = field(default_factory=dict)
    """Device to how many looks it needs to its first call."""

    def sound(self):
        for native in self.natives:
            native.age += 1
            # The server gives a stream whose device is gone another one, and it goes on.
            there = native.device in self.plugged or native.device.server_name
            alive = there and native.device.name not in self.stuck
            begun = native.age > self.slow.get(native.device.name, 0)
            if native.open and alive and begun and not self.broken:
                native.call(BLOCK, 0, None, None)


@dataclass
class FakeProbe:
    audio: FakeAudio
    hidden: set[str] = field(default_factory=set)
    asked: int = 0
    waits: int = 0

    def look(self, now_s):
        self.waits += 1
        if self.waits % 3:
            return None  # an answer takes a while
        self.asked += 1
        if self.audio.broken:
            return ()
        return tuple(one for one in self.audio.plugged if one.name not in self.hidden)

    def close(self):
        self.waits = 0


@dataclass
class FakeSink:
    dummy: bool | None = None

    def nowhere(self, now_s):
        return self.dummy


class Table:
    """A microphone and a speaker, and time that passes."""

    def __init__(self, wanted="") -> None:
        self.audio = FakeAudio()
        self.probe = FakeProbe(self.audio)
        self.sink = FakeSink()
        self.streams = Streams(self.audio, self.probe, self.sink)
        self.now_s, self.said = 100.0, []
        self.stops = {"speaker": 0, "mic": 0}
        self.streams.look(self.now_s)
        self.speaker = self.streams.open("output", "", Listed(self, "speaker"), self.now_s)
        self.mic = self.streams.open("input", wanted, Listed(self, "mic"), self.now_s)
        self.blocks = {"speaker": 0, "mic": 0}

    def goes_on(self, seconds, *, sound=True):
        """Gives how often the speaker was silent for a whole look meanwhile."""
        silent = 0
        for _ in range(round(seconds / 0.2)):
            self.now_s += 0.2
            before = self.blocks["speaker"]
            if sound:
                self.audio.sound()
            silent += self.blocks["speaker"] == before
            self.streams.look(self.now_s)
        return silent


@dataclass
class Listed:
    table: Table
    name: str

    def block(self, *_):
        self.table.blocks[self.name] += 1

    def starting(self, device, rate_hz):
        assert rate_hz == device.rate_hz

    def stopped(self):
        self.table.stops[self.name] += 1

    def lost(self, device):
        self.table.said.append((self.name, "lost", device and device.name))

    def back(self, device):
        self.table.said.append((self.name, "back", device.name))


def test_an_evening_without_trouble_has_nothing_to_say():
    table = Table()
    assert table.goes_on(3600) == 0
    assert table.said == [] and table.audio.stops == 0 and table.probe.asked == 0


def test_a_speaker_that_is_filled_at_once_and_then_waits_is_not_lost():
    table = Table()
    table.goes_on(0.4)
    table.goes_on(2.0, sound=False)  # as a null sink does, two seconds at a time
    table.goes_on(10)
    assert table.said == [] and table.audio.stops == 0
    table.goes_on(2.4, sound=False)
    assert ("speaker", "lost", SPEAKER.name) in table.said


def dry(table):
    """The speaker tells that it ran out of sound."""
    native = [one for one in table.audio.natives if one.open and one.device == SPEAKER][-1]
    native.call(BLOCK, 0, None, SimpleNamespace(output_underflow=True))
    return native.ahead


def test_a_speaker_that_ran_out_of_sound_is_asked_further_ahead_and_that_is_all():
    table = Table()
    table.goes_on(10)
    asked = []
    for _ in range(5):
        asked.append(dry(table))
        assert table.goes_on(10) == 0
    assert asked == [*AHEAD, AHEAD[-1]]
    assert AHEAD[0].buffer_s + AHEAD[0].block_s < 0.15, "a key would be heard too late"
    assert sum(one.open for one in table.audio.natives) == 2
    assert table.said == [] and table.audio.stops == 0 and table.stops["speaker"] == 0


def test_a_program_that_stood_still_is_not_too_busy():
    table = Table()
    table.goes_on(10)
    before = dry(table)
    table.now_s += 3600.0  # the lid was closed
    table.goes_on(10)
    assert dry(table) == before


def test_a_speaker_that_cannot_be_opened_with_more_ahead_is_lost_and_found():
    table = Table()
    table.goes_on(10)
    dry(table)
    table.audio.busy.add("Speaker")
    table.goes_on(5)
    assert table.said == [("speaker", "lost", "Speaker")]
    table.audio.busy.clear()
    table.goes_on(5)
    assert table.said[1:] == [("speaker", "back", "Speaker")] and dry(table) == AHEAD[1]


def test_a_stalled_microphone_is_told_once_and_never_touches_the_speaker():
    table = Table()
    table.audio.stuck.add("Webcam")
    assert table.goes_on(50) == 0, "the music stumbled"
    assert table.said == [("mic", "lost", "Webcam")]
    table.audio.stuck.clear()
    assert table.goes_on(5) == 0
    assert table.said[1:] == [("mic", "back", "Webcam")]


def test_a_microphone_plugged_in_again_is_heard_within_five_seconds():
    table = Table("webcam")
    table.audio.plugged.remove(MIC)
    assert table.goes_on(60) == 0, "the music stumbled while there was nothing to be found"
    # Another number, as systems like to give: the old list does not know it.
    table.audio.plugged.append(Device(7, "Webcam", inputs=1, outputs=0, rate_hz=48_000))
    assert table.goes_on(5) <= 1
    assert table.said == [("mic", "lost", "Webcam"), ("mic", "back", "Webcam")]
    assert table.goes_on(60) == 0 and len(table.said) == 2


def test_a_lost_speaker_comes_back_and_the_microphone_with_it():
    table = Table()
    table.audio.plugged.remove(SPEAKER)
    table.goes_on(30)
    assert table.said == [("speaker", "lost", "Speaker")]
    table.audio.plugged.append(Device(9, "Speaker", inputs=0, outputs=2, rate_hz=44_100))
    table.goes_on(5)
    heard = dict(table.blocks)
    assert table.goes_on(1) == 0 and table.blocks["mic"] > heard["mic"]
    assert table.said[1:] == [("speaker", "back", "Speaker")]


def test_a_sound_server_that_went_and_came_brings_both_back():
    table = Table()
    table.audio.broken = True
    table.goes_on(20)
    assert sorted(table.said) == [("mic", "lost", "Webcam"), ("speaker", "lost", "Speaker")]
    table.audio.broken = False
    table.goes_on(4)
    assert sorted(table.said[2:]) == [("mic", "back", "Webcam"), ("speaker", "back", "Speaker")]
    assert table.goes_on(30) == 0


def test_a_program_that_stood_still_blames_no_device():
    table = Table()
    table.now_s += 30.0
    table.streams.look(table.now_s)
    assert table.goes_on(30) == 0
    assert table.said == []


def test_streams_that_died_while_the_program_stood_still_are_opened_again():
    table = Table()
    for native in table.audio.natives:
        native.call = lambda *_: None
    table.now_s += 3600.0
    table.streams.look(table.now_s)
    table.goes_on(5)
    assert table.goes_on(5) == 0 and table.blocks["mic"] > 0


def test_another_microphone_helps_out_until_the_first_is_back():
    table = Table()
    table.audio.plugged.append(BUILT_IN)
    table.audio.plugged.remove(MIC)
    table.goes_on(8)
    assert table.said == [("mic", "lost", "Webcam"), ("mic", "back", "Built-in")]
    assert table.goes_on(60) == 0, "looking for the first one disturbs the music"
    table.audio.plugged.append(MIC)
    table.goes_on(12)
    assert table.said[2:] == [("mic", "back", "Webcam")]


def test_a_microphone_that_was_asked_for_is_waited_for():
    table = Table("webcam")
    table.audio.plugged.append(BUILT_IN)
    table.audio.plugged.remove(MIC)
    table.goes_on(60)
    assert table.said == [("mic", "lost", "Webcam")]


def test_a_microphone_that_never_speaks_again_stops_the_music_once_a_minute_at_most():
    table = Table()
    table.audio.stuck.add("Webcam")
    assert table.goes_on(600) <= 10
    assert table.audio.stops <= 10


def test_a_device_that_another_program_holds_costs_the_music_little():
    table = Table()
    table.audio.plugged.remove(MIC)
    table.goes_on(5)
    table.audio.busy.add("Webcam")
    table.audio.plugged.append(MIC)
    assert table.goes_on(600) <= 16


@pytest.mark.parametrize("looks", [0, 5, 11, 14])
def test_a_slow_microphone_is_given_its_time_also_while_the_speaker_is_away(looks):
    """A Bluetooth headset takes two seconds and more to its first block."""
    table = Table()
    table.audio.plugged.clear()
    table.goes_on(30)
    table.audio.slow["Webcam"] = looks
    table.audio.plugged.append(MIC)
    table.goes_on(8)
    assert ("mic", "back", "Webcam") in table.said


def test_a_device_that_is_there_and_refuses_gives_way_to_another():
    table = Table()
    table.audio.plugged.append(LAPTOP)
    table.audio.busy.add("Speaker")
    table.audio.stuck.add("Speaker")
    table.goes_on(8)
    assert table.said == [("speaker", "lost", "Speaker"), ("speaker", "back", "Laptop")]


def test_home_is_not_left_for_good_when_it_refuses_on_return():
    table = Table()
    table.audio.plugged.append(LAPTOP)
    table.audio.plugged.remove(SPEAKER)
    table.goes_on(10)
    table.audio.busy.add("Speaker")
    table.audio.plugged.append(SPEAKER)
    # It is looked for again and again, each time for a moment, and ever more rarely.
    assert table.goes_on(600) <= 20
    assert table.said[:2] == [("speaker", "lost", "Speaker"), ("speaker", "back", "Laptop")]
    table.audio.busy.clear()
    table.goes_on(320)
    assert table.said[-1] == ("speaker", "back", "Speaker")


def test_each_time_that_blocks_cease_is_known_but_the_loss_is_told_once():
    table = Table()
    for _ in range(5):
        table.audio.stuck.add("Speaker")
        table.goes_on(6)
        table.audio.stuck.clear()
        table.goes_on(0.4)
    assert [word for name, word, _ in table.said if name == "speaker"] == ["lost"]
    assert table.stops["speaker"] >= 4


def test_a_surprise_with_one_stream_does_not_blind_the_watch_over_the_other(caplog):
    table = Table()
    table.speaker.user.starting = lambda *_: 1 / 0
    table.audio.broken = True
    table.goes_on(10)
    table.audio.broken = False
    table.goes_on(10)
    assert ("mic", "back", "Webcam") in table.said
    assert len(caplog.records) <= 2


def test_a_headset_that_is_away_for_an_hour_costs_few_restarts():
    table = Table()
    table.audio.plugged.clear()
    table.goes_on(3600)
    assert table.audio.stops <= 30
    table.audio.plugged += [MIC, SPEAKER]
    table.goes_on(6)
    assert sorted(table.said[2:]) == [("mic", "back", "Webcam"), ("speaker", "back", "Speaker")]


def test_a_probe_that_does_not_see_what_we_hold_is_no_news():
    """On plain ALSA a device that is open cannot be listed by another process."""
    table = Table()
    table.probe.hidden.add("Speaker")
    table.audio.stuck.add("Webcam")
    assert table.goes_on(600) <= 12


def test_both_losses_are_told_before_anything_is_opened_again():
    table = Table()
    table.goes_on(10)
    opened = table.audio.opened
    told = []

    def opening(*args):
        told.append(len(table.said))
        return opened(*args)

    table.audio.opened = opening
    table.audio.stuck |= {"Webcam", "Speaker"}
    table.goes_on(3)
    assert told and told[0] == 1  # the speaker is noticed first: its patience is shorter
    assert len(table.said) == 2


def test_music_waits_in_place_while_it_would_play_into_nothing():
    """PulseAudio moves streams to its Dummy Output when the last speaker was pulled out."""
    table = Table()
    name = replace(SPEAKER, name="default")
    table.audio.plugged.append(name)
    table.speaker.device = table.speaker.home = name
    table.goes_on(2)
    table.sink.dummy = True
    table.goes_on(1)
    blocks = dict(table.blocks)
    table.goes_on(30)
    assert table.blocks["speaker"] == blocks["speaker"] and table.blocks["mic"] > blocks["mic"]
    assert table.said == [("speaker", "lost", "default")] and table.stops["speaker"] == 1
    assert not BLOCK.any()
    table.sink.dummy = False
    assert table.goes_on(3) <= 1
    assert table.said[1:] == [("speaker", "back", "default")]


def test_a_speaker_that_is_not_there_yet_is_waited_for():
    table = Table()
    table.streams.close(table.speaker)
    table.audio.plugged.remove(SPEAKER)
    table.audio.frozen = None
    table.speaker = table.streams.open("output", "", table.speaker.user, table.now_s, wait=True)
    table.goes_on(60)
    assert table.said == [("speaker", "lost", None)]
    table.audio.plugged.append(SPEAKER)
    table.goes_on(8)
    assert table.said[1:] == [("speaker", "back", "Speaker")]


def test_when_nothing_is_open_the_next_look_sees_what_was_plugged_in():
    table = Table()
    table.streams.close(table.mic)
    table.streams.close(table.speaker)
    table.audio.plugged.append(BUILT_IN)
    assert BUILT_IN in table.streams.devices()


def test_what_cannot_be_opened_at_first_is_one_sentence_and_leaves_nothing_open():
    audio = FakeAudio(plugged=[SPEAKER])
    streams = Streams(audio, FakeProbe(audio), FakeSink())
    with pytest.raises(UserError, match="There is no microphone"):
        streams.open("input", "", Listed(None, "mic"), 0.0)
    assert audio.frozen is None


CALL = Device(
    7,
    "Monitor of Discord",
    2,
    0,
    44_100,
    loopback=True,
    server_name="discord.monitor",
    through=0,
)


@dataclass
class FakeServer:
    gone: set[str] = field(default_factory=set)

    def vanished(self, device, kind, opened_s, now_s):
        return device.server_name in self.gone


@pytest.fixture
def call():
    """A table that hears a call too, whose device the sound server alone knows by name."""
    table, server = Table(), FakeServer()
    table.streams._server = server
    table.audio.hidden = [CALL]
    table.blocks["call"] = table.stops["call"] = 0
    table.streams.open("input", "discord", Listed(table, "call"), table.now_s)
    table.server = server
    table.goes_on(5)
    return table


def test_a_device_that_only_the_sound_server_knows_is_found_by_a_part_of_its_name(call):
    assert call.blocks["call"] > 10 and call.said == []
    with pytest.raises(UserError, match="7 Monitor of Discord"):
        call.streams.open("input", "teamspeak", Listed(call, "x"), call.now_s)


def test_a_call_whose_device_vanished_is_not_heard_through_another_one(call):
    """The server moves its stream to the microphone and says nothing; blocks go on."""
    call.server.gone, call.audio.hidden = {"discord.monitor"}, []
    call.goes_on(0.4)
    before = dict(call.blocks)
    assert call.goes_on(60) == 0
    assert call.blocks["call"] == before["call"] and call.blocks["mic"] > before["mic"] + 200
    assert call.said == [("call", "lost", "Monitor of Discord")]
    assert call.audio.stops == 0  # nobody else stumbles


def test_a_call_whose_device_came_back_is_heard_again(call):
    call.server.gone, call.audio.hidden = {"discord.monitor"}, []
    call.goes_on(60)
    call.server.gone, call.audio.hidden = set(), [CALL]
    assert call.goes_on(10) == 0
    assert call.said == [
        ("call", "lost", "Monitor of Discord"),
        ("call", "back", "Monitor of Discord"),
    ]


def test_what_windows_plays_is_not_lost_while_nothing_plays(call):
    windows = replace(CALL, name="Speakers [Loopback]", server_name="", wasapi=True)
    call.audio.hidden.append(windows)
    call.blocks["windows"] = call.stops["windows"] = 0
    call.streams.open("input", "speakers [", Listed(call, "windows"), call.now_s)
    call.audio.stuck.add(windows.name)
    call.goes_on(300)
    assert call.said == []

"""What Linux's sound server has, by its own names."""

import os

import pytest

from dndmood.errors import UserError
from dndmood.sound_devices import Device, pick, pick_loopback
from dndmood.sound_devices._sound_server import SoundServer, aimed_at, parsed

SOURCES = """\
Source #0
\tState: SUSPENDED
\tName: alsa_output.usb-Headset.analog-stereo.monitor
\tDescription: Monitor of USB Headset Analog Stereo
\tDriver: module-alsa-card.c
\tSample Specification: s16le 2ch 48000Hz
\tMute: no
\tMonitor of Sink: alsa_output.usb-Headset.analog-stereo

Source #1
\tState: RUNNING
\tName: alsa_input.usb-Headset.mono-fallback
\tDescription: USB Headset Mono
\tSample Specification: s16le 1ch 16000Hz
\tMonitor of Sink: n/a
"""
SINKS = """\
Sink #5
\tName: call
\tDescription: Größe: "Café"
\tSample Specification: float32le 6ch 96000Hz
\tMonitor Source: call.monitor
"""
PULSE = Device(3, "pulse", 32, 32, 44_100)
DEFAULT = Device(4, "default", 32, 32, 44_100, default_input=True, default_output=True)


def test_sources_are_read_with_their_kind_and_form():
    monitor, mic = parsed(SOURCES, "input")
    assert monitor.loopback and not mic.loopback
    assert (monitor.name, monitor.inputs, monitor.outputs, monitor.rate_hz) == (
        "Monitor of USB Headset Analog Stereo",
        2,
        0,
        48_000,
    )
    assert (mic.server_name, mic.inputs, mic.rate_hz) == (
        "alsa_input.usb-Headset.mono-fallback",
        1,
        16_000,
    )
    (sink,) = parsed(SINKS, "output")
    assert (sink.name, sink.outputs, sink.loopback) == ('Größe: "Café"', 6, False)
    assert not list(parsed("", "input"))


def test_what_is_played_goes_before_a_microphone_of_the_same_name():
    every = tuple(parsed(SOURCES, "input"))
    assert pick_loopback(every, "headset").loopback
    assert not pick(every[::-1], "USB Headset Mono").loopback
    assert pick_loopback(every, "headset mono").name == "USB Headset Mono"
    assert pick_loopback(every, "alsa_input.usb-Headset.mono-fallback").inputs == 1
    with pytest.raises(UserError, match="Monitor of USB Headset"):
        pick_loopback(every, "teamspeak")


def test_the_way_to_the_server_is_the_surest_and_devices_are_numbered_after_all(monkeypatch):
    server = SoundServer()
    answers = {"sources": SOURCES, "sinks": SINKS}
    monkeypatch.setattr(
        "dndmood.sound_devices._sound_server.said", lambda _, what: answers[what]
    )
    found = server.devices((DEFAULT, PULSE))
    assert [device.index for device in found] == [5, 6, 7]
    assert {device.through for device in found} == {3}
    assert server.devices((Device(0, "HDA Intel", 2, 2, 48_000),)) == ()


@pytest.mark.parametrize("kind", ["input", "output"])
def test_the_environment_names_the_device_while_it_is_opened_and_no_longer(kind, monkeypatch):
    monkeypatch.setenv("PULSE_SOURCE", "theirs")
    monkeypatch.delenv("PULSE_SINK", raising=False)
    before = dict(os.environ)
    device = next(parsed(SOURCES, "input"))
    name = "PULSE_SOURCE" if kind == "input" else "PULSE_SINK"
    with aimed_at(device, kind):
        assert os.environ[name] == device.server_name
    assert dict(os.environ) == before
    with aimed_at(PULSE, kind):
        assert dict(os.environ) == before


def test_only_an_answer_that_was_asked_after_the_opening_says_that_a_device_is_gone():
    class Answer:
        answered_s = 10.0

        def answer(self, _now_s):
            return b"0\tmic.monitor\tmodule\n"

    server = SoundServer()
    server._asked = {"input": Answer(), "output": Answer()}
    device = next(parsed(SOURCES, "input"))
    assert server.vanished(device, "input", 9.0, 11.0)
    assert not server.vanished(device, "input", 10.5, 11.0)
    Answer.answer = lambda *_: None
    assert not server.vanished(device, "input", 9.0, 11.0)

from types import SimpleNamespace

import numpy as np
import pytest

from dndmood.events import Command
from dndmood.players.pygame import BACK, LOST, Pygame


class FakeSdl:
    """SDL whose device can be pulled out and put back."""

    AUDIODEVICEREMOVED = 4353
    error = RuntimeError

    def __init__(self) -> None:
        self.there, self.taken, self.events, self.volume = True, 0, [], 1.0
        self.takes = True
        self.mixer = SimpleNamespace(
            Channel=lambda _: self.channel(),
            Sound=lambda buffer: buffer,
            quit=self.quit,
            init=self.init,
        )
        self.event = SimpleNamespace(get=self.get)
        self.quits = 0

    def channel(self):
        return SimpleNamespace(
            get_queue=lambda: None if self.takes else "full",
            queue=self.queue,
            set_volume=self.set_volume,
        )

    def set_volume(self, volume):
        self.volume = volume

    def queue(self, pcm):
        assert np.frombuffer(pcm, np.int16).size
        self.taken += 1

    def quit(self):
        self.quits += 1

    def init(self, *_, **__):
        if not self.there:
            raise self.error("ALSA: Couldn't open audio device")

    def get(self, kind):
        events, self.events = self.events, []
        return events

    def pull_out(self):
        self.there = False
        self.events.append(SimpleNamespace(iscapture=0, which=2))


class Leave:
    """A flag that is raised after so many looks, and lets things happen at some of them."""

    def __init__(self, looks, happenings=None) -> None:
        self.left, self.looks, self.happenings = looks, 0, happenings or {}

    def is_set(self):
        self.left -= 1
        return self.left < 0

    def wait(self, seconds):
        self.looks += 1
        self.happenings.get(self.looks, lambda: None)()


def player(sdl, said):
    playback = type(
        "Playback",
        (),
        {
            "__call__": lambda *_: None,
            "render": lambda _, n: np.zeros((n, 2), np.float32),
            "silent": lambda _: False,
            "interrupt": lambda _: None,
        },
    )()
    return Pygame(sdl, playback, said.append)


def test_a_lost_device_is_told_and_opened_again():
    sdl, said = FakeSdl(), []
    music = player(sdl, said)

    def back():
        sdl.there = True

    music.feed(Leave(60, {10: sdl.pull_out, 30: back}))
    assert [problem.text for problem in said] == [LOST, BACK]
    assert sdl.quits == 1 and sdl.taken > 20


def test_a_device_that_takes_nothing_is_opened_again():
    sdl, said = FakeSdl(), []
    music = player(sdl, said)

    def stuck():
        sdl.takes = False

    def init(*_, **__):
        sdl.takes = True

    sdl.mixer.init = init
    music.feed(Leave(120, {10: stuck}))
    assert [problem.text for problem in said] == [LOST, BACK]


@pytest.mark.parametrize(("iscapture", "which"), [(1, 0), (1, 3), (0, 0)])
def test_another_device_that_was_unplugged_is_no_lost_speaker(iscapture, which):
    sdl, said = FakeSdl(), []
    sdl.events.append(SimpleNamespace(iscapture=iscapture, which=which))
    player(sdl, said).feed(Leave(20))
    assert said == []


def test_silence_lasts_over_a_lost_device():
    sdl, said = FakeSdl(), []
    music = player(sdl, said)
    music(Command("silence"))
    sdl.volume = 1.0

    def back():
        sdl.there = True

    music.feed(Leave(30, {2: sdl.pull_out, 10: back}))
    assert said[-1].text == BACK and sdl.volume == 0.0

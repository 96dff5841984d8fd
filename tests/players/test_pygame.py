from threading import Event as Flag
from types import SimpleNamespace

import numpy as np
import pytest

from dndmood import threads
from dndmood.events import Command, Cue, NowPlaying, Problem
from dndmood.players import pygame as sdl_player
from dndmood.players._playback import Playback
from dndmood.players.pygame import BACK, LOST, Pygame, quit_sdl
from tests.fakes import stand, tone


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
        self.waited_s = []

    def is_set(self):
        self.left -= 1
        return self.left < 0

    def wait(self, seconds):
        self.looks += 1
        self.waited_s.append(seconds)
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


def test_a_device_that_opens_but_takes_nothing_is_told_once_and_tried_less_and_less():
    sdl, said = FakeSdl(), []
    sdl.takes = False
    leave = Leave(3000)
    player(sdl, said).feed(leave)
    assert [problem.text for problem in said] == [LOST]
    pauses_s = [seconds for seconds in leave.waited_s if seconds >= 1.0]
    assert pauses_s[:5] == [1.0, 2.0, 4.0, 8.0, 8.0]


def test_a_device_that_takes_two_blocks_and_no_more_is_not_back():
    """Those two only lie in SDL's queue, and nothing has been heard of them."""
    sdl, said = FakeSdl(), []
    free = [2]
    sdl.channel = lambda: SimpleNamespace(
        get_queue=lambda: None if free[0] else "full",
        queue=lambda _: free.__setitem__(0, free[0] - 1),
        set_volume=lambda _: None,
    )
    sdl.mixer.init = lambda *_, **__: free.__setitem__(0, 2)
    player(sdl, said).feed(Leave(2000))
    assert [problem.text for problem in said] == [LOST]


def test_what_nobody_can_hear_is_not_told_as_playing(tmp_path):
    sdl, said = FakeSdl(), []
    playback = Playback(44_100, prefetch=False, report=said.append)
    track = tone(tmp_path / "a.wav", seconds=60.0, hz=441.0)
    playback(Cue(0.0, "calm", (track,), 0.0, "plays a"))
    music = Pygame(sdl, playback, said.append)

    def opened_for_nothing(*_, **__):
        sdl.takes = False

    sdl.mixer.init = opened_for_nothing
    music.feed(Leave(2000, {20: opened_for_nothing}))
    playback.close()
    playing = [fact.track for fact in said if isinstance(fact, NowPlaying)]
    assert playing == [track, None]


@pytest.mark.parametrize(
    "error", [RuntimeError("Audio device hasn't been opened"), MemoryError()]
)
@pytest.mark.parametrize("where", ["Sound", "queue", "get", "get_queue", "quit"])
def test_an_error_of_sdl_is_a_lost_device_and_not_the_end_of_the_music(where, error):
    sdl, said = FakeSdl(), []

    def fail(*_, **__):
        raise error

    def break_it():
        if where == "quit":
            sdl.mixer.quit = fail
            sdl.pull_out()
        elif where == "Sound":
            sdl.mixer.Sound = fail
        elif where == "get":
            sdl.event.get = fail
        else:
            setattr(music._channel, where, fail)

    def mend():
        sdl.mixer.Sound, sdl.event.get, sdl.there = (lambda buffer: buffer), sdl.get, True

    music = player(sdl, said)
    music.feed(Leave(60, {10: break_it, 14: mend}))
    assert [problem.text for problem in said if isinstance(problem, Problem)] == [LOST, BACK]
    assert stand(said) == [True, False]


def test_nobody_waits_for_an_sdl_that_hangs_at_the_end(monkeypatch):
    server_is_back = Flag()
    sdl = SimpleNamespace(
        mixer=SimpleNamespace(quit=lambda: server_is_back.wait(20.0)),
        display=SimpleNamespace(quit=lambda: None),
    )
    monkeypatch.setattr(sdl_player, "_HANGS_S", 0.05)
    quit_sdl(sdl)
    assert threads.hanging()
    server_is_back.set()
    for worker in threads._left_behind:
        worker.join(20.0)
    assert not threads.hanging()

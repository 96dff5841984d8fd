"""Plays through SDL, which needs no PortAudio and mixes on a C thread of its own.

SDL is handed blocks of a third of a second, one playing and one queued, so a stall of Python
shorter than a block is never heard. Blocks are a whole number of SDL's own buffers, because
SDL starts a queued sound at the next buffer only.
"""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event as Flag
from typing import Any

import numpy as np

from dndmood.errors import UserError
from dndmood.events import Command, Event, Problem
from dndmood.players import Report
from dndmood.players._playback import Playback
from dndmood.reference_tap import ReferenceTap
from dndmood.threads import Worker, ended, running

_RATE_HZ = 44_100
_BUFFER = 2048
_BLOCK = 8 * _BUFFER
_LOOK_S = _BLOCK / _RATE_HZ / 8
_QUEUED = 2
"""Blocks that SDL holds: one playing, one waiting."""
_STUCK_LOOKS = round(2.0 / _LOOK_S)
"""SDL takes a block at every eighth look or so; when it takes none for two seconds it is stuck."""
_REOPEN_S, _REOPEN_LATER_S = 0.5, 8.0
"""A lost device is opened again after so long; one that opens and then takes nothing, after twice
as long each time."""
_PLAYED_S = 0.3
"""A device that has played so much is back; one that only opens may take nothing."""
_FADE_OUT_S = 0.8
"""How long the last music fades out: with what is on its way, within a second of quitting."""
_HANGS_S = 2.0
"""SDL may wait for ever for a sound server that was stopped; nobody waits for SDL any longer."""

_log = logging.getLogger(__name__)

LOST = (
    "The sound device takes no more music: was it unplugged, or did the system's sound stop? "
    "The music goes on as soon as it is back."
)
BACK = "The sound device is back, and the music goes on."
_ABOUT = "the speaker"


class Pygame:
    """Hands events to the playback and its sound to SDL, as long as SDL takes it."""

    def __init__(self, sdl: Any, playback: Playback, report: Report) -> None:
        self._sdl = sdl
        self._playback = playback
        self._report = report
        self._channel: Any = sdl.mixer.Channel(0)
        self._silent = self._lost = False
        self._full_looks = 0
        self._played_blocks = 0  # since it was opened
        self._reopen_s = _REOPEN_S
        self._silent_blocks = 0
        self._faded_out = Flag()

    def __call__(self, event: Event) -> None:
        """Obey cues, levels and commands; silence acts on SDL too, so that it is immediate."""
        self._playback(event)
        if isinstance(event, Command) and event.verb == "silence":
            self._silent = not self._silent
            self._set_volume()

    def pour_into(self, tap: ReferenceTap) -> None:
        """Let `tap` have what goes to SDL."""
        self._playback.pour_into(tap)

    def fade_out(self) -> None:
        """Fade out, and come back when that is done; at once where nothing can be heard."""
        self._playback.leave(_FADE_OUT_S)
        if not self._lost:
            self._faded_out.wait(_FADE_OUT_S + 4.0 * _BLOCK / _RATE_HZ)

    def feed(self, leave: Flag) -> None:
        """Hand blocks over until asked to leave; a device that is lost is opened again."""
        while not leave.is_set():
            try:
                pause_s = self._look()
            except Exception as error:  # noqa: BLE001 - whatever SDL raises, it plays no more
                if not self._lost:
                    _log.warning("SDL failed", exc_info=error)
                pause_s = self._lose()
            leave.wait(pause_s)

    def _look(self) -> float:
        """Do what is to be done now; seconds until the next look."""
        if self._channel is None:
            self._reopen()
        elif self._removed() or self._full_looks > _STUCK_LOOKS:
            return self._lose()
        else:
            self._fill()
        return _LOOK_S

    def _fill(self) -> None:
        self._full_looks += 1
        if self._channel.get_queue() is not None:
            return
        # What is still lost gets silence: music that nobody hears would be reported as heard.
        sound = np.zeros((_BLOCK, 2)) if self._lost else self._playback.render(_BLOCK)
        pcm = (sound * 32767.0).astype(np.int16)
        self._channel.queue(self._sdl.mixer.Sound(buffer=pcm.tobytes()))
        self._full_looks = 0
        self._played_blocks += 1
        if self._lost and (self._played_blocks - _QUEUED) * _BLOCK >= _PLAYED_S * _RATE_HZ:
            self._lost, self._reopen_s = False, _REOPEN_S
            self._report(Problem(0.0, BACK, solved=True, about=_ABOUT))
        self._silent_blocks += self._playback.silent()
        if self._silent_blocks > _QUEUED:
            self._faded_out.set()

    def _lose(self) -> float:
        """Let the device go, and say so unless that was said; seconds until the next try."""
        opened, self._channel = self._channel is not None, None
        if not self._lost:
            self._lost = True
            self._playback.interrupt()
            self._report(Problem(0.0, LOST, about=_ABOUT))
        if not opened:
            return _REOPEN_S  # it is not there, and asking costs little
        with suppress(Exception):  # it is given up, whatever SDL thinks of it
            self._sdl.mixer.quit()
        pause_s = self._reopen_s
        self._reopen_s = min(2.0 * pause_s, _REOPEN_LATER_S)
        return pause_s

    def _removed(self) -> bool:
        """Whether our device was unplugged or its server ended; SDL itself plays on into nothing.

        Events of devices that are not open have 0 for `which` (SDL_AudioDeviceEvent).
        """
        asked = self._sdl.event.get(self._sdl.AUDIODEVICEREMOVED)
        return any(event.which and not event.iscapture for event in asked)

    def _reopen(self) -> None:
        """Open the device; raises SDL's error when that fails."""
        _open_mixer(self._sdl)
        self._channel = self._sdl.mixer.Channel(0)
        self._full_looks = self._played_blocks = 0
        self._set_volume()

    def _set_volume(self) -> None:
        if self._channel is not None:
            self._channel.set_volume(0.0 if self._silent else 1.0)


@contextmanager
def opened(argument: str, report: Report) -> Iterator[Pygame]:  # noqa: ARG001 - takes none
    """A player on SDL's default sound device; raises `UserError` when there is none to open."""
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    # Events tell of devices that are gone; they need a picture's driver, and none is shown.
    os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
    try:
        import pygame

        pygame.display.init()
        _open_mixer(pygame)
    except (ImportError, RuntimeError) as error:  # pygame.error is a RuntimeError
        raise UserError(f"SDL cannot open a sound device: {error}") from error
    playback, leave = Playback(_RATE_HZ, prefetch=True, report=report), Flag()
    player = Pygame(pygame, playback, report)
    try:
        with running(
            lambda: player.feed(leave), name="pygame", stop=leave.set, longest_s=_HANGS_S
        ):
            try:
                yield player
            finally:
                player.fade_out()
    finally:
        playback.close()
        quit_sdl(pygame)


def quit_sdl(sdl: Any) -> None:
    """Let SDL's devices go; does not wait for SDL where it hangs."""

    def work() -> None:
        sdl.mixer.quit()
        sdl.display.quit()

    worker = Worker(work, "SDL's end")
    worker.start()
    ended(worker, _HANGS_S)


def _open_mixer(sdl: Any) -> None:
    sdl.mixer.init(_RATE_HZ, -16, 2, _BUFFER, allowedchanges=0)

"""Plays through SDL, which needs no PortAudio and mixes on a C thread of its own.

SDL is handed blocks of a third of a second, one playing and one queued, so a stall of Python
shorter than a block is never heard. Blocks are a whole number of SDL's own buffers, because
SDL starts a queued sound at the next buffer only.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event as Flag
from typing import Any

import numpy as np

from dndmood.errors import UserError
from dndmood.events import Command, Event
from dndmood.players import Report
from dndmood.players._booth import Booth
from dndmood.tap import Tap
from dndmood.threads import running

_RATE_HZ = 44_100
_BUFFER = 2048
_BLOCK = 8 * _BUFFER
_LOOK_S = _BLOCK / _RATE_HZ / 8


class Pygame:
    """Hands events to the booth; silence acts on SDL's channel too, so that it is immediate."""

    def __init__(self, booth: Booth, channel: Any) -> None:
        self._booth = booth
        self._channel = channel
        self._silent = False

    def __call__(self, event: Event) -> None:
        """Obey cues, levels and commands."""
        self._booth(event)
        if isinstance(event, Command) and event.verb == "silence":
            self._silent = not self._silent
            self._channel.set_volume(0.0 if self._silent else 1.0)

    def pour_into(self, tap: Tap) -> None:
        """Let `tap` have what goes to SDL."""
        self._booth.pour_into(tap)


@contextmanager
def opened(argument: str, report: Report) -> Iterator[Pygame]:  # noqa: ARG001 - has nothing to say yet
    """A player on SDL's default sound device."""
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    try:
        import pygame

        pygame.mixer.init(_RATE_HZ, -16, 2, _BUFFER, allowedchanges=0)
    except (ImportError, RuntimeError) as error:  # pygame.error is a RuntimeError
        raise UserError(f"SDL cannot open a sound device: {error}") from error
    channel = pygame.mixer.Channel(0)
    booth, leave = Booth(_RATE_HZ, prefetch=True), Flag()

    def feed() -> None:
        while not leave.is_set():
            if channel.get_queue() is None:
                pcm = (booth.render(_BLOCK) * 32767.0).astype(np.int16)
                channel.queue(pygame.mixer.Sound(buffer=pcm.tobytes()))
            leave.wait(_LOOK_S)

    try:
        with running(feed, name="pygame", stop=leave.set):
            yield Pygame(booth, channel)
    finally:
        booth.close()
        pygame.mixer.quit()

"""Keeps the sound going when mixing fails, and says so. Counts frames; it has no clock."""

import logging
from collections.abc import Callable

import numpy as np

from dndmood.events import Problem
from dndmood.players._faders import Block

_LONG_S = 1.0
"""So much failed sound is reported, and after so much more good sound than failed it is solved."""

FAILS = (
    "The music cannot be mixed: there is silence until it can. Choose another mood, or start "
    "dndmood again; the log says what failed."
)
WORKS = "The music can be mixed again."
_ABOUT = "mixing"

_log = logging.getLogger(__name__)


class MixGuard:
    """Gives silence for a block that fails: an exception would end a player without a word."""

    def __init__(self, say: Callable[[Problem], None], interrupt: Callable[[], None]) -> None:
        """`interrupt` is called when nothing is heard any more."""
        self._say, self._interrupt = say, interrupt
        self._failed_s = 0.0  # failed sound less good sound since, from 0 to _LONG_S
        self._logged = ""
        self.failing = False
        """True from when it was reported until it is solved."""

    def render(self, mix: Callable[[int], Block], frames: int, rate_hz: int) -> Block:
        """`mix(frames)`, or as much silence, shape `(frames, 2)`."""
        try:
            block = mix(frames)
        except Exception as error:  # noqa: BLE001 - whatever fails in a block, the next may be good
            self._failure(error, frames / rate_hz)
            return np.zeros((frames, 2), dtype=np.float32)
        if self._failed_s:
            self._success(frames / rate_hz)
        return block

    def _failure(self, error: Exception, for_s: float) -> None:
        if repr(error) != self._logged:  # it would be many lines a second
            self._logged = repr(error)
            _log.error("the mixer failed for a block", exc_info=error)
        self._failed_s = min(self._failed_s + for_s, _LONG_S)
        if self._failed_s >= _LONG_S and not self.failing:
            self.failing = True
            self._interrupt()
            self._say(Problem(at_s=0.0, text=FAILS, about=_ABOUT))

    def _success(self, for_s: float) -> None:
        self._failed_s = max(self._failed_s - for_s, 0.0)
        if self._failed_s == 0.0 and self.failing:
            self.failing = False
            self._say(Problem(at_s=0.0, text=WORKS, solved=True, about=_ABOUT))

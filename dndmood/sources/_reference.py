"""What our player sent to the speaker, aligned with what the microphone hears.

Speaker and microphone are two devices with two clocks. Both streams are counted in samples; how
much of the music waits to be taken says when one clock runs away from the other, and the echo
itself says how long the way through the room is. That is looked for all evening, because another
speaker or another microphone has another way.
"""

import logging
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from dndmood.events import RATE_HZ, REFERENCE_STEP, Samples
from dndmood.reference_tap import ReferenceTap
from dndmood.sources._delay import DelayFinder

_KEPT = 4 * RATE_HZ
"""Samples of music that can be looked back at."""
_FIRST_HOLD_S = 0.2
"""So much music waits until the delay is known: players hand it over before it sounds."""
_NEAR_S = 0.03
"""What shall remain of the delay once it is known; a canceller wants less than 0.2 s."""
_STEADY_S = 4.0
"""Time constant over which the waiting music is averaged: blocks come in fits and starts."""
_SETTLE_S = 1.0
_JUMP_S = 0.08
"""A shift beyond this is no drift: the device stumbled, and the music is aligned again."""
_LOOSE_S = 0.025
"""A shift within this is left to who takes the music out of the sound, who follows the clocks far
more finely; each sample of a step here would have to be learnt there."""
_ROOM_S = 0.01
"""Beyond what the blocks of the player need, so much music waits at least."""
_MOST_ROOM_S = 0.15
_FINE_S = (0.005, 0.08)
"""While the delay that remains is within these, the music stays where it is."""
_SMALL_S = 0.005
"""A shift that is not worth making."""
_GAP_S = 0.25
"""After so much lost sound the microphone may have been opened again, with another delay."""
_LOUDEST = 8.0
"""What is larger, or no number, never left a speaker: it would stay in every average here."""
_GONE_S = 2.0
"""A player from which nothing came for this long plays nothing that we know of."""

_log = logging.getLogger(__name__)

_Both: TypeAlias = NDArray[np.float32]
"""Shape `(frames, 2)`: middle and side."""


class ReferenceAligner:
    """Takes music from a tap and gives the stretch that belongs to each stretch of sound."""

    def __init__(self, tap: ReferenceTap, *, delay_s: float = 0.0) -> None:
        """`delay_s` is how long the music takes to the microphone; 0 finds it out."""
        self._tap = tap
        self._resampler: Any = None
        self._rate_hz = 0
        self._ring = np.zeros((_KEPT, 2), dtype=np.float32)  # middle and side
        self._poured = 0  # samples that came from the tap, at 16 kHz
        self._taken = 0  # index of the next sample to be given
        self._wait = 0.0  # samples that wait, averaged
        self._settling_s = _SETTLE_S
        self._laid = False  # the two lie beside each other
        self._silent_s = 0.0
        self._wanted = (delay_s - _NEAR_S if delay_s else _FIRST_HOLD_S) * RATE_HZ
        self._hold = self._wanted  # samples of music that shall wait, at least `_room`
        self._least = np.inf  # fewest samples that waited while settling
        self._room = 0.0  # what must wait so that there is music for every stretch of sound
        self._finder = None if delay_s else DelayFinder()
        self._found = False  # the way to the microphone was found at least once

    def draw(self, sound: Samples) -> tuple[Samples, Samples] | None:
        """What was played while `sound` was heard, each of the same shape; None when nobody knows.

        The first is half the sum of left and right, the second half their difference.
        """
        came = self._fill()
        length = len(sound)
        self._silent_s = 0.0 if came else self._silent_s + length / RATE_HZ
        if not self._poured or self._silent_s > _GONE_S:
            if self._laid:
                self._look_again()  # when it comes back it may be through another speaker
            self._settling_s, self._laid = _SETTLE_S, False
            return None
        self._keep_step(length)
        music, side = self._stretch(self._taken, length)
        self._taken += length
        if not self._laid:
            return None
        self._measure(sound, music)
        return music, side

    def skip(self, samples: int) -> None:
        """So many samples of sound were lost: the music that went with them is of no use."""
        self._taken += samples
        if samples > _GAP_S * RATE_HZ:
            self._look_again()

    def _fill(self) -> bool:
        """Move what is in the tap to the ring; False when there was nothing."""
        came = False
        for music, side, rate_hz in self._tap.take():
            came = True
            block = np.stack((music, side), axis=1)
            sound = np.where(np.abs(block) <= _LOUDEST, block, np.float32(0.0))
            self._write(self._at_our_rate(sound, rate_hz))
        return came

    def _at_our_rate(self, block: _Both, rate_hz: int) -> _Both:
        if rate_hz == RATE_HZ:
            return block
        if rate_hz != self._rate_hz:
            import soxr

            self._rate_hz = rate_hz
            self._resampler = soxr.ResampleStream(
                rate_hz, RATE_HZ, 2, dtype="float32", quality="MQ"
            )
        ready: _Both = self._resampler.resample_chunk(block)
        return ready

    def _write(self, samples: _Both) -> None:
        self._ring[(self._poured + np.arange(len(samples))) % _KEPT] = samples
        self._poured += len(samples)

    def _stretch(self, start: int, length: int) -> tuple[Samples, Samples]:
        """So much of the ring, middle and side; silence where it has forgotten or has nothing yet."""
        index = start + np.arange(length)
        known = (index < self._poured) & (index >= self._poured - _KEPT) & (index >= 0)
        found = np.where(known[:, np.newaxis], self._ring[index % _KEPT], np.float32(0.0))
        return np.ascontiguousarray(found[:, 0]), np.ascontiguousarray(found[:, 1])

    def _keep_step(self, length: int) -> None:
        """Follow clocks that have come apart; begin, and begin again after a stumble."""
        seconds, waits = length / RATE_HZ, float(self._poured - self._taken)
        if self._settling_s > 0.0:
            self._settle(seconds, waits, length)
            return
        self._wait += (waits - self._wait) * min(seconds / _STEADY_S, 1.0)
        apart = self._wait - self._hold
        if abs(apart) > _JUMP_S * RATE_HZ:
            self._settling_s = _SETTLE_S
            self._look_again()
            return
        if abs(apart) > _LOOSE_S * RATE_HZ:
            self._step(REFERENCE_STEP if apart > 0.0 else -REFERENCE_STEP)

    def _settle(self, seconds: float, waits: float, length: int) -> None:
        """Average what waits for a second, then lay the two beside each other."""
        begun = self._settling_s == _SETTLE_S
        self._least = min(np.inf if begun else self._least, waits - length)
        share = seconds / (_SETTLE_S - self._settling_s + seconds)
        self._wait += (waits - self._wait) * share
        self._settling_s -= seconds
        if self._settling_s <= 0.0:
            needed = self._wait - self._least + _ROOM_S * RATE_HZ
            self._room = min(needed, _MOST_ROOM_S * RATE_HZ)
            self._hold = max(self._wanted, self._room)
            self._step(self._wait - self._hold)
            self._laid = True

    def _step(self, samples: float) -> None:
        self._taken += round(samples)
        self._wait -= round(samples)

    def _look_again(self) -> None:
        """What was known of the delay may no longer hold."""
        if self._finder is not None:
            self._finder = DelayFinder()

    def _measure(self, sound: Samples, music: Samples) -> None:
        if self._finder is None:
            return
        found_s = self._finder.push(sound, music)
        if found_s is None:
            return
        whole_s = self._hold / RATE_HZ + found_s
        wanted = (whole_s - _NEAR_S) * RATE_HZ
        later = REFERENCE_STEP * round((max(wanted, self._room) - self._hold) / REFERENCE_STEP)
        fine = _FINE_S[0] <= found_s <= _FINE_S[1] or abs(later) < _SMALL_S * RATE_HZ
        if self._found and fine:
            self._finder.expect(found_s)
            return
        _log.info("the music takes %.0f ms from the mixer to the microphone", whole_s * 1000.0)
        self._found = True
        self._finder = DelayFinder()
        self._finder.expect(found_s - later / RATE_HZ)
        self._wanted, self._hold = wanted, self._hold + later
        self._wait += later
        self._taken -= later

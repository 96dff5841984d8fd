"""A score as played by people: tempo that gives, hands that are never quite together."""

from __future__ import annotations

import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from scores import midi
from scores.notation import Bus, Part, Score

LEAD_IN_S = 0.5
"""Silence before the first beat, so that a note played early still exists."""

_GRID = 16  # points per pulse at which the tempo is integrated
_SWELL_STEP_S = 0.04


class Clock:
    """Where each pulse of a score falls, in seconds from the start of the loop."""

    def __init__(self, score: Score) -> None:
        count = math.ceil(score.length) * _GRID + 1
        pulses = np.arange(count) / _GRID
        points = score.tempo or ((0.0, 1.0),)
        factor = np.interp(pulses, [p for p, _ in points], [f for _, f in points])
        pace_s = 60.0 / (score.bpm * score.pulses_per_beat) / factor
        self._pulses = pulses
        self._seconds = np.concatenate(
            ([0.0], np.cumsum((pace_s[1:] + pace_s[:-1]) / 2 / _GRID))
        )
        self._lilt = score.lilt
        self.length_s = float(np.interp(score.length, pulses, self._seconds))
        self._pace_s = 60.0 / (score.bpm * score.pulses_per_beat)

    def at_s(self, pulse: float) -> float:
        """The time of a pulse; pulses outside the loop go on at the plain tempo."""
        if self._lilt:
            group = len(self._lilt)
            base = math.floor(pulse / group) * group
            places = (*self._lilt, float(group))
            pulse = base + float(np.interp(pulse - base, range(group + 1), places))
        if pulse < 0:
            return pulse * self._pace_s
        beyond = max(0.0, pulse - float(self._pulses[-1]))
        return float(np.interp(pulse, self._pulses, self._seconds)) + beyond * self._pace_s


def events(score: Score, bus: Bus) -> list[midi.Event]:
    """What the parts on one bus play, as MIDI, with the lead-in before the first pulse."""
    clock = Clock(score)
    found: list[midi.Event] = []
    channels = iter([c for c in range(16) if c != 9])
    for part in score.parts:
        if part.bus == bus and part.notes:
            channel = 9 if part.kit else next(channels)
            found += _played(part, score, clock, channel)
    return found


def _played(part: Part, score: Score, clock: Clock, channel: int) -> list[midi.Event]:
    # the seed depends on the part's name, so adding a part does not change how others play
    rng = np.random.default_rng((score.seed, zlib.crc32(part.name.encode())))
    found = [
        midi.program(channel, part.program),
        midi.control(0.0, channel, 7, 60 * 10 ** (part.level_db / 40)),
        midi.control(0.0, channel, 10, 64 + 63 * part.pan),
        midi.control(0.0, channel, 91, 0),
        midi.control(0.0, channel, 93, 0),
        midi.detune(channel, part.detune_cents),
    ]
    found += _breath(part.swells, clock, channel)
    drift_s = 0.0
    sounding: list[_Sounding] = []
    for each in sorted(part.notes, key=lambda n: (n.at, n.pitch)):
        start_s, end_s = clock.at_s(each.at), clock.at_s(each.at + each.length)
        # a player drifts as well as slips: half of the error carries over to the next note
        drift_s = 0.5 * drift_s + float(rng.normal(0, part.loose_ms / 1000))
        late_s = max(-0.035, min(0.035, drift_s)) + part.lag_ms / 1000
        accent = 0.0
        if score.accents:
            accent = score.accents[math.floor(each.at + 1e-6) % len(score.accents)]
        velocity = min(127.0, each.velocity + accent + float(rng.normal(0, 3.0)))
        start_s = max(0.0, LEAD_IN_S + start_s + late_s)
        end_s = LEAD_IN_S + end_s + late_s
        sounding.append(_Sounding(start_s, end_s, each.pitch, velocity))
    for note in _damped(sounding):
        length_s = note.end_s - note.start_s
        found += midi.note(note.start_s, length_s, channel, note.pitch, note.velocity)
    return found


@dataclass(frozen=True, slots=True)
class _Sounding:
    start_s: float
    end_s: float
    pitch: int
    velocity: float


def _damped(notes: Sequence[_Sounding]) -> list[_Sounding]:
    """The notes, each ended before its own pitch is struck again.

    Otherwise the end of the first would cut off the second: in MIDI a pitch has but one key.
    """
    following: dict[int, float] = {}
    damped: list[_Sounding] = []
    for note in sorted(notes, key=lambda n: n.start_s, reverse=True):
        end_s = min(note.end_s, following.get(note.pitch, math.inf) - 0.004)
        if end_s - note.start_s > 0.015:  # else two parts of a phrase strike the key as one
            damped.append(replace(note, end_s=end_s))
            following[note.pitch] = note.start_s
    return damped[::-1]


def _breath(
    swells: Sequence[tuple[float, float]], clock: Clock, channel: int
) -> list[midi.Event]:
    if not swells:
        return []
    points = sorted(swells)
    times_s = [LEAD_IN_S + clock.at_s(p) for p, _ in points]
    grid_s = np.arange(0.0, times_s[-1] + _SWELL_STEP_S, _SWELL_STEP_S)
    values = np.interp(grid_s, times_s, [v for _, v in points])
    found: list[midi.Event] = []
    last = -1
    for at_s, value in zip(grid_s, values, strict=True):
        step = round(127 * float(value) ** 0.5)  # the synthesiser squares it again
        if step != last:
            found.append(midi.control(float(at_s), channel, 11, step))
            last = step
    return found

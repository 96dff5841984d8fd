"""Decibels, and back; relative to full scale where the amplitude of a full sample is 1."""

import math


def power_db(power: float, floor_db: float) -> float:
    """10 log10 of `power`, at least `floor_db`, which silence and what is no number give.

    >>> power_db(0.01, -60.0), power_db(0.0, -60.0)
    (-20.0, -60.0)
    """
    return max(10.0 * math.log10(power), floor_db) if power > 0.0 else floor_db


def amplitude_db(amplitude: float, floor_db: float) -> float:
    """20 log10 of `amplitude`, at least `floor_db`, which silence and what is no number give.

    >>> amplitude_db(0.1, -60.0)
    -20.0
    """
    return max(20.0 * math.log10(amplitude), floor_db) if amplitude > 0.0 else floor_db


def power_of(level_db: float) -> float:
    """The power that has `level_db`."""
    return float(10.0 ** (level_db / 10.0))


def amplitude_of(level_db: float) -> float:
    """The amplitude that has `level_db`, and the factor of a gain of so many dB."""
    return float(10.0 ** (level_db / 20.0))

"""How loud a sound is by EBU R 128, and the gain that brings it to the common loudness. Pure.

Loudness and true peak are those of Recommendation ITU-R BS.1770-5; EBU Tech 3341 has the signals
by which such a meter is tested.
"""

import math
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from dndmood.decibels import amplitude_db, amplitude_of

TARGET_LUFS = -18.0
"""The loudness every track is brought to (ReplayGain 2.0's reference)."""
CEILING_DBTP = -2.0
"""No true peak of a track goes beyond, by the filter of BS.1770. Near half the rate that one reads
up to 0.9 dB too little; by every meter it is below -1 dB."""
MOST_DB = 40.0
"""A track is lifted by so much at most: what is softer is the hiss of its recording."""

_SLICE_S = 0.1
_IN_BLOCK = 4
"""Gating blocks of 400 ms, three quarters overlapping."""
_ABSOLUTE_LUFS, _RELATIVE_LU = -70.0, -10.0
_TAPS_S = 0.12
"""The slower filter rings with exp(-240 t): after so long it is 125 dB down."""
# High shelf and high pass by their analogue prototypes, which give the coefficients of BS.1770's
# tables 1 and 2 at 48 kHz (as in libebur128).
_SHELF_HZ, _SHELF_DB, _SHELF_Q = 1681.974450955533, 3.999843853973347, 0.7071752369554196
_PASS_HZ, _PASS_Q = 38.13547087602444, 0.5003270373238773
_UP = np.array(
    [
        [0.001708984375, 0.010986328125, -0.0196533203125, 0.033203125, -0.0594482421875,
         0.1373291015625, 0.97216796875, -0.102294921875, 0.047607421875, -0.026611328125,
         0.014892578125, -0.00830078125],
        [-0.0291748046875, 0.029296875, -0.0517578125, 0.089111328125, -0.16650390625,
         0.465087890625, 0.77978515625, -0.2003173828125, 0.1015625, -0.0582275390625,
         0.0330810546875, -0.0189208984375],
    ],
    dtype=np.float32,
)  # fmt: skip
UP = np.concatenate((_UP, _UP[::-1, ::-1]))
"""Four values for each frame from the twelve around it: BS.1770, annex 2; shape `(4, 12)`."""
_ROUNDS = 8
_MORE_DB = 12.0
"""What a limiter takes is made up for by so much at most."""
_STROKE_S = 0.025
"""A limiter that lets go quickly holds down so much around a peak."""
_POWER, _PEAK, _STEADY, _NEAR = range(4)
_KNOWN = 4
"""Of each slice: weighted power, true peak, the largest channel's root mean square, and how much of
the power lies around the peak. A limiter holds down all of what is steady, and else the peak."""
_AT_ONCE = 4096
"""More, and the library would wake threads for it, which cost more than they help."""


class Level(NamedTuple):
    """How loud a sound is."""

    lufs: float
    """Integrated loudness, gated; -inf for silence."""
    peak_dbtp: float
    """True peak, in dB relative to full scale; -inf for silence."""
    gain_db: float
    """What brings it to -18 LUFS once its true peaks are limited to -2 dB; at most 40 dB more.
    0 for silence."""


class Loudness:
    """Measures a sound that comes in blocks; memory grows by a few bytes a second.

    >>> measure = Loudness(48_000, 2)
    >>> time_s = np.arange(96_000)[:, None] / 48_000
    >>> measure.push(np.sin(6283.0 * time_s).repeat(2, axis=1) * 0.1)
    >>> round(measure.level().lufs, 1)
    -20.0
    """

    def __init__(
        self, rate_hz: int, channels: int, *, weights: Sequence[float] | None = None
    ) -> None:
        """`weights` says how much each channel's power counts, by default 1.

        BS.1770 gives 1.41 to those beside and behind the listener and 0 to the effects channel.
        What is played on two sides should be folded down first and measured as it is heard.
        """
        self._rate_hz = rate_hz
        self._weights = np.ones(channels) if weights is None else np.asarray(weights, float)
        taps = round(_TAPS_S * rate_hz)
        self._before = np.zeros((taps, channels), dtype=np.float32)
        self._waiting: list[NDArray[np.float32]] = []
        self._frames = 0
        self._slices: list[NDArray[np.float64]] = []

    def push(self, block: NDArray[np.float32]) -> None:
        """Take in the next `block`, shape `(frames, channels)`, of any length."""
        self._waiting.append(np.asarray(block, dtype=np.float32))
        self._frames += len(block)
        if self._frames < self._rate_hz:
            return
        sound = np.concatenate(self._waiting)
        while len(sound) >= self._rate_hz:
            second, sound = sound[: self._rate_hz], sound[self._rate_hz :]
            self._slices.append(self._sliced(second))
            self._before = np.concatenate((self._before, second))[-len(self._before) :]
        self._waiting, self._frames = [sound.copy()], len(sound)

    def powers(self) -> NDArray[np.float64]:
        """Weighted power of every 100 ms so far, shape `(n,)`; 1 is about -0.7 LUFS."""
        return self._so_far()[:, _POWER]

    def level(self) -> Level:
        """How loud all is that came so far."""
        slices = self._so_far()
        if not len(slices):
            return Level(-math.inf, -math.inf, 0.0)
        peak_dbtp = amplitude_db(float(slices[:, _PEAK].max()), -math.inf)
        return Level(_gated_lufs(slices[:, _POWER]), peak_dbtp, _gain_db(slices))

    def _so_far(self) -> NDArray[np.float64]:
        """What is known of every slice, shape `(n, 4)`."""
        if not self._frames:
            return np.concatenate((*self._slices, np.zeros((0, _KNOWN))))
        rest = np.concatenate(self._waiting)
        slices = np.concatenate((*self._slices, self._sliced(rest)))
        if len(slices):  # what is shorter than a slice has peaks too
            slices[-1, _PEAK] = max(slices[-1, _PEAK], float(self._true_peaks(rest).max()))
        return slices

    def _sliced(self, sound: NDArray[np.float32]) -> NDArray[np.float64]:
        """Every whole 100 ms of `sound`, and a rest if it is all there is, shape `(n, 4)`."""
        count = math.floor(len(sound) / (self._rate_hz * _SLICE_S) + 1e-9)
        if not len(sound) or not (count or not self._slices):
            return np.zeros((0, _KNOWN))
        edges = np.round(np.arange(max(count, 1)) * (self._rate_hz * _SLICE_S)).astype(int)
        end = round(count * self._rate_hz * _SLICE_S) or len(sound)
        lengths = np.diff(edges, append=end)
        heard = self._heard_power(sound[:end])
        peaks = self._true_peaks(sound)
        near = round(_STROKE_S * self._rate_hz)
        slices = np.empty((len(edges), _KNOWN))
        slices[:, _POWER] = np.add.reduceat(heard, edges) / lengths
        slices[:, _PEAK] = np.maximum.reduceat(peaks, edges)
        steady = [
            np.add.reduceat(np.square(channel, dtype=np.float64), edges)
            for channel in sound[:end].T
        ]
        slices[:, _STEADY] = (np.max(steady, axis=0) / lengths) ** 0.5
        for number, (begin, length) in enumerate(zip(edges, lengths, strict=True)):
            stroke = begin + int(peaks[begin : begin + length].argmax())
            around = heard[max(begin, stroke - near) : min(begin + length, stroke + near)]
            slices[number, _NEAR] = around.sum() / length
        return slices

    def _heard_power(self, sound: NDArray[np.float32]) -> NDArray[np.float64]:
        """The weighted power of each frame behind the K filter, which goes on from block to block.

        One channel after the other: all at once they would take megabytes more for a moment.
        """
        taps = len(self._before)
        size = _good_size(taps + len(sound))
        power = np.zeros(len(sound))
        for before, channel, weight in zip(self._before.T, sound.T, self._weights, strict=True):
            spectrum = np.fft.rfft(np.concatenate((before, channel)), size)
            spectrum *= _k_spectrum(self._rate_hz, taps, size)
            heard = np.fft.irfft(spectrum, size)[taps : taps + len(sound)]
            power += weight * np.square(heard.astype(np.float32), dtype=np.float64)
        return power

    def _true_peaks(self, sound: NDArray[np.float32]) -> NDArray[np.float32]:
        """The largest true peak around each frame of `sound`, or the sample itself."""
        around = np.concatenate((self._before[-len(UP.T) + 1 :], sound))
        peaks: NDArray[np.float32] = np.abs(sound).max(axis=1)
        for channel in around.T:
            np.maximum(peaks, between(channel), out=peaks)
        return peaks


def between(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """The largest of four sizes of the sound around each frame, shape `(n - 11,)`.

    The first is that around the frames 5 and 6, between which the filter's middle lies.
    """
    around = sliding_window_view(samples, UP.shape[1]).T
    largest = np.empty(around.shape[1], dtype=np.float32)
    for at in range(0, len(largest), _AT_ONCE):
        part = np.s_[at : at + _AT_ONCE]
        sizes = UP @ np.ascontiguousarray(around[:, part])
        np.abs(sizes, out=sizes).max(axis=0, out=largest[part])
    return largest


def lufs(power: float) -> float:
    """The loudness of a weighted `power`; -inf for none.

    >>> round(lufs(0.5 * 10.0 ** 0.069), 1)
    -3.0
    """
    return -0.691 + 10.0 * math.log10(power) if power > 0.0 else -math.inf


def _gated_lufs(powers: NDArray[np.float64]) -> float:
    """Integrated loudness of the powers of 100 ms each: BS.1770, annex 1, formulas 3 to 7."""
    width = min(_IN_BLOCK, len(powers))
    blocks = np.convolve(powers, np.full(width, 1.0 / width), mode="valid")
    loud = blocks[blocks > _power(_ABSOLUTE_LUFS)]
    if not len(loud):
        return -math.inf
    loud = loud[loud > loud.mean() * 10.0 ** (_RELATIVE_LU / 10.0)]
    return lufs(float(loud.mean()))


def _gain_db(slices: NDArray[np.float64]) -> float:
    """To the target, once each slice is held down as a limiter would, see `_KNOWN`."""
    plain_db = TARGET_LUFS - _gated_lufs(slices[:, _POWER])
    if not math.isfinite(plain_db):
        return 0.0
    most_db, ceiling = min(plain_db + _MORE_DB, MOST_DB), amplitude_of(CEILING_DBTP)
    gain_db = min(plain_db, MOST_DB)
    for _ in range(_ROUNDS):
        gain = amplitude_of(gain_db)
        slow = _turned(slices[:, _STEADY] * (gain * math.sqrt(2.0)), ceiling)
        fast = _turned(slices[:, _PEAK] * gain * slow, ceiling)
        left = slices[:, _POWER] - slices[:, _NEAR] * (1.0 - fast**2)
        heard = _gated_lufs(left * (gain * slow) ** 2)
        gain_db = min(gain_db + TARGET_LUFS - heard, most_db)
    return gain_db


def _turned(sizes: NDArray[np.float64], ceiling: float) -> NDArray[np.float64]:
    return np.asarray(ceiling / np.maximum(sizes, ceiling), dtype=np.float64)


def _power(level_lufs: float) -> float:
    return float(10.0 ** ((level_lufs + 0.691) / 10.0))


@cache
def _k_spectrum(rate_hz: int, taps: int, size: int) -> NDArray[np.complex64]:
    """What the K filter does to each frequency of a spectrum over `size` frames."""
    response = np.zeros(taps)
    response[0] = 1.0
    for numerator, denominator in (_shelf(rate_hz), _pass(rate_hz)):
        response = _recursive(response, numerator, denominator)
    spectrum: NDArray[np.complex64] = np.fft.rfft(response, size).astype(np.complex64)
    return spectrum


def _recursive(
    sound: NDArray[np.float64], numerator: Sequence[float], denominator: Sequence[float]
) -> NDArray[np.float64]:
    """`sound` behind one filter of the second order."""
    b0, b1, b2 = numerator
    a1, a2 = denominator
    out, first, second = np.empty_like(sound), 0.0, 0.0
    for frame, value in enumerate(sound.tolist()):
        out[frame] = heard = b0 * value + first
        first, second = b1 * value - a1 * heard + second, b2 * value - a2 * heard
    return out


def _shelf(rate_hz: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    k, high = math.tan(math.pi * _SHELF_HZ / rate_hz), 10.0 ** (_SHELF_DB / 20.0)
    band = high**0.4996667741545416
    a0 = 1.0 + k / _SHELF_Q + k * k
    numerator = (
        (high + band * k / _SHELF_Q + k * k) / a0,
        2.0 * (k * k - high) / a0,
        (high - band * k / _SHELF_Q + k * k) / a0,
    )
    return numerator, (2.0 * (k * k - 1.0) / a0, (1.0 - k / _SHELF_Q + k * k) / a0)


def _pass(rate_hz: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    k = math.tan(math.pi * _PASS_HZ / rate_hz)
    a0 = 1.0 + k / _PASS_Q + k * k
    return (1.0, -2.0, 1.0), (2.0 * (k * k - 1.0) / a0, (1.0 - k / _PASS_Q + k * k) / a0)


def _good_size(least: int) -> int:
    """A length from `least` on whose spectrum is quickly made: 2, 3 or 5 times a power of two."""
    return min(n << max(0, math.ceil(math.log2(least / n))) for n in (2, 3, 5))

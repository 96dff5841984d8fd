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
CEILING_DBTP = -1.5
"""No true peak of a track goes beyond; half a decibel is left to what sounds together with it."""
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
_AT_ONCE = 4096
"""More, and the library would wake threads for it, which cost more than they help."""


class Level(NamedTuple):
    """How loud a sound is."""

    lufs: float
    """Integrated loudness, gated; -inf for silence."""
    peak_dbtp: float
    """True peak, in dB relative to full scale; -inf for silence."""
    gain_db: float
    """What brings it to -18 LUFS once its true peaks are limited to -1.5 dB; at most 40 dB more.
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
        self._powers: list[NDArray[np.float64]] = []
        self._peaks: list[NDArray[np.float64]] = []

    def push(self, block: NDArray[np.float32]) -> None:
        """Take in the next `block`, shape `(frames, channels)`, of any length."""
        self._waiting.append(np.asarray(block, dtype=np.float32))
        self._frames += len(block)
        if self._frames < self._rate_hz:
            return
        sound = np.concatenate(self._waiting)
        while len(sound) >= self._rate_hz:
            second, sound = sound[: self._rate_hz], sound[self._rate_hz :]
            powers, peaks = self._slices(second)
            self._powers.append(powers)
            self._peaks.append(peaks)
            self._before = np.concatenate((self._before, second))[-len(self._before) :]
        self._waiting, self._frames = [sound.copy()], len(sound)

    def powers(self) -> NDArray[np.float64]:
        """Weighted power of every 100 ms so far, shape `(n,)`; 1 is about -0.7 LUFS."""
        return self._so_far()[0]

    def level(self) -> Level:
        """How loud all is that came so far."""
        powers, peaks = self._so_far()
        if not len(powers):
            return Level(-math.inf, -math.inf, 0.0)
        peak_dbtp = amplitude_db(float(peaks.max()), -math.inf)
        return Level(_gated_lufs(powers), peak_dbtp, _gain_db(powers, peaks))

    def _so_far(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        if not self._frames:
            return np.concatenate((*self._powers, [])), np.concatenate((*self._peaks, []))
        rest = np.concatenate(self._waiting)
        powers, peaks = self._slices(rest)
        powers = np.concatenate((*self._powers, powers))
        peaks = np.concatenate((*self._peaks, peaks))
        if len(peaks):  # what is shorter than a slice has peaks too
            peaks[-1] = max(peaks[-1], float(self._true_peaks(rest).max()))
        return powers, peaks

    def _slices(
        self, sound: NDArray[np.float32]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Power and true peak of every whole 100 ms of `sound`, and of a rest if it is all there is."""
        count = math.floor(len(sound) / (self._rate_hz * _SLICE_S) + 1e-9)
        if not len(sound) or not (count or not self._powers):
            return np.zeros(0), np.zeros(0)
        edges = np.round(np.arange(max(count, 1)) * (self._rate_hz * _SLICE_S)).astype(int)
        end = round(count * self._rate_hz * _SLICE_S) or len(sound)
        squares = np.square(self._weighted(sound[:end]), dtype=np.float64) @ self._weights
        lengths = np.diff(edges, append=end)
        peaks = self._true_peaks(sound)
        return (
            np.add.reduceat(squares, edges) / lengths,
            np.maximum.reduceat(peaks, edges).astype(np.float64),
        )

    def _weighted(self, sound: NDArray[np.float32]) -> NDArray[np.float32]:
        """`sound` behind the K filter, which goes on from block to block."""
        taps = len(self._before)
        size = _good_size(taps + len(sound))
        whole = np.concatenate((self._before, sound))
        spectrum = np.fft.rfft(whole, size, axis=0)
        spectrum *= _k_spectrum(self._rate_hz, taps, size)[:, np.newaxis]
        heard: NDArray[np.float32] = np.fft.irfft(spectrum, size, axis=0)
        return heard[taps : taps + len(sound)]

    def _true_peaks(self, sound: NDArray[np.float32]) -> NDArray[np.float32]:
        """The largest true peak around each frame of `sound`, or the sample itself."""
        around = np.concatenate((self._before[-len(UP.T) + 1 :], sound))
        peaks = np.abs(sound).max(axis=1)
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


def _gain_db(powers: NDArray[np.float64], peaks: NDArray[np.float64]) -> float:
    """To the target, once a limiter holds the peaks of each 100 ms, and those just before, down."""
    soft = _gated_lufs(powers)
    if not math.isfinite(soft):
        return 0.0
    gain_db, ceiling = min(TARGET_LUFS - soft, MOST_DB), amplitude_of(CEILING_DBTP)
    for _ in range(_ROUNDS):
        turned = np.minimum(1.0, ceiling / np.maximum(peaks * amplitude_of(gain_db), 1e-9))
        heard = _gated_lufs(powers * turned**2 * 10.0 ** (gain_db / 10.0))
        gain_db = min(gain_db + TARGET_LUFS - heard, MOST_DB)
    return gain_db


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

"""Takes out of a sound what our own player played, and leaves the voices as they were.

The way from player to microphone is a short filter in each band of the spectrum (convolutive transfer
function), found by weighted least squares: frames in which somebody speaks count less, so that it is
learned in the pauses, between the words and between the harmonics. What it predicts is subtracted,
and nothing else is done. A canceller for telephones goes on to hide what is left, which takes words
away too.

Talmon, Cohen, Gannot, "Relative transfer function identification using convolutive transfer function
approximation" (2009), for the filter; Nakatani et al., "Speech dereverberation based on
variance-normalized delayed linear prediction" (2010), for the weights.
"""

import logging

import numpy as np
from numpy.typing import NDArray

from dndmood.events import RATE_HZ, Samples

_WINDOW, _HOP = 1024, 256
_BINS = 384
"""So many bins are looked at, up to 6 kHz: above, music is far below voices."""
_OVERLAP = _WINDOW - _HOP
LATE = _WINDOW - 1
"""So many samples at most are held back while something plays: 64 ms."""
_LENGTH = 12
"""Hops that the way may take, 0.19 s: the delay to the microphone and most of a living room."""
_TAPS = 2 * _LENGTH
"""Of both references: two loudspeakers have two ways."""
_BLOCK = 24
"""Hops from one look at the way to the next, a good third of a second."""
_SOLVE_EVERY, _EAGER = 3, 12
"""The way is worked out at each of so many first looks, then at every third."""
_MEMORY_S = 20.0
_PRIOR = 3.0
"""Without evidence nothing arrives: the inverse of the power that a tap of the way may well have (a
Gaussian prior), in the units of the evidence. Without it, what is hardly played or hardly heard
in a band is found to be a part of the voice."""
_UNSURE = 0.02
"""Share of the predicted power that is taken to be wrong: bounds how much a silent moment counts."""
_STIFF = 1e-3
"""Share of the mean power by which the solution is kept small (Tikhonov)."""
_SOFTEST = 1e-7
_SHIFTS = np.arange(-3.0, 3.01, 0.1)
"""In samples per look: clocks that drift apart, and an alignment that follows them by steps."""
_BELIEF_S = 3.0
_AROUND = 9
"""Bins that are believed together: 0.14 kHz."""
_BLOCKS_WORSE = 3
"""So many looks in a row at which the prediction adds more than it takes: the way is another one."""
_SILENT_S = 1.0
_LOUDEST = 8.0
"""What is larger, or no number, is no sound, and would stay in all that is learned."""

_log = logging.getLogger(__name__)

_Spectra = NDArray[np.complex64]


class LinearEcho:
    """Subtracts from sound what came from a reference; both come in pieces of one length.

    The reference is what was played in mono, and beside it half the difference of left and right.

    Learns the way within seconds, follows clocks that drift apart, and begins again when the way has
    become another one.
    """

    _sound: Samples  # from the first window that is not complete on
    _played: NDArray[np.float32]
    _waiting: int
    _quiet_s: float

    def __init__(self) -> None:
        self._window = np.sqrt(np.hanning(_WINDOW + 1)[:-1]).astype(np.float32)
        hz = 2.0 * np.pi * np.arange(_BINS) / _WINDOW
        self._turns = np.exp(-1j * np.outer(_SHIFTS, hz)).astype(np.complex64)
        self._way = np.zeros((_BINS, _TAPS, 1), np.complex64)
        self._between = np.zeros((_BINS, _TAPS, _TAPS), np.complex64)
        self._across = np.zeros((_BINS, _TAPS, 1), np.complex64)
        self._there = np.zeros(_BINS, np.float32)
        self._said = np.zeros(_BINS, np.float32)
        self._trust = np.ones(_BINS, np.float32)
        self._looks = self._worse = 0
        self._begin()

    def push(
        self, samples: Samples, reference: Samples | None, side: Samples | None = None
    ) -> Samples:
        """What is ready of the sound so far, shape `(m,)`: at most `LATE` samples are held back.

        Where `reference` is None or silent for long nothing is, and the sound stays as it is.
        """
        quiet = reference is None or not (reference.any() or (side is not None and side.any()))
        self._quiet_s = self._quiet_s + len(samples) / RATE_HZ if quiet else 0.0
        if reference is None or self._quiet_s >= _SILENT_S:
            return np.concatenate([self.rest(), samples])
        sound = np.where(np.abs(samples) <= _LOUDEST, samples, np.float32(0.0))
        self._sound = np.concatenate([self._sound, sound])
        beside = np.zeros_like(reference) if side is None else side
        self._played = np.concatenate([self._played, [reference, beside]], axis=1)
        self._waiting += len(samples)
        return self._ready()

    @property
    def waiting(self) -> int:
        """So many samples are held back."""
        return self._waiting

    def rest(self) -> Samples:
        """What is held back; what comes next goes on from nothing, as after a gap."""
        if not self._waiting:
            return np.zeros(0, np.float32)
        waiting = self._waiting
        self._sound = np.pad(self._sound, (0, _WINDOW))
        self._played = np.pad(self._played, ((0, 0), (0, _WINDOW)))
        left = self._ready()[:waiting]
        self._begin()
        return left

    def _begin(self) -> None:
        self._sound = np.zeros(_OVERLAP, np.float32)  # before the first sample
        self._played = np.zeros((2, _OVERLAP), np.float32)
        self._sum = np.zeros(_OVERLAP, np.float32)  # of windows that overlap, not yet complete
        self._skip = _OVERLAP  # samples before the first
        self._waiting = 0
        self._quiet_s = 0.0
        self._past = np.zeros((2, _LENGTH - 1, _BINS), np.complex64)
        self._seen: list[tuple[_Spectra, _Spectra]] = []
        self._frames = 0

    def _ready(self) -> Samples:
        """Every sample behind which all windows are complete."""
        ready = [np.zeros(0, np.float32)]
        while (count := min((len(self._sound) - _OVERLAP) // _HOP, _BLOCK - self._frames)) > 0:
            ready.append(self._next(count))
        return np.concatenate(ready)

    def _next(self, count: int) -> Samples:
        """What the next `count` windows complete."""
        left = self._spectra(self._sound, count)
        sound, played = left[:, :_BINS], self._spectra(self._played, count)[..., :_BINS]
        every = np.concatenate([self._past, played], axis=1)
        self._past = every[:, count:]
        heard = self._windows_of(every)
        self._seen.append((sound.copy(), heard))
        sound -= self._trust * (heard @ self._way)[:, :, 0].T
        self._frames += count
        if self._frames == _BLOCK:
            self._look()
        self._sound = self._sound[count * _HOP :]
        self._played = self._played[:, count * _HOP :]
        return self._joined(left)

    def _spectra(self, sound: NDArray[np.float32], count: int) -> _Spectra:
        view = np.lib.stride_tricks.sliding_window_view(sound, _WINDOW, axis=-1)
        frames = view[..., ::_HOP, :][..., :count, :]
        return np.asarray(np.fft.rfft(frames * self._window), np.complex64)

    @staticmethod
    def _windows_of(spectra: _Spectra) -> _Spectra:
        """Shape `(bins, frames, taps)`, the latest first."""
        view = np.lib.stride_tricks.sliding_window_view(spectra, _LENGTH, axis=1)
        view = view[..., ::-1].transpose(2, 1, 0, 3)  # bins, frames, references, taps
        return np.ascontiguousarray(view).reshape(_BINS, -1, _TAPS)

    def _joined(self, spectra: _Spectra) -> Samples:
        """Sound of windows that overlap by three quarters; squared, they add up to two."""
        frames = np.fft.irfft(spectra, _WINDOW) * (self._window / np.float32(2.0))
        whole = np.concatenate([self._sum, np.zeros(len(frames) * _HOP, np.float32)])
        for number, frame in enumerate(frames):
            whole[number * _HOP : number * _HOP + _WINDOW] += frame.astype(np.float32)
        done, self._sum = whole[: len(frames) * _HOP], whole[len(frames) * _HOP :]
        skipped = min(self._skip, len(done))
        self._skip -= skipped
        ready: Samples = done[skipped:]
        self._waiting -= len(ready)
        return ready

    def _look(self) -> None:
        """Learn from what was seen since the last time."""
        sound = np.concatenate([one for one, _ in self._seen])
        heard = np.concatenate([one for _, one in self._seen], axis=1)
        self._seen.clear()
        self._frames = 0
        self._looks += 1
        predicted = self._shifted(sound, (heard @ self._way)[:, :, 0].T)
        left = np.abs(sound - predicted) ** 2
        if self._is_worse(np.abs(sound) ** 2, left):
            self._forget()
        around = (left + np.roll(left, 1, axis=0) + np.roll(left, -1, axis=0)) / 3.0
        weight = 1.0 / (around + _UNSURE * np.abs(predicted) ** 2 + _SOFTEST)
        self._believe(sound, predicted, weight)
        weighted = (heard.conj() * weight.T[:, :, np.newaxis]).transpose(0, 2, 1)
        kept = _kept(_MEMORY_S)
        self._between = kept * self._between + weighted @ heard
        self._across = kept * self._across + weighted @ sound.T[:, :, np.newaxis]
        if self._looks <= _EAGER or self._looks % _SOLVE_EVERY == 0:
            self._solve()

    def _shifted(self, sound: _Spectra, predicted: _Spectra) -> _Spectra:
        """Move the way by as much as the clocks came apart; what was predicted, moved too."""
        power = np.abs(sound) ** 2
        weight = 1.0 / (power + power.mean(axis=0) + _SOFTEST)
        alike = (predicted.conj() * sound * weight).sum(axis=0)
        fits = (self._turns.conj() @ alike).real
        best = int(fits.argmax())
        if fits[best] <= 0.0 or best in (0, len(_SHIFTS) - 1):
            return predicted
        turn = self._turns[best]
        self._way = self._way * turn[:, np.newaxis, np.newaxis]
        self._across = self._across * turn[:, np.newaxis, np.newaxis]
        moved: _Spectra = predicted * turn
        return moved

    def _believe(
        self, sound: _Spectra, predicted: _Spectra, weight: NDArray[np.float32]
    ) -> None:
        """How much of what is predicted to trust, in each band: as much as there was of it.

        It was predicted before `sound` was heard, so a way that was learned from a voice shows here.
        """
        kept = _kept(_BELIEF_S)
        there = (weight * (predicted.conj() * sound).real).sum(axis=0)
        said = (weight * np.abs(predicted) ** 2).sum(axis=0)
        self._there, self._said = kept * self._there + there, kept * self._said + said
        around = np.ones(_AROUND)
        there = np.convolve(self._there, around, mode="same")
        said = np.convolve(self._said, around, mode="same") + _SOFTEST
        self._trust = np.clip(there / said, 0.0, 1.0).astype(np.float32)

    def _is_worse(self, power: NDArray[np.float32], left: NDArray[np.float32]) -> bool:
        """Whether the prediction added more than it took, for some time now."""
        ratio = left.sum(axis=0) / (power.sum(axis=0) + _SOFTEST)
        self._worse = self._worse + 1 if np.median(ratio) > 1.0 else 0
        return self._worse >= _BLOCKS_WORSE

    def _solve(self) -> None:
        power = np.trace(self._between, axis1=1, axis2=2).real / _TAPS
        stiff = (_STIFF * power + _PRIOR)[:, np.newaxis, np.newaxis] * np.eye(_TAPS)
        way = np.linalg.solve(self._between + stiff.astype(np.complex64), self._across)
        if np.isfinite(way).all():
            self._way = way
        else:
            self._forget()

    def _forget(self) -> None:
        """The way is another one."""
        self._looks = 0
        _log.info("the way from the player to the microphone is learned anew")
        self._worse = 0
        for one in (self._way, self._between, self._across, self._there, self._said):
            one[...] = 0.0


def _kept(memory_s: float) -> np.float32:
    """What is left of a memory after one look."""
    return np.float32(np.exp(-_BLOCK * _HOP / RATE_HZ / memory_s))

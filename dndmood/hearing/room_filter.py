"""What the room makes of the music on its way to the microphone, learnt while people talk."""

import numpy as np
from numpy.typing import NDArray

from dndmood.events import RATE_HZ, REFERENCE_STEP, Samples

BLOCK = REFERENCE_STEP
"""Samples in a block, 20 ms."""
LOUDEST = 100.0
"""What is larger is no sound."""
_PARTS = 24
"""The way through the room is known for so many blocks, 0.48 s: a living room rings on for as long."""
_BINS = BLOCK + 1
_KEPT = 0.9999
"""So much of the way is still true a block later: it is another one after some minutes."""
_DOUBT = 0.1
"""Variance of what is not known yet, as a share of the power of what is played."""
_DOUBT_FADES_S = 0.08
"""What comes later in a room is softer, in the mean."""
_TALK = 0.2
"""Weight of a block in how loud everything else is in each band."""
_SMOOTH = 0.1
_ASTRAY = 1.5
"""Who makes the sound so much louder by taking the music out knows another room."""
_STEPS = (-1, 1, -2, 2, -3, 3, -4, 4)
_FITS = 0.5
"""A way that is moved by whole blocks and leaves less than this of the sound is the right one."""
_LEAST = 1e-9
_LEAST_DOUBT = 1e-10

Spectra = NDArray[np.complex64]
"""Shape `(references, blocks, bins)`."""
Played = NDArray[np.float32]
"""Shape `(references, samples)`: what the speakers were given, in one or in two parts."""


class RoomFilter:
    """Estimates the music in each block of sound, and nothing else of what is in it.

    A partitioned block Kalman filter in the frequency domain: each coefficient of the way from
    speaker to microphone has a variance, and learns the faster the less is known of it and the
    less else is heard in its band, so talk need not be found to protect it (Enzner and Vary,
    Signal Processing 86(6), 2006; Kuech, Mabande and Enzner, ICASSP 2014, with diagonal
    covariances). As the estimate is subtracted and nothing is turned down, voices stay as they were.

    Two loudspeakers have two ways: the second is learnt from the moment at which what is played
    has two parts.
    """

    def __init__(self) -> None:
        self._unsure = np.outer(
            _DOUBT * np.exp(-np.arange(_PARTS) * BLOCK / RATE_HZ / _DOUBT_FADES_S),
            np.ones(_BINS),
        ).astype(np.float32)
        self._else = np.full(_BINS, 1e-6, np.float32)
        self._heard = self._left = _LEAST
        self._last = np.zeros((1, 2 * BLOCK), np.float32)
        self._played = np.zeros((1, _PARTS, _BINS), np.complex64)
        self._forget_the_room()

    def _forget_the_room(self) -> None:
        self.way: Spectra = np.zeros_like(self._played)
        self._doubt = np.tile(self._unsure, (len(self.way), 1, 1))
        self.known = 0

    way: Spectra
    """Spectra of the way, for each part of what is played a row for each block."""
    known: int
    """Blocks since the room was another one."""

    def __call__(self, block: Samples, played: Played) -> Samples:
        """The music in `block`, shape `(320,)`; `played`, one or two such, is what was played meanwhile.

        A block that is no sound, or louder than any, has no music in it and teaches nothing.
        """
        if not np.abs(block).max() <= LOUDEST:
            self.after_gap()
            return np.zeros_like(block)
        if len(played) > len(self.way):
            self._add_a_way()
        self._last[:, :BLOCK] = self._last[:, BLOCK:]
        self._last[:, BLOCK:] = played
        self._played[:, 1:] = self._played[:, :-1]
        self._played[:, 0] = np.fft.rfft(self._last)
        music = self._arriving(self.way)
        left = block - music
        self._learn(left)
        self._heard += (float(np.dot(block, block)) / BLOCK - self._heard) * _SMOOTH
        self._left += (float(np.dot(left, left)) / BLOCK - self._left) * _SMOOTH
        self.known += 1
        if self._left > _ASTRAY * self._heard + _LEAST:
            self._find_again(block)
            self._left = self._heard
            return np.zeros_like(block)
        return music if self._left <= self._heard else np.zeros_like(block)

    def shift(self, blocks: int) -> None:
        """The reference comes so many blocks (1 or -1) earlier from now on: the way gets longer."""
        edge = 0 if blocks > 0 else -1
        for rows, new in ((self.way, np.zeros_like(self._unsure)), (self._doubt, self._unsure)):
            rows[:] = np.roll(rows, blocks, axis=1)
            rows[:, edge] = new[edge]
        self._played = np.roll(self._played, -blocks, axis=1)

    def after_gap(self) -> None:
        """Sound was lost: what was played before it is not heard any more."""
        self._last[:] = 0.0
        self._played[:] = 0.0

    def _add_a_way(self) -> None:
        """From now on what is played has two parts."""
        nothing = np.zeros_like(self._played[:1])
        self._played = np.concatenate((self._played, nothing))
        self.way = np.concatenate((self.way, nothing))
        self._doubt = np.concatenate((self._doubt, self._unsure[np.newaxis]))
        self._last = np.concatenate((self._last, np.zeros_like(self._last)))

    def _find_again(self, block: Samples) -> None:
        """The way is another one: perhaps the reference was laid on anew, by whole blocks."""
        self.known = 0
        for blocks in _STEPS:
            way = np.roll(self.way, blocks, axis=1)
            left = block - self._arriving(way)
            if float(np.dot(left, left)) < _FITS * float(np.dot(block, block)):
                self.way = way
                return
        self._forget_the_room()

    def _arriving(self, way: Spectra) -> Samples:
        music = np.fft.irfft((self._played * way).sum(axis=(0, 1)))[BLOCK:]
        return np.asarray(music, dtype=np.float32)

    def _learn(self, left: Samples) -> None:
        padded = np.zeros(2 * BLOCK, np.float32)
        padded[BLOCK:] = left
        wrong = np.fft.rfft(padded)
        played = np.square(self._played.real) + np.square(self._played.imag)
        self._else += (np.square(np.abs(wrong)) - self._else) * np.float32(_TALK)
        # A block fills half of what is transformed, hence the halves.
        size = self._doubt / (
            0.5 * (self._doubt * played).sum(axis=(0, 1)) + self._else + np.float32(_LEAST)
        )
        step = np.fft.irfft(size * np.conj(self._played) * wrong)
        step[..., BLOCK:] = 0.0
        way = np.float32(_KEPT) * (self.way + np.fft.rfft(step))
        self.way = np.asarray(way, dtype=np.complex64)
        changed = (1.0 - _KEPT**2) * (np.square(self.way.real) + np.square(self.way.imag))
        still = np.float32(_KEPT**2) * (1.0 - 0.5 * size * played) * self._doubt
        self._doubt = np.maximum(still + changed, _LEAST_DOUBT).astype(np.float32)

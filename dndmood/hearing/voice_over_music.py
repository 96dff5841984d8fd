"""Compares what the microphone hears with what we play, to find a voice above our music."""

import math
from collections import deque

import numpy as np
from numpy.typing import NDArray

from dndmood.decibels import power_db
from dndmood.events import RATE_HZ, Samples

_EDGES_HZ = (150, 300, 450, 650, 900, 1200, 1600, 2100, 2800, 3700, 5000, 7000)
"""Bands in which the way from the speaker to the microphone is learnt."""
_FRAME_S = 0.02
_FADING = math.exp(-_FRAME_S / 0.12)
"""Music rings on in the room: from frame to frame so much of it is left."""
_SMOOTH = _FRAME_S / 0.06
_MOST_EXCESS_DB = 15.0
"""A single band counts for no more than this."""
_CLEAR_DB = (1.2, 2.5)
"""What stands so far above the music, in the mean over bands, is something else: between the two,
by how far music alone stands out here."""
_RARE = 0.95
_RARE_STEP_DB = 0.05
_BEYOND_DB = 0.6
"""Beyond what music alone exceeds in one frame of twenty."""
_FAINT = 0.35
"""A frame of talk that stands out by less than this part of it is the music again."""
_CANCELLED_DB = -10.0
"""A canceller that takes more than this away has found little but music: its word counts as long
as the way of the music is not known well."""
_MUSIC_DB = -12.0
"""A canceller that takes more than this away says how loud our music arrives."""
_OF_MUSIC, _OF_ALL = 0.5, 0.17
"""How loud music arrives is the median of frames that are surely music. Talk only adds to it, so
that in all others a low quantile lies near the middle of those in which nobody speaks."""
_FIRST_STEP_DB, _OF_MUSIC_STEP_DB, _OF_ALL_STEP_DB = 1.0, 0.3, 0.1
_LEARNING = 150
"""Frames in which larger steps are made."""
_USUAL = 0.005
"""Weight of a frame in how loud a band is usually played: only louder ones say how it arrives."""
_FLOOR_QUANTILE = 0.1
_FIRST_FLOOR_STEP_DB, _FLOOR_STEP_DB = 1.5, 0.1
_FIRST_FLOOR = 500
"""Frames in which the noise of the room is looked for in larger steps."""
_FAMILIAR = 75
"""Before so many frames of music nobody can say what is voice and what is music."""
_WELL_KNOWN = 400
"""After so many frames the canceller's word is not needed any more."""
_PROOFS = (9, 70)
"""So many of the last frames must have stood out clearly."""
_SILENT = 1e-8
_TINY, _FLOOR_DB = 1e-10, -100.0
_VOICE = _FRAME_S / 2.0
_LEVEL = _FRAME_S / 1.5
_MOST_SHARE = 4.0
"""Whatever is louder than this against the music is something else."""


class VoiceOverMusic:
    """Expects the music from what is played, and takes for voice only what stands above it.

    In each band the music is expected as loud as it was played times a gain, on top of the noise
    of the room; both are learnt as quantiles. How far the sound stands above that is taken in
    every band by itself and then averaged: a voice stands out where the music has its gaps, while
    all bands together are as loud as the loudest of the music. A frame is voiced when it stands out
    clearly, or a little and a voice detector hears a voice in it, and when `_PROOFS[0]` of the last
    `_PROOFS[1]` frames stood out clearly while a detector heard a voice, in the sound or in what an
    echo canceller leaves of it.

    The numbers of this module are set by hand on tuning evenings; `tests/hearing/test_behind_music.py`
    says what they must do.
    """

    def __init__(self) -> None:
        count = len(_EDGES_HZ) - 1
        self._bands = _Bands()
        self._played = np.zeros(count)
        self._heard = np.zeros(count)
        self._gain_db = np.full(count, -20.0)
        self._floor_db = np.full(count, -90.0)
        self._usual_db = np.full(count, -60.0)
        self._frames = self._learnt = 0
        self._power = self._left = _TINY  # with and without the echo canceller, smoothed
        self._proofs: deque[bool] = deque(maxlen=_PROOFS[1])
        self._rare_db = _CLEAR_DB[1]
        self._share = 1.0  # of the music that is expected, so much arrives
        self._music = _TINY
        self._voice: float | None = None

    def voiced(
        self, frame: Samples, left: Samples, reference: Samples, *, raw: bool, behind: bool
    ) -> bool:
        """True when `frame`, shape `(320,)`, holds a voice that is not our music's.

        `left` is what the echo canceller left of it. `raw` and `behind` are what voice detectors say
        of the two; of the first also without what was taken out of it linearly.
        """
        heard, played = self._bands.powers(frame, reference)
        self._played = np.maximum(played, self._played * _FADING)
        self._heard += (heard - self._heard) * _SMOOTH
        played_db = _db(self._played)
        expected = np.power(10.0, (self._gain_db + played_db) / 10.0)
        excess_db = self._excess_db(expected)
        total, music = float(heard.sum()), float(expected.sum())
        speaking = sum(self._proofs) >= _PROOFS[0]
        kept_db = self._kept_db(frame, left)
        only_music = kept_db < _MUSIC_DB and not speaking
        self._learn(_db(heard), played_db, only_music=only_music)
        if only_music:
            share = min(total / (music + _TINY), _MOST_SHARE)
            self._share += (share - self._share) * _LEVEL
            if self._learnt > _LEARNING:
                self._rare_db += _RARE_STEP_DB * (_RARE - (excess_db <= self._rare_db))
        self._music += (music * self._share - self._music) * _LEVEL
        if self.silent:
            return raw
        clear_db = min(max(self._rare_db + _BEYOND_DB, _CLEAR_DB[0]), _CLEAR_DB[1])
        clear = self._learnt >= _FAMILIAR and excess_db > clear_db
        left_over = self._learnt >= _WELL_KNOWN or kept_db > _CANCELLED_DB
        self._proofs.append(clear and left_over and (raw or behind))
        voiced = clear or (raw and excess_db > _FAINT * clear_db)
        voiced = voiced and sum(self._proofs) >= _PROOFS[0]
        if voiced and clear:
            self._follow_voice(max(total - self._music, _TINY))
        return voiced

    def after_gap(self) -> "VoiceOverMusic":
        """What is still true after sound was lost: how our music arrives in this room.

        It may be another microphone, so larger steps are made for a while; until then the old
        way is a far better guess than none, with which nobody would be heard for many seconds.
        """
        again = VoiceOverMusic()
        again._gain_db, again._share = self._gain_db, self._share
        again._learnt = min(self._learnt, _FAMILIAR)
        return again

    @property
    def silent(self) -> bool:
        """True while nothing of ours plays."""
        return float(self._played.sum()) < _SILENT

    @property
    def music_db(self) -> float:
        """How loud our music is at the microphone, 150 to 7000 Hz, in dB below full scale."""
        return power_db(self._music, _FLOOR_DB)

    @property
    def voice_db(self) -> float | None:
        """Level of the last seconds of talk (time constant 2 s of voiced frames) in dB; None before any."""
        return None if self._voice is None else power_db(self._voice, _FLOOR_DB)

    def _excess_db(self, expected: NDArray[np.float64]) -> float:
        """How far the sound stands above music and noise, in the mean over bands; at least 0."""
        heard_db = _db(self._heard)
        self._frames += 1
        first = self._frames <= _FIRST_FLOOR
        step_db = _FIRST_FLOOR_STEP_DB if first else _FLOOR_STEP_DB
        self._floor_db += step_db * (_FLOOR_QUANTILE - (heard_db <= self._floor_db))
        above_db = heard_db - _db(expected + np.power(10.0, self._floor_db / 10.0))
        return float(np.minimum(np.maximum(above_db, 0.0), _MOST_EXCESS_DB).mean())

    def _kept_db(self, frame: Samples, left: Samples) -> float:
        """How much of the sound the echo canceller left."""
        self._power += (float(np.dot(frame, frame)) / len(frame) - self._power) * _SMOOTH
        self._left += (float(np.dot(left, left)) / len(left) - self._left) * _SMOOTH
        return power_db(self._left, _FLOOR_DB) - power_db(self._power, _FLOOR_DB)

    def _learn(
        self, heard_db: NDArray[np.float64], played_db: NDArray[np.float64], *, only_music: bool
    ) -> None:
        """Follow how loud each band of the music arrives, where it is played louder than usual."""
        loud = played_db > self._usual_db
        self._usual_db += (played_db - self._usual_db) * _USUAL
        if self.silent:
            return
        quantile, step_db = _OF_ALL, _OF_ALL_STEP_DB
        if self._learnt < _LEARNING:
            quantile, step_db = _OF_MUSIC, _FIRST_STEP_DB
        elif only_music:
            quantile, step_db = _OF_MUSIC, _OF_MUSIC_STEP_DB
        softer = heard_db <= self._gain_db + played_db
        self._gain_db += np.where(loud, step_db * (quantile - softer), 0.0)
        self._learnt += 1

    def _follow_voice(self, power: float) -> None:
        before = power if self._voice is None else self._voice
        self._voice = before + (power - before) * _VOICE


def _db(power: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(10.0 * np.log10(power + 1e-12))


class _Bands:
    """Power in bands of the last 40 ms of two signals."""

    def __init__(self) -> None:
        size = 2 * round(_FRAME_S * RATE_HZ)
        self._past = np.zeros((2, size), dtype=np.float32)
        self._window = np.hanning(size).astype(np.float32)
        hz = np.fft.rfftfreq(size, 1.0 / RATE_HZ)
        self._first = np.searchsorted(hz, _EDGES_HZ)
        # Parseval: so scaled, the bands together are the power of the frame.
        self._scale = 2.0 / (size * float(np.square(self._window).sum()))

    def powers(
        self, one: Samples, other: Samples
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Power of each band in `one` and in `other`."""
        half = len(one)
        self._past[:, :half] = self._past[:, half:]
        self._past[0, half:], self._past[1, half:] = one, other
        spectra = np.fft.rfft(self._past * self._window, axis=1)
        power = np.square(spectra.real) + np.square(spectra.imag)
        bands = np.add.reduceat(power, self._first, axis=1)[:, :-1] * self._scale
        return bands[0], bands[1]

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
_CANCELLED_DB = -8.0
"""A canceller that takes more than this away has found little but music."""
_ABOVE_DB = 2.0
"""A voice must make the sound so much louder than the music alone would."""
_MUSIC_DB, _NO_MUSIC_DB = -6.0, -3.0
"""Below the first a frame says how our music arrives; above the second it arrives hardly at all."""
_UPPER = 0.75
"""The music is expected louder than it arrives in three quarters of all frames."""
_FIRST_STEP_DB, _STEP_DB = 1.0, 0.3
_LEARNING = 150
"""Frames in which larger steps are made."""
_FAMILIAR = 75
"""Before so many frames of music nobody can say what is voice and what is music."""
_PROOFS = (8, 75)
"""So many of the last frames must have stood out clearly."""
_SILENT = 1e-8
_TINY, _FLOOR_DB = 1e-10, -100.0
_VOICE = _FRAME_S / 2.0
_LEVEL = _FRAME_S / 1.5
_MOST_SHARE = 4.0
"""Whatever is louder than this against the music is something else."""


class VoiceOverMusic:
    """Expects the music from what is played, and takes for voice only what stands above it.

    An echo canceller alone leaves residual music that is taken for a voice, and removes part of
    a voice; the level alone misses a soft voice. So a frame is voiced when a voice detector says so
    of the raw sound, and `_PROOFS[0]` of the last `_PROOFS[1]` frames passed both tests: what the
    canceller leaves is more than `_CANCELLED_DB` of the sound and voiced, and the sound is
    `_ABOVE_DB` above the music that is expected. Expected is the sum over bands of gain times
    what was played, each gain learnt as an upper quartile over frames of music.

    The numbers of this module are set by hand; `tests/hearing/test_behind_music.py` says what
    they must do.
    """

    def __init__(self) -> None:
        self._bands = _Bands()
        self._played = np.zeros(len(_EDGES_HZ) - 1)
        self._gain_db = np.full(len(_EDGES_HZ) - 1, -20.0)
        self._learnt = 0
        self._heard = self._left = _TINY  # power with and without the echo canceller, smoothed
        self._above = 1.0
        self._proofs: deque[bool] = deque(maxlen=_PROOFS[1])
        self._share = 1.0  # of the music that is expected, so much arrives
        self._music = _TINY
        self._voice: float | None = None

    def voiced(
        self, frame: Samples, left: Samples, reference: Samples, *, raw: bool, behind: bool
    ) -> bool:
        """True when `frame`, shape `(320,)`, holds a voice that is not our music's.

        `left` is what the echo canceller left of it; `raw` and `behind` are what voice detectors
        say of the two.
        """
        heard, played = self._bands.powers(frame, reference)
        self._played = np.maximum(played, self._played * _FADING)
        expected = float((np.power(10.0, self._gain_db / 10.0) * self._played).sum())
        power = float(np.dot(frame, frame)) / len(frame)
        kept_db = self._kept_db(power, float(np.dot(left, left)) / len(left))
        total = float(heard.sum())
        self._above += (total / (expected + _TINY) - self._above) * _SMOOTH
        above_db = power_db(self._above, _FLOOR_DB)
        speaking = sum(self._proofs) >= _PROOFS[0]
        if kept_db < _MUSIC_DB and not speaking:
            self._learn(heard, total, expected)
        elif kept_db > _NO_MUSIC_DB and not raw:
            self._learn_down(heard)
        self._music += (expected * self._share - self._music) * _LEVEL
        if self.silent:
            return raw
        known = self._learnt >= _FAMILIAR
        stands_out = known and kept_db > _CANCELLED_DB and above_db > _ABOVE_DB
        self._proofs.append(behind and stands_out)
        voiced = raw and sum(self._proofs) >= _PROOFS[0]
        if voiced and above_db > _ABOVE_DB:
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

    def _kept_db(self, heard: float, left: float) -> float:
        """How much of the sound the echo canceller left."""
        self._heard += (heard - self._heard) * _SMOOTH
        self._left += (left - self._left) * _SMOOTH
        return power_db(self._left, _FLOOR_DB) - power_db(self._heard, _FLOOR_DB)

    def _learn(self, heard: NDArray[np.float64], total: float, expected: float) -> None:
        """Follow how loud each band of the music arrives, as an upper quartile."""
        self._turn(heard, up=_UPPER)
        share = min(total / (expected + _TINY), _MOST_SHARE)
        self._share += (share - self._share) * _LEVEL

    def _learn_down(self, heard: NDArray[np.float64]) -> None:
        """Where nobody speaks, the music cannot be louder than all that is heard."""
        self._turn(heard, up=0.0)

    def _turn(self, heard: NDArray[np.float64], *, up: float) -> None:
        sounding = self._played > _SILENT / 10.0
        if not sounding.any():
            return
        step_db = _FIRST_STEP_DB if self._learnt < _LEARNING else _STEP_DB
        louder = heard > np.power(10.0, self._gain_db / 10.0) * self._played
        change_db = step_db * np.where(louder, up, _UPPER - 1.0)
        self._gain_db += np.where(sounding, change_db, 0.0)
        self._learnt += 1

    def _follow_voice(self, power: float) -> None:
        before = power if self._voice is None else self._voice
        self._voice = before + (power - before) * _VOICE


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

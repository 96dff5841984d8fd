"""Onsets, pulse and tempo."""

from dataclasses import dataclass

import numpy as np

from dndmood.library.estimate.spectra import FRAMES_PER_S, Floats, Spectra

_SLOWEST_BPM, _FASTEST_BPM = 40.0, 220.0
_USUAL_BPM = 110.0
_OCTAVES_AROUND = 0.9


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often something begins, and how regularly."""

    onsets_per_s: float
    strength_db: float
    """Mean rise of the bands at an onset."""
    spread: float
    """Standard deviation of the distance between onsets, against its mean."""
    tempo_bpm: float
    """40 to 220; 0 where nothing begins."""
    clarity: float
    """-1 to 1: how alike the onsets are one beat later (Lartillot et al., "Multi-feature modeling of pulse clarity", ISMIR 2008)."""


def rise_db(spectra: Spectra) -> Floats:
    """Shape (frames,): how much the bands rose since two frames before, mean over the bands."""
    bands = np.maximum(spectra.bands_db, spectra.bands_db.max(initial=-90.0) - 60.0)
    rise = np.zeros(len(bands), dtype=np.float32)
    if len(bands) > 2:  # noqa: PLR2004 - the lag in frames
        rise[2:] = np.maximum(0.0, bands[2:] - bands[:-2]).mean(axis=1)
    return rise


def rhythm_of(spectra: Spectra) -> Rhythm:
    """The rhythm of a stretch; all zero where it is too short to have one."""
    rise = rise_db(spectra)
    peaks = _onsets(rise)
    seconds = len(rise) / FRAMES_PER_S
    gaps = np.diff(peaks)
    tempo, clarity = _tempo(rise)
    return Rhythm(
        onsets_per_s=len(peaks) / max(1.0, seconds),
        strength_db=float(rise[peaks].mean()) if len(peaks) else 0.0,
        spread=float(gaps.std() / gaps.mean()) if len(gaps) else 0.0,
        tempo_bpm=tempo if len(peaks) else 0.0,
        clarity=clarity,
    )


def _onsets(rise: Floats) -> np.ndarray:
    """Frames higher than their neighbours within 70 ms and than what is usual around them."""
    reach = 3
    if len(rise) <= 2 * reach:
        return np.zeros(0, dtype=np.int64)
    width = round(FRAMES_PER_S)
    usual = np.convolve(rise, np.ones(width) / width, mode="same")
    padded = np.pad(rise, reach)
    around = np.max([padded[d : d + len(rise)] for d in range(2 * reach + 1)], axis=0)
    return np.flatnonzero((rise >= around) & (rise > 1.3 * usual + 0.3))


def _tempo(rise: Floats) -> tuple[float, float]:
    """The beat whose distance the onsets repeat at best, usual tempos preferred a little."""
    slowest = round(60 / _SLOWEST_BPM * FRAMES_PER_S)
    if len(rise) < 2 * slowest:
        return 0.0, 0.0
    centred = rise - rise.mean()
    size = 1 << (2 * len(rise) - 1).bit_length()
    spectrum = np.fft.rfft(centred, size)
    alike = np.fft.irfft(np.square(np.abs(spectrum)), size)[: slowest + 1]
    alike = alike / max(1e-9, float(alike[0]))
    lags = np.arange(round(60 / _FASTEST_BPM * FRAMES_PER_S), slowest + 1)
    bpm = 60 * FRAMES_PER_S / lags
    prior = np.exp(-0.5 * np.square(np.log2(bpm / _USUAL_BPM) / _OCTAVES_AROUND))
    best = int(np.argmax(np.maximum(0.0, alike[lags]) * prior))
    return float(bpm[best]), float(alike[lags[best]])

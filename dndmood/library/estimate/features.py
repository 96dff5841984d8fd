"""One stretch of music as plain numbers that can be named."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from dndmood.library.estimate.pitches import (
    FINE_HOP,
    FINE_WINDOW,
    LOWEST,
    Pitches,
    pitches_of,
)
from dndmood.library.estimate.pitches import FRAMES_PER_S as PITCH_FRAMES_PER_S
from dndmood.library.estimate.rhythm import Rhythm, rhythm_of, rise_db
from dndmood.library.estimate.spectra import (
    RATE_HZ,
    Floats,
    Spectra,
    band_centres_octaves,
    spectra_of,
)
from dndmood.library.estimate.tonality import tonal_features

__all__ = ["RATE_HZ", "Stretch", "heard"]

Chroma: TypeAlias = NDArray[np.float32]

_SILENT_DB = -40.0  # below the loud frames: a rest
_STRONG = 0.05  # of the strongest note of a stretch: a note that counts


@dataclass(frozen=True, slots=True)
class Stretch:
    """What was heard in up to half a minute of music."""

    features: dict[str, float]
    """What the model looks at, by name."""
    rhythm: Rhythm
    """Onsets and tempo."""
    chroma: Chroma
    """Shape (12,): how strongly each pitch class sounds, C first."""


def heard(sound: Floats) -> Stretch:
    """Describe mono samples at 22,050 Hz of any level; 10 to 30 s serve best.

    About 0.1 s of computing for 30 s of sound.
    """
    spectra, pitches = spectra_of(sound), pitches_of(sound)
    rhythm, chroma = rhythm_of(spectra), pitches.chroma()
    features = {
        **_timbre(spectra),
        **_dynamics(spectra),
        **_onsets(spectra, rhythm),
        **tonal_features(chroma),
        **_notes(pitches),
        **_beginnings(sound, pitches),
    }
    return Stretch(features, rhythm, chroma.sum(axis=0))


def _timbre(spectra: Spectra) -> dict[str, float]:
    bands = spectra.bands_db.astype(np.float64)
    power = 10 ** (bands / 10)
    octaves = band_centres_octaves().astype(np.float64)
    total = np.maximum(1e-12, power.sum(axis=1))
    centre = power @ octaves / total
    spread = np.sqrt(np.maximum(0, power @ octaves**2 / total - centre**2))
    around = octaves - octaves.mean()
    slope = (bands - bands.mean(axis=1, keepdims=True)) @ around / np.sum(around**2)
    share = np.cumsum(power, axis=1) / total[:, None]
    rolloff = octaves[np.minimum(len(octaves) - 1, np.sum(share < 0.85, axis=1))]  # noqa: PLR2004 - the usual share
    loud = spectra.level_db > spectra.level_db.max(initial=-90) + _SILENT_DB
    weight = loud / max(1, int(loud.sum()))
    found = {}
    for name, values in (
        ("centre", centre),
        ("width", spread),
        ("slope", slope),
        ("rolloff", rolloff),
    ):
        mean = float(values @ weight)
        found[name] = mean
        found[f"{name}_spread"] = float(np.sqrt(np.square(values - mean) @ weight))
    found["flatness"] = float(spectra.flatness_db.mean())
    found["flatness_spread"] = float(spectra.flatness_db.std())
    for octave, contrast in enumerate(spectra.contrast_db.mean(axis=0)):
        found[f"contrast_{octave}"] = float(contrast)
    return found


def _dynamics(spectra: Spectra) -> dict[str, float]:
    level = spectra.level_db
    loud = float(np.percentile(level, 95))
    clipped = np.maximum(level, loud + _SILENT_DB)
    return {
        "level_spread": float(clipped.std()),
        "level_range": float(np.percentile(clipped, 95) - np.percentile(clipped, 10)),
        "soft_share": float(np.mean(level < loud - 10.0)),
        "silence": float(np.mean(level < loud + _SILENT_DB)),
    }


def _onsets(spectra: Spectra, rhythm: Rhythm) -> dict[str, float]:
    rise = rise_db(spectra)
    return {
        "flux": float(rise.mean()),
        "flux_spread": float(rise.std()),
        "onset_rate": rhythm.onsets_per_s,
        "onset_strength": rhythm.strength_db,
        "onset_spread": rhythm.spread,
        "pulse_clarity": rhythm.clarity,
        "tempo": float(np.log2(rhythm.tempo_bpm / 110.0)) if rhythm.tempo_bpm else 0.0,
    }


def _notes(pitches: Pitches) -> dict[str, float]:
    """How many notes sound and begin, and how high they are."""
    strength = pitches.strength
    on = strength > _STRONG
    begins = on[1:] & (strength[1:] > 1.5 * strength[:-1] + 0.02)
    seconds = max(1.0, len(strength) / PITCH_FRAMES_PER_S)
    weight = strength.sum(axis=0, dtype=np.float64)
    total = max(1e-9, float(weight.sum()))
    notes = LOWEST + np.arange(len(weight))
    mean = float(weight @ notes / total)
    share = np.cumsum(weight) / total
    low, high = (float(notes[min(len(notes) - 1, int(np.sum(share < q)))]) for q in (0.1, 0.9))
    return {
        "notes_at_once": float(on.sum(axis=1).mean()),
        "note_starts": float(begins.sum()) / seconds,
        "start_moments": float(np.mean(begins.any(axis=1))) if len(begins) else 0.0,
        "height": mean / 12,
        "height_spread": float(np.sqrt(weight @ np.square(notes - mean) / total)) / 12,
        "height_low": low / 12,
        "height_high": high / 12,
        "pitch_entropy": float(-np.sum(weight / total * np.log(weight / total + 1e-9))),
    }


def _beginnings(sound: Floats, pitches: Pitches) -> dict[str, float]:
    """How many notes begin, by measures that soft attacks deceive less than loud ones do."""
    strength = pitches.strength
    fine = pitches_of(sound, window=FINE_WINDOW, hop=FINE_HOP).strength
    on = strength > _STRONG
    entries = int(np.count_nonzero(on[1:] & ~on[:-1]))
    level_db = 20 * np.log10(strength + 1e-3)
    rise_db = np.maximum(0.0, level_db[1:] - level_db[:-1])
    seconds = max(1.0, len(strength) / PITCH_FRAMES_PER_S)
    return {
        "notes_doubled": _doubled(strength) / seconds,
        "notes_doubled_fine": _doubled(fine) / seconds,
        "note_entries": entries / seconds,
        "pitch_flux": float(rise_db.mean()) if rise_db.size else 0.0,
        "note_length": float(np.log(max(1, int(on.sum())) / max(1, entries))),
    }


def _doubled(strength: Floats) -> int:
    """How often a note that counts becomes twice as strong from one frame to the next."""
    begins = (strength[1:] > _STRONG) & (strength[1:] > 2.0 * strength[:-1] + 0.01)
    begins[1:] &= ~begins[:-1]
    return int(np.count_nonzero(begins))

"""Keys, chords and the distances between notes, from the notes that sound."""

import numpy as np
from numpy.typing import NDArray

from dndmood.library.estimate.pitches import FRAMES_PER_S, Floats

# Temperley, "What's key for key?", Music Perception 17 (1999): how well each degree fits.
_MAJOR = np.array([5.0, 2.0, 3.5, 2.0, 4.5, 4.0, 2.0, 4.5, 2.0, 3.5, 1.5, 4.0])
_MINOR = np.array([5.0, 2.0, 3.5, 4.5, 2.0, 4.0, 2.0, 4.5, 3.5, 2.0, 1.5, 4.0])
_TRIADS = {
    "major": (0, 4, 7),
    "minor": (0, 3, 7),
    "diminished": (0, 3, 6),
    "augmented": (0, 4, 8),
    "suspended": (0, 5, 7),
}
KEYS = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")


def key_fits(chroma: NDArray[np.floating]) -> NDArray[np.float64]:
    """Shape (2, 12): correlation of a chroma with each major (row 0) and minor key."""
    around = [np.roll(profile, tonic) for profile in (_MAJOR, _MINOR) for tonic in range(12)]
    profiles = np.stack(around)
    profiles = profiles - profiles.mean(axis=1, keepdims=True)
    profiles /= np.linalg.norm(profiles, axis=1, keepdims=True)
    centred = chroma - chroma.mean()
    norm = float(np.linalg.norm(centred))
    return np.asarray(profiles @ centred / max(1e-9, norm)).reshape(2, 12)


def key_of(chroma: NDArray[np.floating]) -> tuple[str, float]:
    """The name of the likeliest key, as in `F# minor`, and how well it fits, -1 to 1."""
    fits = key_fits(chroma)
    mode, tonic = np.unravel_index(int(np.argmax(fits)), fits.shape)
    return f"{KEYS[tonic]} {'minor' if mode else 'major'}", float(fits[mode, tonic])


def smoothed(chroma: Floats, seconds: float, every_s: float) -> NDArray[np.float64]:
    """Means over so many seconds, one every so many, each of length 1 where anything sounds."""
    width = max(1, round(seconds * FRAMES_PER_S))
    step = max(1, round(every_s * FRAMES_PER_S))
    total = np.cumsum(np.vstack([np.zeros(12), chroma]), axis=0)
    starts = np.arange(0, max(1, len(chroma) - width + 1), step)
    ends = np.minimum(starts + width, len(chroma))
    means = (total[ends] - total[starts]) / np.maximum(1, ends - starts)[:, None]
    return np.asarray(means / np.maximum(1e-9, np.linalg.norm(means, axis=1, keepdims=True)))


def tonal_features(chroma: Floats) -> dict[str, float]:
    """What keys, chords and intervals say, by name; every value about -3 to 3."""
    whole = chroma.sum(axis=0)
    fits = key_fits(whole)
    best = np.sort(fits.max(axis=0))
    found = {
        "major_fit": float(fits[0].max()),
        "minor_fit": float(fits[1].max()),
        "mode": float(fits[0].max() - fits[1].max()),
        "key_lead": float(best[-1] - best[-2]),
        "chroma_entropy": _entropy(whole),
    }
    found |= _local_mode(chroma) | _chords(chroma) | _change(chroma) | _intervals(chroma)
    return found | _degrees(whole, fits)


def _entropy(chroma: NDArray[np.floating]) -> float:
    share = chroma / max(1e-9, float(chroma.sum()))
    return float(-np.sum(share * np.log(share + 1e-9)) / np.log(12))


def _local_mode(chroma: Floats) -> dict[str, float]:
    fits = np.stack([key_fits(part) for part in smoothed(chroma, 5.0, 2.0)])
    mode = fits[:, 0].max(axis=1) - fits[:, 1].max(axis=1)
    tonics = fits.max(axis=1).argmax(axis=1)
    return {
        "local_mode": float(mode.mean()),
        "local_major_share": float(np.mean(mode > 0)),
        "local_key_fit": float(fits.max(axis=(1, 2)).mean()),
        "key_moves": float(np.mean(np.diff(tonics) != 0)) if len(tonics) > 1 else 0.0,
    }


def _chords(chroma: Floats) -> dict[str, float]:
    """How much the best triad of each kind explains, beat by beat."""
    beats = smoothed(chroma, 0.9, 0.45)
    sounding = beats[np.linalg.norm(beats, axis=1) > 0]
    if not len(sounding):
        return dict.fromkeys((*_TRIADS, "triad_mode", "major_triad_share"), 0.0)
    fits = {}
    for kind, degrees in _TRIADS.items():
        sums = sum(np.roll(sounding, -degree, axis=1) for degree in degrees)
        fits[kind] = np.asarray(sums).max(axis=1) / np.sqrt(3)
    mode = fits["major"] - fits["minor"]
    means = {kind: float(fit.mean()) for kind, fit in fits.items()}
    return means | {
        "triad_mode": float(mode.mean()),
        "major_triad_share": float(np.mean(mode > 0)),
    }


def _change(chroma: Floats) -> dict[str, float]:
    """Harte et al., "Detecting harmonic change in musical audio", AMCMM 2006, at three speeds."""
    found = {}
    for seconds in (0.5, 1.0, 2.0):
        beats = smoothed(chroma, seconds, seconds)
        share = beats / np.maximum(1e-9, beats.sum(axis=1, keepdims=True))
        moved = np.linalg.norm(np.diff(share @ _tonal_space(), axis=0), axis=1)
        found[f"harmonic_change_{seconds:g}s"] = float(moved.mean()) if len(moved) else 0.0
    return found


def _tonal_space() -> NDArray[np.float64]:
    number = np.arange(12)
    circles = ((7 * np.pi / 6, 1.0), (3 * np.pi / 2, 1.0), (2 * np.pi / 3, 0.5))
    columns = [r * f(number * angle) for angle, r in circles for f in (np.sin, np.cos)]
    return np.stack(columns, axis=1)


def _intervals(chroma: Floats) -> dict[str, float]:
    """How much of what sounds together stands 1 to 6 semitones apart."""
    beats = smoothed(chroma, 0.45, 0.45)
    names = (
        "minor_seconds",
        "major_seconds",
        "minor_thirds",
        "major_thirds",
        "fourths",
        "tritones",
    )
    pairs = [
        float(np.mean(np.sum(beats * np.roll(beats, n, axis=1), axis=1))) for n in range(1, 7)
    ]
    total = max(1e-9, sum(pairs))
    return {name: pair / total for name, pair in zip(names, pairs, strict=True)}


def _degrees(whole: NDArray[np.floating], fits: NDArray[np.float64]) -> dict[str, float]:
    """The share of each semitone above the likeliest tonic, whatever its mode."""
    tonic = int(fits.max(axis=0).argmax())
    share = np.roll(whole, -tonic) / max(1e-9, float(whole.sum()))
    names = ("b2", "2", "b3", "3", "4", "b5", "5", "b6", "6", "b7", "7")
    return {f"degree_{name}": float(share[1 + n]) for n, name in enumerate(names)}

"""Small pieces of music that tests make: chords and notes of a few partials."""

import numpy as np
import soundfile

RATE_HZ = 22_050
MAJOR, MINOR = (0, 4, 7), (0, 3, 7)


def chord(root, degrees, seconds, *, rate_hz=RATE_HZ):
    """A chord that is struck and dies away."""
    time_s = np.arange(round(seconds * rate_hz)) / rate_hz
    sound = np.zeros(len(time_s))
    for degree in degrees:
        hz = 440 * 2 ** ((root + degree - 69) / 12)
        for partial, level in ((1, 1.0), (2, 0.4), (3, 0.2), (4, 0.1)):
            sound += level * np.sin(2 * np.pi * partial * hz * time_s)
    return (sound * np.exp(-time_s * 1.5) * np.minimum(1, time_s * 200)).astype(np.float32)


def piece(mode, beat_s, seconds, *, root=60, rate_hz=RATE_HZ):
    """Chords I, IV, V, I of a key over and over, one each beat; V is major, as in most minor music."""
    steps = ((0, mode), (5, mode), (7, MAJOR), (0, mode))
    chords = [chord(root + step, kind, beat_s, rate_hz=rate_hz) for step, kind in steps]
    bar = np.concatenate(chords)
    sound = np.tile(bar, int(np.ceil(seconds * rate_hz / len(bar))))
    return 0.2 * sound[: round(seconds * rate_hz)]


def write(path, sound, rate_hz=RATE_HZ):
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, sound, rate_hz)
    return path

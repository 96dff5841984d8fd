"""From MIDI to a finished loop: FluidSynth, a room, an equaliser, levels, and Ogg Vorbis.

Every step treats the piece as a circle, so that its end runs into its start whatever is done to it.
"""

from __future__ import annotations

import io
import subprocess
import tempfile
from pathlib import Path
from typing import TypeAlias, get_args

import numpy as np
import pyloudnorm
import soundfile
from numpy.typing import NDArray
from scipy import fft, ndimage, signal

from scores import midi
from scores.notation import Bus, Room, Score
from scores.performance import LEAD_IN_S, Clock, events

Stereo: TypeAlias = NDArray[np.float64]
"""Sound of shape `(n, 2)`."""

RATE_HZ = 44_100
LOUDNESS_LUFS = -18.0
PEAK_DBTP = -1.6  # Vorbis overshoots: this leaves at least 0.6 dB to the promised -1 dBTP
SOUND_FONT = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")
VORBIS_COMPRESSION = 0.62  # soundfile's scale: 0 best quality, 1 smallest file

_SENDS: dict[Bus, float] = {"near": 0.30, "stage": 0.85, "far": 1.7}
_INAUDIBLE_TICK = 12.0  # times the usual corner
_WRITE_FRAMES = 8192  # libsndfile's Vorbis encoder overflows its stack on one long write


def loop(score: Score, sound_font: Path = SOUND_FONT) -> Stereo:
    """The mastered loop of a score at 44.1 kHz."""
    frames = round(Clock(score).length_s * RATE_HZ)
    dry = np.zeros((frames, 2))
    send = np.zeros((frames, 2))
    for bus in get_args(Bus):
        played = events(score, bus)
        if played:
            wrapped = _around(_synthesised(played, sound_font), frames)
            dry += wrapped * (0.75 if bus == "far" else 1.0)
            send += wrapped * _SENDS[bus]
    mixed = dry + score.room.wet * _reverberated(send, score.room, score.seed)
    toned = _toned(mixed, ((20, -30), (32, 0), *score.tone_db))
    return _cut(_levelled(_squeezed(toned, score.squeeze)))


def write(path: Path, sound: Stereo, score: Score) -> None:
    """Write the loop as Ogg Vorbis with its tags."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with _vorbis(path) as file:
        file.title = score.title
        file.artist = "dndmood"
        file.album = "dndmood starter music"
        file.genre = score.mood
        file.comment = f"key={score.key}; bpm={score.bpm:g}; mood={score.mood}"
        file.license = "CC0 1.0 Universal"
        _pour(sound, file)


def _vorbis(target: Path | io.BytesIO) -> soundfile.SoundFile:
    return soundfile.SoundFile(
        target,
        "w",
        RATE_HZ,
        2,
        format="OGG",
        subtype="VORBIS",
        compression_level=VORBIS_COMPRESSION,
    )


def _pour(sound: Stereo, file: soundfile.SoundFile) -> None:
    for start in range(0, len(sound), _WRITE_FRAMES):
        file.write(sound[start : start + _WRITE_FRAMES])


def _decoded(sound: Stereo) -> Stereo:
    """The sound as it comes back from Ogg Vorbis."""
    packed = io.BytesIO()
    with _vorbis(packed) as file:
        _pour(sound, file)
    packed.seek(0)
    back, _ = soundfile.read(packed, dtype="float64", always_2d=True)
    return np.asarray(back)


def true_peak_db(sound: Stereo) -> float:
    """The highest level between the samples too, by fourfold oversampling, in dBTP."""
    over = signal.resample_poly(sound, 4, 1, axis=0)
    return float(20 * np.log10(np.max(np.abs(over)) + 1e-12))


def _synthesised(played: list[midi.Event], sound_font: Path) -> Stereo:
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "score.mid", Path(folder) / "score.wav"
        midi.write(source, played)
        command = [
            *("fluidsynth", "-q", "-n", "-i", "-R", "0", "-C", "0", "-g", "0.35"),
            *("-r", str(RATE_HZ), "-O", "float", "-T", "wav", "-F", str(target)),
            *("-o", "synth.polyphony=512", "-o", "synth.dynamic-sample-loading=1"),
            *(str(sound_font), str(source)),
        ]
        # every word of the command is ours or a path we made
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603
        sound, _ = soundfile.read(target, dtype="float64", always_2d=True)
    return np.asarray(sound)


def _around(sound: Stereo, frames: int) -> Stereo:
    """Lay a linear rendering onto the circle: what rings past the end is added to the start."""
    lead = round(LEAD_IN_S * RATE_HZ)
    circle = np.zeros((frames, 2))
    circle[-lead:] += sound[:lead]
    for start in range(lead, len(sound), frames):
        piece = sound[start : start + frames]
        circle[: len(piece)] += piece
    return circle


def _reverberated(sound: Stereo, room: Room, seed: int) -> Stereo:
    """The sound of the room alone: early reflections, then noise that dies sooner the higher it is."""
    rng = np.random.default_rng(seed + 1000)
    length = round(min(1.3 * room.decay_s, 6.0) * RATE_HZ)
    t_s = np.arange(length) / RATE_HZ
    response = np.zeros((length, 2))
    edges_hz = (90.0, 250.0, 700.0, 2000.0, 5000.0, 11000.0)
    decays = (1.0, 1.05, 1.0, 0.8, 0.5, 0.3)
    for k in range(len(edges_hz) - 1):
        band = signal.butter(2, edges_hz[k : k + 2], "bandpass", fs=RATE_HZ, output="sos")
        noise = signal.sosfilt(band, rng.normal(size=(length, 2)), axis=0)
        high = k / (len(edges_hz) - 2)
        decay_s = room.decay_s * decays[k]
        tilt = room.bright ** (2.5 * high) * (1.0 - 0.45 * high)
        response += tilt * noise * (10 ** (-3 * t_s / decay_s))[:, None]
    onset = np.clip((t_s - 0.012) / 0.03, 0.0, 1.0)[:, None]
    response *= onset
    for _ in range(14):
        place = round(float(rng.uniform(0.008, 0.07)) * RATE_HZ)
        response[place, int(rng.integers(2))] += float(rng.normal(0, 2.0))
    response /= np.sqrt(np.sum(response**2, axis=0, keepdims=True))
    return _filtered(sound, response, 0)


def _toned(sound: Stereo, curve_db: tuple[tuple[float, float], ...]) -> Stereo:
    """An equaliser without phase: dB over log frequency, straight lines between the points."""
    taps = 8192
    frequencies_hz = fft.rfftfreq(taps, 1 / RATE_HZ)
    points = sorted(curve_db)
    gain_db = np.interp(
        np.log(np.maximum(frequencies_hz, 1.0)),
        [np.log(f) for f, _ in points],
        [g for _, g in points],
    )
    response = np.roll(fft.irfft(10 ** (gain_db / 20)), taps // 2) * signal.windows.hann(taps)
    return _filtered(sound, np.stack((response, response), axis=1), taps // 2)


def _filtered(sound: Stereo, response: Stereo, delay: int) -> Stereo:
    """Sound on its circle through a finite response whose own middle lies `delay` samples late."""
    ringing = signal.oaconvolve(sound, response, axes=0)
    circle = np.zeros_like(sound)
    for start in range(0, len(ringing), len(sound)):
        piece = ringing[start : start + len(sound)]
        circle[: len(piece)] += piece
    return np.roll(circle, -delay, axis=0)


def _squeezed(sound: Stereo, ratio: float) -> Stereo:
    """A slow compressor: levels above the piece's own middle are brought nearer to it."""
    if ratio <= 1.0:
        return sound
    power = ndimage.uniform_filter1d(np.mean(sound**2, axis=1), RATE_HZ // 8, mode="wrap")
    level_db = 10 * np.log10(power + 1e-10)
    middle_db = 10 * np.log10(np.mean(power) + 1e-10) - 3.0
    gain_db = -(1 - 1 / ratio) * np.maximum(level_db - middle_db, -12.0)
    for _ in range(2):
        gain_db = ndimage.uniform_filter1d(gain_db, RATE_HZ // 4, mode="wrap")
    return np.asarray(sound * (10 ** (gain_db / 20))[:, None])


def _levelled(sound: Stereo) -> Stereo:
    """Bring the loop to its loudness, holding the true peak; again where the one moves the other."""
    meter = pyloudnorm.Meter(RATE_HZ)
    for _ in range(3):
        off_db = LOUDNESS_LUFS - meter.integrated_loudness(sound)
        if abs(off_db) < 0.05:
            break
        sound = _limited(sound * 10 ** (off_db / 20), PEAK_DBTP)
    return sound


def _cut(sound: Stereo) -> Stereo:
    """The circle opened where Vorbis joins its ends best, at most a third of a second early.

    The encoder knows nothing of the circle and gets the first and last samples a little wrong each
    by itself, which can tick. A shorter piece around each place shows which one it spares.
    """
    around = 40 * 2048  # whole Vorbis blocks, so that the ends fall as they will in the file
    tail = around + len(sound) % 2048
    ticks: dict[int, float] = {}
    for early in range(0, RATE_HZ // 3, RATE_HZ // 45):
        opened = np.roll(sound, early, axis=0)
        ticks[early] = tick(_decoded(opened[-tail:]), _decoded(opened[:around]))
    best, least = sound, float(np.inf)
    for early in sorted(ticks, key=lambda early: ticks[early])[:6]:
        mended, left = _mended(np.roll(sound, early, axis=0))
        if left < least:
            best, least = mended, left
        if least < _INAUDIBLE_TICK:
            break
    return best


def _mended(sound: Stereo) -> tuple[Stereo, float]:
    """The sound with its last and first 12 ms bent by as much as Vorbis tears them apart.

    And the tick that is left: the encoder answers each bend with a slightly different tear.
    """
    reach = RATE_HZ * 12 // 1000
    fading = 0.5 + 0.5 * np.cos(np.pi * np.arange(reach) / reach)[:, None]
    bent, best, least = sound.copy(), sound, float(np.inf)
    for _ in range(6):
        back = _decoded(bent)
        if tick(back, back) < least:
            best, least = bent.copy(), tick(back, back)
        torn = (back[0] - sound[0]) - (back[-1] - sound[-1])
        bent[:reach] -= 0.5 * torn * fading
        bent[-reach:] += 0.5 * torn * fading[::-1]
    return best, least


def tick(before: Stereo, after: Stereo) -> float:
    """How sharp a corner the join makes, as a multiple of what is usual within 20 ms of it."""
    reach = RATE_HZ // 50
    joined = np.concatenate((before[-reach:], after[:reach]))
    corners = np.abs(np.diff(joined, 3, axis=0)).max(axis=1)
    here = np.arange(reach - 4, reach + 2)
    usual = float(np.median(np.delete(corners, here))) + 1e-7
    return float(corners[here].max()) / usual


def _limited(sound: Stereo, ceiling_db: float) -> Stereo:
    """Look-ahead limiting of the true peak: the gain is down before the peak arrives."""
    ceiling = 10 ** (ceiling_db / 20)
    over = np.abs(signal.resample_poly(sound, 4, 1, axis=0))
    over = np.maximum(over[:, 0], over[:, 1])
    peaks = np.maximum.reduce([over[k::4] for k in range(4)])
    if peaks.max() <= ceiling:
        return sound
    wanted = np.minimum(1.0, ceiling / np.maximum(peaks, 1e-9))
    reach = round(0.004 * RATE_HZ) * 2 + 1
    lowest = ndimage.minimum_filter1d(wanted, 2 * reach, mode="wrap")
    gain = ndimage.uniform_filter1d(lowest, reach, mode="wrap")
    return np.asarray(sound * gain[:, None])

"""How the starter music measures up: what each mood's tracks sound like, in figures.

`python tests/benchmarks/music_table.py` prints a table by mood and one by track, then says which
expectations of music-emotion research hold. The last two columns come from a second opinion: two
logistic regressions fitted to EMOPIA, people's judgements of pop piano. Given the corpus by
`--emopia emopia_midi.zip` they are fitted anew and kept in `music_table.json`; otherwise the kept
ones are used, and without those the columns stay empty. Fitting needs `fluidsynth` and the
FluidR3 sound font.
"""

from __future__ import annotations

import argparse
import json
import struct
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyloudnorm
import soundfile
from numpy.typing import NDArray
from scipy import ndimage, optimize, signal

Array = NDArray[np.float64]

PLAYLISTS = Path(__file__).parents[2] / "playlists"
KEPT = Path(__file__).with_suffix(".json")
MOODS = ("calm", "merry", "suspense", "battle", "sorrow", "triumph")
_RATE_HZ = 22_050
_WINDOW_S = 25.0
_HOP = 512

# Krumhansl and Kessler's probe-tone ratings of the twelve degrees.
_MAJOR = np.array([6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88])
_MINOR = np.array([6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17])
_NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")

# ---- what a piece of sound measures -------------------------------------------------------------


def onset_strength(sound: Array) -> Array:
    """How much new energy arrives, per hop of 512 samples; loudness cancels out."""
    bands = np.log1p(100.0 * _bands(sound))
    rise = np.maximum(np.diff(bands, axis=0, prepend=bands[:1]), 0.0)
    return np.asarray(rise.mean(axis=1))


def onsets_per_s(strength: Array) -> float:
    """How many notes or strokes begin each second, as a listener could count them."""
    near = ndimage.uniform_filter1d(strength, 17)
    top = ndimage.maximum_filter1d(strength, 5)
    found = (strength == top) & (strength > near + 0.04)
    return float(np.sum(found) / (len(strength) * _HOP / _RATE_HZ))


def tempo_bpm(strength: Array) -> tuple[float, float]:
    """The strongest pulse between 45 and 200 BPM, and how clear it is, 0..1."""
    centred = strength - strength.mean()
    like = signal.correlate(centred, centred, method="fft")[len(centred) - 1 :]
    like /= like[0] + 1e-12
    lags = np.arange(1, len(like))
    bpm = 60.0 * _RATE_HZ / _HOP / lags
    usual = np.exp(-0.5 * (np.log2(bpm / 110.0) / 0.9) ** 2)
    fitting = (bpm >= 45) & (bpm <= 200)
    weighed = np.where(fitting, like[1:] * usual, -1.0)
    best = int(np.argmax(weighed))
    return float(bpm[best]), float(np.clip(like[1 + best], 0.0, 1.0))


def chroma(sound: Array) -> Array:
    """Energy of the twelve pitch classes over time, shape `(frames, 12)`, from spectral peaks."""
    size = 8192
    _, _, spectrum = signal.stft(sound, _RATE_HZ, nperseg=size, noverlap=size - 2048)
    level = np.abs(spectrum).T
    hz = np.fft.rfftfreq(size, 1 / _RATE_HZ)
    peak = (level == ndimage.maximum_filter1d(level, 3, axis=1)) & ((hz > 60) & (hz < 2100))
    held = np.zeros((len(level), 12))
    pitches = 69 + 12 * np.log2(np.maximum(hz, 1.0) / 440.0)
    classes = np.round(pitches).astype(int) % 12
    for k in range(12):
        mine = classes == k
        held[:, k] = np.sqrt(np.sum(np.where(peak[:, mine], level[:, mine], 0.0) ** 2, axis=1))
    return held


def mode(weights: Array) -> tuple[str, float, float]:
    """The nearest key, how far major fits better than minor, and how well the best key fits."""
    fits = {
        (name, k): float(np.corrcoef(np.roll(template, k), weights)[0, 1])
        for name, template in (("major", _MAJOR), ("minor", _MINOR))
        for k in range(12)
    }
    best = max(fits, key=lambda each: fits[each])
    major = max(v for (name, _), v in fits.items() if name == "major")
    minor = max(v for (name, _), v in fits.items() if name == "minor")
    return f"{_NAMES[best[1]]} {best[0]}", major - minor, fits[best]


def features(sound: Array) -> dict[str, float]:
    """What the second opinion listens to, from about 25 s of mono sound; no feature is a level."""
    sound = sound / (np.sqrt(np.mean(sound**2)) + 1e-12)
    strength = onset_strength(sound)
    bpm, clarity = tempo_bpm(strength)
    held = chroma(sound)
    total = held.sum(axis=0)
    share = total / (total.sum() + 1e-12)
    _, majority, fit = mode(total)
    bands = _bands(sound)
    pace = ndimage.uniform_filter1d(bands.sum(axis=1), 21)
    level_db = 10 * np.log10(pace + 1e-6)
    mean = bands.mean(axis=0) + 1e-9
    mean /= mean.sum()
    octave = np.log2(_CENTRES_HZ)
    centre = float(mean @ octave)
    unit = held / (np.linalg.norm(held, axis=1, keepdims=True) + 1e-9)
    turning = 1.0 - np.sum(unit[4:] * unit[:-4], axis=1)
    return {
        "onsets per second": onsets_per_s(strength),
        "onset strength": float(strength.mean()),
        "onset contrast": float(strength.std() / (strength.mean() + 1e-9)),
        "tempo": float(np.log2(bpm)),
        "pulse clarity": clarity,
        "major over minor": majority,
        "key clarity": fit,
        "chroma entropy": float(-np.sum(share * np.log(share + 1e-12))),
        "harmonic change": float(turning.mean()),
        "brightness": centre,
        "brightness spread": float(np.sqrt(mean @ (octave - centre) ** 2)),
        "level spread": float(level_db.std()),
        "share below the mean": float(np.mean(pace < pace.mean())),
    }


def _edges_hz() -> Array:
    return np.geomspace(55.0, 9000.0, 46)


_CENTRES_HZ = _edges_hz()[1:-1]


def _bands(sound: Array) -> Array:
    """Power in 44 triangular bands over log frequency, shape `(frames, 44)`, mean frame sum 1."""
    size = 2048
    _, _, spectrum = signal.stft(sound, _RATE_HZ, nperseg=size, noverlap=size - _HOP)
    power = np.abs(spectrum.T) ** 2
    hz = np.fft.rfftfreq(size, 1 / _RATE_HZ)
    edges = _edges_hz()
    bank = np.zeros((len(hz), len(edges) - 2))
    for k in range(len(edges) - 2):
        bank[:, k] = np.interp(hz, edges[k : k + 3], [0.0, 1.0, 0.0])
        if bank[:, k].sum() == 0:  # narrower than a bin: take the nearest one
            bank[np.argmin(np.abs(hz - edges[k + 1])), k] = 1.0
    summed = power @ bank
    return np.asarray(summed / (summed.sum(axis=1).mean() + 1e-12))


# ---- the second opinion --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Opinion:
    """A logistic regression over `features`, and how good it was on songs it had not heard."""

    names: tuple[str, ...]
    means: tuple[float, ...]
    scales: tuple[float, ...]
    weights: tuple[float, ...]
    bias: float
    accuracy: float
    """Share of clips right in five-fold cross-validation by song."""
    auc: float

    def of(self, sound: Array) -> float:
        """0..100 for a track: the mean over its windows."""
        return float(np.mean([self._of_window(w) for w in windows(sound)]))

    def _of_window(self, sound: Array) -> float:
        heard = features(sound)
        z = (np.array([heard[n] for n in self.names]) - self.means) / self.scales
        z = np.clip(z, -3.0, 3.0)  # an orchestra must not run off the piano's scale
        return float(100.0 / (1.0 + np.exp(-(z @ np.array(self.weights) + self.bias))))


def windows(sound: Array) -> Iterator[Array]:
    """The sound in pieces of about 25 s."""
    count = max(1, round(len(sound) / _RATE_HZ / _WINDOW_S))
    yield from np.array_split(sound, count)


def fitted(emopia: Path, sound_font: Path, clips: int) -> dict[str, Opinion]:
    """Opinions about arousal and valence from so many clips of EMOPIA, a quarter per quadrant."""
    rows, songs, quadrants = _heard(emopia, sound_font, clips)
    names = tuple(rows[0])
    x = np.array([[row[n] for n in names] for row in rows])
    targets = {
        "arousal": np.isin(quadrants, (1, 2)).astype(float),
        "valence": np.isin(quadrants, (1, 4)).astype(float),
    }
    return {what: _fit(names, x, y, songs) for what, y in targets.items()}


def _heard(
    emopia: Path, sound_font: Path, clips: int
) -> tuple[list[dict[str, float]], NDArray[np.str_], NDArray[np.int64]]:
    rng = np.random.default_rng(7)
    rows: list[dict[str, float]] = []
    songs: list[str] = []
    quadrants: list[int] = []
    with zipfile.ZipFile(emopia) as packed:
        paths = sorted(n for n in packed.namelist() if n.endswith(".mid"))
        for quadrant in (1, 2, 3, 4):
            mine = [p for p in paths if Path(p).name.startswith(f"Q{quadrant}")]
            for k, path in enumerate(rng.permutation(mine)[: clips // 4]):
                # every other clip on another instrument, so that timbre cannot be the answer
                program = 0 if k % 2 == 0 else int(rng.choice((24, 46, 48, 61, 71, 21)))
                sound = _played(packed.read(str(path)), program, sound_font)
                if len(sound) > 10 * _RATE_HZ:
                    rows.append(features(sound))
                    songs.append(Path(str(path)).stem[3:].rsplit("_", 1)[0])
                    quadrants.append(quadrant)
            print(f"heard quadrant {quadrant}: {len(rows)} clips so far", flush=True)
    return rows, np.array(songs), np.array(quadrants)


def _played(midi: bytes, program: int, sound_font: Path) -> Array:
    """At most 25 s of the MIDI file on one General MIDI instrument."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "clip.mid", Path(folder) / "clip.wav"
        source.write_bytes(_on_instrument(midi, program))
        command = ["fluidsynth", "-q", "-n", "-i", "-R", "0", "-C", "0", "-g", "0.35"]
        command += ["-r", str(_RATE_HZ), "-T", "wav", "-F", str(target)]
        subprocess.run(
            [*command, str(sound_font), str(source)], check=True, capture_output=True
        )
        sound, _ = soundfile.read(target, frames=round(_WINDOW_S * _RATE_HZ), always_2d=True)
    return np.asarray(sound.mean(axis=1))


def _on_instrument(midi: bytes, program: int) -> bytes:
    """The MIDI file with a program change put before the notes, which are in its last track."""
    at = midi.rindex(b"MTrk") + 4
    (length,) = struct.unpack(">I", midi[at : at + 4])
    choice = bytes((0, 0xC0, program))
    return midi[:at] + struct.pack(">I", length + 3) + choice + midi[at + 4 :]


def _fit(
    names: tuple[str, ...], x: Array, y: Array, songs: NDArray[np.str_], folds: int = 5
) -> Opinion:
    means, scales = x.mean(axis=0), x.std(axis=0) + 1e-9
    z = (x - means) / scales
    order = np.random.default_rng(3).permutation(np.unique(songs))
    fold_of = {song: k % folds for k, song in enumerate(order)}
    fold = np.array([fold_of[song] for song in songs])
    best: tuple[float, float, Array] | None = None
    for penalty in (0.003, 0.01, 0.03, 0.1, 0.3):
        guess = np.zeros(len(y))
        for k in range(folds):
            w = _logistic(z[fold != k], y[fold != k], penalty)
            guess[fold == k] = z[fold == k] @ w[:-1] + w[-1]
        loss = float(np.mean(np.logaddexp(0, -(2 * y - 1) * guess)))
        if best is None or loss < best[0]:
            best = (loss, penalty, guess)
    assert best is not None
    _, penalty, guess = best
    w = _logistic(z, y, penalty)
    pairs = guess[y == 1][:, None] - guess[y == 0][None, :]
    return Opinion(
        names,
        tuple(np.round(means, 5).tolist()),
        tuple(np.round(scales, 5).tolist()),
        tuple(np.round(w[:-1], 4).tolist()),
        round(float(w[-1]), 4),
        round(float(np.mean((guess > 0) == (y == 1))), 3),
        round(float(np.mean((pairs > 0) + 0.5 * (pairs == 0))), 3),
    )


def _logistic(z: Array, y: Array, penalty: float) -> Array:
    sign = 2 * y - 1

    def loss(w: Array) -> tuple[float, Array]:
        margin = sign * (z @ w[:-1] + w[-1])
        slope = -sign / (1 + np.exp(np.clip(margin, -50, 50))) / len(y)
        gradient = np.append(z.T @ slope + 2 * penalty * w[:-1], slope.sum())
        return float(np.logaddexp(0, -margin).mean() + penalty * w[:-1] @ w[:-1]), gradient

    found = optimize.minimize(loss, np.zeros(z.shape[1] + 1), jac=True, method="L-BFGS-B")
    return np.asarray(found.x)


def kept_opinions(path: Path = KEPT) -> dict[str, Opinion]:
    """The opinions fitted before, or none."""
    if not path.exists():
        return {}
    stored = json.loads(path.read_text(encoding="utf-8"))
    return {
        what: Opinion(
            names=tuple(each["names"]),
            means=tuple(each["means"]),
            scales=tuple(each["scales"]),
            weights=tuple(each["weights"]),
            bias=each["bias"],
            accuracy=each["accuracy"],
            auc=each["auc"],
        )
        for what, each in stored["opinions"].items()
    }


# ---- the tables ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Measured:
    """One track in figures."""

    mood: str
    slug: str
    tags: dict[str, str]
    length_s: float
    lufs: float
    range_lu: float
    """Loudness range, EBU R 128: how far soft and loud passages lie apart."""
    peak_dbtp: float
    seam_db: float
    """The step from the last sample to the first, against the largest step within the track."""
    onsets: float
    pulse_bpm: float
    heard_key: str
    majority: float
    brightness_hz: float
    speech_band_db: float
    """Energy at 1 to 4 kHz against the whole."""
    arousal: float | None
    valence: float | None


def measured(path: Path, opinions: dict[str, Opinion]) -> Measured:
    """Everything the tables say about one track."""
    with soundfile.SoundFile(path) as file:
        rate_hz = file.samplerate
        stereo = file.read(dtype="float64", always_2d=True)
        comment = file.comment
    mono = signal.resample_poly(stereo.mean(axis=1), _RATE_HZ, rate_hz)
    strength = onset_strength(mono)
    weights = chroma(mono).sum(axis=0)
    key, majority, _ = mode(weights)
    power = np.abs(np.fft.rfft(mono)) ** 2
    hz = np.fft.rfftfreq(len(mono), 1 / _RATE_HZ)
    bands = _bands(mono).mean(axis=0)
    brightness = 2 ** float(bands @ np.log2(_CENTRES_HZ) / bands.sum())
    steps = np.abs(np.diff(stereo, axis=0))
    seam = np.abs(stereo[0] - stereo[-1]).max()
    tags = dict(part.split("=", 1) for part in comment.split("; ") if "=" in part)
    return Measured(
        mood=path.parent.name,
        slug=path.stem,
        tags=tags,
        length_s=len(stereo) / rate_hz,
        lufs=float(pyloudnorm.Meter(rate_hz).integrated_loudness(stereo)),
        range_lu=loudness_range_lu(stereo, rate_hz),
        peak_dbtp=true_peak_db(stereo),
        seam_db=float(20 * np.log10(seam / steps.max() + 1e-9)),
        onsets=onsets_per_s(strength),
        pulse_bpm=tempo_bpm(strength)[0],
        heard_key=key,
        majority=majority,
        brightness_hz=brightness,
        speech_band_db=float(
            10 * np.log10(power[(hz > 1000) & (hz < 4000)].sum() / power.sum() + 1e-12)
        ),
        arousal=opinions["arousal"].of(mono) if "arousal" in opinions else None,
        valence=opinions["valence"].of(mono) if "valence" in opinions else None,
    )


def true_peak_db(stereo: Array) -> float:
    """The highest level between the samples too, by fourfold oversampling, in dBTP."""
    return float(20 * np.log10(np.abs(signal.resample_poly(stereo, 4, 1, axis=0)).max()))


def short_term_lufs(stereo: Array, rate_hz: int) -> Array:
    """Loudness of 3 s of sound, every second."""
    meter = pyloudnorm.Meter(rate_hz, block_size=2.999)
    starts = range(0, len(stereo) - 3 * rate_hz, rate_hz)
    return np.array([meter.integrated_loudness(stereo[s : s + 3 * rate_hz]) for s in starts])


def loudness_range_lu(stereo: Array, rate_hz: int) -> float:
    """EBU loudness range: the 10th to the 95th percentile of short-term loudness, gated."""
    short = short_term_lufs(stereo, rate_hz)
    short = short[np.isfinite(short) & (short > -70)]
    gated = short[short > 10 * np.log10(np.mean(10 ** (short / 10))) - 20]
    low, high = np.percentile(gated, (10, 95))
    return float(high - low)


def _mean(rows: Sequence[Measured], field: str) -> float:
    values = [getattr(row, field) for row in rows]
    return float("nan") if None in values else float(np.mean(values))


_COLUMNS = {
    "onsets/s": "onsets",
    "major-minor": "majority",
    "bright Hz": "brightness_hz",
    "1-4 kHz dB": "speech_band_db",
    "range LU": "range_lu",
    "LUFS": "lufs",
    "arousal": "arousal",
    "valence": "valence",
}

# Who should lie how far above whom: arousal goes with tempo, density, brightness and energy,
# valence with the major mode (Gabrielsson & Lindström; Eerola & Vuoskoski).
_EXPECTED: tuple[tuple[str, float, tuple[str, ...], tuple[str, ...]], ...] = (
    ("arousal", 8.0, ("battle",), ("suspense",)),
    ("arousal", 8.0, ("merry", "triumph", "battle"), ("calm", "sorrow", "suspense")),
    ("valence", 8.0, ("merry", "triumph", "calm"), ("sorrow", "suspense", "battle")),
    ("onsets", 0.0, ("merry", "triumph", "battle"), ("calm", "sorrow", "suspense")),
    ("brightness_hz", 0.0, ("merry", "triumph", "battle"), ("calm", "sorrow", "suspense")),
    ("majority", 0.0, ("merry", "triumph", "calm"), ("sorrow", "suspense", "battle")),
)


def table(rows: Sequence[Measured]) -> str:
    """The tables and the verdicts, as text."""
    lines = ["mood      " + " ".join(f"{name:>11}" for name in _COLUMNS)]
    by_mood = {mood: [r for r in rows if r.mood == mood] for mood in MOODS}
    for mood, mine in by_mood.items():
        figures = " ".join(f"{_mean(mine, field):11.2f}" for field in _COLUMNS.values())
        lines.append(f"{mood:10}{figures}")
    lines += [
        "",
        f"{'track':36}{'len s':>6}{'LUFS':>7}{'dBTP':>7}{'LU':>6}{'seam':>6}{'bpm':>5}",
    ]
    lines[-1] += f"{'ons/s':>7}{'maj':>7}{'bright':>7}{'A':>5}{'V':>5}  key (heard)"
    for r in rows:
        opinion = "".join(
            f"{v:5.0f}" if v is not None else "    -" for v in (r.arousal, r.valence)
        )
        lines.append(
            f"{r.mood:9}{r.slug:27}{r.length_s:6.1f}{r.lufs:7.2f}{r.peak_dbtp:7.2f}"
            f"{r.range_lu:6.1f}{r.seam_db:6.0f}{r.tags['bpm']:>5}{r.onsets:7.2f}{r.majority:7.2f}"
            f"{r.brightness_hz:7.0f}{opinion}  {r.tags['key']} ({r.heard_key})"
        )
    lines.append("")
    for field, margin, upper, lower in _EXPECTED:
        above = {mood: _mean(by_mood[mood], field) for mood in upper}
        below = {mood: _mean(by_mood[mood], field) for mood in lower}
        gaps = {(u, v): above[u] - below[v] for u in upper for v in lower}
        (u, v), least = min(gaps.items(), key=lambda each: each[1])
        holds = "holds " if least >= margin else "FAILS "
        lines.append(
            f"{holds} {field}: {', '.join(upper)} at least {margin:g} above {', '.join(lower)}; "
            f"least {least:.2f} ({u} over {v})"
        )
    return "\n".join(lines)


def main() -> None:
    """Measure the tracks and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--emopia", type=Path, help="emopia_midi.zip, to fit the opinions anew")
    parser.add_argument("--clips", type=int, default=320)
    parser.add_argument(
        "--sound-font", type=Path, default=Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")
    )
    given = parser.parse_args()
    if given.emopia:
        opinions = fitted(given.emopia, given.sound_font, given.clips)
        keep(opinions, given.clips)
    else:
        opinions = kept_opinions()
    for what, opinion in opinions.items():
        print(
            f"{what}: accuracy {opinion.accuracy:.3f}, AUC {opinion.auc:.3f} on unheard songs"
        )
    paths = [p for mood in MOODS for p in sorted((PLAYLISTS / mood).glob("*.ogg"))]
    print(table([measured(path, opinions) for path in paths]))


def keep(opinions: dict[str, Opinion], clips: int, path: Path = KEPT) -> None:
    """Write the fitted opinions beside this file."""
    how = (
        f"Logistic regressions on {clips} clips of EMOPIA (Hung et al. 2021, CC BY-NC-SA 4.0), "
        "25 s each by FluidSynth and FluidR3, half on piano and half on another instrument; "
        "penalty chosen by five-fold cross-validation with no song on both sides. "
        "Arousal: quadrants 1 and 2 against 3 and 4; valence: 1 and 4 against 2 and 3."
    )
    fields = ("names", "means", "scales", "weights", "bias", "accuracy", "auc")
    stored = {w: {f: getattr(o, f) for f in fields} for w, o in opinions.items()}
    text = json.dumps({"how": how, "opinions": stored}, indent=1)
    path.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

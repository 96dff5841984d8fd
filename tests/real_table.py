"""A real table: speech from loudspeakers into a real microphone, music out of a real speaker.

Starts a PulseAudio server of its own with two null sinks. Clips of acted speech by people the
shipped model never trained on are played into the first, whose monitor is the default
microphone: calm and neutral, then angry, then sad, a minute or more each. `dndmood listen` hears
them, and the monitor of the second sink records what it plays. The journal must show the moods
following, and the recording the music crossfading.

    python tests/real_table.py --corpora FOLDER [--keep FOLDER]

FOLDER holds `ravdess/` and `cremad/` in their official layouts. Exits with 1 when something
did not happen.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import soxr

RATE_HZ = 16_000
SCENES = (("calm", 75.0), ("battle", 75.0), ("sorrow", 100.0))
"""Which mood each scene should bring, and how long it is."""
RAVDESS_ACTORS = ("01", "11", "20", "21")
RAVDESS = {"calm": ("01", "02"), "battle": ("05",), "sorrow": ("04",)}
CREMAD = {"calm": ("NEU",), "battle": ("ANG",), "sorrow": ("SAD",)}
LATEST_S = {"calm": 20.0, "battle": 45.0, "sorrow": 75.0}
"""How late after the beginning of its scene a mood may come."""
SHARE_FALL, LEAST_FRAMES = 0.35, 3
"""A crossfade: the old piece's share falls by so much, and both are heard for 1.5 s or more.
Pieces share notes, so no fit ever says that one of them is wholly there or wholly gone."""
LOWEST_DB = -25.0
"""Music may begin softly, but never so far below both pieces that it falls silent."""


def clips(corpora: Path, mood: str) -> list[Path]:
    """Clips that carry `mood`, by speakers that no training step saw, in a fixed mixed order."""
    found = [
        path
        for actor in RAVDESS_ACTORS
        for path in sorted((corpora / "ravdess" / f"Actor_{actor}").glob("*"))
        if path.stem.split("-")[2] in RAVDESS[mood]
    ]
    unseen = _development_speakers(corpora / "splits" / "cremad_63_9.csv")
    found += [
        path
        for path in sorted((corpora / "cremad" / "AudioWAV").glob("*"))
        if path.stem[:4] in unseen and path.stem.split("_")[2] in CREMAD[mood]
    ]
    order = np.random.default_rng(11).permutation(len(found))
    return [found[i] for i in order]


def _development_speakers(split: Path) -> set[str]:
    rows = [line.split(",") for line in split.read_text().splitlines()[1:]]
    return {speaker for _, speaker, part in rows if part.startswith("val") or part == "dev"}


def scene(corpora: Path, mood: str, seconds: float) -> np.ndarray:
    """Speech that carries `mood`, shape `(n,)` at 16 kHz, pauses as at a table."""
    parts, length = [], 0
    for path in clips(corpora, mood):
        sound, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
        mono = soxr.resample(sound.mean(axis=1), rate_hz, RATE_HZ)
        loud = np.flatnonzero(np.abs(mono) > 0.02 * np.abs(mono).max())
        mono = mono[max(0, loud[0] - 1600) : loud[-1] + 3200]
        mono *= 0.08 / max(float(np.sqrt((mono**2).mean())), 1e-6)
        parts += [mono.astype(np.float32), np.zeros(RATE_HZ // 4, np.float32)]
        length += len(parts[-2]) + len(parts[-1])
        if length >= seconds * RATE_HZ:
            break
    return np.concatenate(parts)[: round(seconds * RATE_HZ)].clip(-1, 1)


def started_server(folder: Path) -> dict[str, str]:
    """A private PulseAudio server; returns the environment in which programs meet it."""
    for name in ("run", "config", "state"):
        (folder / name).mkdir(mode=0o700)
    environment = os.environ | {
        "XDG_RUNTIME_DIR": str(folder / "run"),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "XDG_STATE_HOME": str(folder / "state"),
        "PULSE_SERVER": f"unix:{folder}/run/native",
        "PULSE_COOKIE": str(folder / "cookie"),
    }
    modules = (
        f"module-native-protocol-unix socket={folder}/run/native auth-anonymous=1",
        "module-null-sink sink_name=table rate=48000",
        "module-null-sink sink_name=room rate=48000",
    )
    subprocess.run(
        ["pulseaudio", "-n", "--daemonize=yes", "--exit-idle-time=-1", "--use-pid-file=no"]
        + [f"--load={module}" for module in modules],
        env=environment,
        check=True,
        stderr=subprocess.DEVNULL,
    )
    for _ in range(100):
        if not subprocess.run(
            ["pactl", "info"], env=environment, capture_output=True, check=False
        ).returncode:
            break
        time.sleep(0.1)
    subprocess.run(
        ["pactl", "set-default-source", "table.monitor"], env=environment, check=True
    )
    subprocess.run(["pactl", "set-default-sink", "room"], env=environment, check=True)
    return environment


def evening(
    folder: Path, speech: Path, seconds: float
) -> tuple[list[dict[str, Any]], np.ndarray]:
    """Play `speech` at the table while dndmood listens; its journal, and what the room heard."""
    environment = started_server(folder)
    record, journal = folder / "room.wav", folder / "evening.jsonl"
    recorder = subprocess.Popen(
        ["parecord", "--device=room.monitor", "--rate=44100", "--channels=2", str(record)],
        env=environment,
    )
    listener = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "dndmood",
            "listen",
            "--plain",
            "--player",
            "speaker",
            "--journal",
            str(journal),
            "--for",
            f"{seconds + 6:.0f}",
        ],
        env=environment,
        stdout=(folder / "lines.txt").open("w"),
    )
    try:
        while not journal.exists() or not journal.stat().st_size:
            if listener.poll() is not None:
                sys.exit("dndmood listen ended at once")
            time.sleep(0.05)
        subprocess.run(["paplay", "--device=table", str(speech)], env=environment, check=True)
        listener.wait(timeout=60)
    finally:
        listener.kill()
        recorder.terminate()
        recorder.wait()
        subprocess.run(["pactl", "exit"], env=environment, check=False, capture_output=True)
    facts = [json.loads(line) for line in journal.read_text().splitlines()]
    return facts, soundfile.read(record, dtype="float32")[0].mean(axis=1)


def spectra(sound: np.ndarray, rate_hz: int = 44_100) -> np.ndarray:
    """Power in 40 bands every half second, shape `(n, 40)`."""
    frames = sound[: len(sound) // (rate_hz // 2) * (rate_hz // 2)].reshape(-1, rate_hz // 2)
    power = np.abs(np.fft.rfft(frames * np.hanning(frames.shape[1]), axis=1)) ** 2
    edges = np.geomspace(20, power.shape[1] - 1, 41).astype(int)
    return np.stack(
        [power[:, a:b].sum(axis=1) for a, b in zip(edges, edges[1:], strict=False)], 1
    )


def crossfade(room: np.ndarray, at_s: float, fade_s: float) -> tuple[float, np.ndarray]:
    """How the room went from one piece to the next around `at_s`.

    Gives the lowest level during the fade against the softer of both pieces in dB, and the old
    piece's share of what is heard (0 to 1) every half second, shape `(n,)`, from 4 s before to
    4 s after the fade. Shares are fitted to magnitudes, each band counting alike: else the one
    with most power, the bass, would decide alone.
    """
    rows, at, fade = np.sqrt(spectra(room)), round(at_s * 2), round(fade_s * 2)
    before = rows[max(0, at - 28) : at - 6].mean(0)
    after = rows[at + fade + 8 : at + fade + 30].mean(0)
    level = 20 * np.log10(np.linalg.norm(rows[at : at + fade + 2], axis=1))
    dip = float(level.min() - 20 * np.log10(min(np.linalg.norm(before), np.linalg.norm(after))))
    pieces = np.stack((before, after), 1) / (before + after)[:, np.newaxis]
    around = rows[at - 8 : at + fade + 8] / (before + after)
    fitted = np.stack([np.linalg.lstsq(pieces, row, rcond=None)[0].clip(0) for row in around])
    return dip, fitted[:, 0] / fitted.sum(axis=1).clip(1e-9)


def judge(facts: list[dict[str, Any]], room: np.ndarray, began_s: float) -> list[str]:
    """What did not happen, one sentence each."""
    wrong: list[str] = []
    cues = [fact for fact in facts if fact["event"] == "cue"]
    for cue in cues:
        print(f"{cue['at_s']:7.1f} s  {cue['mood']:<9} {cue['tracks'][0]}")
    start_s = began_s
    for mood, length_s in SCENES:
        during = [
            fact
            for fact in facts
            if fact["event"] == "mood" and start_s <= fact["at_s"] < start_s + length_s
        ]
        late = next((fact["at_s"] - start_s for fact in during if fact["mood"] == mood), None)
        share = sum(fact["mood"] == mood for fact in during) / max(len(during), 1)
        print(
            f"scene {mood:<9} came after {late if late is None else round(late, 1)} s, {share:.0%} of its decisions"
        )
        if late is None or late > LATEST_S[mood]:
            wrong.append(f"{mood} did not come within {LATEST_S[mood]:.0f} s of its scene")
        start_s += length_s
    # The recorder started before the listener: its music's first sound ties both times together.
    offset_s = (
        float(np.argmax(np.abs(room) > 1e-3)) / 44_100 - cues[0]["at_s"] if len(room) else 0.0
    )
    for cue in cues[1:]:
        if (cue["at_s"] + offset_s + cue["fade_s"] + 16) * 44_100 > len(room):
            continue
        dip, old = crossfade(room, cue["at_s"] + offset_s, cue["fade_s"])
        both = int(((old > 0.1) & (old < 0.9)).sum())
        print(
            f"crossfade to {cue['mood']}: old piece's share {old[:6].mean():.0%} before, "
            f"{old[-6:].mean():.0%} after, both heard for {both / 2:.1f} s, lowest {dip:+.1f} dB"
        )
        fell = old[:6].mean() - old[-6:].mean()
        if not (fell > SHARE_FALL and both >= LEAST_FRAMES):
            wrong.append(f"the pieces were not crossfaded on the way to {cue['mood']}")
        if dip < LOWEST_DB:
            wrong.append(f"the music fell silent on the way to {cue['mood']}")
    if not np.abs(room).max(initial=0.0) > 0.01:
        wrong.append("the room heard nothing")
    return wrong


def main() -> None:
    """Set the table, listen, judge."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--keep", type=Path, help="keep journal and recording here")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = chosen.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        speech = folder / "speech.wav"
        parts = [scene(chosen.corpora, mood, seconds) for mood, seconds in SCENES]
        soundfile.write(speech, np.concatenate(parts), RATE_HZ)
        facts, room = evening(folder, speech, sum(seconds for _, seconds in SCENES))
        estimates = [fact["at_s"] for fact in facts if fact["event"] == "estimate"]
        began_s = max(0.0, estimates[0] - 3.0) if estimates else 0.0
        wrong = judge(facts, room, began_s)
    for sentence in wrong:
        print(f"WRONG: {sentence}")
    if wrong:
        sys.exit(1)
    print("The moods followed the voices, and the music crossfaded.")


if __name__ == "__main__":
    main()

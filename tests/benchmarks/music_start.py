"""How long `dndmood listen` takes to its first music with thousands of files that it has never seen.

    python tests/benchmarks/music_start.py --files 5000 [--keep FOLDER]

Makes the files (short, in six formats, a third in folders called like a mood, the rest flat), then
starts the program several times as a person does, each time with an empty cache or a full one, and
prints the seconds until the line that says which music plays, beside the same without own music;
then those of a scan that finds nothing new. Behind each stand the seconds of processor time: on a busy machine only they
mean something.
"""

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import soundfile

from dndmood import paths
from dndmood.library import Index
from dndmood.library.measuring import ANALYSIS
from dndmood.library.reading import read

ROOT = Path(__file__).parents[2]
FOLDERS = ("Combat", "Tavern", "Exploration", "", "", "Album 1", "Album 2", "", "Sad")
KINDS = {
    "wav": {},
    "flac": {},
    "ogg": {},
    "mp3": {},
    "aiff": {},
    "opus": {"format": "OGG", "subtype": "OPUS"},
}


def make(folder: Path, count: int) -> None:
    """Put `count` files of one second into `folder`, no two of them the same."""
    rng = np.random.default_rng(1)
    samples = (0.1 * rng.normal(0, 1, 24_000)).astype(np.float32)
    content = {}
    for suffix, kind in KINDS.items():
        path = folder / f"model.{suffix}"
        folder.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, samples, 24_000, **kind)
        content[suffix] = path.read_bytes()
        path.unlink()
    for number in range(count):
        suffix = list(KINDS)[number % len(KINDS)]
        path = folder / FOLDERS[number % len(FOLDERS)] / f"Track {number:04}.{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content[suffix] + number.to_bytes(4, "big"))


def surroundings(home: Path) -> dict[str, str]:
    """An environment in which the program keeps all in `home`."""
    places = ("XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")
    env = os.environ | {"HOME": str(home), "PYTHONPATH": str(ROOT)}
    return env | {name: str(home / name.lower()) for name in places}


def processor_s() -> float:
    """Seconds of processor time of all programs that were started here and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def second_scan_s(home: Path, music: Path) -> float:
    """Seconds that a scan takes when everything is known and nothing has changed."""
    for path in sorted((home / "xdg_cache_home").rglob("music-*.sqlite")):
        with Index(path) as index:
            heard = [
                replace(track, analysis=ANALYSIS, arousal_odds=0.1, valence_odds=0.1)
                for track in index.tracks()
            ]
            index.put(*heard)
    began_s = time.monotonic()
    order = [sys.executable, "-m", "dndmood", "library", "scan", str(music)]
    subprocess.run(order, env=surroundings(home), check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - began_s


def first_music_s(home: Path, *options: str) -> float:
    """Seconds from the start of the program to the line that says which music plays."""
    env = surroundings(home)
    order = [sys.executable, "-u", "-m", "dndmood", "listen", "--plain", "--player", "silent"]
    order += ["--input", str(ROOT / "dndmood" / "demo.ogg"), "--for", "20", *options]
    began_s = time.monotonic()
    with subprocess.Popen(order, env=env, stdout=subprocess.PIPE, text=True) as program:
        for line in program.stdout or ():
            if " plays " in line and ":" in line[:6]:
                took_s = time.monotonic() - began_s
                program.terminate()
                program.communicate()
                return took_s
        raise SystemExit(f"No music: exit {program.wait()}.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=5000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--keep", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        work = asked.keep or Path(scratch)
        music = work / "music"
        if not music.exists():
            make(music, asked.files)
        for what, options, fresh in (
            ("no own music", (), False),
            ("own music, never seen", ("--music", str(music)), True),
            ("own music, seen before", ("--music", str(music)), False),
        ):
            times, used_s = [], []
            for run in range(asked.runs):
                before_s = processor_s()
                home = work / "home"
                if fresh or not run:
                    shutil.rmtree(home, ignore_errors=True)
                times.append(first_music_s(home, *options))
                used_s.append(processor_s() - before_s)
            show(what, times, used_s)
        read_all(work / "home", music)
        before_s = processor_s()
        show("second scan", [second_scan_s(work / "home", music)], [processor_s() - before_s])


def read_all(home: Path, music: Path) -> None:
    """Put every file into the index, as an evening does that lasts long enough."""
    with Index(home / "xdg_cache_home" / "dndmood" / paths.music_index().name) as index:
        files = [path for path in sorted(music.rglob("*")) if path.is_file()]
        index.put(*map(read, files))


def show(what: str, times: list[float], used_s: list[float]) -> None:
    pairs = zip(times, used_s, strict=True)
    print(f"{what:<24}" + "  ".join(f"{one:.2f} s ({used:.2f} s)" for one, used in pairs))


if __name__ == "__main__":
    main()

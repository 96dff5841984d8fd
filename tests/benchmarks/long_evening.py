"""Does an evening stay as small as it began: memory, threads, open files, underflows, the start.

    python tests/benchmarks/long_evening.py live --corpora FOLDER [--minutes 30] [--plot live.png]
    python tests/benchmarks/long_evening.py audio --corpora FOLDER [--hours 12] [--plot audio.png]
    python tests/benchmarks/long_evening.py start [--times 5]

`live` runs `dndmood listen` on the dashboard through a private sound server, talk looping, a mood
forced every minute. `audio` runs `dndmood rehearse` over hours of talk, faster than real time.
`start` measures from the command to "Listening to". All of them may test another tree (--tree).
"""

import argparse
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np
import soundfile

_TREE = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(_TREE))

from tests.faults.table import MOODS, Table  # noqa: E402 - the folder of this file is not what is imported from
from tests.faults.verdict import longest_gap_s  # noqa: E402
from tests.real_table import scene  # noqa: E402

LIVE_STEP_S, AUDIO_STEP_S = 10.0, 1.0
GROWTH_MB, START_S = 5.0, 1.5
"""Most it may grow after the first half hour, and longest way to listening."""


@dataclass(frozen=True)
class Look:
    """A look at a process."""

    at_s: float
    """Seconds of the evening."""
    rss_mb: float
    threads: int
    files: int


def look(pid: int, at_s: float) -> Look:
    """A look at the process `pid` now; raises OSError when it has ended."""
    status = Path(f"/proc/{pid}/status").read_text()
    fields = dict(re.findall(r"^(VmRSS|Threads):\s+(\d+)", status, re.MULTILINE))
    files = len(list(Path(f"/proc/{pid}/fd").iterdir()))
    return Look(at_s, int(fields.get("VmRSS", 0)) / 1024, int(fields["Threads"]), files)


def growth_mb(looks: Sequence[Look]) -> float:
    """How much larger it is in the last tenth than when its first half hour was over.

    Of an evening under an hour, the first half counts as the half hour. Medians of a tenth of
    the evening each, so that a crossfade's third deck is no growth.
    """
    end_s = looks[-1].at_s
    from_s, tenth_s = min(1800.0, end_s / 2), end_s / 10
    early = [one.rss_mb for one in looks if from_s <= one.at_s <= from_s + tenth_s]
    late = [one.rss_mb for one in looks if one.at_s >= end_s - tenth_s]
    return median(late) - median(early or [one.rss_mb for one in looks])


def live(corpora: Path, minutes: float, tree: Path) -> list[Look]:
    """An evening on the dashboard; prints what was counted."""
    with tempfile.TemporaryDirectory(prefix="evening-") as scratch:
        folder = Path(scratch)
        speech = folder / "speech.wav"
        parts = [scene(corpora, mood, 60.0) for mood in ("calm", "battle", "sorrow")]
        soundfile.write(speech, np.concatenate(parts), 16_000)
        with Table(folder / "table", tree, speech) as table:
            table.listen(screen=True)
            table.settle()
            began, looks, forced = time.monotonic(), [], 0
            while (at_s := time.monotonic() - began) < minutes * 60 and table.program.alive():
                looks.append(look(table.program.pid, at_s))
                if at_s >= (forced + 1) * 60:
                    forced += 1
                    table.terminal.press(str(forced % len(MOODS) + 1))
                time.sleep(max(0.0, len(looks) * LIVE_STEP_S - (time.monotonic() - began)))
            table.finish()
            seen, blocks = table.seen, table.room.blocks
            gap_s = longest_gap_s(blocks, seen.fault_from, seen.fault_to, ())
            silent = sum(
                not b.music for b in blocks if seen.fault_from <= b.at <= seen.fault_to
            )
            everything = table.everything()
            ran_out = sum(int(n) for n in re.findall(r"ran out of sound (\d+)", everything))
            underruns = everything.count("underrun occurred")
            problems = table.told()
            estimates = len(table.estimates())
            print(f"ended with {seen.code}, terminal back: {seen.given_back}")
    print(
        f"{estimates} estimates, {forced} forced moods, underflows {ran_out}, ALSA underruns "
        f"{underruns}, longest gap {gap_s:.1f} s, {silent} silent blocks of 50 ms"
    )
    for text in problems:
        print(f"problem: {text}")
    return looks


def audio(corpora: Path, hours: float, player: str, tree: Path) -> list[Look]:
    """Hours of sound through `dndmood rehearse`; prints how fast."""
    with tempfile.TemporaryDirectory(prefix="evening-") as scratch:
        folder = Path(scratch)
        recording, journal = folder / "evening.flac", folder / "evening.jsonl"
        _record(recording, corpora, hours)
        sound = f"wav:{folder / 'soundtrack.wav'}" if player == "wav" else player
        with (
            Table(folder / "table", tree, recording) as table,
            (folder / "out").open("w") as out,
        ):
            began = time.monotonic()
            process = subprocess.Popen(
                table.command(
                    *("rehearse", str(recording), "--player", sound, "--journal", str(journal))
                ),
                env=table.environment,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
            looks: list[Look] = []
            while process.poll() is None:
                time.sleep(AUDIO_STEP_S)
                try:
                    looks.append(look(process.pid, _audio_s(journal)))
                except (OSError, KeyError):
                    break
            code, took_s = process.wait(), time.monotonic() - began
        print(
            f"ended with {code}; {hours:g} h of sound in {took_s:.0f} s, "
            f"{hours * 3600 / took_s:.0f} times real time; {len((folder / 'out').read_text().splitlines())} "
            "lines of soundtrack"
        )
        if code:
            print((folder / "out").read_text()[-2000:])
    return [one for one in looks if one.rss_mb]


def _record(path: Path, corpora: Path, hours: float) -> None:
    """Talk of changing moods with pauses, in a new order every time round."""
    rng = np.random.default_rng(14)
    parts = [scene(corpora, mood, 150.0) for mood in ("calm", "battle", "sorrow")]
    left = round(hours * 3600 * 16_000)
    with soundfile.SoundFile(path, "w", 16_000, 1, format="FLAC") as file:
        while left > 0:
            pause = (1e-4 * rng.standard_normal(16_000 * int(rng.integers(5, 200)))).astype(
                "f4"
            )
            turned = np.roll(parts[rng.integers(len(parts))], int(rng.integers(16_000 * 100)))
            for sound in (turned, pause):
                file.write(sound[:left])
                left -= len(sound[:left])


def _audio_s(journal: Path) -> float:
    """Audio time of the last whole line of `journal`."""
    try:
        with journal.open("rb") as file:
            file.seek(max(0, journal.stat().st_size - 4000))
            stamps = re.findall(rb'"at_s": ([\d.]+)', file.read())
    except OSError:
        return 0.0
    return float(stamps[-1]) if stamps else 0.0


def start(times: int, tree: Path) -> list[float]:
    """Seconds from the command to "Listening to", each time anew."""
    took = [_one_start(tree) for _ in range(times)]
    print(
        f"start to listening: median {median(took):.2f} s of {', '.join(f'{s:.2f}' for s in took)}"
    )
    return took


def _one_start(tree: Path) -> float:
    scene_of_demo = tree / "dndmood" / "demo.ogg"
    with (
        tempfile.TemporaryDirectory(prefix="evening-") as scratch,
        Table(Path(scratch) / "table", tree, scene_of_demo) as table,
    ):
        table.sound()
        time.sleep(1.0)
        began = time.monotonic()
        program = table.listen()
        table.wait(15, until=lambda: "Listening to" in program.text())
        stamps = [at for at, text in program.err.lines if "Listening to" in text]
        program.quit()
        program.ended(10)
    return stamps[0] - began if stamps else float("inf")


def told(looks: Sequence[Look]) -> float:
    """Print the figures of an evening; its growth in MB."""
    for share in (0.0, 0.02, 0.1, 0.25, 0.5, 0.75, 1.0):
        one = looks[round(share * (len(looks) - 1))]
        print(
            f"{one.at_s / 60:8.1f} min {one.rss_mb:6.0f} MB {one.threads:4d} threads {one.files:4d} files"
        )
    grown = growth_mb(looks)
    print(f"peak {max(o.rss_mb for o in looks):.0f} MB, growth {grown:+.1f} MB")
    return grown


def plot(looks: Sequence[Look], path: Path, title: str) -> None:
    """A picture of memory, threads and open files over the evening."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, (upper, lower) = plt.subplots(2, 1, sharex=True, figsize=(9, 5))
    at_min = [one.at_s / 60 for one in looks]
    upper.plot(at_min, [one.rss_mb for one in looks], color="#8a3324")
    upper.set_ylabel("memory, MB")
    upper.set_ylim(bottom=0)
    upper.set_title(title)
    lower.plot(at_min, [one.threads for one in looks], label="threads", color="#2f5d62")
    lower.plot(at_min, [one.files for one in looks], label="open files", color="#a87b2d")
    lower.set_ylim(bottom=0)
    lower.legend(frameon=False)
    lower.set_xlabel("minutes of the evening")
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120)


def main() -> None:
    """Measure, print, draw; exits with 1 when it grows or starts late."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("what", choices=("live", "audio", "start"))
    parser.add_argument("--corpora", type=Path)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--hours", type=float, default=12.0)
    parser.add_argument("--player", default="silent", help="for `audio`: silent, or wav")
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--tree", type=Path, default=_TREE)
    chosen = parser.parse_args()
    tree = chosen.tree.resolve()
    if chosen.what == "start":
        sys.exit(median(start(chosen.times, tree)) > START_S)
    if chosen.corpora is None:
        parser.error("--corpora FOLDER is needed for talk")
    if chosen.what == "live":
        looks = live(chosen.corpora, chosen.minutes, tree)
        title = f"{chosen.minutes:g} minutes live, dashboard on, a mood forced every minute"
    else:
        looks = audio(chosen.corpora, chosen.hours, chosen.player, tree)
        title = f"{chosen.hours:g} hours of sound, player {chosen.player}"
    grown = told(looks)
    if chosen.plot:
        plot(looks, chosen.plot, title)
    sys.exit(grown > GROWTH_MB)


if __name__ == "__main__":
    main()

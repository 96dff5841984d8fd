"""Runs the fuzzer over targets, each in a process of its own, and keeps what it finds."""

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.fuzz._inputs import FOUND, kept, names

_DONE = re.compile(r"Done (\d+) runs? in (\d+) second|stat::number_of_executed_units: (\d+)")


def main() -> None:
    """Print a table of runs; exits with 1 when something was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", choices=[*names(), []], help="default: all")
    parser.add_argument("--runs", type=int, default=-1, help="inputs for each target")
    parser.add_argument("--seconds", type=int, default=60, help="time for each target")
    parser.add_argument("--seed", type=int, default=0, help="0 tries others each time")
    chosen = parser.parse_args()
    wrong = 0
    print(f"{'target':<14}{'inputs':>12}  found")
    for name in chosen.targets or names():
        runs, found = fuzzed(name, runs=chosen.runs, seconds=chosen.seconds, seed=chosen.seed)
        wrong += bool(found)
        print(f"{name:<14}{runs:>12,}  {found or 'nothing'}", flush=True)
    sys.exit(bool(wrong))


def fuzzed(name: str, *, runs: int, seconds: int, seed: int) -> tuple[int, str]:
    """How many inputs were tried, and where the one that failed was kept; "" when none did."""
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder) / "corpus"
        corpus.mkdir()
        for number, data in enumerate(kept(name)):
            (corpus / str(number)).write_bytes(data)
        limits = [f"-runs={runs}"] if runs > 0 else [f"-max_total_time={seconds}"]
        limits.append(f"-seed={seed}")
        prefix = f"-artifact_prefix={folder}/"
        options = ["-print_final_stats=1", "-timeout=20", "-rss_limit_mb=3000", prefix]
        done = subprocess.run(
            [sys.executable, "-m", "tests.fuzz._one", name, *limits, *options, str(corpus)],
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        numbers = [
            int(number)
            for match in _DONE.findall(done.stderr)
            for number in match[::2]
            if number
        ]
        found = ""
        for path in Path(folder).glob("*-*"):
            (FOUND / name).mkdir(parents=True, exist_ok=True)
            kept_as = FOUND / name / path.name[:24]
            kept_as.write_bytes(path.read_bytes())
            found = str(kept_as)
            print(done.stderr[-3000:], file=sys.stderr)
        if done.returncode and not found:
            found = f"the fuzzer itself failed: {done.stderr[-500:]}"
        return max(numbers, default=0), found


if __name__ == "__main__":
    main()

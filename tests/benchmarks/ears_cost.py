"""What each ear costs: processor time of every thread of a live evening, with one ear and with two.

python tests/benchmarks/ears_cost.py --minutes 3           # speech at the table, nobody in the call
python tests/benchmarks/ears_cost.py --minutes 3 --call    # somebody speaks in the call as well

The real program with the speaker as its player, on a PulseAudio of its own. Processor time and not
the clock, so that what else runs here matters little.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "train")]

from tests.benchmarks.remote import _NAMED, _endless, _spent  # noqa: E402 - after the path
from tests.real_table import started_server  # noqa: E402

_SETTLE_S = 20.0


def main() -> None:
    """Measure one ear, then two."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=3.0)
    parser.add_argument("--call", action="store_true", help="somebody speaks in the call too")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ears-") as name:
        folder = Path(name)
        environment = started_server(folder) | {"HOME": name}
        try:
            call = ["load-module", "module-null-sink", "sink_name=call", "rate=48000"]
            subprocess.run(["pactl", *call], env=environment, check=True, capture_output=True)
            talk = _endless(folder, 4 * chosen.minutes * 60 + 120)
            sinks = ["table", *(["call"] if chosen.call else [])]
            voices = [
                subprocess.Popen(["paplay", f"--device={sink}", str(talk)], env=environment)
                for sink in sinks
            ]
            for ears in (1, 2):
                share = _share(environment, ears, chosen.minutes * 60)
                parts = ", ".join(
                    f"{name} {part:.2f}"
                    for name, part in sorted(share.items(), key=lambda one: -one[1])
                    if part >= 0.02
                )
                print(
                    f"{ears} ears: {sum(share.values()):.2f} % of a core: {parts}", flush=True
                )
            for one in voices:
                one.terminate()
        finally:
            subprocess.run(["pactl", "exit"], env=environment, check=False)


def _share(environment: dict[str, str], ears: int, seconds: float) -> dict[str, float]:
    """Percent of a core of each thread."""
    path = os.pathsep.join((str(ROOT), str(ROOT / "train")))
    program = (
        _NAMED + "import sys; sys.argv[0] = 'dndmood'; from dndmood.cli import main; main()"
    )
    command = ["listen", "--plain", "--player", "speaker:room", "--no-ambience"]
    command += ["--also-hear", "call"] if ears > 1 else []
    process = subprocess.Popen(
        [sys.executable, "-c", program, *command],
        env=environment | {"PYTHONPATH": path}, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        time.sleep(_SETTLE_S)
        begin, begun_s = _spent(process.pid), time.monotonic()
        time.sleep(seconds)
        end, took_s = _spent(process.pid), time.monotonic() - begun_s
    finally:
        process.terminate()
        process.wait(30)
    return {name: 100 * (end[name] - begin.get(name, 0.0)) / took_s for name in end}


if __name__ == "__main__":
    main()

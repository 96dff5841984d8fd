"""The command: inject every fault with real parts, judge what happened, write the table.

    python tests/faults --corpora FOLDER [--only NAME ...] [--jobs 2] [--write] [--tree PATH]

FOLDER holds `ravdess/` and `cremad/` as for `tests/real_table.py`; without it the demo's scene is
what the table says. Exits with 1 when a row is not ok.
"""

import argparse
import importlib
import pkgutil
import sys
import tempfile
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import soundfile
import soxr

_TREE = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(_TREE))

from tests.faults import kinds, page  # noqa: E402 - the folder of this file is not what is imported from
from tests.faults.fault import FAULTS, Fault  # noqa: E402
from tests.faults.files import NotHereError, missing  # noqa: E402
from tests.faults.table import Table  # noqa: E402
from tests.faults.verdict import Row, judged  # noqa: E402

ALWAYS = ("pulseaudio", "pactl", "parecord", "paplay")


def main() -> None:
    """Inject, judge, print; `--write` puts the table into tests/README.md."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--corpora", type=Path, help="folder with ravdess/ and cremad/")
    parser.add_argument("--only", nargs="+", default=[], help="names or beginnings of names")
    parser.add_argument("--jobs", type=int, default=2, help="rows side by side (2)")
    parser.add_argument(
        "--write", action="store_true", help="write the table to tests/README.md"
    )
    parser.add_argument("--out", type=Path, help="write the table into this file instead")
    parser.add_argument("--tree", type=Path, default=_TREE, help="the program's own tree")
    parser.add_argument("--keep", type=Path, help="keep what the rows left behind here")
    parser.add_argument("--list", action="store_true", help="list the faults and end")
    chosen = parser.parse_args()
    for module in sorted(m.name for m in pkgutil.iter_modules(kinds.__path__)):
        importlib.import_module(f"tests.faults.kinds.{module}")
    asked = [f for f in FAULTS if not chosen.only or f.name.startswith(tuple(chosen.only))]
    if chosen.list or not asked:
        print("\n".join(f"{fault.name:<29}{fault.what}" for fault in FAULTS))
        sys.exit(0 if chosen.list else "No fault is called so.")
    with tempfile.TemporaryDirectory(prefix="faults-") as scratch:
        folder = chosen.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        speech = folder / "speech.wav"
        soundfile.write(speech, talk(chosen.corpora), 16_000)
        began = time.monotonic()
        with ThreadPoolExecutor(max(1, chosen.jobs)) as pool:
            rows = list(
                pool.map(
                    lambda f: row(f, folder / f.name, chosen.tree.resolve(), speech), asked
                )
            )
    print(page.table(rows))
    good = sum(one.good for one in rows)
    minutes = (time.monotonic() - began) / 60
    print(f"\n{good} of {len(rows)} rows are ok; it took {minutes:.1f} minutes.")
    if chosen.write or chosen.out:
        target = chosen.out or _TREE / "tests" / "README.md"
        page.written(target, page.table(rows))
    sys.exit(0 if all(one.good or one.verdict.startswith("not run") for one in rows) else 1)


def row(fault: Fault, folder: Path, tree: Path, speech: Path) -> Row:
    """Inject `fault` and judge; whatever goes wrong in the row itself is its verdict."""
    began = time.monotonic()
    if lacking := missing((*ALWAYS, *fault.needs)):
        return _not_run(fault, lacking)
    with Table(folder, tree, speech) as table:
        try:
            fault.inject(table)
        except NotHereError as reason:
            return _not_run(fault, str(reason))
        except Exception as error:  # noqa: BLE001 - one row's own failure must not end the others
            (folder / "row-failed.txt").write_text(traceback.format_exc())
            table.seen.wrong.append(f"the row itself failed: {type(error).__name__}: {error}")
            table.seen.fault_to = table.seen.fault_to or time.monotonic()
        done = judged(fault, table, time.monotonic() - began)
    print(f"{done.took_s:5.0f} s  {done.name:<29}{done.verdict}", file=sys.stderr, flush=True)
    return done


def talk(corpora: Path | None) -> np.ndarray:
    """A minute of acted talk, shape `(n,)` at 16 kHz."""
    if corpora is not None:
        from tests.real_table import scene

        return np.concatenate((scene(corpora, "calm", 45.0), scene(corpora, "battle", 15.0)))
    sound, rate_hz = soundfile.read(_TREE / "dndmood" / "demo.ogg", always_2d=True)
    return np.asarray(soxr.resample(sound.mean(axis=1), rate_hz, 16_000))


def _not_run(fault: Fault, why: str) -> Row:
    return Row(fault.name, fault.what, "", "", None, "", "", "", f"not run here: {why}")


if __name__ == "__main__":
    main()

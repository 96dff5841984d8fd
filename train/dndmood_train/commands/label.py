"""`label`: every clip is shown to the teachers once, and their opinions are kept."""

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from dndmood_train import corpora
from dndmood_train.distillation.labelling import label
from dndmood_train.distillation.processes import spread, team


def main(argv: Sequence[str] | None = None) -> int:
    """`python -m dndmood_train label`, alone or in several processes."""
    parser = argparse.ArgumentParser(prog="dndmood_train label", description=__doc__)
    add = parser.add_argument
    add("--corpora", type=Path, nargs="+", required=True, help="folders that hold corpora")
    add("--teacher", required=True, help="a name, a hub name or a folder")
    add("--out", type=Path, required=True, help="folder for the opinions")
    add("--device", default="auto")
    add("--batch", type=int, default=8)
    add("--processes", type=int, default=1, help="processes on this machine")
    asked = parser.parse_args(argv)
    if asked.processes > 1:
        given = ["--corpora", *map(str, asked.corpora), "--teacher", asked.teacher]
        given += [
            "--out",
            str(asked.out),
            "--device",
            asked.device,
            "--batch",
            str(asked.batch),
        ]
        spread(given, processes=asked.processes, device=asked.device)
        return 0
    labels = label(
        corpora.find(asked.corpora),
        teacher=asked.teacher,
        out=asked.out,
        device=asked.device,
        batch=asked.batch,
    )
    mates = team()
    if mates.size > 1:
        print(f"process {mates.rank + 1} of {mates.size} is done")
    if mates.rank > 0:
        return 0
    print(f"{len(labels.keys)} clips labelled by {labels.about.name} in {asked.out}")
    for reason, count in Counter(labels.dropped.values()).items():
        print(f"{count} left out: {reason}")
    return 0

"""`label`: every clip is shown to the teachers once, and their opinions are kept."""

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from dndmood_train.commands._options import (
    Batch,
    Corpora,
    Device,
    Processes,
    Teacher,
    for_people,
)

Out = Annotated[Path, typer.Option(help="Folder for the opinions.")]


@for_people
def label(
    *,
    corpora: Corpora,
    teacher: Teacher,
    out: Out,
    device: Device = "auto",
    batch: Batch = 8,
    processes: Processes = 1,
) -> None:
    """Run a teacher over corpora and keep its answers.

    They lie in parts of a few hundred clips, each written whole or not at all and named after
    what it holds; manifest.json is written last. Stopped at any moment and started again it
    goes on; clips that were added later are the only ones asked about.
    """
    from dndmood_train.corpora import find, passed_over
    from dndmood_train.distillation import labelling
    from dndmood_train.distillation.processes import spread, team

    if processes > 1:
        given = ["--corpora", *map(str, corpora), "--teacher", teacher, "--out", str(out)]
        given += ["--device", device, "--batch", str(batch)]
        spread(given, processes=processes, device=device)
        return
    labels = labelling.label(
        find(corpora), teacher=teacher, out=out, device=device, batch=batch
    )
    mates = team()
    if mates.size > 1:
        print(f"process {mates.rank + 1} of {mates.size} is done")
    if mates.rank > 0:
        return
    print(f"{len(labels.keys)} clips labelled by {labels.about.name} in {out}")
    for reason, count in Counter(labels.dropped.values()).items():
        print(f"{count} left out: {reason}")
    for said in passed_over(corpora):
        print(said)

"""`committee`: fits the heads that let networks which heard much else judge emotion."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from dndmood_train.commands._options import Corpora, for_people

Weights = Annotated[
    Path,
    typer.Option(help="Folder with the networks: Whisper models, each a folder in it."),
]
Members = Annotated[
    list[str] | None,
    typer.Option(
        help="One of them, with its blocks if you choose: whisper-base@2-4. Else all."
    ),
]


@for_people
def committee(*, corpora: Corpora, weights: Weights, member: Members = None) -> None:
    """Fit heads that make a teacher of published networks.

    Reads the clips of every corpus, keeps the members' features beside the weights, and writes
    heads.npz there: afterwards --teacher committee:FOLDER is a teacher. Development voices are
    never fitted on, so figures measured on them stay honest.
    """
    from dndmood_train.corpora import find, passed_over
    from dndmood_train.distillation.fit_committee import fit_heads

    found = find(corpora)
    for said in passed_over(corpora):
        print(said, file=sys.stderr)
    for corpus, accuracy in fit_heads(
        found, weights=weights, members=tuple(member or ())
    ).items():
        print(f"{corpus:12} {accuracy:.3f} on training voices left out of the fit")
    print(f"--teacher committee:{weights}")

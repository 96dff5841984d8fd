"""`committee`: fits the heads that let networks which heard much else judge emotion."""

import argparse
from collections.abc import Sequence
from pathlib import Path


def main(argv: Sequence[str] | None = None) -> int:
    """`python -m dndmood_train committee --corpora FOLDER --weights FOLDER`."""
    from dndmood_train import corpora
    from dndmood_train.distillation.fit_committee import fit_heads

    parser = argparse.ArgumentParser(prog="committee", description=__doc__)
    parser.add_argument("--corpora", type=Path, nargs="+", required=True)
    parser.add_argument("--weights", type=Path, required=True, help="the members' safetensors")
    asked = parser.parse_args(argv)
    for corpus, accuracy in fit_heads(
        corpora.find(asked.corpora), weights=asked.weights
    ).items():
        print(f"{corpus:12} {accuracy:.3f} on training voices left out of the fit")
    print(f"--teacher committee:{asked.weights}")
    return 0

"""`dndmood evaluate`: what a finished model is worth on clips that it never met."""

import argparse
from collections.abc import Sequence
from pathlib import Path


def main(argv: Sequence[str] | None = None) -> int:
    """`python -m dndmood_train evaluate`; 0 when done, `UserError` for what cannot be used."""
    from dndmood_train.evaluation import report, report_view
    from dndmood_train.evaluation.evaluate import evaluate

    parser = _parser()
    asked = parser.parse_args(argv)
    if asked.model is None:
        parser.error("without the program around it, it needs --model FOLDER")
    found = evaluate(
        manifest=asked.manifest,
        root=asked.root,
        model=asked.model,
        graph=asked.graph,
        against=asked.against,
        against_graph=asked.against_graph,
        predictions=asked.predictions,
        plots=asked.plots,
        check=asked.robustness,
        noise=asked.noise,
        at_most=asked.at_most,
        window_s=asked.window_s,
        trim=asked.trim,
        curve=asked.curve,
        rounds=asked.rounds,
        seed=asked.seed,
        show_progress=True,
    )
    if asked.json:
        print(report.as_json(found))
    else:
        report_view.show(found)
    return 0


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"must be a whole number from 0, not {text!r}")
    return int(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="dndmood evaluate", description=__doc__)
    add = parser.add_argument
    add("--manifest", type=Path, required=True, help="CSV: path, emotion, speaker, ...")
    add("--root", type=Path, required=True, help="folder that the paths are relative to")
    add("--model", type=Path, help="folder with model.onnx and card.toml; else what listens")
    add("--graph", default="model.onnx", help="which graph in that folder")
    add("--against", type=Path, help="folder of a second model to compare with")
    add("--against-graph", default="model.onnx", help="which graph of the second model")
    add("--json", action="store_true", help="print JSON")
    add("--predictions", type=Path, help="CSV file to write, one row per clip")
    add("--plots", type=Path, help="folder to write pictures into")
    add("--robustness", action="store_true", help="ask the checks, disturbing the sound")
    add("--noise", type=Path, help="folder of noises and rooms; invented ones otherwise")
    add("--at-most", type=_count, default=600, help="clips to disturb; 0 for all")
    add("--window-s", type=float, help="length of window; 0 for whole clips")
    add("--trim", action=argparse.BooleanOptionalAction, default=True, help="cut silent ends")
    add("--curve", action=argparse.BooleanOptionalAction, default=True, help="try windows")
    add("--rounds", type=_count, default=1000, help="rounds of the bootstrap")
    add("--seed", type=int, default=0)
    return parser

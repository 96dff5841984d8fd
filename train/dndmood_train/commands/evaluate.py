"""`dndmood evaluate`: what a finished model is worth on clips that it never met."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from dndmood.errors import UserError
from dndmood_train.commands._options import SEVERAL, for_people

Manifest = Annotated[Path | None, typer.Option(help="CSV: path, emotion, speaker, ...")]
Root = Annotated[Path | None, typer.Option(help="Folder that the paths are relative to.")]
Corpora = Annotated[
    list[Path] | None,
    typer.Option(metavar=SEVERAL, help="Folders that hold corpora, in place of a manifest."),
]
Part = Annotated[
    str | None, typer.Option(help="Part of the corpora's own split, such as Test1.")
]
Model = Annotated[
    Path | None,
    typer.Option(
        show_default=False, help="Emotion model, by name or folder; else the one that listens."
    ),
]
Protocol = Annotated[
    str | None,
    typer.Option(
        help="Rules of the field: emo-superb, odyssey, is2025, is2009, emobox or ser-tests.",
    ),
]
Partitions = Annotated[
    Path | None, typer.Option(help="The protocol's own tables of folds, where you have them.")
]
Graph = Annotated[str, typer.Option(help="Which graph in that folder.")]
Against = Annotated[Path | None, typer.Option(help="A second model to compare with.")]
AgainstGraph = Annotated[str, typer.Option(help="Which graph of the second model.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Predictions = Annotated[Path | None, typer.Option(help="CSV to write, one row per clip.")]
Plots = Annotated[Path | None, typer.Option(help="Folder to write pictures into.")]
Robustness = Annotated[
    bool, typer.Option("--robustness", help="Ask the checks, disturbing the sound.")
]
Noise = Annotated[
    Path | None, typer.Option(help="Folder of noises and rooms; else invented ones.")
]
Most = Annotated[int, typer.Option(min=0, help="Clips to disturb; 0 for all.")]
Window = Annotated[
    float | None,
    typer.Option(
        "--window", "--window-s", help="Window in seconds (the model's); 0 for whole clips."
    ),
]
Trim = Annotated[bool, typer.Option(help="Cut silent ends.")]
Curve = Annotated[bool, typer.Option(help="Try other windows.")]
Rounds = Annotated[int, typer.Option(min=0, help="Rounds of the bootstrap.")]
Zero = Annotated[
    str,
    typer.Option(help="On whose own zero: none, manifest (each corpus), or speaker."),
]
Seed = Annotated[int, typer.Option(help="What chance begins with.")]


@for_people
def evaluate(  # noqa: PLR0913 - one parameter per option is typer's way
    *,
    manifest: Manifest = None,
    root: Root = None,
    corpora: Corpora = None,
    part: Part = None,
    protocol: Protocol = None,
    partitions: Partitions = None,
    model: Model = None,
    graph: Graph = "model.onnx",
    against: Against = None,
    against_graph: AgainstGraph = "model.onnx",
    as_json: AsJson = False,
    predictions: Predictions = None,
    plots: Plots = None,
    robustness: Robustness = False,
    noise: Noise = None,
    at_most: Most = 600,
    window: Window = None,
    trim: Trim = True,
    curve: Curve = True,
    rounds: Rounds = 1000,
    zero: Zero = "none",
    seed: Seed = 0,
) -> None:
    """Say what a model is worth on clips that it never met.

    The model is run as the program runs it; torch is not needed.
    """
    if model is None:
        raise UserError(
            "Say which model: without the program around it, it needs --model NAME or FOLDER."
        )
    from dndmood_train.evaluation import own_zero

    missing: list[str] = []
    if protocol == "ser-tests":
        # Its checks are part of every evaluation that disturbs the sound.
        robustness = True
        missing = _of_ser_tests(corpora or (), by_table=manifest is not None)
    elif protocol is not None:
        if manifest or root or part or against or robustness or plots or predictions:
            raise UserError(
                "A protocol says itself what is asked: give it --corpora and --model, and leave "
                "--manifest, --root, --part, --against, --robustness, --plots and --predictions "
                "out."
            )
        if own_zero.named(zero) != "none":
            raise UserError("A protocol asks a model as it is: leave --zero out.")
        _under_protocol(
            protocol,
            model=model,
            roots=corpora or (),
            graph=graph,
            partitions=partitions,
            window_s=window,
            trim=trim,
            seed=seed,
            as_json=as_json,
        )
        return
    from dndmood.hearing import shipped
    from dndmood_train.evaluation import evaluate as evaluation
    from dndmood_train.evaluation import report, report_view

    found = evaluation.evaluate(
        manifest=manifest,
        root=root,
        roots=corpora or (),
        part=part,
        model=shipped.folder(str(model)),
        graph=graph,
        against=shipped.folder(str(against)) if against else None,
        against_graph=against_graph,
        predictions=predictions,
        plots=plots,
        check=robustness,
        noise=noise,
        at_most=at_most,
        window_s=window,
        trim=trim,
        curve=curve,
        rounds=rounds,
        zero=own_zero.named(zero),
        seed=seed,
        show_progress=True,
    )
    found = replace(found, reasons=[*found.reasons, *missing])
    if as_json:
        print(report.as_json(found))
    else:
        report_view.show(found)


def _of_ser_tests(roots: Sequence[Path], *, by_table: bool) -> list[str]:
    """What ser-tests would ask besides; raises `UserError` where nothing is given to ask."""
    from dndmood_train import corpora
    from dndmood_train.evaluation import protocol_run, protocols

    rules = protocols.named("ser-tests")
    if by_table:
        return []
    if not roots:
        raise UserError(
            f"{rules.TITLE} needs --corpora FOLDER ({protocol_run.needs(rules)}), or --manifest "
            "CSV with --root FOLDER."
        )
    there = {name for name, _ in corpora.locate(roots)}
    lacking = protocol_run.lacking(rules, there)
    return [f"{rules.TITLE} also asks {', '.join(lacking)}: not there."] if lacking else []


def _under_protocol(  # noqa: PLR0913 - as many as the command has
    protocol: str,
    *,
    model: Path,
    roots: Sequence[Path],
    graph: str,
    partitions: Path | None,
    window_s: float | None,
    trim: bool,
    seed: int,
    as_json: bool,
) -> None:
    from dndmood.hearing import shipped
    from dndmood_train.evaluation import protocol_run, protocol_view

    found = protocol_run.run(
        protocol,
        model=shipped.folder(str(model)),
        roots=roots,
        graph=graph,
        partitions=partitions,
        window_s=window_s,
        trim=trim,
        seed=seed,
    )
    if as_json:
        print(protocol_view.as_json(found))
    else:
        protocol_view.show(found)

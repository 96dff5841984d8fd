"""`dndmood compare`: models by corpora by seeds, and what of the difference is no luck."""

from pathlib import Path
from typing import Annotated

import typer

from dndmood.errors import UserError
from dndmood_train.commands._options import Corpora, Device, for_people

Models = Annotated[
    list[str],
    typer.Option(
        metavar="MODEL...",
        help="Models: folders, shipped names or teachers, or NAME=one of these; several of one "
        "NAME are its seeds.",
    ),
]
Figure = Annotated[str, typer.Option(help="What to analyse: UAR, accuracy or macro F1.")]
Most = Annotated[int, typer.Option(min=0, help="Clips to draw from each corpus; 0 for all.")]
Trim = Annotated[bool, typer.Option(help="Cut silent ends.")]
Picture = Annotated[Path | None, typer.Option(help="PNG, SVG or PDF file to draw.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Seed = Annotated[int, typer.Option(help="What chance begins with.")]


_PICTURES = (".png", ".svg", ".pdf")


@for_people
def compare(  # noqa: PLR0913 - one parameter per option is typer's way
    *,
    models: Models,
    corpora: Corpora,
    figure: Figure = "UAR",
    at_most: Most = 0,
    trim: Trim = True,
    device: Device = "auto",
    picture: Picture = None,
    as_json: AsJson = False,
    seed: Seed = 0,
) -> None:
    """Compare models on whole corpora: one table, one picture, one analysis of variance.

    Students run as the program runs them; teachers need torch. All hear the same clips, of
    voices that taught none of them, and choose among the emotions that all of them know.
    """
    import statsmodels  # noqa: F401 - said at once where it is missing, not after an hour

    from dndmood_train import files
    from dndmood_train.evaluation import compare as comparing
    from dndmood_train.evaluation import compare_view
    from dndmood_train.evaluation.entries import entries

    if picture:
        if picture.suffix.lower() not in _PICTURES:
            raise UserError(
                f"Call the picture NAME{' or NAME'.join(_PICTURES)}, not {picture}."
            )
        files.check_file(picture)
    table = comparing.compare(
        entries(models),
        corpora,
        figure=figure,
        at_most=at_most,
        trim=trim,
        device=device,
        seed=seed,
    )
    if as_json:
        print(compare_view.as_json(table))
    else:
        compare_view.show(table)
    if picture:
        compare_view.draw(picture, table)

"""The training commands, one module each.

Each module holds one command: its options, and lazily what it does. `public` are those that
`dndmood` offers, `app` all of them.
"""

import typer

from dndmood_train.commands._options import Several
from dndmood_train.commands.committee import committee
from dndmood_train.commands.compare import compare
from dndmood_train.commands.corpora import corpora
from dndmood_train.commands.evaluate import evaluate
from dndmood_train.commands.label import label
from dndmood_train.commands.music_mood import music_mood
from dndmood_train.commands.train_distill import train_distill

__all__ = ["app", "public"]


def _group() -> typer.Typer:
    return typer.Typer(
        no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False
    )


public = _group()
# The help page has room for one screen: two of the commands are named behind the other two.
public.command(
    "train-distill",
    cls=Several,
    short_help="Teach a small model; 'corpora' lists what it can learn from.",
)(train_distill)
public.command(
    "evaluate",
    cls=Several,
    short_help="Say what a model is worth; 'compare' compares several.",
)(evaluate)
public.command("corpora", cls=Several, hidden=True)(corpora)
public.command("compare", cls=Several, hidden=True)(compare)

app = _group()
"""The training house without the rest of the program."""
app.command("committee", cls=Several)(committee)
app.command("label", cls=Several)(label)
app.command("music-mood", cls=Several)(music_mood)
app.add_typer(public)

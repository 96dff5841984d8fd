"""The commands. Nothing heavy is imported before one is chosen."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dndmood import console
from dndmood.errors import UserError
from dndmood.printable import printable
from dndmood.times import minutes_seconds
from dndmood_train.commands import public as training

if TYPE_CHECKING:
    from dndmood.settings import Settings

app = typer.Typer(
    name="dndmood",
    invoke_without_command=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Device = Annotated[str | None, typer.Option(help="Microphone: number or part of its name.")]
Input = Annotated[str | None, typer.Option(help="Sound file to hear instead of a microphone.")]
Player = Annotated[
    str | None, typer.Option(help="speaker, pygame, silent, or wav:FILE; default: the best.")
]
Music = Annotated[str | None, typer.Option(help="Your music: one subfolder per mood.")]
Playlists = Annotated[str | None, typer.Option(help="Folder with mood files of your own.")]
ModelFolder = Annotated[str | None, typer.Option("--model", help="Folder of an emotion model.")]
Journal = Annotated[str | None, typer.Option(help="File for the evening's numbers.")]
Plain = Annotated[bool, typer.Option("--plain", help="One line per event, no dashboard.")]
Seconds = Annotated[float | None, typer.Option("--for", help="End after so many seconds.")]
Fade = Annotated[float | None, typer.Option("--fade", help="Crossfade in seconds (6).")]
Window = Annotated[
    float | None, typer.Option("--window", help="Longest window in seconds (3).")
]
Profile = Annotated[str | None, typer.Option(help="Which table it is (table).")]
Lively = Annotated[float | None, typer.Option(help="0 steady to 1 lively (0.5).")]
Hop = Annotated[float | None, typer.Option("--hop", help="Time between windows (1).")]


def main() -> None:
    """Run the command line; an error for people is one sentence, and Ctrl-C is no error."""
    console.prepare()
    stdout = sys.stdout
    code: int | str | None = 0
    try:
        app()
    except UserError as error:
        code = _told(error)
    except KeyboardInterrupt:
        code = 130
    except console.ReaderGone:
        pass
    except OSError as error:
        if not console.is_full(error):
            raise
        code = _told(console.unwritten(error))
    except SystemExit as end:
        # typer puts another stream in the place of one that nobody reads, and calls that a failure.
        code = 0 if sys.stdout is not stdout and end.code == 1 else end.code
    lost = _lost(tell=not code)
    sys.exit(code or lost)


def _lost(*, tell: bool = True) -> bool:
    """Whether what waits to be printed cannot be written, which nobody reads any more aside."""
    try:
        console.flush()
    except console.ReaderGone:
        return False
    except UserError as error:
        if tell:
            _told(error)
        return True
    return False


def _told(error: UserError) -> int:
    console.say(f"dndmood: {printable(str(error))}")
    return 1


@app.callback()
def greet(context: typer.Context) -> None:
    """Hears the tone of voice at your table and lets the music follow."""
    # Evaluated is what listens, unless --model says otherwise.
    context.default_map = {"evaluate": {"model": _model_folder}}
    if context.invoked_subcommand is None:
        from dndmood.status import greeting

        console.write("\n".join(greeting(_settings())))


@app.command()
def listen(  # noqa: PLR0913 - one parameter per option is typer's way
    *,
    device: Device = None,
    input: Input = None,  # noqa: A002 - the option's name
    player: Player = None,
    music: Music = None,
    playlists: Playlists = None,
    model: ModelFolder = None,
    journal: Journal = None,
    plain: Plain = False,
    seconds: Seconds = None,
    fade: Fade = None,
    window: Window = None,
    hop: Hop = None,
    profile: Profile = None,
    lively: Lively = None,
) -> None:
    """Listen at the table and let the music follow."""
    from dndmood import app

    settings = _settings(
        device=device,
        input=input,
        player=player,
        music=music,
        playlists=playlists,
        model=model,
        journal=journal,
        plain=plain or None,
        for_s=seconds,
        fade_s=fade,
        window_s=window,
        hop_s=hop,
        profile=profile,
        lively=lively,
    )
    app.listen(settings, say=console.say)


@app.command()
def demo(
    *,
    player: Player = None,
    music: Music = None,
    plain: Plain = False,
    journal: Journal = None,
    profile: Profile = None,
) -> None:
    """Hear a scene of 80 seconds, without a microphone."""
    from dndmood import app

    settings = _settings(
        player=player,
        music=music,
        plain=plain or None,
        journal=journal or "",  # nor its numbers an evening's
        profile=profile or "",  # the scene is nobody's table
    )
    app.demo(settings, say=console.say)


@app.command()
def rehearse(  # noqa: PLR0913 - one parameter per option is typer's way
    file: Annotated[Path, typer.Argument(help="A recording of a session.")],
    *,
    player: Player = None,
    music: Music = None,
    playlists: Playlists = None,
    model: ModelFolder = None,
    journal: Journal = None,
    profile: Profile = None,
    lively: Lively = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Print the soundtrack a recording would have had."""
    from dndmood import app
    from dndmood.file_names import at_home

    settings = _settings(
        player=player,
        music=music,
        playlists=playlists,
        model=model,
        profile=profile,
        lively=lively,
    )
    write = at_home(journal) if journal else None
    tape = app.rehearse(settings, at_home(file), write=write, say=console.say)
    rows = app.soundtrack(tape, say=console.say)
    if as_json:
        console.write(json.dumps([_row(state, cue) for state, cue in rows], indent=2))
        return
    for state, cue in rows:
        track = printable(cue.tracks[0].title) if cue.tracks else "nothing"
        console.write(
            f"{minutes_seconds(round(cue.at_s))}  {cue.mood:<10}{track:<32}  {printable(state.why)}"
        )


@app.command()
def calibrate(
    *,
    device: Device = None,
    input: Input = None,  # noqa: A002 - the option's name
    model: ModelFolder = None,
    profile: Profile = None,
) -> None:
    """Learn the room and the voices of your table: takes a minute."""
    from dndmood import table

    settings = _settings(device=device, input=input, model=model, profile=profile)
    where = table.calibrate(settings, say=console.say, meter=console.meter)
    console.say(f"Kept in {where}.")


@app.command()
def tune(
    *,
    profile: Profile = None,
    undo: Annotated[
        bool, typer.Option("--undo", help="Take the last correction back.")
    ] = False,
    forget: Annotated[bool, typer.Option("--forget", help="Forget all corrections.")] = False,
) -> None:
    """Say in plain words what your corrections have taught."""
    from dndmood import table

    settings = _settings(profile=profile)
    if undo:
        console.write(table.take_back(settings, say=console.say))
    elif forget:
        console.write(table.forget(settings))
    else:
        console.write("\n".join(map(printable, table.tune(settings, say=console.say))))


@app.command()
def devices() -> None:
    """List microphones and speakers."""
    from dndmood.sound_devices import devices as every

    for device in every():
        kinds = f"{device.inputs} in, {device.outputs} out"
        marks = [
            "default microphone" if device.default_input else "",
            "default speaker" if device.default_output else "",
        ]
        note = ", ".join(filter(None, marks))
        name = printable(device.name)
        console.write(
            f"{device.index:>3}  {name:<44} {kinds:<16} {device.rate_hz:>6} Hz  {note}".rstrip()
        )


@app.command()
def doctor(
    *,
    device: Device = None,
    player: Player = None,
    music: Music = None,
    profile: Profile = None,
    quick: Annotated[bool, typer.Option("--quick", help="Make no sound.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Check everything, and say how to mend what is amiss."""
    from dndmood.doctor import print_page

    chosen = {"device": device, "player": player, "music": music, "profile": profile}
    sys.exit(print_page(chosen, quick=quick, as_json=as_json, write=console.write))


@app.command()
def moods(*, music: Music = None, playlists: Playlists = None) -> None:
    """Draw the moods and list their tracks."""
    from dndmood import app, assembly

    settings = _settings(music=music, playlists=playlists)
    shelves = assembly.music(settings, book := assembly.mood_book(settings), reading_s=10.0)
    for sentence in shelves.notes:
        console.say(sentence)
    app.draw_moods(book)
    for number, mood in enumerate(book.values(), start=1):
        emotions = ", ".join(sorted(mood.emotions, key=lambda e: -mood.emotions[e]))
        emotions = emotions or "like its place on the map"
        console.write(
            f"{number}  {printable(mood.title)}, for voices that sound {emotions}; "
            f"stays at least {mood.hold_s:.0f} s"
        )
        shelf = shelves[mood.name]
        own = ", your own" if shelf.own else ""
        for track in shelf.tracks:
            length = (
                minutes_seconds(round(track.duration_s))
                if track.duration_s
                else "length not known yet"
            )
            console.write(f"     {printable(track.title)} ({length}{own})")
        for sentence in (
            *shelf.skipped,
            *(() if shelf.tracks else ("no tracks: nothing plays",)),
        ):
            console.write(f"     ! {printable(sentence)}")


@app.command()
def report(
    journals: Annotated[list[Path] | None, typer.Argument(help="Journals of evenings.")] = None,
    *,
    last: Annotated[bool, typer.Option("--last", help="The newest evening.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Markdown, not a page.")] = False,
    png: Annotated[bool, typer.Option("--png", help="A picture, not a page.")] = False,
    out: Annotated[Path | None, typer.Option(help="Where to write it.")] = None,
) -> None:
    """Tell the story of an evening or a campaign."""
    from dndmood import report_files

    files = list(journals or [])
    if last or not files:
        files.append(report_files.newest())
    form = "png" if png else "md" if markdown else "html"
    written = report_files.report(_settings(), files, form=form, out=out, say=console.say)
    console.write(printable(str(written)))


@app.command()
def privacy(
    *,
    erase: Annotated[bool, typer.Option("--erase", help="Delete it, after asking.")] = False,
    settings: Annotated[bool, typer.Option("--settings", help="Your settings, too.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say what is kept on this computer, and erase it."""
    from dndmood import privacy

    ask = (lambda _: "erase") if yes else _ask
    try:
        chosen = _settings()
    except UserError as error:
        console.say(str(error))
        chosen = None
    if erase:
        console.write("\n".join(privacy.erase(chosen, with_settings=settings, ask=ask)))
        return
    every = privacy.listed(privacy.places(chosen))
    console.write(privacy.as_json(every) if as_json else "\n".join(privacy.told(every)))


def _ask(question: str) -> str:
    try:
        return input(question)
    except EOFError:
        return ""


# Light: what trains or measures is imported when one of these commands is run.
app.add_typer(training)


def _model_folder() -> Path:
    from dndmood import assembly

    return assembly.model_folder(_settings())


def _settings(**chosen: Any) -> Settings:
    from dndmood import paths, settings

    return settings.load(paths.settings_file(), **chosen)


def _row(state: Any, cue: Any) -> dict[str, Any]:
    return {
        "at_s": round(cue.at_s, 2),
        "mood": cue.mood,
        "why": state.why,
        "track": cue.tracks[0].title if cue.tracks else None,
    }

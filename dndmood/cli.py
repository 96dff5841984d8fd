"""The commands. Nothing heavy is imported before one is chosen."""

from __future__ import annotations

import json
import shutil
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dndmood.errors import UserError
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
    try:
        app()
    except UserError as error:
        print(f"dndmood: {error}", file=sys.stderr)  # noqa: T201
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # Whoever read our lines has gone; keep the interpreter from complaining at exit.
        sys.stderr.close()
        sys.exit(0)


@app.callback()
def greet(context: typer.Context) -> None:
    """Hears the tone of voice at your table and lets the music follow."""
    # Evaluated is what listens, unless --model says otherwise.
    context.default_map = {"evaluate": {"model": _model_folder}}
    if context.invoked_subcommand is None:
        from dndmood.welcome import greeting

        print("\n".join(greeting(_settings())))  # noqa: T201


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
    from dndmood import app as house

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
    house.listen(settings, say=_say)


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
    from dndmood import app as house

    settings = _settings(
        player=player,
        music=music,
        plain=plain or None,
        journal=journal,
        profile=profile or "",  # the scene is nobody's table
    )
    house.demo(settings, say=_say)


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
    from dndmood import app as house

    settings = _settings(
        player=player,
        music=music,
        playlists=playlists,
        model=model,
        profile=profile,
        lively=lively,
    )
    write = Path(journal).expanduser() if journal else None
    rows = house.soundtrack(house.rehearse(settings, file.expanduser(), write=write))
    if as_json:
        print(json.dumps([_row(state, cue) for state, cue in rows], indent=2))  # noqa: T201
        return
    for state, cue in rows:
        track = cue.tracks[0].title if cue.tracks else "nothing"
        print(f"{_time(cue.at_s)}  {cue.mood:<10}{track:<32}  {state.why}")  # noqa: T201


@app.command()
def calibrate(
    *,
    device: Device = None,
    input: Input = None,  # noqa: A002 - the option's name
    model: ModelFolder = None,
    profile: Profile = None,
) -> None:
    """Learn the room and the voices of your table: takes a minute."""
    from dndmood import tuning

    settings = _settings(device=device, input=input, model=model, profile=profile)
    where = tuning.calibrate(settings, say=_say, meter=_meter)
    _say(f"Kept in {where}.")


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
    from dndmood import tuning

    settings = _settings(profile=profile)
    if undo:
        print(tuning.take_back(settings))  # noqa: T201
    elif forget:
        print(tuning.forget(settings))  # noqa: T201
    else:
        print("\n".join(tuning.tune(settings)))  # noqa: T201


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
        print(  # noqa: T201
            f"{device.index:>3}  {device.name:<44} {kinds:<16} {device.rate_hz:>6} Hz  {note}".rstrip()
        )


@app.command()
def moods(*, music: Music = None, playlists: Playlists = None) -> None:
    """Draw the moods and list their tracks."""
    from dndmood import app, house

    settings = _settings(music=music, playlists=playlists)
    shelves = house.music(settings, book := house.mood_book(settings))
    app.draw_moods(book)
    for number, mood in enumerate(book.values(), start=1):
        emotions = ", ".join(sorted(mood.emotions, key=lambda e: -mood.emotions[e]))
        emotions = emotions or "like its place on the map"
        print(  # noqa: T201
            f"{number}  {mood.title}, for voices that sound {emotions}; "
            f"stays at least {mood.hold_s:.0f} s"
        )
        shelf = shelves[mood.name]
        own = ", your own" if shelf.own else ""
        for track in shelf.tracks:
            print(f"     {track.title} ({_time(track.duration_s)}{own})")  # noqa: T201
        for sentence in (
            *shelf.skipped,
            *(() if shelf.tracks else ("no tracks: nothing plays",)),
        ):
            print(f"     ! {sentence}")  # noqa: T201


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
    from dndmood import evening

    files = list(journals or [])
    if last or not files:
        files.append(evening.newest())
    form = "png" if png else "md" if markdown else "html"
    print(evening.report(_settings(), files, form=form, out=out, say=_say))  # noqa: T201


# Light: what trains or measures is imported when one of these commands is run.
app.add_typer(training)


def _model_folder() -> Path:
    from dndmood import house

    return house.model_folder(_settings())


def _settings(**chosen: Any) -> Settings:
    from dndmood import paths, settings

    return settings.load(paths.settings_file(), **chosen)


def _say(sentence: str) -> None:
    """Print `sentence`; in a terminal no line of it breaks within a word."""
    if sys.stderr.isatty():
        sentence = "\n".join(_folded(line) for line in sentence.split("\n"))
    print(sentence, file=sys.stderr, flush=True)  # noqa: T201


def _folded(line: str) -> str:
    """`line` in as many lines as the terminal needs, each as far in as the first."""
    indent = " " * (len(line) - len(line.lstrip()))
    # More than 80 columns are hard to read aloud from; paths and other long words stay whole.
    columns = min(shutil.get_terminal_size().columns, 80)
    return textwrap.fill(
        line,
        columns,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _meter(level_db: float, left_s: float) -> None:
    """One line that is written over: a bar for the level, and the seconds left."""
    if sys.stderr.isatty():
        bar = "#" * round(max(level_db + 60.0, 0.0) / 2.0)
        line = f"  [{bar:<30}] {left_s:3.0f} s" if left_s else ""
        print(f"\r{line:<44}\r", end="", file=sys.stderr, flush=True)  # noqa: T201


def _time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _row(state: Any, cue: Any) -> dict[str, Any]:
    return {
        "at_s": round(cue.at_s, 2),
        "mood": cue.mood,
        "why": state.why,
        "track": cue.tracks[0].title if cue.tracks else None,
    }

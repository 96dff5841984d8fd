"""The composition root: the only module that knows every room; it builds, runs and closes."""

import secrets
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from dndmood import (
    ambience_files,
    background_scan,
    console,
    controls,
    ears,
    heard_file,
    journal_file,
    mood_files,
    music_files,
    paths,
    profile_sink,
    scene_assembly,
)
from dndmood.assembly import (
    fitted,
    fresh_scale,
    learned_evidence,
    model_folder,
    model_or_default,
    model_said,
    mood_book,
    music,
    places,
    stages,
    table_profile,
)
from dndmood.clock import Clock, SystemClock
from dndmood.dashboard import live, plain
from dndmood.dashboard.link_page import LinkPage
from dndmood.dashboard.state import Screen, fold
from dndmood.ending import signals_obeyed
from dndmood.events import Event, Problem
from dndmood.file_names import at_home
from dndmood.followers import open_follower
from dndmood.going_without import going_without
from dndmood.hearing.model import open_model, read_card
from dndmood.hearing.webrtc import WebRtcVoice
from dndmood.inbox import Inbox
from dndmood.journal_file import Say
from dndmood.mood import Mood, Profile
from dndmood.mood_places import Place
from dndmood.music import Shelves
from dndmood.pipeline import Reader, Sink, connect, play_out, until
from dndmood.places import Location
from dndmood.players import open_player
from dndmood.reference_tap import ReferenceTap
from dndmood.settings import Settings
from dndmood.stderr_to_log import libraries_quiet
from dndmood.threads import Cell, running

_LISTING_S = 0.8
"""A music folder that takes longer joins while the evening goes on."""


@dataclass(frozen=True, slots=True)
class _View:
    """What shows the evening: the dashboard draws `screen`, otherwise `lines` are printed."""

    screen: Cell[Screen]
    lines: plain.Lines
    moods: tuple[Place, ...]
    letters: Mapping[str, str]
    """Letter to the place that it chooses."""


@dataclass(frozen=True, slots=True)
class _Evening:
    """Everything that is ready before the first sound."""

    tape: Iterator[Event]
    readers: tuple[Reader, ...]
    links: tuple[LinkPage, ...]
    """Addresses of pages that phones open."""
    taps: Sequence[ReferenceTap | None]
    """Where the player leaves what it plays, for the microphone and each further ear; None when
    it does not."""


def listen(
    settings: Settings, *, say: Say, typed: Collection[str] = (), clock: Clock | None = None
) -> None:
    """Hear the table and let the music follow, until the game master quits.

    Opens every part from left to right and closes them from right to left, also when something
    fails. `say` is given sentences for the person who started it, before the screen opens.
    `typed` are the settings that were typed with the command: what they name must be there. What
    only the settings file names may be away, and the evening goes on without it.
    Raises `UserError` when something is missing that the evening cannot do without.
    """
    clock = clock or SystemClock()
    if not settings.plain and (reason := live.usable(sys.stdout)):
        say(f"{reason} Going on with plain lines; Ctrl-C ends the evening.")
        settings = replace(settings, plain=True)
    inbox = Inbox()
    if "model" not in typed:
        settings = model_or_default(settings, inbox.put)
    labels = read_card(model_folder(settings)).labels
    moods = mood_book(settings, say, labels=labels, fall_back=True)
    with libraries_quiet(paths.log_file()):  # one says what it thinks of each MP3
        shelves = music(settings, moods, listing_s=_LISTING_S, missing_ok=True)
    for sentence in shelves.announcements():
        say(sentence)
    say(f"The model {model_said(settings)} listens.")
    known = table_profile(settings, say)
    locations = scene_assembly.place_book(settings, say)
    view = _View(
        Cell(Screen()), plain.Lines(), places(moods.values()), scene_assembly.letters(locations)
    )
    with ExitStack() as stack:
        ending = stack.enter_context(signals_obeyed(clock))
        if not settings.plain:
            stack.callback(_leave_behind, view)  # whatever happens
        stack.enter_context(libraries_quiet(paths.log_file()))
        afterwards = stack.enter_context(ExitStack())  # what must not hold up the last fade
        evening = _assembled(
            stack, settings, inbox, moods, shelves, known, view, locations, say, typed
        )
        worker = stack.enter_context(
            running(
                lambda: play_out(evening.tape, *evening.readers, report=inbox.put),
                name="listener",
                stop=inbox.close,
            )
        )
        stack.enter_context(
            ears.opened(
                inbox,
                settings,
                clock=clock,
                say=say,
                taps=evening.taps,
                missing_ok="also_hear" not in typed,
            )
        )
        watch = mood_files.Watch(settings, moods, labels=labels)
        stack.enter_context(mood_files.watched(inbox.put, watch))
        _follow_music(stack, afterwards, settings, moods, shelves, inbox)
        stack.callback(ending.close)  # the first thing that happens at the end
        _run(settings, view, inbox, links=evening.links, alive=worker.is_alive, clock=clock)


def _assembled(  # noqa: PLR0913, PLR0917 - everything that an evening is made of
    stack: ExitStack,
    settings: Settings,
    inbox: Inbox,
    moods: Mapping[str, Mood],
    shelves: Shelves,
    known: Profile,
    view: _View,
    locations: Mapping[str, Location],
    say: Say,
    typed: Collection[str],
) -> _Evening:
    """Open the model, the player and what is written, and join them with the stages."""
    record = journal_file.journal_path(settings)
    asked = bool(settings.journal) and record.parent != paths.demo_journals()
    model = stack.enter_context(open_model(model_folder(settings)))
    table, scale = fitted(known, model, say)
    # Before the player begins a file that would be left behind.
    sounds = ambience_files.of_places(
        settings, say, wishes=scene_assembly.wishes(locations), missing_ok=True
    )
    opened = stack.enter_context(
        open_player(settings.player, inbox.put, live=True, missing_ok="player" not in typed)
    )
    player, sentence = opened.player, opened.sentence
    say(sentence)
    names = () if settings.input else settings.also_hear
    echoes, taps = ears.loops(None if settings.input else player, say, 1 + len(names))
    # What was printed before the screen opened would never be seen again.
    for trouble in music_files.notes(shelves):
        inbox.put(trouble)
    if opened.second_best:
        inbox.put(Problem(at_s=0.0, text=sentence, about="the player"))
    steering = stack.enter_context(
        controls.opened(
            settings, inbox.put, moods=view.moods, places=locations, say=say, typed=typed
        )
    )
    shown: Sink = (
        plain.printer(view.lines.add) if settings.plain else partial(_show, view.screen)
    )
    readers = [
        Reader("The player", player, lasting=True),
        Reader("The screen", shown, lasting=True),
        *steering.readers,
        *(
            Reader("The journal", sink)
            for sink in journal_file.recording(stack, record, inbox, say, asked=asked)
        ),
    ]
    heard = None
    if record.parent != paths.demo_journals():  # the scene is nobody's evening
        heard = heard_file.heard_before(shelves.known())
        readers.append(
            Reader("The list of what was heard", stack.enter_context(heard_file.opened()))
        )
    titles = {name: one.title for name, one in locations.items()}
    for told in settings.tell:
        name = told.partition(":")[0]
        with going_without(inbox.put, f"what is told to {told}", typed="tell" in typed):
            sink = stack.enter_context(open_follower(told, view.moods, inbox.put, titles))
            readers.append(Reader(f"What is told to {name}", sink))
    if table.name:
        kept = stack.enter_context(profile_sink.opened(known, table, inbox=inbox, say=say))
        readers.append(Reader(f"The profile {table.name}", kept))
    heed = None
    with going_without(
        inbox.put, "words", typed=bool({"words", "recogniser", "language"} & {*typed})
    ):
        heed = scene_assembly.heeding(stack, settings, locations, moods, live=True, say=say)
    steps = stages(
        settings,
        voice=WebRtcVoice(settings.strictness),
        model=model,
        moods=moods,
        shelves=shelves,
        seed=secrets.randbits(32),
        rounds=heard,
        echo=echoes[0],
        profile=table,
        scale=scale,
        evidence=learned_evidence(settings, model),
        locations=locations,
        heed=heed,
        sounds=sounds,
        ears=[
            ears.further_ear(name, settings, fresh_scale(model), echo=echo)
            for name, echo in zip(names, echoes[1:], strict=True)
        ],
    )
    tape = connect(until(inbox, settings.for_s), *steps)
    return _Evening(tape, tuple(readers), steering.links, taps)


def _follow_music(
    stack: ExitStack,
    afterwards: ExitStack,
    settings: Settings,
    moods: Mapping[str, Mood],
    shelves: Shelves,
    inbox: Inbox,
) -> None:
    """Let the user's own music join as it becomes known; what is not known is listened to.

    The scan is told to end with `stack` and waited for with `afterwards`.
    """
    if not settings.music and not shelves.places:
        return
    watch = music_files.MusicWatch(settings, moods, shelves)
    stack.enter_context(mood_files.watched(inbox.put, watch))
    if settings.music and not settings.input:
        folder = str(at_home(settings.music))
        options = ("--playlists", settings.playlists) if settings.playlists else ()
        at_once = bool(shelves.unheard or shelves.late)
        scanning = background_scan.scanning(
            folder, options, at_once=at_once, moves=lambda: watch.moves
        )
        stack.callback(afterwards.enter_context(scanning))


def _run(
    settings: Settings,
    view: _View,
    inbox: Inbox,
    *,
    links: tuple[LinkPage, ...],
    alive: Callable[[], bool],
    clock: Clock,
) -> None:
    """Show the evening and take in keys until it is over."""
    if settings.plain:
        view.lines.show(inbox.put, alive=alive, clock=clock)
    else:
        live.show(
            view.screen,
            inbox.put,
            places=view.moods,
            letters=view.letters,
            alive=alive,
            clock=clock,
            links=links,
        )


def demo(
    settings: Settings, *, say: Say, typed: Collection[str] = (), clock: Clock | None = None
) -> None:
    """Listen to the scene that comes along, as if it were spoken at the table; raises as `listen`."""
    scene = Path(__file__).with_name("demo.ogg")
    say("A short scene plays: a quiet road, an ambush, a merry inn. No microphone is needed.")
    record = settings.journal or str(journal_file.demo_path())  # the scene is nobody's evening
    played = replace(settings, input=str(scene), journal=record)
    listen(played, say=say, typed=typed, clock=clock)


def _leave_behind(view: _View) -> None:
    """Print the evening in a few lines, if there was one."""
    screen = view.screen.value
    if screen.history.mood is not None:
        console.draw(live.summary(screen, view.moods, live.signs(sys.stdout)))


def _show(cell: Cell[Screen], event: Event) -> None:
    cell.value = fold(cell.value, event)

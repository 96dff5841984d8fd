"""The composition root: the only module that knows every room; it builds, runs and closes."""

import logging
import secrets
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path

from dndmood import console, journal, journal_file, mood_files, paths, profile_sink, profiles
from dndmood.assembly import model_folder, mood_book, music, places, stages
from dndmood.clock import Clock, SystemClock
from dndmood.dashboard import live, plain
from dndmood.dashboard.state import Screen, fold
from dndmood.dashboard.view import atlas
from dndmood.ending import heeded
from dndmood.errors import UserError
from dndmood.events import (
    AudioChunk,
    Command,
    Cue,
    Event,
    Heard,
    MoodState,
    NowPlaying,
    Problem,
)
from dndmood.file_names import at_home
from dndmood.hearing.model import Model, open_model, read_card
from dndmood.hearing.speech import Echo
from dndmood.hearing.webrtc import WebRtcEcho, WebRtcVoice
from dndmood.inbox import Inbox
from dndmood.journal_file import Say
from dndmood.mood.book import Mood
from dndmood.mood.profile import Profile
from dndmood.mood.table_scale import EveningScale, Ordinary
from dndmood.mood_places import Place
from dndmood.pipeline import Reader, Sink, connect, play_out
from dndmood.players import Player, Tapped, open_player
from dndmood.reference_tap import ReferenceTap
from dndmood.settings import Settings
from dndmood.sources import file, microphone
from dndmood.stderr_to_log import libraries_quiet
from dndmood.threads import Cell, running

_log = logging.getLogger(__name__)


def listen(settings: Settings, *, say: Say, clock: Clock | None = None) -> None:
    """Hear the table and let the music follow, until the game master quits.

    Opens every part from left to right and closes them from right to left, also when something
    fails. `say` is given sentences for the person who started it, before the screen opens.
    Raises `UserError` when something is missing that the evening cannot do without.
    """
    clock = clock or SystemClock()
    if not settings.plain and (reason := live.usable(sys.stdout)):
        say(f"{reason} Going on with plain lines.")
        settings = replace(settings, plain=True)
    labels = read_card(model_folder(settings)).labels
    moods = mood_book(settings, say, labels=labels, fall_back=True)
    shelves = music(settings, moods)
    for sentence in shelves.told():
        say(sentence)
    known = _profile(settings, say)
    screen, record = Cell(Screen()), journal_file.journal_path(settings)
    lines = plain.Lines()
    with ExitStack() as stack:
        ending = stack.enter_context(heeded(clock))
        if not settings.plain:
            stack.callback(_leave_behind, screen, places(moods.values()))  # whatever happens
        stack.enter_context(libraries_quiet(paths.log_file()))
        model = stack.enter_context(open_model(model_folder(settings)))
        table, scale = _fitted(known, model, say)
        voice = WebRtcVoice(settings.strictness)
        inbox = Inbox()
        opened = stack.enter_context(open_player(settings.player, inbox.put, live=True))
        player, sentence = opened.player, opened.sentence
        say(sentence)
        echo, tap = _loop(player, say) if not settings.input else (None, None)
        # What was printed before the screen opened would never be seen again.
        for trouble in (*shelves.notes, *([sentence] if opened.second_best else ())):
            inbox.put(Problem(at_s=0.0, text=trouble))
        shown: Sink = plain.printer(lines.add) if settings.plain else partial(_show, screen)
        readers = [
            Reader("The player", player, lasting=True),
            Reader("The screen", shown, lasting=True),
            *(
                Reader("The journal", sink)
                for sink in journal_file.recording(stack, record, inbox, say)
            ),
        ]
        if table.name:
            keeper = profile_sink.opened(known, table, inbox=inbox, say=say)
            kept = stack.enter_context(keeper)
            readers.append(Reader(f"The profile {table.name}", kept))
        steps = stages(
            settings,
            voice=voice,
            model=model,
            moods=moods,
            shelves=shelves,
            seed=secrets.randbits(32),
            heard=journal_file.heard_lately(record),
            echo=echo,
            profile=table,
            scale=scale,
        )
        tape = connect(_until(inbox, settings.for_s), *steps)
        worker = stack.enter_context(
            running(
                lambda: play_out(tape, *readers, report=inbox.put),
                name="listener",
                stop=inbox.close,
            )
        )
        _open_source(stack, settings, inbox, clock=clock, say=say, tap=tap)
        watch = mood_files.Watch(settings, moods, labels=labels)
        stack.enter_context(mood_files.watched(inbox.put, watch))
        stack.callback(ending.close)  # the first thing that happens at the end
        if settings.plain:
            lines.show(inbox.put, alive=worker.is_alive, clock=clock)
        else:
            live.show(
                screen,
                inbox.put,
                places=places(moods.values()),
                alive=worker.is_alive,
                clock=clock,
            )


def demo(settings: Settings, *, say: Say, clock: Clock | None = None) -> None:
    """Listen to the scene that comes along, as if it were spoken at the table."""
    scene = Path(__file__).with_name("demo.ogg")
    say("A short scene plays: a quiet road, an ambush, a merry inn. No microphone is needed.")
    record = settings.journal or str(journal_file.demo_path())  # the scene is nobody's evening
    listen(replace(settings, input=str(scene), journal=record), say=say, clock=clock)


def rehearse(
    settings: Settings, recording: Path, *, write: Path | None = None, say: Say = _log.warning
) -> Iterator[Event]:
    """The tape of `recording`, as fast as it can be made; `write` is a journal to keep.

    `say` is told which of the user's moods are left out, and what is wrong with the table's
    profile, which is a problem on the tape as well.

    The player is silent unless one that needs no clock (wav) was asked for: music that lasts
    as long as it lasts cannot keep up with hours that are read in seconds.
    """
    moods = mood_book(settings, say, labels=read_card(model_folder(settings)).labels)
    shelves = music(settings, moods, reading_s=10.0)  # the same each time
    with ExitStack() as stack:
        sound = file.chunks(recording, block_s=0.5)
        model: Model = stack.enter_context(open_model(model_folder(settings)))
        reports: deque[Problem | NowPlaying | Heard] = deque()
        player, *_ = stack.enter_context(
            open_player(_without_a_clock(settings.player), reports.append)
        )

        def said(sentence: str) -> None:
            reports.append(Problem(at_s=0.0, text=sentence))
            say(sentence)

        sinks: list[Sink] = [player]
        if write is not None:
            sinks.append(stack.enter_context(journal.opened(write)))
        table, scale = _fitted(_profile(settings, said), model, said)
        steps = stages(
            settings,
            voice=WebRtcVoice(settings.strictness),
            model=model,
            moods=moods,
            shelves=shelves,
            profile=table,
            scale=scale,
        )
        for event in connect(_until(_with(reports, sound), settings.for_s), *steps):
            for sink in sinks:
                sink(event)
            yield event


def _without_a_clock(player: str) -> str:
    """`player`, but silence for one that makes sound, which takes as long as it takes."""
    return "silent" if player.partition(":")[0] in ("", "speaker", "pygame") else player


def soundtrack(
    tape: Iterable[Event], *, say: Say = lambda _: None
) -> Iterator[tuple[MoodState, Cue]]:
    """Each change of music on `tape`, with the decision that led to it; `say` gets its problems."""
    latest: MoodState | None = None
    for event in tape:
        if isinstance(event, MoodState):
            latest = event
        elif isinstance(event, Problem) and not event.solved:
            say(event.text)
        elif isinstance(event, Cue) and latest is not None:
            yield latest, event


def draw_moods(moods: Mapping[str, Mood]) -> None:
    """Print the arousal/valence plane with the moods in it, where the terminal has the signs."""
    if live.knows_signs(sys.stdout):
        console.draw(atlas(places(moods.values())))


def _until(tape: Iterable[Event], end_s: float) -> Iterator[Event]:
    """`tape` up to the command to quit or, unless `end_s` is 0, to that audio time."""
    for event in tape:
        yield event
        match event:
            case Command(verb="quit"):
                return
            case AudioChunk() if end_s and event.end_s >= end_s:
                return


def _with(
    reports: deque[Problem | NowPlaying | Heard], sound: Iterable[Event]
) -> Iterator[Event]:
    """`sound`, with what the player had to say meanwhile in front of what comes next."""
    heard_s = 0.0
    for event in sound:
        while reports:
            yield replace(reports.popleft(), at_s=heard_s)
        yield event
        heard_s = event.end_s if isinstance(event, AudioChunk) else heard_s


def _open_source(
    stack: ExitStack,
    settings: Settings,
    inbox: Inbox,
    *,
    clock: Clock,
    say: Say,
    tap: ReferenceTap | None,
) -> None:
    if settings.input:
        path = at_home(settings.input)
        stack.enter_context(file.opened(inbox.put, path, clock=clock, ended=inbox.close))
        return
    device = stack.enter_context(
        microphone.opened(
            inbox.put,
            device=settings.device,
            clock=clock,
            ended=inbox.close,
            tap=tap,
            delay_s=settings.echo_delay_ms / 1000.0,
        )
    )
    say(f"Listening to {device.name} at {device.rate_hz} Hz.")


def _loop(player: Player, say: Say) -> tuple[Echo | None, ReferenceTap | None]:
    """The way from the player back to the ear; nothing where the player or the library lacks it."""
    if not isinstance(player, Tapped):
        return None, None
    try:
        echo = WebRtcEcho()
    except UserError as error:
        say(str(error))
        return None, None
    tap = ReferenceTap()
    player.pour_into(tap)
    return echo, tap


def _profile(settings: Settings, say: Say) -> Profile:
    return profiles.load(settings.profile, say) if settings.profile else Profile()


def _fitted(known: Profile, model: Model, say: Say) -> tuple[Profile, EveningScale]:
    """The profile as far as it holds for `model`, and the scale of an evening that begins there."""
    table = known.fitting(model.card.sha256)
    if known.model not in ("", table.model):
        say(
            f"The table {known.name!r} was calibrated with another model and begins anew: "
            "'dndmood calibrate' takes a minute."
        )
    return table, EveningScale(table.zero, Ordinary(**model.card.ordinary))


def _leave_behind(cell: Cell[Screen], moods: tuple[Place, ...]) -> None:
    """Print the evening in a few lines, if there was one."""
    if cell.value.history.mood is not None:
        console.draw(live.summary(cell.value, moods, live.signs(sys.stdout)))


def _show(cell: Cell[Screen], event: Event) -> None:
    cell.value = fold(cell.value, event)

"""A recording as an evening: the music that it would have had, as fast as it can be found out."""

import logging
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from dndmood import ambience_files, journal, paths, scene_assembly
from dndmood.assembly import (
    fitted,
    learned_evidence,
    model_folder,
    model_said,
    mood_book,
    music,
    stages,
    table_profile,
)
from dndmood.ears import further_ear
from dndmood.events import AudioChunk, Cue, Event, Heard, MoodState, NowPlaying, Problem
from dndmood.hearing.model import Model, open_model, read_card
from dndmood.hearing.webrtc import WebRtcVoice
from dndmood.journal_file import Say
from dndmood.pipeline import Sink, connect, until
from dndmood.players import open_player
from dndmood.scene import PlaceState
from dndmood.settings import Settings
from dndmood.sources import file, tracks
from dndmood.stderr_to_log import libraries_quiet

_BLOCK_S = 0.5

_log = logging.getLogger(__name__)


def rehearse(
    settings: Settings, recording: Path, *, write: Path | None = None, say: Say = _log.warning
) -> Generator[Event, None, None]:
    """The tape of `recording`, as fast as it can be made; `write` is a journal to keep.

    A folder or ZIP with one track for each speaker is heard with so many ears, each of which begins
    on the table's zero and goes on on its own.

    `say` gets which of the user's moods are left out, and what is wrong with the table's
    profile, which is a problem on the tape as well.

    The player is silent unless one that needs no clock (wav) was asked for: music that lasts
    as long as it lasts cannot keep up with hours that are read in seconds.

    Raises `UserError` when the recording, the model, a mood or the player cannot be used.
    """
    moods = mood_book(settings, say, labels=read_card(model_folder(settings)).labels)
    locations = scene_assembly.place_book(settings, say)
    with libraries_quiet(paths.log_file()):  # one says what it thinks of each MP3
        shelves = music(settings, moods, reading_s=10.0)  # the same each time
    with ExitStack() as stack:
        speakers: tuple[tracks.Track, ...] = ()
        if tracks.has_tracks(recording):
            speakers = stack.enter_context(tracks.opened(recording, paths.cache()))
            say(f"One track for each speaker: {', '.join(one.name for one in speakers)}.")
            sound = tracks.chunks(speakers, block_s=_BLOCK_S)
        else:
            sound = file.chunks(recording, block_s=_BLOCK_S)
        model: Model = stack.enter_context(open_model(model_folder(settings)))
        say(f"The model {model_said(settings)} listens.")
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
        table, scale = fitted(table_profile(settings, said), model, said)
        steps = stages(
            settings,
            voice=WebRtcVoice(settings.strictness),
            model=model,
            moods=moods,
            shelves=shelves,
            profile=table,
            scale=scale,
            evidence=learned_evidence(settings, model),
            locations=locations,
            heed=scene_assembly.heeding(stack, settings, locations, moods, live=False, say=say),
            sounds=ambience_files.of_places(
                settings, say, wishes=scene_assembly.wishes(locations)
            ),
            ears=[
                further_ear(one.name, settings, fitted(table, model, _quiet)[1], track=True)
                for one in speakers
            ],
        )
        for event in connect(until(_with(reports, sound), settings.for_s), *steps):
            for sink in sinks:
                sink(event)
            yield event


def soundtrack(
    tape: Iterable[Event], *, say: Say = lambda _: None
) -> Iterator[tuple[MoodState, Cue] | PlaceState]:
    """Each change of music on `tape`, with the decision that led to it, and each change of place.

    `say` gets the problems.
    """
    latest: MoodState | None = None
    for event in tape:
        if isinstance(event, PlaceState):
            yield event
        elif isinstance(event, MoodState):
            latest = event
        elif isinstance(event, Problem) and not event.solved:
            say(event.text)
        elif isinstance(event, Cue) and latest is not None:
            yield latest, event


def _without_a_clock(player: str) -> str:
    """`player`, but silence for one that makes sound, which takes as long as it takes."""
    return "silent" if player.partition(":")[0] in ("", "speaker", "pygame") else player


def _with(
    reports: deque[Problem | NowPlaying | Heard], sound: Iterable[Event]
) -> Iterator[Event]:
    """`sound`, with what the player had to say meanwhile in front of what comes next."""
    heard_s = 0.0
    for event in sound:
        while reports:
            yield replace(reports.popleft(), at_s=heard_s)
        yield event
        heard_s = max(heard_s, event.end_s) if isinstance(event, AudioChunk) else heard_s


def _quiet(_: str) -> None:
    """What has been said of the table need not be said for each speaker."""

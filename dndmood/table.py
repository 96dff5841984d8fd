"""Fitting dndmood to one table: the calibration, and what corrections have taught."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

from dndmood import paths, profiles
from dndmood.assembly import model_folder, mood_book
from dndmood.clock import Clock, SystemClock
from dndmood.errors import UserError
from dndmood.events import AudioChunk, Event, Problem
from dndmood.hearing import shipped
from dndmood.hearing.emotion import estimate
from dndmood.hearing.model import open_model, read_card
from dndmood.hearing.speech import find_speech
from dndmood.hearing.webrtc import WebRtcVoice
from dndmood.inbox import Inbox
from dndmood.journal_file import Say, make_private
from dndmood.mood import Lessons, Ordinary
from dndmood.mood.calibration import (
    STEPS,
    Calibration,
    Result,
)
from dndmood.mood.corrections import taught
from dndmood.mood.zero import Zero
from dndmood.mood.zero_in_words import described, described_features
from dndmood.pipeline import connect
from dndmood.settings import Settings
from dndmood.sources import file, microphone
from dndmood.stderr_to_log import libraries_quiet

Meter = Callable[[float, float], None]
"""Shown the level in dB below full scale and the seconds left, about ten times a second."""


def calibrate(
    settings: Settings,
    *,
    say: Say,
    meter: Meter,
    clock: Clock | None = None,
    once_more: Callable[[str], bool] = lambda _: False,
) -> Path:
    """Guide through the minute, and write the table's zero to its profile; returns where.

    With `settings.input` a sound file is heard instead of the microphone, as fast as it can be
    read. Where the profile cannot be written after all, `once_more` is told why, and may have it
    tried again. Raises `UserError` when nobody was heard, or the profile cannot be written; it
    then stays as it was.
    """
    name = _name(settings)
    profiles.check_place(name)  # before anybody reads for a minute
    known = profiles.load(name, say)
    with ExitStack() as stack:
        stack.enter_context(libraries_quiet(paths.log_file()))
        make_private()
        model = stack.enter_context(open_model(model_folder(settings)))
        sound = _sound(stack, settings, clock or SystemClock(), say)
        tape = connect(
            sound,
            partial(
                find_speech, voice=WebRtcVoice(settings.strictness), window_s=2.0, hop_s=0.5
            ),
            partial(estimate, model=model),
        )
        calibration = Calibration(Ordinary(**model.card.ordinary), model.card.places)
        result = _guided(tape, calibration, say=say, meter=meter)
        sha256 = model.card.sha256
    found = described_features(result.features) if result.features else ""
    for sentence in (*result.warnings, *([found] if found else described(result.zero))):
        say(sentence)
    room = replace(result.room, when=f"{date.today():%Y-%m-%d}")  # noqa: DTZ011 - the user's day
    keep = partial(
        profiles.update,
        name,
        # What the profile is now: an evening may have gone on meanwhile.
        lambda now: (now or known).calibrated_as(
            result.zero, result.features, room, model=sha256
        ),
        keep_old=True,
    )
    try:
        keep()
    except UserError as error:  # nobody should have to read all that once more
        if not once_more(str(error)):
            raise
        keep()
    return profiles.place(name) / "zero.toml"


def tune(settings: Settings, *, say: Say) -> Iterator[str]:
    """What is known of the table, in plain words, line by line.

    `say` is told what in the profile is damaged, and which of the user's moods are left out.
    """
    profile = profiles.load(_name(settings), say)
    when = "calibrated" if profile.calibrated or profile.room else "not calibrated yet"
    when += f" on {profile.room.when}" if profile.room and profile.room.when else ""
    evenings = f"{profile.evenings} evening{'s' * (profile.evenings != 1)}"
    yield f"The table {profile.name!r}: {when}, {evenings} learnt from."
    for digits, zero in profile.features.items():
        yield f"  With {_model_called(digits)}: {described_features(zero)}"
    if not profile.features or profile.zero != Zero():
        yield from (f"  {sentence}" for sentence in described(profile.zero))
    lessons = Lessons(profile.lessons, evening=profile.evenings)
    sentences = taught(lessons, mood_book(settings, say, fall_back=True))
    yield (
        "What corrections taught:"
        if sentences
        else (
            "No corrections yet: press u, r or a digit on the dashboard when the music is wrong."
        )
    )
    yield from (f"  {sentence}" for sentence in sentences)


def take_back(settings: Settings, *, say: Say) -> str:
    """Take the last correction back; says which.

    `say` gets what in the profile is damaged. Raises `UserError` when there is none, or it
    cannot be written.
    """
    profile = profiles.load(_name(settings), say)
    if not profile.lessons:
        raise UserError(
            f"The table {profile.name!r} has no correction that could be taken back."
        )
    last = profile.lessons[-1].correction
    moods = mood_book(settings, say, fall_back=True)  # what may fail comes first
    profiles.take_back(profile.name)
    taken, wanted = (
        moods[name].title if name in moods else name for name in (last.taken, last.wanted)
    )
    return f"Taken back: {wanted} was wanted and not {taken}."


def forget(settings: Settings) -> str:
    """Begin without corrections; says where the old ones are kept.

    Raises `UserError` when no table is named or the profile cannot be written.
    """
    name = _name(settings)
    kept = profiles.forget(name)
    if kept is None:
        return f"The table {name!r} has no corrections to forget."
    return f"Every correction is forgotten; the old ones are kept in {kept}."


def _model_called(digits: str) -> str:
    """The model whose sha256 begins so, where it is one that comes along."""
    for name in shipped.names():
        with suppress(UserError):
            if read_card(shipped.folder(name)).sha256.startswith(digits):
                return f"the model {name}"
    return f"another model ({digits})"


def _name(settings: Settings) -> str:
    if not settings.profile:
        raise UserError("This needs a table: name one with --profile NAME.")
    return settings.profile


def _guided(
    tape: Iterable[Event], calibration: Calibration, *, say: Say, meter: Meter
) -> Result:
    for event in tape:
        for step in calibration.push(event):
            meter(calibration.level_db, 0.0)
            say("")
            say(f"({STEPS.index(step) + 1} of {len(STEPS)}) {step.task}")
            if step.read:
                say(f"\n    {step.read}\n")
        if isinstance(event, Problem):
            say(event.text)
        if isinstance(event, AudioChunk):
            meter(calibration.level_db, max(calibration.left_s, 0.0))
        if calibration.done:
            break
    say("")
    return calibration.result()


def _sound(stack: ExitStack, settings: Settings, clock: Clock, say: Say) -> Iterable[Event]:
    if settings.input:
        return file.chunks(paths.expanded(settings.input))
    inbox = Inbox()
    device = stack.enter_context(
        microphone.opened(inbox.put, device=settings.device, clock=clock, ended=inbox.close)
    )
    say(f"Listening to {device.name}. This takes a minute.")
    return inbox

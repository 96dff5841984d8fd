"""What an evening is assembled from: its stages in order, the moods, their music and the model."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from dndmood import paths, profiles
from dndmood.ambience import Sounds, surround
from dndmood.ears import (
    FurtherEar,
    on_own_scale,
    reported,
    speech_of,
    speech_of_microphone,
    weights,
    without_music,
)
from dndmood.errors import UserError
from dndmood.events import Problem
from dndmood.file_names import at_home, printable
from dndmood.hearing import shipped
from dndmood.hearing.emotion import EmotionModel, estimate
from dndmood.hearing.model import Model, ModelCard, read_card
from dndmood.hearing.no_talk import report_no_talk
from dndmood.hearing.pause import attend
from dndmood.hearing.speech import Echo, VoiceDetector
from dndmood.library.names import meant
from dndmood.mood import (
    EveningScale,
    Evidence,
    FeatureScale,
    Lessons,
    Mood,
    Ordinary,
    Pacing,
    Profile,
    Scale,
    book,
    evidence_file,
    follow,
    rescale,
)
from dndmood.mood.profile import MODEL_DIGITS
from dndmood.mood_places import Place
from dndmood.music import (
    LISTING_S,
    READING_S,
    Rounds,
    Shelf,
    Shelves,
    duck,
    forward,
    spin,
    stock_all,
)
from dndmood.music.reading import Asked
from dndmood.pipeline import Spare, Stage, with_spares
from dndmood.places import Location, locate
from dndmood.settings import Settings

_OWN = 2
"""So many folders of moods there are without one of the user's choosing."""
_TRIES = 3
_AGAIN, _LEFT_OUT = "begins again", "is left out"
_ANSWER_S = 5.0
"""A drive that has not answered by then hangs."""


def stages(  # noqa: PLR0913 - the root names every part
    settings: Settings,
    *,
    voice: VoiceDetector,
    model: EmotionModel,
    moods: Mapping[str, Mood],
    shelves: Mapping[str, Shelf],
    seed: int = 0,
    rounds: Rounds | None = None,
    echo: Echo | None = None,
    profile: Profile | None = None,
    scale: Scale | None = None,
    evidence: Evidence | None = None,
    locations: Mapping[str, Location] | None = None,
    heed: Stage | None = None,
    sounds: Mapping[str, Sounds] | None = None,
    ears: Sequence[FurtherEar] = (),
) -> tuple[Stage, ...]:
    """The stages in the order in which `connect` joins them.

    A part that only helps is left out once it has failed, and the ear begins again a few times.
    What `attend` raises ends the evening, as nobody may be heard who was promised not to be; so
    does what `follow` and `spin` raise, as they are the evening.

    `echo` takes out of the sound what its chunks carry as reference, to find the voices.
    `rounds` is what was heard of the music in the evenings before.
    `profile` is what is known of the table; `scale` its zero, for who wants to ask it later.
    `evidence` is what the model's estimates say about the mood. `locations` are the places where the
    party can be, `sounds` what they sound like; `heed` listens to words, where it was asked for.
    Each of `ears` finds speech and is put on a scale by itself; their windows meet in one model and
    one mood.
    """
    table = profile or Profile()
    rescaled = with_spares(
        "The part that puts voices on the table's own scale",
        partial(rescale, scale=scale or EveningScale(table.zero)),
        Spare(_LEFT_OUT, iter),
    )
    judged = partial(estimate, model=model, weights=weights(settings, ears))
    pacing = Pacing(quiet_s=settings.quiet_s).at(settings.lively)
    return (
        attend,
        *((without_music(),) if echo else ()),
        *(without_music(ear.name) for ear in ears if ear.echo),
        speech_of_microphone(settings, voice, echo),
        *(speech_of(ear, settings) for ear in ears),
        with_spares("The part that judges voices", judged, *[Spare(_AGAIN, judged)] * _TRIES),
        with_spares(
            "The part that says when no talk is found",
            partial(report_no_talk, least_db=settings.least_db, ear=reported(ears)),
            Spare(_LEFT_OUT, iter),
        ),
        *((rescaled, *map(on_own_scale, ears)) if settings.recentre else ()),
        *(
            (with_spares("The part that listens to words", heed, Spare(_LEFT_OUT, iter)),)
            if heed
            else ()
        ),
        with_spares(
            "The part that follows the place",
            partial(
                locate,
                places=locations or {},
                opening=meant(settings.place, locations or {}),
            ),
            Spare(_LEFT_OUT, iter),
        ),
        partial(
            follow,
            moods=moods,
            opening=_present(settings.opening, moods),
            resting=_present(settings.resting, moods),
            pacing=pacing,
            lessons=Lessons(table.lessons, evening=table.evenings),
            evidence=evidence,
            tone=settings.tone,
        ),
        partial(spin, shelves=shelves, fade_s=settings.fade_s, seed=seed, rounds=rounds),
        with_spares(
            "The part that lets the music step back",
            partial(duck, over_db=settings.duck_over_db),
            Spare(_LEFT_OUT, forward),
        ),
        with_spares(
            "The part that lets a place be heard",
            partial(surround, sounds=sounds or {}, gain_db=settings.ambience_db),
            Spare(_LEFT_OUT, iter),
        ),
    )


def mood_book(
    settings: Settings,
    say: Callable[[str], None] | None = None,
    *,
    labels: Iterable[str] = (),
    fall_back: bool = False,
) -> dict[str, Mood]:
    """Every mood: the ones that come along, then the user's own, which win.

    Raises `UserError` for a mood file that cannot be used. With `say`, one of the user's own
    is left out and said instead; with `fall_back` too, the one it would have replaced is taken,
    and a folder that is not there is left out, as a stick may be unplugged.
    `labels` are the emotions a mood may count on; none given, none are checked.
    """
    folders, away = _mood_folders(settings, say, missing_ok=fall_back)
    moods = book.load(*folders, labels=labels, tell=say, fall_back=fall_back)
    if say is not None and len(folders) > _OWN and not book.files(folders[-1], tell=say):
        say(
            f"There is no mood file in {printable(folders[-1])}: a mood is a file like awe.toml."
        )
    for key in ("opening", "resting"):
        if meant(name := getattr(settings, key), moods):
            continue
        sentence = f"The {key} mood {name!r} is not in the book"
        files = (folder / f"{name}.toml" for folder in folders)
        left_out = away or any(map(os.path.exists, files))
        if say is None or not left_out:
            raise UserError(f"{sentence}: use {', '.join(moods)}.")
        say(f"{sentence}; {_present(name, moods)} takes its place.")
    return moods


def _mood_folders(
    settings: Settings, say: Callable[[str], None] | None, *, missing_ok: bool
) -> tuple[list[Path], bool]:
    """Where mood files lie: those that come along, then the user's own, which win.

    And whether the folder of the user's choosing had to be left out.
    """
    folders = [paths.data("playlists"), paths.own_playlists()]
    if not settings.playlists:
        return folders, False
    called = f"The playlists folder {printable(settings.playlists)}"
    try:
        asked = Asked(lambda: _looked_into(settings.playlists))
        return [*folders, asked.answer(_ANSWER_S)], False
    except TimeoutError as error:
        if say is None:
            raise UserError(
                f"{called} does not answer: see whether its drive is there."
            ) from error
        say(f"{called} does not answer: its moods are left out.")
    except UserError:
        if say is None or not missing_ok:
            raise
        say(
            f"{called} is not there: its moods are left out. Plug its drive in before you start, "
            "or check 'playlists' in your settings."
        )
    return folders, True


def check_folders(*, music: str = "", playlists: str = "", ambience: str = "") -> None:
    """Raise `UserError` for a folder that is not there; one that does not answer may come later."""
    asked = {"music": music, "playlists": playlists, "ambience": ambience}
    for what, name in asked.items():
        if name:
            with suppress(TimeoutError):
                Asked(partial(_folder, name, what)).answer(_ANSWER_S)


def _looked_into(name: str) -> Path:
    folder = _folder(name, "playlists")
    for path in book.files(folder, tell=lambda _: None):
        os.path.isfile(path)  # noqa: PTH113 - never raises; a drive that hangs does it here, on its own thread
    return folder


def _present(name: str, moods: Mapping[str, Mood]) -> str:
    """The mood `name` or, when its file could not be read, the first there is."""
    return meant(name, moods) or next(iter(moods))


def music(
    settings: Settings,
    moods: Mapping[str, Mood],
    *,
    reading_s: float = READING_S,
    listing_s: float = LISTING_S,
    read: bool = True,
    missing_ok: bool = False,
) -> Shelves:
    """Every mood's shelf; titles and lengths that take longer than `reading_s` follow later.

    Without `read` no music file is opened: only what the index knows counts. Raises `UserError`
    when there is no such music folder; with `missing_ok` a note says so, and starter tracks play.
    """
    # Not resolved: the index knows files by the names that people see.
    own = Path(os.path.abspath(at_home(settings.music))) if settings.music else None  # noqa: PTH100
    return stock_all(
        moods.values(),
        music=own,
        starters=paths.data("playlists"),
        reading_s=reading_s,
        listing_s=listing_s,
        read=read,
        missing_ok=missing_ok,
    )


def model_folder(settings: Settings) -> Path:
    """Where the emotion model lies: the one asked for by name or folder, else the default one.

    Raises `UserError` when there is none.
    """
    return shipped.folder(settings.model)


def model_or_default(settings: Settings, put: Callable[[Problem], None]) -> Settings:
    """`settings` as they are or, when their model is not there, with the default one.

    `put` is given a problem that says so. Raises `UserError` when none came along either.
    """
    try:
        model_folder(settings)
    except UserError as error:
        there = replace(settings, model="")
        name = shipped.described(*_card(there)).partition(" (")[0]
        put(Problem(0.0, f"{error} {name} listens in its place.", about="the model"))
        return there
    return settings


def model_said(settings: Settings) -> str:
    """Which model an evening would use: its name, its weights and its size.

    Raises `UserError` when there is none.
    """
    return shipped.described(*_card(settings))


def _card(settings: Settings) -> tuple[ModelCard, Path]:
    where = model_folder(settings)
    return read_card(where), where


def table_profile(settings: Settings, say: Callable[[str], None]) -> Profile:
    """What is known of the table; a table without a name is nobody's and not read."""
    return profiles.load(settings.profile, say) if settings.profile else Profile()


def fitted(known: Profile, model: Model, say: Callable[[str], None]) -> tuple[Profile, Scale]:
    """The profile as far as it holds for `model`, and the scale of an evening that begins there."""
    card = model.card
    if model.head is not None:
        digits = card.sha256[:MODEL_DIGITS]
        start = known.features.get(digits)
        if start is None and (known.room or known.features):
            say(
                f"The table {known.name!r} was calibrated with another model, for which it is kept, "
                "and starts over with this one: 'dndmood calibrate' takes a minute."
            )
        return known, FeatureScale(
            head=model.head,
            width=card.width,
            labels=card.labels,
            places=card.places,
            usual=Ordinary(**card.ordinary).evening,
            start=start,
            model=digits,
        )
    table = known.fitting(card.sha256)
    if known.model not in ("", table.model):
        say(
            f"The table {known.name!r} was calibrated with another model and starts over: "
            "'dndmood calibrate' takes a minute."
        )
    return table, EveningScale(table.zero, Ordinary(**card.ordinary))


def fresh_scale(model: Model) -> Scale:
    """A scale that knows nothing yet, for an ear of which no profile tells."""
    return fitted(Profile(), model, lambda _: None)[1]


def learned_evidence(settings: Settings, model: Model) -> Evidence:
    """What the estimates of `model`, the one that `settings` name, say about the mood.

    Raises `UserError` when the file beside it cannot be used.
    """
    return evidence_file.of_model(
        model_folder(settings),
        labels=model.card.labels,
        sha256=model.card.sha256,
        usual=model.card.ordinary.get("evening", {}),
    )


def wanted_speaker(settings: Settings) -> str:
    """Which sound device our own player was asked to use; "" for the default one."""
    name, _, argument = settings.player.partition(":")
    return argument if name == "speaker" else ""


def places(moods: Iterable[Mood]) -> tuple[Place, ...]:
    """The moods as the screen and a report show them, the first nine with a number key."""
    return tuple(
        Place(
            name=mood.name,
            title=mood.title,
            key=str(number) if number <= 9 else "",  # noqa: PLR2004 - the digits on a keyboard
            arousal=mood.arousal,
            valence=mood.valence,
            spread=mood.spread,
        )
        for number, mood in enumerate(moods, start=1)
    )


def _folder(name: str, what: str) -> Path:
    path = at_home(name)
    if not os.path.isdir(path):  # noqa: PTH112 - never raises, however long the name is
        raise UserError(f"There is no {what} folder {printable(path)}: check the name.")
    return path

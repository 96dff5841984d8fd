"""What an evening knows of places and words: the book of places, the moods' words, the stages."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

from dndmood import paths
from dndmood.ambience import Wish
from dndmood.assembly import mood_book
from dndmood.errors import UserError
from dndmood.file_names import at_home, printable
from dndmood.library.names import meant
from dndmood.mood import Mood
from dndmood.pipeline import Stage
from dndmood.places import Location, book
from dndmood.settings import Settings
from dndmood.words import engines, grammar, models, phrase_list
from dndmood.words.attention import Attention, MoodWords
from dndmood.words.heed import in_line, on_a_thread


def place_book(
    settings: Settings, say: Callable[[str], None] | None = None
) -> dict[str, Location]:
    """Every place: those that come along, then the user's own, which win.

    A user's place is a file in the folder `places` among their moods. Raises `UserError` for one
    that cannot be used, which with `say` is left out and said instead, and for a place to begin in
    that there is none of.
    """
    own = [paths.own_places()]
    if settings.playlists:
        own.append(at_home(settings.playlists) / "places")
    places = book.load(paths.places(), *own, tell=say)
    if say is not None:
        for doubt in book.doubts(places):
            say(doubt)
    if settings.place and not meant(settings.place, places):
        sentence = f"There is no place {settings.place!r}"
        away = settings.playlists and not os.path.isdir(at_home(settings.playlists))  # noqa: PTH112 - never raises
        if say is None or not away:
            raise UserError(f"{sentence}: use {', '.join(places)}.")
        say(f"{sentence} while your playlists folder is away: the evening begins without one.")
    return places


def mood_words(moods: Mapping[str, Mood]) -> dict[str, MoodWords]:
    """The moods as far as words can speak for them."""
    return {
        name: MoodWords(mood.arousal, mood.valence, mood.words) for name, mood in moods.items()
    }


def attention(
    settings: Settings, places: Mapping[str, Location], moods: Mapping[str, Mood]
) -> Attention:
    """Who reads what was said; raises `UserError` for a language without phrases."""
    return Attention(places, mood_words(moods), language=settings.language)


def recogniser_folder(settings: Settings) -> Path:
    """Where the recogniser of words lies that `settings` name; it need not exist."""
    return at_home(settings.recogniser) if settings.recogniser else paths.recogniser()


def damaged(folder: Path) -> str:
    """What is said of a recogniser in `folder` that is not quite one of those we know; or empty.

    Raises `UserError` for the one that `dndmood words get` fetched, as that was whole.
    """
    if (found := models.all_but_one(folder)) is None:
        return ""
    model, file = found
    which = (
        f"{file} in {printable(folder)} is not the one of the recogniser {model.name}: it is"
    )
    if folder == paths.recogniser():
        raise UserError(
            f"{which} damaged; fetch it again with 'dndmood words get {model.name}'."
        )
    return f"{which} damaged, or one of your own."


def never_heard(
    places: Mapping[str, Location], moods: Mapping[str, Mood] | Mapping[str, MoodWords]
) -> Iterator[str]:
    """A sentence for each place and mood with phrases in a language that nobody listens for."""
    for what, languages in (
        *(
            (
                f"The place {name!r}",
                {*one.phrases, *one.arrivals, *one.signs, *one.traps},
            )
            for name, one in places.items()
        ),
        *((f"The mood {name!r}", {*one.words}) for name, one in moods.items()),
    ):
        if unknown := sorted(languages - {*grammar.names()}):
            yield (
                f"{what} has phrases in {', '.join(map(repr, unknown))}, which are not listened "
                f"for: words are known in {', '.join(grammar.names())}."
            )


def letters(places: Mapping[str, Location]) -> dict[str, str]:
    """Letter to the place that it chooses on the dashboard."""
    return book.keys(places)


def wishes(places: Mapping[str, Location]) -> dict[str, Wish]:
    """What each place asks for to be heard, and what a folder for it may be called."""
    return {
        name: Wish(
            called=tuple(phrase for some in place.phrases.values() for phrase in some),
            beds=place.ambience.beds,
            shots=place.ambience.shots,
            gain_db=place.ambience.gain_db,
            folder=place.folder,
        )
        for name, place in places.items()
    }


def heeding(
    stack: ExitStack,
    settings: Settings,
    places: Mapping[str, Location],
    moods: Mapping[str, Mood],
    *,
    live: bool,
    say: Callable[[str], None],
) -> Stage | None:
    """The stage that listens to words, for as long as `stack` lasts; None when it is not wanted.

    Raises `UserError` when the recogniser, its library or the language's phrases are missing, or
    the recogniser that was fetched is damaged.
    """
    if not settings.words:
        if not settings.tone:
            say("Neither tone of voice nor words move the mood: only the keys do.")
        return None
    folder = recogniser_folder(settings)
    try:
        reader = attention(settings, places, moods)
        problem = damaged(folder)
        recogniser = stack.enter_context(
            engines.opened(folder, settings.language, phrase_list.hints(places))
        )
    except UserError as error:
        without = (
            "Without --words the evening goes by tone."
            if settings.tone
            else "Without it only the keys move the mood."
        )
        raise UserError(f"{error} {without}") from error
    for one in never_heard(places, moods):
        say(one)
    if problem:  # and yet it can be opened
        say(problem)
    how = "as well" if settings.tone else "instead of the tone of voice"
    say(f"Words are listened to {how}: only phrases from the lists are kept of them.")
    if live:
        return stack.enter_context(on_a_thread(recogniser, reader, tone=settings.tone))
    return in_line(recogniser, reader)


def moods_of(settings: Settings, say: Callable[[str], None]) -> dict[str, MoodWords]:
    """The moods' own words, of every mood that `settings` name."""
    return mood_words(mood_book(settings, say))

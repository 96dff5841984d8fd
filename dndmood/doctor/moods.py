"""The moods and their music: what is broken, what is empty, and whether the starter tracks are there."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from dndmood import paths
from dndmood.doctor._finding import Finding, hint, ok, wrong
from dndmood.errors import UserError
from dndmood.hearing.model import read_card
from dndmood.house import model_folder, mood_book, music
from dndmood.mood import book
from dndmood.mood.book import Mood
from dndmood.music.shelves import Shelf
from dndmood.settings import Settings

ORDER = 110
STUCK = "Look whether the music folder lies on a disk or share that is still there."

_MEND = "Mend the file that is named, or move it out of its folder."


def check(settings: Settings) -> Iterator[Finding]:
    """The moods, their tracks, and the starter tracks."""
    try:
        moods = mood_book(settings)
        labels = read_card(model_folder(settings)).labels
        book.check_emotions(moods.values(), labels)
    except UserError as error:
        yield wrong(str(error), _MEND)
        return
    yield from stocked(moods, music(settings, moods), own=bool(settings.music))
    yield from starters(replace(settings, music="", playlists=""))


def stocked(
    moods: Mapping[str, Mood], shelves: Mapping[str, Shelf], *, own: bool
) -> Iterator[Finding]:
    """How many tracks there are, and each mood that lacks some; no title is named."""
    count = sum(len(shelf.tracks) for shelf in shelves.values())
    whose = "your music and the starter tracks" if own else "the starter tracks"
    full = [shelf for shelf in shelves.values() if shelf.tracks]
    yield (ok if full else wrong)(
        f"{len(moods)} moods, {len(full)} of them with music: {count} tracks, {whose}."
    )
    for shelf in shelves.values():
        if not shelf.tracks:
            yield hint(
                f"{shelf.title} has no tracks: nothing plays in it.",
                "Put music into its folder; without a folder of yours the starter tracks play.",
            )
        if shelf.skipped:
            some = f"{len(shelf.skipped)} file{'s' * (len(shelf.skipped) != 1)}"
            yield hint(
                f"{some} of {shelf.title} cannot be played.",
                "Type 'dndmood moods' to see which.",
            )


def starters(settings: Settings) -> Iterator[Finding]:
    """Whether the tracks that come along are there; `settings` name no music of anybody's."""
    shelves = music(settings, book.load(paths.data("playlists")))
    lacking = [shelf.title for shelf in shelves.values() if not shelf.tracks or shelf.skipped]
    if lacking:
        yield wrong(
            f"Starter tracks of {', '.join(lacking)} are missing or broken.",
            "Install dndmood again.",
        )
    else:
        count = sum(len(shelf.tracks) for shelf in shelves.values())
        yield ok(f"The {count} starter tracks are there and can be read.")

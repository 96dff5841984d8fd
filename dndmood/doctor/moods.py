"""The moods and their music: what is broken, what is empty, and whether the starter tracks are there."""

from collections.abc import Iterator, Mapping

from dndmood import paths
from dndmood.assembly import model_folder, mood_book, music
from dndmood.doctor._finding import Finding, hint, ok, wrong
from dndmood.hearing.model import read_card
from dndmood.mood import Mood
from dndmood.mood.book import load
from dndmood.music import Shelves
from dndmood.settings import Settings

ORDER = 110
STUCK = "Look whether the music folder lies on a disk or share that is still there."

_READING_S = 8.0
"""Long enough for a large collection on this computer, and for the starter tracks anywhere."""


def check(settings: Settings) -> Iterator[Finding]:
    """The moods, their tracks, and the starter tracks."""
    left_out: list[str] = []
    labels = read_card(model_folder(settings)).labels
    book = mood_book(settings, left_out.append, labels=labels, fall_back=True)
    for sentence in left_out:
        yield wrong(sentence, "Mend that file, or move it out of its folder.")
    yield from stocked(music(settings, book, reading_s=_READING_S), own=bool(settings.music))
    yield starters(load(paths.data("playlists")))


def stocked(shelves: Shelves, *, own: bool) -> Iterator[Finding]:
    """How many tracks there are, and each mood that lacks some; no title is named."""
    yield (ok if any(shelf.tracks for shelf in shelves.values()) else wrong)(
        f"There are {shelves.counted()}."
    )
    if own and any(shelves.about_all()):
        yield hint(
            "Something in your music folder does not play.", "Type 'dndmood moods' to see what."
        )
    for shelf in shelves.values():
        if not shelf.tracks:
            yield hint(
                f"{shelf.title} has no tracks: nothing plays in it.",
                "Put music into its folder; without a folder of yours the starter tracks play.",
            )
        if shelf.skipped:
            yield hint(
                f"Some of the music for {shelf.title} cannot be played.",
                "Type 'dndmood moods' to see which files, and why.",
            )


def starters(moods: Mapping[str, Mood]) -> Finding:
    """Whether the tracks of `moods`, those that come along, are there and can be read."""
    shelves = music(Settings(), moods, reading_s=_READING_S)
    lacking = [shelf.title for shelf in shelves.values() if not shelf.tracks or shelf.skipped]
    if lacking:
        return wrong(
            f"Starter tracks of {', '.join(lacking)} are missing or broken.",
            "Install dndmood again.",
        )
    count = sum(len(shelf.tracks) for shelf in shelves.values())
    return ok(f"The {count} starter tracks are there and can be read.")

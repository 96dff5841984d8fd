"""`dndmood moods`, and how moods and tracks are listed."""

from __future__ import annotations

import sys

from dndmood import console
from dndmood.commands import _options
from dndmood.commands._options import Music, Playlists
from dndmood.errors import UserError
from dndmood.mood_places import Place
from dndmood.printable import printable
from dndmood.times import minutes_seconds


def moods(*, music: Music = None, playlists: Playlists = None) -> None:
    """Draw the moods and list their tracks."""
    from dndmood import assembly, paths
    from dndmood.stderr_to_log import libraries_quiet

    settings = _options.settings(music=music, playlists=playlists)
    left_out: list[str] = []
    try:
        book = assembly.mood_book(settings)
    except UserError:  # the others are shown all the same
        book = assembly.mood_book(settings, left_out.append, fall_back=True)
    with libraries_quiet(paths.log_file()):
        shelves = assembly.music(settings, book, reading_s=10.0)
    for sentence in shelves.about_all():
        console.say(sentence)
    _draw(assembly.places(book.values()))
    for number, mood in enumerate(book.values(), start=1):
        emotions = ", ".join(sorted(mood.emotions, key=lambda e: -mood.emotions[e]))
        emotions = emotions or "like its place on the map"
        console.write(
            f"{number}  {printable(mood.title)}, for voices that sound {emotions}; "
            f"stays at least {mood.hold_s:g} s"
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
        empty = () if shelf.tracks else (f"nothing plays: {shelf.why_empty()}",)
        for sentence in (*empty, *shelf.skipped[len(empty) :]):
            console.write(f"     ! {printable(sentence)}")
    if left_out:
        raise UserError(" ".join(left_out))


def _draw(places: tuple[Place, ...]) -> None:
    """Print the arousal/valence plane with the moods in it, where the terminal has the signs."""
    from dndmood.dashboard import live
    from dndmood.dashboard.view import atlas

    if live.knows_signs(sys.stdout):
        console.draw(atlas(places))

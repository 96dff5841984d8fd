"""`dndmood moods`, and how moods and tracks are listed."""

from __future__ import annotations

from dndmood import console
from dndmood.commands import _options
from dndmood.commands._options import Music, Playlists
from dndmood.printable import printable
from dndmood.times import minutes_seconds


def moods(*, music: Music = None, playlists: Playlists = None) -> None:
    """Draw the moods and list their tracks."""
    from dndmood import app, assembly

    settings = _options.settings(music=music, playlists=playlists)
    shelves = assembly.music(settings, book := assembly.mood_book(settings), reading_s=10.0)
    for sentence in shelves.notes:
        console.say(sentence)
    app.draw_moods(book)
    for number, mood in enumerate(book.values(), start=1):
        emotions = ", ".join(sorted(mood.emotions, key=lambda e: -mood.emotions[e]))
        emotions = emotions or "like its place on the map"
        console.write(
            f"{number}  {printable(mood.title)}, for voices that sound {emotions}; "
            f"stays at least {mood.hold_s:.0f} s"
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
        for sentence in (
            *shelf.skipped,
            *(() if shelf.tracks else ("no tracks: nothing plays",)),
        ):
            console.write(f"     ! {printable(sentence)}")

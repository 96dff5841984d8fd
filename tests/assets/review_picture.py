"""Draws the README's picture of the review from a folder that was scanned.

    dndmood library scan FOLDER
    python -m tests.assets.review_picture FOLDER NAME OUT.svg

The screen is what the game master would see when the track whose file name holds NAME comes up.
"""

import sys
from pathlib import Path

from rich.console import Console

from dndmood import assembly
from dndmood.collection import gathering, placing
from dndmood.collection.review.screen import View, render
from dndmood.collection.review.session import Session
from dndmood.dashboard.palette import RICH
from dndmood.dashboard.view import Picture
from dndmood.library import Decisions, Index
from dndmood.settings import Settings
from tests.assets.picture import without_network

_WIDTH, _HEIGHT = 100, 28


def main() -> None:
    """Walk to the track and export the screen."""
    folder, name, out = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
    moods = gathering.moods_of(Settings())
    with Index() as index:
        tracks = gathering.known_tracks(index, [folder])
    queue = placing.to_review(tracks, everything=True)
    session = Session(queue, tracks, moods, Decisions(), {})
    while (track := session.track()) and name not in track.path:
        session.skip()
    view = View(
        track,
        session.shares(),
        session.at + 1,
        session.count,
        11,
        "",
        "",
        6.0,
        15.0,
        playing=True,
    )
    places = session.music_places(assembly.places(moods.values()))
    rows = render(view, places, _WIDTH, _HEIGHT, RICH)
    with Path("/dev/null").open("w") as nowhere:
        console = Console(
            record=True, width=_WIDTH, height=_HEIGHT, file=nowhere, force_terminal=True
        )
        console.print(Picture(rows))
    title = "dndmood library review"
    out.write_text(without_network(console.export_svg(title=title)), encoding="utf-8")


if __name__ == "__main__":
    main()

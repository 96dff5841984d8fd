"""Draws the README's picture of the dashboard from the running program.

    python tests/assets/picture.py SOUND SECONDS OUT.svg

The sound goes through the whole house; the screen is what the game master would see at that
moment, exported as SVG.
"""

import re
import sys
from pathlib import Path

from rich.console import Console

from dndmood import assembly, rehearsal
from dndmood.dashboard.state import Screen, fold
from dndmood.dashboard.view import render
from dndmood.events import AudioChunk
from dndmood.settings import Settings


def without_network(svg: str) -> str:
    """`svg` with the reader's own monospaced font in place of one fetched from elsewhere."""
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    fonts = "'Fira Code', 'DejaVu Sans Mono', Menlo, Consolas, monospace"
    return re.sub(r"font-family: Fira Code, monospace", f"font-family: {fonts}", svg)


def main() -> None:
    """Rehearse the sound up to the moment and export the screen."""
    sound, at_s, out = Path(sys.argv[1]), float(sys.argv[2]), Path(sys.argv[3])
    settings = Settings()
    screen = Screen()
    for event in rehearsal.rehearse(settings, sound):
        screen = fold(screen, event)
        if isinstance(event, AudioChunk) and event.end_s >= at_s:
            break
    moods = assembly.places(assembly.mood_book(settings).values())
    with Path("/dev/null").open("w") as nowhere:
        console = Console(record=True, width=120, height=40, file=nowhere, force_terminal=True)
        console.print(render(screen, moods, width=120, height=40))
    out.write_text(
        without_network(console.export_svg(title="dndmood listen")), encoding="utf-8"
    )


if __name__ == "__main__":
    main()

"""Render the ambience: `python -m soundscapes [--into FOLDER] [place ...]`."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from soundscapes import mastering
from soundscapes.circle import RATE_HZ
from soundscapes.places import BEDS
from soundscapes.shots import SHOTS, made


def main() -> None:
    """Render every place, or those that were named."""
    parser = argparse.ArgumentParser(prog="soundscapes", description=__doc__)
    parser.add_argument("places", nargs="*", metavar="place", help="all when none is given")
    parser.add_argument("--into", type=Path, default=Path(__file__).parent.parent / "ambience")
    parser.add_argument("--shots-only", action="store_true", help="leave the beds as they are")
    chosen = parser.parse_args()
    for place, bed in BEDS.items():
        if chosen.places and place not in chosen.places:
            continue
        folder = chosen.into / place
        if not chosen.shots_only:
            sound = mastering.bed(bed())
            title = f"{place.capitalize()}: {(bed.__doc__ or '').rstrip('.')}"
            mastering.write(
                folder / f"{place}.ogg", sound, title=title, place=place, single=False
            )
            size = (folder / f"{place}.ogg").stat().st_size
            print(
                f"{place:9} {len(sound) / RATE_HZ:5.1f} s  peak "
                f"{20 * np.log10(np.abs(sound).max()):6.1f} dBFS  {size / 1e6:.2f} MB",
                flush=True,
            )
        for shot in SHOTS[place][2]:
            name = shot.__name__.replace("_", "-")
            single = mastering.shot(made(place, shot))
            title = (shot.__doc__ or "").rstrip(".")
            mastering.write(
                folder / "shots" / f"{name}.ogg", single, title=title, place=place, single=True
            )


if __name__ == "__main__":
    main()

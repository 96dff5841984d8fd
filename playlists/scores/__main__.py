"""Render the starter music: `python -m scores [--into FOLDER] [mood or slug ...]`."""

from __future__ import annotations

import argparse
from pathlib import Path

from scores import battle, calm, mastering, merry, sorrow, suspense, triumph
from scores.notation import Score

_PIECES = (
    *calm.PIECES,
    *merry.PIECES,
    *suspense.PIECES,
    *battle.PIECES,
    *sorrow.PIECES,
    *triumph.PIECES,
)


def main() -> None:
    """Render every piece, or those whose mood or slug was named."""
    parser = argparse.ArgumentParser(prog="scores", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="mood or slug", help="all when none is given"
    )
    parser.add_argument("--into", type=Path, default=Path(__file__).parent.parent)
    parser.add_argument("--sound-font", type=Path, default=mastering.SOUND_FONT)
    chosen = parser.parse_args()
    for piece in _PIECES:
        score: Score = piece()
        if chosen.names and not {score.mood, score.slug} & set(chosen.names):
            continue
        path = chosen.into / score.mood / f"{score.slug}.ogg"
        sound = mastering.loop(score, chosen.sound_font)
        mastering.write(path, sound, score)
        print(
            f"{score.mood:9} {score.slug:28} {len(sound) / mastering.RATE_HZ:6.1f} s "
            f"{mastering.true_peak_db(sound):6.2f} dBTP {path.stat().st_size / 1e6:5.2f} MB",
            flush=True,
        )


if __name__ == "__main__":
    main()

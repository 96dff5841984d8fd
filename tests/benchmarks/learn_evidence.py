"""Learns what a model's estimates say about the mood, and writes it beside the model.

    python tests/benchmarks/learn_evidence.py --corpora FOLDER [--model FOLDER] [--cache FOLDER]

Composes tuning evenings from development voices at three shares of plain talk, plays them through
the real pipeline with the model, learns from the estimates (`night/learning.py`) and writes
`evidence.toml` into the model's folder. No voice and no episode of a reporting evening takes part.
Two of the evenings are played once more with the program's own music 6 dB below the voices, for
the weight of a window by how far the talk stands above it. An evening takes about 20 s of a
processor, with music 140 s; they are kept in the cache under the model's digest.
"""

import argparse
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from dndmood import assembly
from dndmood.mood import evidence_file
from dndmood.settings import Settings
from tests.benchmarks.game_night import PLAIN, SEEDS
from tests.benchmarks.night import learning, stage
from tests.benchmarks.night.composer import Table
from tests.benchmarks.night.learning import HeldOut, Lesson
from tests.benchmarks.night.stage import Stage

_MUSIC_DB = -6.0


def lessons(house: Stage, *, evenings: int, with_music: int) -> list[Lesson]:
    """Tuning evenings as the model hears them."""
    found = []
    for number in range(evenings):
        for plain in PLAIN:
            evening = house.evening("tuning", SEEDS["tuning"] + number, Table(plain=plain))
            found.append(Lesson.of(evening, house.played(evening)))
    for number in range(with_music):
        evening = house.evening("tuning", SEEDS["tuning"] + number, Table(plain=PLAIN[1]))
        found.append(Lesson.of(evening, house.played(evening, level_db=_MUSIC_DB)))
    return found


def main() -> None:
    """Compose, play, learn, write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument(
        "--model", default="", help="folder of the model; the shipped one if none"
    )
    parser.add_argument(
        "--cache", type=Path, default=Path(tempfile.gettempdir()) / "dndmood-nights"
    )
    parser.add_argument("--evenings", type=int, default=6)
    parser.add_argument(
        "--with-music",
        type=int,
        default=2,
        help="evenings played with music; 0 keeps what was learned about it before, or set by hand",
    )
    parser.add_argument("--to", type=Path, help="write here instead of into the model's folder")
    chosen = parser.parse_args()
    settings = Settings(model=chosen.model)

    def tell(sentence: str) -> None:
        print(sentence, file=sys.stderr, flush=True)

    with stage.opened(chosen.corpora, chosen.cache, settings=settings, tell=tell) as house:
        heard = lessons(house, evenings=chosen.evenings, with_music=chosen.with_music)
        tell("learning")
        found = learning.learned(heard, house.model.card.labels, model=house.model_sha)
        felt = learning.held_out(heard, found)
        found = learning.surety(heard, found, felt)
        moods, opening = dict(house.moods), settings.opening
        if not chosen.with_music:
            found = replace(found, over_music_db=house.evidence.over_music_db)
        found = learning.weighed(heard, found, felt, moods, opening)
        held = HeldOut.of(found, felt)
        believed = [learning.believed(each, held, moods, opening) for each in heard]
        surprise = sum(map(learning.surprised, believed)) / len(believed)
        error = learning.calibration_error(believed)
        about = (
            f"{len(heard)} evenings of tuning voices and episodes.",
            "On these, with each window judged without what its own speaker taught:",
            f"mean surprise at the true quadrant {surprise:.3f} nats, calibration error {error:.3f}.",
        )
    folder = assembly.model_folder(settings)
    path = chosen.to or folder / evidence_file.NAME
    path.write_text(evidence_file.text(found, about), encoding="utf-8")
    print(f"{path}\n" + "\n".join(about))


if __name__ == "__main__":
    main()

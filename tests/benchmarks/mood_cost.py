"""What deciding the mood costs: processor time for an hour of talk, a window a second.

    python tests/benchmarks/mood_cost.py

Runs stage `follow` with the evidence of the shipped model over an hour of windows that change from
plain talk to fury and grief, with the sentence that every decision writes, and prints the share of a
core that it takes in real time (the target is 0.2 %).
"""

import time

import numpy as np

from dndmood import assembly
from dndmood.events import EmotionEstimate
from dndmood.hearing.model import read_card
from dndmood.mood import evidence_file
from dndmood.mood.follow import follow
from dndmood.settings import Settings

_HOUR_S = 3600


def windows(labels: tuple[str, ...]) -> list[EmotionEstimate]:
    """An hour of talk whose foremost emotion changes every three minutes."""
    chance = np.random.default_rng(1)
    found = []
    for at_s in range(_HOUR_S):
        leaning = np.full(len(labels), 0.4)
        leaning[at_s // 180 % len(labels)] += 2.0
        scores = dict(zip(labels, chance.dirichlet(leaning).tolist(), strict=True))
        arousal, valence = chance.uniform(0.2, 0.8, 2).tolist()
        found.append(EmotionEstimate(float(at_s), arousal, valence, scores, 0.95, 0.9))
    return found


def main() -> None:
    """Decide an hour, print what it took."""
    settings = Settings()
    folder, moods = assembly.model_folder(settings), assembly.mood_book(settings)
    card = read_card(folder)
    evidence = evidence_file.of_model(
        folder, labels=card.labels, sha256=card.sha256, usual=card.ordinary.get("evening", {})
    )
    tape = windows(card.labels)
    began_s = time.process_time()
    states = sum(
        1 for _ in follow(tape, moods=moods, opening="calm", resting="calm", evidence=evidence)
    )
    took_s = time.process_time() - began_s
    share = took_s / _HOUR_S
    print(f"{states - len(tape)} decisions in {took_s:.2f} s: {share:.3%} of a core")


if __name__ == "__main__":
    main()

"""Tunes the pacing on tuning evenings and reports the gain on evenings that no tuning saw.

    python tests/benchmarks/tune_pacing.py --corpora FOLDER [--cache FOLDER]

A few parameters within sane bounds, found by differential evolution on the tapes of estimates:
share of time in the right quadrant, less what lies outside 10 to 18 changes an hour and what
is later than 25 s. Half of the worth is what a perfect model would reach with them, so that they
do not fit one model's faults. Nothing is written: the values go by hand into `Pacing`,
`mood/transitions.py` and the mood files, if they win on the reporting evenings too.
"""

import argparse
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import differential_evolution

from dndmood.mood.book import Mood
from dndmood.mood.transitions import ease, kind
from dndmood.settings import Settings
from tests.benchmarks.game_night import SEEDS
from tests.benchmarks.night import crowd, rivals, stage
from tests.benchmarks.night.composer import Evening
from tests.benchmarks.night.crowd import Candidates, Tape
from tests.benchmarks.night.scoring import Score, score
from tests.benchmarks.night.stage import Stage
from tests.benchmarks.night.timeline import Quadrant, quadrant

BOUNDS: Mapping[str, tuple[float, float]] = {
    "margin": (0.02, 0.40),
    "soft_hold_s": (20.0, 120.0),
    "hold_s": (15.0, 45.0),
    "attack": (0.5, 5.0),
    "release": (0.5, 5.0),
    "prior": (0.0, 3.0),
    "kin": (0.2, 1.0),
}
"""`attack` and `release` scale the book's half-lives, `prior` is the power to which the ease of
`mood/transitions.py` is taken, `kin` how readily moods of one kind follow each other."""
_CHANGES = (10.0, 18.0)
_LATE_S = 25.0
_A_CHANGE, _A_SECOND = 0.01, 0.002
"""What a change an hour too many or too few, and a second too late, cost in share of time."""

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """Evenings to tune or to report on."""

    evenings: tuple[Evening, ...]
    tapes: tuple[Tape, ...]
    moods: Mapping[str, Mood]
    opening: int

    def scores(self, who: Candidates) -> list[list[Score]]:
        """For every candidate its evenings' scores."""
        names = list(self.moods)
        where = _quadrants(self.moods)
        found: list[list[Score]] = [[] for _ in who.margin]
        for evening, tape in zip(self.evenings, self.tapes, strict=True):
            for place, moods in enumerate(crowd.decided(tape, who, opening=self.opening)):
                named = [(at_s, names[number]) for at_s, number in moods]
                found[place].append(
                    score(
                        named,
                        evening.truth,
                        [(0.0, evening.length_s)],
                        quadrants=where,
                        length_s=evening.length_s,
                    )
                )
        return found


def worth(scores: Sequence[Score]) -> float:
    """What is maximised, 1 at best."""
    right = float(np.mean([each.right for each in scores]))
    changes = float(np.mean([each.changes_per_h for each in scores]))
    late = [late_s for each in scores for late_s in each.late_s]
    outside = max(_CHANGES[0] - changes, changes - _CHANGES[1], 0.0)
    later_s = max(float(np.median(late)) - _LATE_S, 0.0) if late else 60.0
    return right - _A_CHANGE * outside - _A_SECOND * later_s


def candidates(values: Values, moods: Mapping[str, Mood], settings: Settings) -> Candidates:
    """Candidates from `values`, shape `(parameters, p)` in the order of `BOUNDS`."""
    named = dict(zip(BOUNDS, values, strict=True))
    shipped = crowd.as_shipped(moods, stage.pacing(settings), count=values.shape[1])
    return replace(
        shipped,
        margin=named["margin"],
        soft_hold_s=named["soft_hold_s"],
        hold_s=np.tile(named["hold_s"][:, np.newaxis], len(moods)),
        attack_s=shipped.attack_s * named["attack"][:, np.newaxis],
        release_s=shipped.release_s * named["release"][:, np.newaxis],
        readiness=readiness(moods, named["prior"], named["kin"]),
    )


def readiness(moods: Mapping[str, Mood], weight: Values, kin: Values) -> Values:
    """From mood to mood for every candidate, shape `(p, moods, moods)`."""
    book = list(moods.values())
    eased = np.array([[1.0 / ease(left, taken) for taken in book] for left in book])
    alike = np.array([[kind(left) == kind(taken) for taken in book] for left in book])
    # A candidate's lead within a kind is its own; between kinds the book's is taken to a power.
    shaped = eased ** weight[:, np.newaxis, np.newaxis]
    return np.where(alike, kin[:, np.newaxis, np.newaxis], shaped)


def ground(house: Stage, evenings: Sequence[Evening], *, perfect: bool = False) -> Ground:
    """`evenings` ready to be decided thousands of times."""
    tapes = []
    for each in evenings:
        estimates = house.played(each).estimates
        if perfect:
            estimates = tuple(rivals.foreseen(estimates, each.spoken, house.moods))
        tapes.append(crowd.tape(estimates, house.moods))
    return Ground(
        evenings=tuple(evenings),
        tapes=tuple(tapes),
        moods=house.moods,
        opening=list(house.moods).index(house.settings.opening),
    )


def tuned(
    grounds: Sequence[Ground], settings: Settings, *, rounds: int, seed: int = 0
) -> Values:
    """The best values in the order of `BOUNDS`, every ground weighing the same."""

    def cost(values: Values) -> Values:
        table = values.reshape(len(BOUNDS), -1)
        who = candidates(table, grounds[0].moods, settings)
        worths = [[worth(each) for each in where.scores(who)] for where in grounds]
        mean: Values = np.mean(worths, axis=0)
        return -mean

    found = differential_evolution(
        cost,
        list(BOUNDS.values()),
        vectorized=True,
        updating="deferred",
        popsize=6,
        maxiter=rounds,
        polish=False,
        seed=seed,
        init="sobol",
        callback=lambda _x, convergence: print(
            f"spread left {1 - convergence:.2f}", file=sys.stderr
        ),
    )
    best: Values = found.x
    return best


def line(title: str, scores: Sequence[Score]) -> str:
    """Scores as one line."""
    late = [late_s for each in scores for late_s in each.late_s]
    rights = [each.right for each in scores]
    return (
        f"{title:<34} right {np.mean(rights):.1%} ± {np.std(rights, ddof=1) * 100:.1f}, "
        f"{np.mean([s.changes_per_h for s in scores]):.1f} changes/h, late {np.median(late):.0f} s "
        f"(p90 {np.percentile(late, 90):.0f}), missed {np.mean([s.missed for s in scores]):.0%}, "
        f"worth {worth(scores):.3f}"
    )


def _quadrants(moods: Mapping[str, Mood]) -> dict[str, Quadrant]:
    return {
        m.name: quadrant(m.name, arousal=m.arousal, valence=m.valence) for m in moods.values()
    }


def main() -> None:
    """Tune and report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument(
        "--cache", type=Path, default=Path(tempfile.gettempdir()) / "dndmood-nights"
    )
    parser.add_argument("--evenings", type=int, default=6)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--model", default="", help="folder of another model")
    chosen = parser.parse_args()
    settings = Settings(model=chosen.model)

    def tell(sentence: str) -> None:
        print(sentence, file=sys.stderr, flush=True)

    with stage.opened(chosen.corpora, chosen.cache, settings=settings, tell=tell) as house:
        grounds = {}
        for side in ("tuning", "reporting"):
            evenings = [house.evening(side, SEEDS[side] + n) for n in range(chosen.evenings)]
            grounds[side] = ground(house, evenings)
            grounds[f"{side}, perfect model"] = ground(house, evenings, perfect=True)
        used = [where for name, where in grounds.items() if name.startswith("tuning")]
        best = tuned(used, settings, rounds=chosen.rounds)
        for key, value in zip(BOUNDS, best, strict=True):
            print(f"{key:<16}{value:8.3f}")
        for title, where in grounds.items():
            shipped = crowd.as_shipped(house.moods, stage.pacing(settings))
            print(line(f"{title}: as shipped", where.scores(shipped)[0]))
            new = candidates(best[:, np.newaxis], house.moods, settings)
            print(line(f"{title}: tuned", where.scores(new)[0]))


if __name__ == "__main__":
    main()

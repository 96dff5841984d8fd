"""How a model's answers change when the sound is not clean: at a table, or over a telephone.

The first groups follow audEERING's ser-tests (see `checks`), the last is ours: music, babble,
rooms and codecs at the strengths that a game table has.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from dndmood.events import Samples
from dndmood.hearing.model import Model
from dndmood_train.audio import disturbances as d
from dndmood_train.audio.noises import Noises
from dndmood_train.evaluation import metrics, own_zero
from dndmood_train.evaluation.figures import figures, guesses
from dndmood_train.evaluation.own_zero import Zero
from dndmood_train.evaluation.predict import Answers, Change, Condition, listen
from dndmood_train.evaluation.ser_tests import Check, subset
from dndmood_train.evaluation.test_set import DIMENSIONS, EvaluationSet

TASKS = ("emotion", *DIMENSIONS)

_STILL = 0.05
"""A dimension that moved by less than this is unchanged."""

CLEAN = "clean"


@dataclass(frozen=True, slots=True)
class Trial:
    """One disturbance and what a model must keep under it."""

    group: str
    name: str
    change: Change
    unchanged: float | None
    """Least share of clips whose answer stays the same; None if not asked."""
    loss: float | None
    """Most that UAR or CCC may fall; None if not asked."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one disturbance did."""

    group: str
    name: str
    uar: float
    uar_change: float
    unchanged: dict[str, float]
    """Task to share of clips whose answer stayed the same."""
    voice: float
    """Mean of how sure the model still is to hear a voice."""


def trials(noises: Noises) -> list[Trial]:
    """Every disturbance, mildest first."""
    return [*_small(), *_background(noises), *_recording(noises), *_table(noises)]


def endure(
    model: Model,
    tested: EvaluationSet,
    sounds: Iterable[Samples],
    tests: Sequence[Trial],
    *,
    window_s: float,
    zero: Zero = "none",
    seed: int = 0,
) -> tuple[list[Outcome], list[Check]]:
    """What each trial did to the answers, and whether that is allowed.

    A `zero` other than none is that of the undisturbed clips: a table's moves slowly.
    """
    conditions = [Condition(CLEAN, window_s)]
    conditions += [Condition(f"{t.group}: {t.name}", window_s, t.change) for t in tests]
    heard = listen(model, sounds, conditions, seed=seed)
    own = own_zero.found(model, tested.clips, heard[CLEAN], zero)
    answers = {name: own.answers(given) for name, given in heard.items()}
    outcomes: list[Outcome] = []
    checks: list[Check] = []
    for trial, condition in zip(tests, conditions[1:], strict=True):
        outcome = _outcome(tested, trial, answers[CLEAN], answers[condition.name])
        outcomes.append(outcome)
        checks += _asked(tested, trial, outcome, answers[CLEAN], answers[condition.name])
    return outcomes, checks


def _outcome(
    tested: EvaluationSet, trial: Trial, clean: Answers, disturbed: Answers
) -> Outcome:
    before, after = guesses(tested, clean), guesses(tested, disturbed)
    unchanged = {"emotion": float(np.mean(before == after))} if tested.classes else {}
    for name in DIMENSIONS:
        moved = np.abs(getattr(clean, name) - getattr(disturbed, name))
        unchanged[name] = float(np.mean(moved < _STILL))
    uar = _uar(tested, disturbed)
    return Outcome(
        group=trial.group,
        name=trial.name,
        uar=uar,
        uar_change=uar - _uar(tested, clean),
        unchanged=unchanged,
        voice=float(disturbed.voice.mean()),
    )


def _asked(
    tested: EvaluationSet, trial: Trial, outcome: Outcome, clean: Answers, disturbed: Answers
) -> Iterator[Check]:
    title = f"{trial.group}: {trial.name}"
    if trial.unchanged is not None:
        for task, share in outcome.unchanged.items():
            name = "unchanged"
            yield Check("robustness", title, task, name, share, at_least=trial.unchanged)
    if trial.loss is None:
        return
    if tested.classes:
        change = outcome.uar_change
        yield Check("robustness", title, "emotion", "change of UAR", change, -trial.loss)
    for task in DIMENSIONS:
        rated = tested.rated(task)
        known = np.flatnonzero(~np.isnan(rated))
        if len(known):
            after, before = (
                metrics.ccc(rated[known], getattr(subset(answers, known), task))
                for answers in (disturbed, clean)
            )
            name = "change of CCC"
            yield Check("robustness", title, task, name, after - before, -trial.loss)


def _uar(tested: EvaluationSet, answers: Answers) -> float:
    return figures(tested, answers, rounds=0).uar


def _small() -> Iterator[Trial]:
    def zeros(chance: np.random.Generator) -> Samples:
        return np.zeros(int(chance.choice([100, 500, 1000])), dtype=np.float32)

    def cut(chance: np.random.Generator) -> int:
        return int(chance.choice([100, 500, 1000]))

    changes: dict[str, Change] = {
        "a soft tone": lambda x, r: d.with_tone(
            x, hz=r.uniform(5000, 7000), snr_db=r.choice([40, 45, 50])
        ),
        "zeros after": lambda x, r: np.concatenate([x, zeros(r)]),
        "zeros before": lambda x, r: np.concatenate([zeros(r), x]),
        "clipping": lambda x, r: d.clipped(x, ratio=r.choice([0.001, 0.002, 0.003])),
        "beginning cut": lambda x, r: x[cut(r) :],
        "end cut": lambda x, r: x[: -cut(r)],
        "gain": lambda x, r: d.louder(x, by_db=r.choice([-2, -1, 1, 2])),
        "high-pass": lambda x, r: d.filtered(x, above_hz=r.choice([50, 100, 150])),
        "low-pass": lambda x, r: d.filtered(x, below_hz=r.choice([7500, 7000, 6500])),
        "soft white noise": lambda x, r: d.mixed(
            x, d.white(len(x), r), snr_db=r.choice([35, 40, 45])
        ),
    }
    for name, change in changes.items():
        yield Trial("small change", name, change, unchanged=0.95, loss=None)


def _background(noises: Noises) -> Iterator[Trial]:
    for kind in ("babble", "environment", "music"):
        change = _under(noises, kind, 20.0)
        yield Trial("background", f"{kind} at 20 dB", change, unchanged=0.9, loss=0.05)
    yield Trial(
        "background",
        "white noise at 20 dB",
        lambda x, r: d.mixed(x, d.white(len(x), r), snr_db=20),
        unchanged=0.9,
        loss=0.05,
    )
    for kind in ("cough", "sneeze"):

        def burst(x: Samples, r: np.random.Generator, kind: str = kind) -> Samples:
            at = int(r.integers(len(x)))
            return d.once(x, noises.of(kind, len(x), r), snr_db=10, at=at)

        yield Trial("background", f"a {kind} at 10 dB", burst, unchanged=0.9, loss=0.05)


def _recording(noises: Noises) -> Iterator[Trial]:
    yield Trial("recording", "telephone", d.telephoned, unchanged=0.5, loss=0.05)
    for direction, slope in (("up", 0.5), ("down", -0.5)):

        def tilt(x: Samples, _: np.random.Generator, slope: float = slope) -> Samples:
            return d.tilted(x, slope=slope)

        yield Trial("recording", f"spectrum tilted {direction}", tilt, unchanged=0.8, loss=0.05)

    def roomy(x: Samples, r: np.random.Generator) -> Samples:
        return d.reverberated(x, noises.room(r, rt60_s=float(r.uniform(0.3, 0.8))))

    yield Trial("recording", "another room", roomy, unchanged=0.8, loss=None)


_TABLE = {
    "music": {20.0: 0.03, 10.0: 0.03, 5.0: 0.08, 0.0: 0.15},
    "babble": {20.0: 0.03, 10.0: 0.05, 5.0: 0.10, 0.0: 0.20},
}
"""Kind of noise and level of the voice over it to the most that UAR may fall."""
_ROOM_LOSS = 0.08
"""The most that UAR may fall in a room of 0.4 s with something 5 to 15 dB below the voice."""


def _table(noises: Noises) -> Iterator[Trial]:
    for kind, losses in _TABLE.items():
        for snr_db, loss in losses.items():
            change = _under(noises, kind, snr_db)
            yield Trial(
                "table", f"{kind} at {snr_db:.0f} dB", change, unchanged=None, loss=loss
            )
    for rt60_s, loss in ((0.3, 0.03), (0.6, 0.05), (1.0, 0.10)):

        def echo(x: Samples, r: np.random.Generator, rt60_s: float = rt60_s) -> Samples:
            return d.reverberated(x, d.room(r, rt60_s=rt60_s))

        yield Trial("table", f"reverberation of {rt60_s} s", echo, unchanged=None, loss=loss)
    for kind in ("music", "environment", "babble"):
        yield _in_a_room_with(noises, kind)
    for codec, compression in (("opus", 0.6), ("opus", 0.95), ("mp3", 0.9)):

        def code(
            x: Samples,
            _: np.random.Generator,
            codec: str = codec,
            compression: float = compression,
        ) -> Samples:
            return d.coded(x, codec=codec, compression=compression)

        name = f"{codec} at compression {compression}"
        yield Trial("table", name, code, unchanged=None, loss=0.03)


def _in_a_room_with(noises: Noises, kind: str) -> Trial:
    def change(samples: Samples, chance: np.random.Generator) -> Samples:
        wet = d.reverberated(samples, d.room(chance, rt60_s=0.4))
        noise = noises.of(kind, len(wet), chance)
        return d.mixed(wet, noise, snr_db=float(chance.uniform(5.0, 15.0)))

    name = f"a room of 0.4 s with {kind} 5 to 15 dB below"
    return Trial("table", name, change, unchanged=None, loss=_ROOM_LOSS)


def _under(noises: Noises, kind: str, snr_db: float) -> Change:
    def change(samples: Samples, chance: np.random.Generator) -> Samples:
        return d.mixed(samples, noises.of(kind, len(samples), chance), snr_db=snr_db)

    return change

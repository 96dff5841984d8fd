"""Strangers' UAR against time and size: one lesson, students of many sizes.

Every model given must have learned without the corpora named by `--left`. Each is asked about
all their clips that carry one of four emotions, as it answers and on the corpus' own zero. Models of
as many weights are taken for seeds of one student: the mean counts, and how far they lie apart.

    python tests/benchmarks/student_curve.py --corpora CORPORA --left ravdess --left nemo \\
        --plot models/curve.png OUT20/model OUT75/model OUT300/model
"""

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from dndmood.hearing.model import Model, open_model
from dndmood_train import corpora
from dndmood_train.audio.loading import load, trimmed
from dndmood_train.corpora import Clip
from dndmood_train.evaluation import metrics, own_zero, predict

FOUR = ("angry", "happy", "neutral", "sad")
WINDOW_S = 3.0
MOST = 1200
"""Clips of one corpus, every n-th where there are more."""
_ROUNDS = 60


@dataclass(frozen=True)
class Point:
    """One student on the curve, taught once or by several seeds."""

    name: str
    weights: int
    megabytes: float
    """Of its graph."""
    window_ms: float
    """For a window of 3 s on one thread: the fastest of some, as other programs only slow it."""
    plain: tuple[float, ...]
    """Mean UAR over the corpora as it answers, of each seed."""
    own: tuple[float, ...]
    """The same on each corpus' own zero."""


def fastest_ms(model: Model) -> float:
    """Milliseconds for one window of 3 s."""
    noise = np.random.default_rng(0).standard_normal((1, round(16_000 * WINDOW_S)))
    window = (0.1 * noise).astype(np.float32)
    times = []
    for _ in range(_ROUNDS):
        begun = time.perf_counter()
        model.batch(window)
        times.append(time.perf_counter() - begun)
    return 1000.0 * min(times)


def uars(model: Model, clips: Sequence[Clip]) -> tuple[float, float]:
    """UAR of four emotions as the model answers and on these clips' own zero."""
    condition = predict.Condition("quiet", WINDOW_S)
    heard = predict.listen(model, (trimmed(load(clip.path)) for clip in clips), [condition])
    truth = np.array([FOUR.index(str(clip.emotion)) for clip in clips])
    found = []
    for zero in ("none", "manifest"):
        placed = own_zero.found(model, clips, heard["quiet"], own_zero.named(zero))
        answer = placed.answers(heard["quiet"]).among(FOUR).argmax(axis=1)
        found.append(metrics.uar(metrics.confusion(truth, answer, len(FOUR))))
    return found[0], found[1]


def points(folders: Sequence[Path], sets: Sequence[Sequence[Clip]]) -> list[Point]:
    """Every student, from the fewest weights to the most."""
    found: dict[int, Point] = {}
    for folder in folders:
        with open_model(folder) as model:
            plain, own = np.mean([uars(model, clips) for clips in sets], axis=0)
            weights, window_ms = model.card.parameters, fastest_ms(model)
        name = folder.parent.name if folder.name == "model" else folder.name
        size = (folder / "model.onnx").stat().st_size / 1e6
        seed = Point(name, weights, size, window_ms, (float(plain),), (float(own),))
        found[weights] = _beside(found[weights], seed) if weights in found else seed
    return [found[weights] for weights in sorted(found)]


def _beside(one: Point, other: Point) -> Point:
    return replace(
        one,
        window_ms=min(one.window_ms, other.window_ms),
        plain=one.plain + other.plain,
        own=one.own + other.own,
    )


def spread(figures: Sequence[float]) -> tuple[float, float]:
    """The mean over seeds and their standard deviation, 0 for a single one."""
    return float(np.mean(figures)), float(np.std(figures, ddof=1)) if len(figures) > 1 else 0.0


def said(figures: Sequence[float]) -> str:
    """The same as text.

    >>> said([0.5]), said([0.5, 0.6])
    ('.500', '.550 ± .071 (2 seeds)')
    """
    mean, deviation = (f"{figure:.3f}".removeprefix("0") for figure in spread(figures))
    return mean if len(figures) == 1 else f"{mean} ± {deviation} ({len(figures)} seeds)"


def some(clips: Sequence[Clip]) -> list[Clip]:
    """At most `MOST` of those that carry one of the four emotions."""
    known = [clip for clip in clips if clip.emotion in FOUR and clip.speech]
    return known[:: max(1, -(-len(known) // MOST))]


def plotted(found: Sequence[Point], path: Path) -> None:
    """Write the picture of the curve."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(7.2, 4.2), layout="constrained")
    time_ms = [point.window_ms for point in found]
    for label, values, style in (
        ("on the corpus' own zero", [spread(point.own) for point in found], "o-"),
        ("as it answers", [spread(point.plain) for point in found], "o--"),
    ):
        means, deviations = zip(*values, strict=True)
        axes.errorbar(time_ms, means, deviations, fmt=style, capsize=3, label=label)
    for point in found:
        axes.annotate(
            f"{point.weights / 1000:,.0f} K, {point.megabytes:.1f} MB",
            (point.window_ms, sum(spread(point.own))),
            textcoords="offset points",
            xytext=(0, 8),
            ha="center",
            fontsize=8,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.0},
        )
    axes.margins(y=0.12)
    axes.set_xscale("log")
    axes.set_xlim(min(time_ms) / 3.0, 30.0)
    axes.xaxis.set_major_formatter("{x:g}")
    axes.set_xlabel("milliseconds for a window of 3 s, one thread")
    axes.set_ylabel("UAR of four emotions, corpora never heard")
    axes.axvline(20.0, color="grey", linewidth=0.8)  # 2 % of a core at one window a second
    axes.grid(alpha=0.3)
    axes.legend(loc="upper left")
    figure.savefig(path, dpi=140)


def main() -> None:
    """Measure, print a table and, when asked for, draw the curve."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", nargs="+", type=Path)
    parser.add_argument("--corpora", required=True, type=Path)
    parser.add_argument("--left", action="append", required=True, help="a corpus' name")
    parser.add_argument("--plot", type=Path)
    given = parser.parse_args()
    found = {corpus.name: corpus for corpus in corpora.find([given.corpora])}
    found_points = points(given.models, [some(found[name].clips) for name in given.left])
    print("| student | weights | MB | ms for 3 s | UAR | on its own zero |")
    print("|---|---|---|---|---|---|")
    for point in found_points:
        print(
            f"| {point.name} | {point.weights:,} | {point.megabytes:.2f} | "
            f"{point.window_ms:.1f} | {said(point.plain)} | {said(point.own)} |"
        )
    if given.plot:
        plotted(sorted(found_points, key=lambda point: point.window_ms), given.plot)


if __name__ == "__main__":
    main()

"""Pictures of an evaluation: who is taken for whom, and how honest the confidence is."""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from dndmood.library_environment import keep_matplotlib_here
from dndmood_train.evaluation import octants as spheres
from dndmood_train.evaluation.metrics import Calibration

_INK = "#2b2b33"
_ACCENT = "#b3402a"
_QUIET = "#8f96a3"
_LETTERS_AN_INCH = 9
"""Of a title, with some room to spare."""
_STYLE: Any = {
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "text.color": _INK,
    "axes.edgecolor": _QUIET,
    "axes.labelcolor": _INK,
    "axes.titlesize": 12,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 12,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "figure.facecolor": "white",
    "figure.constrained_layout.use": True,
    "savefig.dpi": 150,
}


@contextmanager
def _picture(path: Path, width: float, height: float) -> Iterator[Any]:
    keep_matplotlib_here()
    # The canvas is used directly: pyplot would look for a screen and remember every figure.
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(width, height))
        FigureCanvasAgg(figure)
        axes = figure.subplots()
        yield axes
        # One that is longer than the picture is wide would push what it stands above together.
        letters = round(_LETTERS_AN_INCH * (width - 1))
        title = textwrap.wrap(
            axes.get_title(loc="left"), letters, max_lines=2, placeholder=" …"
        )
        axes.set_title("\n".join(title))
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path)


def _plain(axes: Any) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color=_QUIET, alpha=0.25, linewidth=0.8)
    axes.set_axisbelow(True)


def confusion(
    path: Path, counts: Sequence[Sequence[int]], classes: Sequence[str], *, title: str
) -> None:
    """A square of shares per true emotion, each row summing to 100 %."""
    table = np.asarray(counts, dtype=float)
    shares = table / np.maximum(1, table.sum(axis=1, keepdims=True))
    side = 1.8 + 0.75 * len(classes)
    with _picture(path, side + 0.6, side) as axes:
        axes.imshow(shares, cmap="OrRd", vmin=0, vmax=1)
        for row, column in np.ndindex(*shares.shape):
            share = shares[row, column]
            axes.text(
                column,
                row,
                f"{share:.0%}\n{int(table[row, column])}",
                ha="center",
                va="center",
                fontsize=8,
                color="white" if share > 0.55 else _INK,  # noqa: PLR2004 - readable on dark
            )
        axes.set_xticks(range(len(classes)), classes, rotation=40, ha="right")
        axes.set_yticks(range(len(classes)), classes)
        axes.set_xlabel("heard as")
        axes.set_ylabel("meant as")
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
        axes.set_title(title)


def reliability(path: Path, calibration: Calibration, *, title: str) -> None:
    """Confidence against accuracy; an honest model follows the diagonal."""
    full = calibration.counts > 0
    centres = (calibration.edges[:-1] + calibration.edges[1:]) / 2
    width = float(calibration.edges[1] - calibration.edges[0])
    most = max(1, int(calibration.counts.max()))
    with _picture(path, 6.6, 4.6) as axes:
        axes.plot([0, 1], [0, 1], color=_QUIET, linewidth=1, linestyle=(0, (4, 3)))
        axes.bar(
            centres[full],
            calibration.accuracy[full],
            width=0.9 * width,
            color=_ACCENT,
            alpha=0.85,
            label="right",
        )
        axes.bar(
            centres[full],
            0.18 * calibration.counts[full] / most,
            width=0.9 * width,
            bottom=-0.2,
            color=_QUIET,
            alpha=0.6,
            label="how many clips",
        )
        axes.axhline(0, color=_INK, linewidth=0.8)
        axes.set(xlim=(0, 1), ylim=(-0.22, 1.02), xlabel="confidence", ylabel="share right")
        axes.set_yticks(np.linspace(0, 1, 6))
        _plain(axes)
        axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))
        axes.set_title(f"{title} (ECE {calibration.ece:.3f})")


def curve(path: Path, by_window: Mapping[float, float], *, title: str) -> None:
    """UAR over the length of the window."""
    with _picture(path, 5.4, 3.4) as axes:
        axes.plot(list(by_window), list(by_window.values()), color=_ACCENT, marker="o")
        axes.set(xlabel="window in seconds", ylabel="UAR")
        axes.margins(y=0.25)
        _plain(axes)
        axes.set_title(title)


def losses(path: Path, changes: Mapping[str, float], *, title: str) -> None:
    """How far the UAR moved under every disturbance, in points."""
    names = list(changes)
    points = [100 * changes[name] for name in names]
    with _picture(path, 7.0, 1.2 + 0.26 * len(names)) as axes:
        colours = [_ACCENT if value < 0 else _QUIET for value in points]
        axes.barh(names, points, color=colours, height=0.65)
        axes.axvline(0, color=_INK, linewidth=0.8)
        axes.invert_yaxis()
        axes.set_xlabel("change of UAR in points")
        _plain(axes)
        axes.grid(axis="x", color=_QUIET, alpha=0.25, linewidth=0.8)
        axes.grid(visible=False, axis="y")
        axes.set_title(title)


_LINES = ("#b3402a", "#2f6b8f", "#5c8a3a", "#8a5a9e", "#c28a1c", "#4d4d57")


def comparison(
    path: Path,
    series: Mapping[str, Sequence[tuple[float, float]]],
    groups: Sequence[str],
    *,
    figure: str,
) -> None:
    """Models side by side on each corpus: mean and deviation, in points."""
    with _picture(path, 2.4 + 1.5 * len(groups), 3.8) as axes:
        step = 0.7 / max(1, len(series))
        for number, (model, values) in enumerate(series.items()):
            places = np.arange(len(groups)) + (number - (len(series) - 1) / 2) * step
            means = [100 * mean for mean, _ in values]
            spread = [
                0.0 if np.isnan(deviation) else 100 * deviation for _, deviation in values
            ]
            colour = _LINES[number % len(_LINES)]
            axes.errorbar(places, means, spread, fmt="o", color=colour, capsize=3, label=model)
        axes.set_xticks(range(len(groups)), groups)
        axes.set_ylabel(f"{figure} in points")
        axes.margins(y=0.2)
        _plain(axes)
        axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))
        axes.set_title(f"{figure} by model and corpus")


_MOST_POINTS = 2_000


def octants(path: Path, view: spheres.Octants, *, title: str) -> None:
    """The sphere of arousal, valence and dominance unrolled: eight regions, raters and model."""
    with _picture(path, 8.2, 4.6) as axes:
        every = max(1, len(view.rated) // _MOST_POINTS)
        for said, colour, label in (
            (view.rated, _QUIET, "raters"),
            (view.said, _ACCENT, "model"),
        ):
            if said is not None:
                place = spheres.spherical(said[::every])
                size = 4 + 26 * place[:, 0]
                axes.scatter(
                    place[:, 1], place[:, 2], size, color=colour, alpha=0.45, label=label, lw=0
                )
        for border in (-90, 0, 90):
            axes.axvline(border, color=_INK, linewidth=0.8)
        axes.axhline(0, color=_INK, linewidth=0.8)
        recall = view.recall
        for name, count in view.counts.items():
            signs = [1 if part.startswith("+") else -1 for part in name.split()]
            azimuth = float(np.degrees(np.arctan2(signs[0], signs[1])))
            share = recall.get(name, float("nan"))
            found = "" if np.isnan(share) else f", {share:.0%} found"
            axes.text(
                azimuth,
                78 * signs[2],
                f"{name}\n{count} clips{found}",
                ha="center",
                va="center",
                fontsize=8,
            )
        axes.set(
            xlim=(-180, 180),
            ylim=(-90, 90),
            xlabel="valence to arousal, degrees",
            ylabel="dominance, degrees",
        )
        axes.set_xticks(range(-180, 181, 90))
        axes.set_yticks(range(-90, 91, 45))
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False, loc="upper left", bbox_to_anchor=(1.0, 1.0))
        axes.set_title(title)

"""An evaluation for people to read, on a terminal."""

import math
from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from dndmood_train.evaluation.comparison import Comparison
from dndmood_train.evaluation.figures import Figures
from dndmood_train.evaluation.own_zero import Way
from dndmood_train.evaluation.report import Report
from dndmood_train.evaluation.significance import Interval


def show(report: Report, *, console: Console | None = None) -> None:
    """Print the whole report."""
    out = console or Console()
    out.print(
        f"[bold]{report.model}[/bold] on {report.manifest}: {_clips(report)}, "
        + (f"windows of {report.window_s:g} s" if report.window_s else "whole clips")
        + (", silent ends cut" if report.trimmed else "")
    )
    if report.zero != "none":
        out.print(_zero_said(report))
    for reason, count in report.dropped.items():
        out.print(f"  left out: {count} ({reason})", style="yellow")
    out.print(_headline(report))
    if report.figures.recall:
        out.print(_confusion(report.figures))
        out.print(_classes(report.figures))
        out.print(
            f"UAR on the manifest's own zero ({report.centred_of}): "
            f"{_share(report.centred_uar)}, which is fair where emotions are about equally frequent"
        )
    for reason in report.reasons:
        out.print(reason, style="yellow", markup=False)
    if report.by_window:
        points = "  ".join(f"{s} s {_share(uar)}" for s, uar in report.by_window.items())
        out.print(f"UAR by window: {points}")
    if report.consistency:
        out.print(_consistency(report))
    if report.against:
        out.print(_comparison(report.model, report.against))
    if report.outcomes:
        out.print(_outcomes(report))
        out.print(_noises_said(report))
        _failures(report, out)


def _clips(report: Report) -> str:
    if report.figures.clips:
        voices = report.figures.speakers
        return f"{report.figures.clips} clips of {voices} speaker{'s' * (voices != 1)}"
    return f"{report.clips} clips without an emotion that it knows"


def _zero_said(report: Report) -> str:
    whose = {"manifest": "each corpus's own zero", "speaker": "each speaker's own zero"}
    said = f"Every figure is on {whose[report.zero]}, found without labels: {_WAYS[report.zero_of]}"
    if report.against and report.against.zero_of != report.zero_of:
        said += f"; of {report.against.model}: {_WAYS[report.against.zero_of]}"
    return said


_WAYS: Mapping[Way, str] = {
    "features": "features standardised before the head",
    "scores": "log scores centred, as the model has no head of its own",
    "": "nothing",
}


def _headline(report: Report) -> Table:
    columns: Mapping[str, Figures] = {"all": report.figures, **report.by_sex}
    table = _table("", *columns)
    rows = {
        "UAR": [_ranged(f.uar, f.intervals.get("uar")) for f in columns.values()],
        "accuracy": [
            _ranged(f.accuracy, f.intervals.get("accuracy")) for f in columns.values()
        ],
        "macro F1": [
            _ranged(f.macro_f1, f.intervals.get("macro_f1")) for f in columns.values()
        ],
        "weighted F1": [_share(f.weighted_f1) for f in columns.values()],
        "AUC": [_share(f.mean_auc) for f in columns.values()],
        "ECE": [f"{f.ece:.3f}" if f.clips else "-" for f in columns.values()],
    }
    for name, dimension in report.figures.dimensions.items():
        known = [f.dimensions.get(name, dimension) for f in columns.values()]
        rows[f"{name} CCC"] = [_ranged(d.ccc, d.interval, points=False) for d in known]
        rows[f"{name} RMSE"] = [f"{d.rmse:.3f}" for d in known]
    votes = [f.distributions for f in columns.values()]
    if report.figures.distributions:
        rows["votes: KL"] = [f"{v.kl:.3f}" if v else "-" for v in votes]
        rows["votes: Brier"] = [f"{v.brier:.3f}" if v else "-" for v in votes]
    for name, cells in rows.items():
        table.add_row(name, *cells)
    return table


def _confusion(figures: Figures) -> Table:
    table = _table("meant as / heard as", *figures.recall, "recall")
    for (label, recall), row in zip(figures.recall.items(), figures.confusion, strict=True):
        total = max(1, sum(row))
        cells = [Text(str(n), style=_heat(n / total)) for n in row]
        table.add_row(label, *cells, _share(recall))
    return table


def _classes(figures: Figures) -> Table:
    table = _table("emotion", "precision", "recall", "F1", "AUC")
    for label in figures.recall:
        each = (figures.precision, figures.recall, figures.f1, figures.auc)
        table.add_row(label, *(_share(values[label]) for values in each))
    return table


def _consistency(report: Report) -> Table:
    table = _table("where people place it", "expected", "share", "clips")
    for c in report.consistency:
        title = f"{c.dimension} of {c.emotion}"
        table.add_row(title, c.expected, _share(c.share), str(c.clips))
    return table


def _comparison(model: str, against: Comparison) -> Table:
    zero = f", zero of {against.zero_of}" if against.zero_of else ""
    table = _table(f"{model} minus {against.model}{zero}", "difference", "95 % interval")
    for name, difference in against.differences.items():
        interval = against.intervals[name]
        sure = "" if interval.excludes_zero else " (could be luck)"
        table.add_row(
            name, f"{difference:+.3f}", f"{interval.low:+.3f} to {interval.high:+.3f}{sure}"
        )
    table.add_row("McNemar", f"p = {against.mcnemar:.4f}", "")
    return table


def _outcomes(report: Report) -> Table:
    tasks = list(report.outcomes[0].unchanged)
    table = _table("disturbance", "UAR", "change", *(f"{task} kept" for task in tasks), "voice")
    for o in report.outcomes:
        kept = [_share(o.unchanged[task]) for task in tasks]
        change = f"{100 * o.uar_change:+.1f}"
        table.add_row(f"{o.group}: {o.name}", _share(o.uar), change, *kept, f"{o.voice:.2f}")
    return table


def _noises_said(report: Report) -> str:
    ways = {
        "recorded": "from recordings",
        "voices": "made of the clips' own voices, which costs more than a recorded crowd",
        "invented": "invented",
    }
    found = {way: [kind for kind, of in report.noises.items() if of == way] for way in ways}
    said = [f"{', '.join(kinds)} {ways[way]}" for way, kinds in found.items() if kinds]
    return f"The noises: {'; '.join(said)}."


def _failures(report: Report, out: Console) -> None:
    for family, share in report.pass_share.items():
        asked = [check for check in report.checks if check.family == family]
        out.print(f"[bold]{family}[/bold]: {share:.1%} of {len(asked)} checks passed")
        for check in asked:
            if not check.passed:
                sign, limit = (
                    (">=", check.at_least)
                    if check.at_least is not None
                    else ("<=", check.at_most)
                )
                out.print(
                    f"  {check.group}, {check.task}, {check.name}: "
                    f"{_value(check.value)}, should be {sign} {limit}",
                    style="yellow",
                )
    out.print("A model that guesses passes most of these: read the failures, not the share.")


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for place, column in enumerate(columns):
        table.add_column(column, justify="left" if place == 0 else "right", no_wrap=place == 0)
    return table


def _value(value: float) -> str:
    # Such as the correlation with an answer that is always the same.
    return "undefined" if math.isnan(value) else f"{value:.3f}"


def _share(value: float) -> str:
    return "-" if math.isnan(value) else f"{100 * value:.1f}"


def _ranged(value: float, interval: Interval | None, *, points: bool = True) -> str:
    scale, digits = (100, 1) if points else (1, 3)
    if math.isnan(value):
        return "-"
    text = f"{scale * value:.{digits}f}"
    if interval is None or math.isnan(interval.low):
        return text
    low, high = (f"{scale * bound:.{digits}f}" for bound in (interval.low, interval.high))
    return f"{text} ({low} to {high})"


_HEATS: Sequence[tuple[float, str]] = (
    (0.5, "bold"),
    (0.2, ""),
    (0.05, "dim"),
    (0.0, "bright_black"),
)


def _heat(share: float) -> str:
    return next(style for least, style in _HEATS if share >= least)

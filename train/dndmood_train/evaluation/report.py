"""What an evaluation found out, as data, as JSON, as a table of predictions and as pictures."""

import csv
import json
import math
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from dndmood.errors import UserError
from dndmood_train.audio.noises import Source
from dndmood_train.corpora import plain
from dndmood_train.evaluation import metrics
from dndmood_train.evaluation.comparison import Comparison
from dndmood_train.evaluation.figures import Figures
from dndmood_train.evaluation.octants import Octants
from dndmood_train.evaluation.own_zero import Way, Zero
from dndmood_train.evaluation.predict import Answers
from dndmood_train.evaluation.robustness import Outcome
from dndmood_train.evaluation.ser_tests import Check, Consistency
from dndmood_train.evaluation.test_set import EvaluationSet


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that `dndmood evaluate` found out."""

    model: str
    sha256: str
    manifest: str
    window_s: float
    trimmed: bool
    clips: int
    """Clips that could be heard."""
    dropped: dict[str, int]
    """Reason to number of rows that could not be used; `no such label` could not be scored."""
    figures: Figures
    by_sex: dict[str, Figures]
    by_window: dict[str, float]
    """Length of window in seconds to UAR."""
    consistency: list[Consistency]
    zero: Zero = "none"
    """On whose zero all figures are, `centred_uar` aside; see `own_zero`."""
    zero_of: Way = ""
    """What was put on it."""
    centred_uar: float = math.nan
    """UAR on the zero of each corpus in the manifest, whatever `zero` is."""
    centred_of: Way = "scores"
    octants: dict[str, int] = field(default_factory=dict)
    """Spherical region to the clips that raters put there, where they rated dominance as well."""
    octant_recall: dict[str, float] = field(default_factory=dict)
    """Region to the share of these that the model puts there, if it says how dominant a voice is."""
    reasons: list[str] = field(default_factory=list)
    """Whole sentences: why a figure is missing, or says less than it seems to."""
    against: Comparison | None = None
    noises: dict[str, Source] = field(default_factory=dict)
    """Kind of noise to where it came from; empty where nothing was disturbed."""
    outcomes: list[Outcome] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)

    @property
    def pass_share(self) -> dict[str, float]:
        """Family to share of checks passed; a model that guesses passes most of them, too."""
        families = sorted({check.family for check in self.checks})
        return {
            family: float(np.mean([c.passed for c in self.checks if c.family == family]))
            for family in families
        }


def write_predictions(path: Path, tested: EvaluationSet, answers: Answers) -> None:
    """One CSV row per clip: path as the manifest has it, arousal, valence, voice, each label.

    Raises `UserError` when the file cannot be written.
    """
    header = ["path", "arousal", "valence", "voice", *answers.labels]
    columns = [answers.arousal, answers.valence, answers.voice, answers.scores]
    if answers.dominance is not None:
        header.append("dominance")
        columns.append(answers.dominance)
    numbers = np.column_stack(columns)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header)
            for clip, row in zip(tested.clips, numbers.tolist(), strict=True):
                named = clip.path
                # Clips of several corpora have no root in common, and go by their whole paths.
                if tested.root != Path("/") and named.is_relative_to(tested.root):
                    named = named.relative_to(tested.root)
                writer.writerow([plain(named), *(f"{value:.6f}" for value in row)])
    except OSError as error:
        raise UserError(f"The predictions cannot be written to {path}: {error}.") from error


def draw(
    folder: Path,
    report: Report,
    calibration: metrics.Calibration | None,
    view: Octants | None = None,
) -> None:
    """Pictures of confusion, reliability, windows, robustness and octants, as PNG files in `folder`.

    Without a `calibration` there are no classes, and no pictures of them. Raises `UserError`
    when they cannot be written.
    """
    from dndmood_train.evaluation import plots

    title = f"{report.model} on {report.manifest}"
    try:
        if calibration:
            classes = list(report.figures.recall)
            plots.confusion(
                folder / "confusion.png", report.figures.confusion, classes, title=title
            )
            plots.reliability(folder / "reliability.png", calibration, title=report.model)
        if calibration and report.by_window:
            by_window = {float(s): uar for s, uar in report.by_window.items()}
            plots.curve(folder / "windows.png", by_window, title=title)
        if view:
            plots.octants(folder / "octants.png", view, title=title)
        if report.outcomes:
            changes = {f"{o.group}: {o.name}": o.uar_change for o in report.outcomes}
            plots.losses(folder / "robustness.png", changes, title=title)
    except OSError as error:
        raise UserError(f"The pictures cannot be written to {folder}: {error}.") from error


def as_json(report: Report) -> str:
    """The report for programs to read; what is undefined becomes null."""
    table = {**asdict(report), "pass_share": report.pass_share}
    table["checks"] = [{**asdict(check), "passed": check.passed} for check in report.checks]
    return json.dumps(_defined(table), indent=2)


def _defined(value: Any) -> Any:
    match value:
        case dict():
            return {str(key): _defined(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_defined(inner) for inner in value]
        case float():
            return round(value, 6) if math.isfinite(value) else None
        case _:
            return value

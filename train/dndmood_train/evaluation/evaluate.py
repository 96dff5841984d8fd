"""What a finished model is worth on clips that it never heard, one step after the other.

The model is run as the program runs it, through `dndmood.hearing.model`; torch is not needed.
"""

import contextlib
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from dndmood.errors import UserError
from dndmood.events import Samples
from dndmood.hearing.model import Model, open_model
from dndmood_train import corpora, files
from dndmood_train.audio import noises, pitch
from dndmood_train.audio.loading import load, trimmed
from dndmood_train.evaluation import (
    comparison,
    figures,
    octants,
    own_zero,
    predict,
    reasons,
    robustness,
    ser_tests,
    test_set,
)
from dndmood_train.evaluation import report as reports
from dndmood_train.evaluation.comparison import Comparison
from dndmood_train.evaluation.figures import Figures
from dndmood_train.evaluation.own_zero import Zero
from dndmood_train.evaluation.predict import Answers, Condition
from dndmood_train.evaluation.report import Report
from dndmood_train.evaluation.ser_tests import Check
from dndmood_train.evaluation.strangers import strangers
from dndmood_train.evaluation.test_set import EvaluationSet

CURVE_S = (0.5, 1.0, 1.5, 2.0, 3.0, 4.0)
"""Lengths of window for which the curve is drawn."""

_MAIN = "main"
_TALKERS = 40
"""Voices that babble is made of, at most."""


def evaluate(  # noqa: PLR0913 - one keyword for each option of the command
    *,
    model: Path,
    manifest: Path | None = None,
    root: Path | None = None,
    roots: Sequence[Path] = (),
    part: str | None = None,
    graph: str = "model.onnx",
    against: Path | None = None,
    against_graph: str = "model.onnx",
    predictions: Path | None = None,
    plots: Path | None = None,
    check: bool = False,
    noise: Path | None = None,
    at_most: int = 600,
    window_s: float | None = None,
    trim: bool = True,
    curve: bool = True,
    rounds: int = 1000,
    zero: Zero = "none",
    seed: int = 0,
    show_progress: bool = False,
) -> Report:
    """Test the model in folder `model` with the clips that `manifest` names below `root`.

    Without a manifest, with the corpora in the folders `roots`, all of them or the `part` of
    their own split.

    `graph` is the file in that folder (an int8 one, say); `against` is a second model's folder.
    `predictions` is a CSV file to write with one row per clip, `plots` a folder for pictures.
    `check` asks the robustness checks, on `at_most` clips drawn evenly from the classes, with
    the sounds in the folder `noise` where there are any. `window_s` is the card's unless given,
    0 hears each clip whole; `trim` cuts silence off the ends; `curve` tries other windows.
    `zero` says on whose zero the answers are: on none, on that of each corpus in the manifest, or
    on each speaker's; see `own_zero`.

    Raises `UserError` for a manifest, sound or model that cannot be used, and when a file
    cannot be written.
    """
    # Whatever is wrong with what was given is said before hours go by.
    if predictions:
        files.check_file(predictions)
    if plots:
        files.check_folder(plots)
    with contextlib.ExitStack() as stack:
        judge = stack.enter_context(open_model(model, graph=graph))
        rival = (
            stack.enter_context(open_model(against, graph=against_graph)) if against else None
        )
        tested, title, said = clips_for(judge.card.labels, manifest, root, roots, part, model)
        window_s = judge.card.window_s if window_s is None else window_s
        conditions = [Condition(_MAIN, window_s)]
        conditions += [Condition(f"{s:g}", s) for s in CURVE_S if curve]
        around = noises.noises_in(noise, talkers=_talkers(tested)) if check else None
        heard = _progress(tested, "listening", trim=trim, show=show_progress)
        clips = predict.listen(judge, heard, conditions, seed=seed)
        answers = {
            name: own_zero.found(judge, tested.clips, given, zero).answers(given)
            for name, given in clips.items()
        }
        centred = own_zero.found(judge, tested.clips, clips[_MAIN], "manifest")
        whole = _reported(judge, tested, answers, title, window_s, trim=trim, rounds=rounds)
        report = replace(
            whole,
            reasons=[*said, *whole.reasons],
            zero=zero,
            zero_of=own_zero.way(judge, zero),
            centred_uar=figures.figures(tested, centred.answers(clips[_MAIN]), rounds=0).uar,
            centred_of=own_zero.way(judge, "manifest"),
        )
        if predictions:
            reports.write_predictions(predictions, tested, answers[_MAIN])
        if rival:
            beside = _compared(
                rival, against_graph, tested, answers[_MAIN], window_s, zero, seed,
                rounds=rounds, trim=trim, show=show_progress,
            )  # fmt: skip
            report = replace(report, against=beside)
        if around:
            some = _drawn(tested, at_most, seed)
            heard = _progress(some, "disturbing", trim=trim, show=show_progress)
            outcomes, asked = robustness.endure(
                judge, some, heard, robustness.trials(around),
                window_s=window_s, zero=zero, seed=seed,
            )  # fmt: skip
            asked = [*_undisturbed(tested, answers[_MAIN], trim=trim), *asked]
            report = replace(report, noises=around.sources, outcomes=outcomes, checks=asked)
        view = octants.octants(tested, answers[_MAIN])
        if view:
            report = replace(report, octants=view.counts, octant_recall=view.recall)
        if plots:
            sure = figures.reliability(tested, answers[_MAIN]) if len(tested.scored) else None
            reports.draw(plots, report, sure, view)
    return report


def _compared(  # noqa: PLR0913 - all that both models are asked alike
    rival: Model,
    graph: str,
    tested: EvaluationSet,
    answers: Answers,
    window_s: float,
    zero: Zero,
    seed: int,
    *,
    rounds: int,
    trim: bool,
    show: bool,
) -> Comparison:
    """These `answers` beside those of the `rival` to the same clips."""
    heard = _progress(tested, "the other model", trim=trim, show=show)
    given = predict.listen(rival, heard, [Condition(_MAIN, window_s)], seed=seed)[_MAIN]
    return comparison.compare(
        tested,
        answers,
        own_zero.found(rival, tested.clips, given, zero).answers(given),
        rival=f"{rival.card.name}/{graph}",
        zero_of=own_zero.way(rival, zero),
        rounds=rounds,
    )


def clips_for(
    labels: Sequence[str],
    manifest: Path | None,
    root: Path | None,
    roots: Sequence[Path],
    part: str | None,
    model: Path,
) -> tuple[EvaluationSet, str, list[str]]:
    """The clips to test with, what they are called, and sentences about them; see `evaluate`.

    Of corpora only voices that did not teach the `model`. Raises `UserError` when it is not said
    which clips, or said twice, and when none is left.
    """
    if roots and (manifest or root):
        raise UserError("Give either --manifest with --root, or --corpora, not both.")
    if manifest and root:
        return test_set.read(manifest, root=root, labels=labels), manifest.name, []
    if not roots:
        raise UserError(
            "Say on which clips: --corpora FOLDER with corpora as they were downloaded, or "
            "--manifest CSV with --root FOLDER."
        )
    found, said = strangers(corpora.find(roots), model)
    if not any(corpus.clips for corpus in found):
        raise UserError(f"Nothing is left to ask. {' '.join(said)}")
    title = ", ".join(sorted(corpora.reader(corpus.name).TITLE for corpus in found))
    said += corpora.passed_over(roots)
    if part is not None:
        title += f" ({part})"
    return test_set.of_corpora(found, labels=labels, part=part), title, said


def _reported(
    model: Model,
    tested: EvaluationSet,
    answers: dict[str, Answers],
    title: str,
    window_s: float,
    *,
    trim: bool,
    rounds: int,
) -> Report:
    dropped = dict(tested.dropped)
    main = answers[_MAIN]
    found = figures.figures(tested, main, rounds=rounds)
    outside = tested.truth < 0
    if outside.any():
        rated = [d for d in found.dimensions if not np.isnan(tested.rated(d)[outside]).any()]
        asked = f"; asked of {', '.join(rated)} only" if rated else ""
        dropped[f"no such label in the model{asked}"] = int(outside.sum())
    return Report(
        model=model.card.name,
        sha256=model.card.sha256,
        manifest=title,
        window_s=window_s,
        trimmed=trim,
        clips=len(tested.clips),
        dropped=dropped,
        figures=found,
        reasons=reasons.reasons(tested, main, found),
        by_sex=_by_sex(tested, main, rounds),
        by_window={
            name: figures.figures(tested, given, rounds=0).uar
            for name, given in answers.items()
            if name != _MAIN
        },
        consistency=ser_tests.consistency(tested, main),
    )


def _by_sex(tested: EvaluationSet, answers: Answers, rounds: int) -> dict[str, Figures]:
    found = {}
    for sex in ("female", "male"):
        chosen = np.flatnonzero([clip.sex == sex for clip in tested.clips])
        if len(chosen):
            part = tested.part(chosen)
            found[sex] = figures.figures(part, ser_tests.subset(answers, chosen), rounds=rounds)
    return found


def _drawn(tested: EvaluationSet, at_most: int, seed: int) -> EvaluationSet:
    # The same number of every class, so that a small sample still asks about all of them.
    random = np.random.default_rng(seed)
    if at_most <= 0 or len(tested.clips) <= at_most or not tested.classes:
        return tested
    each = max(1, at_most // len(tested.classes))
    chosen = [
        random.permutation(np.flatnonzero(tested.truth == number))[:each]
        for number in range(len(tested.classes))
    ]
    return tested.part(np.sort(np.concatenate(chosen)))


def _talkers(tested: EvaluationSet) -> list[Samples]:
    some = tested.clips[:: max(1, len(tested.clips) // _TALKERS)][:_TALKERS]
    return [trimmed(load(clip.path)) for clip in some]


def _undisturbed(tested: EvaluationSet, answers: Answers, *, trim: bool) -> Iterator[Check]:
    yield from ser_tests.correctness(tested, answers)
    sexes = [clip.sex for clip in tested.clips]
    yield from ser_tests.fairness(tested, answers, trait="sex", groups=sexes)
    heights: dict[str, list[float]] = {}
    for clip, samples in zip(tested.clips, tested.sounds(trim=trim), strict=True):
        heights.setdefault(clip.speaker, []).append(pitch.mean_f0_hz(samples))
    registers = {
        who: pitch.register(float(np.nanmean(found)) if np.isfinite(found).any() else math.nan)
        for who, found in heights.items()
    }
    groups = [registers[clip.speaker] for clip in tested.clips]
    yield from ser_tests.fairness(tested, answers, trait="pitch", groups=groups)


def _progress(
    tested: EvaluationSet, title: str, *, trim: bool, show: bool
) -> Iterable[Samples]:
    sounds = tested.sounds(trim=trim)
    if not show:
        return sounds
    from rich.console import Console
    from rich.progress import track

    # Standard output belongs to the report, which may be JSON for a program to read.
    return track(
        sounds, description=title, total=len(tested.clips), console=Console(stderr=True)
    )

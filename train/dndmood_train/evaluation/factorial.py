"""Which of two or more models is better over several corpora, as a factorial experiment.

Where every model was taught several times (seeds), the unit is one taught model: a two-way
analysis of variance with interaction, model by corpus. Where it was taught once, the unit is a
speaker: every model hears all of them, so that model and its interaction with the corpus are tested
within speakers (split-plot analysis of variance), and corpora between them. Maxwell and Delaney,
"Designing Experiments and Analyzing Data", 2004. statsmodels does the fitting.
"""

import itertools
import math
import warnings
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from dndmood.errors import UserError

Unit = Literal["seed", "speaker"]
_ROUNDING = 1e-20
"""Sums of squares below this are what is left of arithmetic."""


@dataclass(frozen=True, slots=True)
class Observation:
    """One figure of one model."""

    model: str
    corpus: str
    seed: int
    """Which of the runs of that model, from 0."""
    speaker: str
    """Empty where the figure is of all speakers."""
    value: float


@dataclass(frozen=True, slots=True)
class Effect:
    """One line of an analysis of variance."""

    factor: str
    df: float
    df_error: float
    f: float
    p: float
    partial_eta_squared: float
    """Share of the variation that is not explained otherwise, 0 to 1: SS / (SS + SS error)."""


@dataclass(frozen=True, slots=True)
class Contrast:
    """Two models against each other, over all corpora."""

    first: str
    second: str
    difference: float
    """Mean of first minus second."""
    cohens_d: float
    """Difference in deviations: of the paired differences for speakers, pooled for seeds."""
    t: float
    df: float
    p: float
    p_holm: float
    """After Holm's correction for the number of pairs."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """What the experiment says."""

    unit: Unit
    units: int
    effects: list[Effect]
    contrasts: list[Contrast]
    doubts: list[str] = field(default_factory=list)
    """Whole sentences: what this experiment cannot say, and why a figure is missing."""


def analysed(whole: Sequence[Observation], by_speaker: Sequence[Observation]) -> Analysis:
    """The analysis of figures of `whole` corpora, one a seed, or of the same `by_speaker`.

    Raises `UserError` with fewer than two models, and where there is too little to compare.
    """
    models = sorted({one.model for one in whole})
    if len(models) < 2:  # noqa: PLR2004 - one model is no comparison
        raise UserError("A comparison needs two models or more: name them after --models.")
    seeds = {m: len({one.seed for one in whole if one.model == m}) for m in models}
    corpora = {one.corpus for one in whole}
    if min(seeds.values()) > 1:
        found = _over_seeds([one for one in whole if not math.isnan(one.value)])
    else:
        found = _over_speakers(by_speaker, models)
    return replace(found, doubts=list(_doubts(found, seeds, corpora)))


def _doubts(
    found: Analysis, seeds: Mapping[str, int], corpora: Collection[str]
) -> Iterator[str]:
    if len(corpora) == 1:
        yield "With one corpus nothing is said of others: which model is better there is open."
    if found.unit == "speaker" and max(seeds.values()) > 1:
        once = ", ".join(name for name, count in seeds.items() if count == 1)
        yield f"{once} was taught once: speakers are the unit, and runs of a model are averaged."
    elif found.unit == "speaker":
        yield (
            "Every model was taught once: another seed of it may differ by as much as two models "
            "do here."
        )
    elif len(set(seeds.values())) > 1:
        yield "Models have unequal numbers of runs: sums of squares are of type II."
    if any(math.isnan(effect.f) for effect in found.effects):
        yield (
            "F and p are missing where nothing varies beside the models and corpora, or where there "
            "are as few runs or speakers as corpora."
        )
    if any(math.isnan(one.p) for one in found.contrasts):
        yield (
            "A pair without p differs by the same amount everywhere: there is no luck to measure "
            "it against."
        )


def _over_seeds(whole: Sequence[Observation]) -> Analysis:
    import pandas as pd
    from statsmodels.formula.api import ols
    from statsmodels.stats.anova import anova_lm

    table = pd.DataFrame(
        {
            "value": [one.value for one in whole],
            "model": [one.model for one in whole],
            "corpus": [one.corpus for one in whole],
        }
    )
    several = len({one.corpus for one in whole}) > 1
    formula = "value ~ C(model) * C(corpus)" if several else "value ~ C(model)"
    if len(table) <= len(table.groupby(["model", "corpus"])):
        raise UserError(
            "There are too few figures of these models to compare: give more runs of each, or "
            "corpora on which all of them can be measured."
        )
    with np.errstate(divide="ignore", invalid="ignore"), warnings.catch_warnings():
        # Figures that are all the same leave nothing to divide by; `_effect` says so.
        warnings.simplefilter("ignore")
        lines = anova_lm(ols(formula, data=table).fit(), typ=2)
    names = {"C(model)": "model", "C(corpus)": "corpus", "C(model):C(corpus)": "model x corpus"}
    error = lines.loc["Residual"]
    effects = [
        _effect(names[key], line["sum_sq"], line["df"], error["sum_sq"], error["df"])
        for key, line in lines.iterrows()
        if key in names
    ]
    groups = {
        name: np.array(
            [
                np.mean([o.value for o in whole if (o.model, o.seed) == (name, seed)])
                for seed in sorted({o.seed for o in whole if o.model == name})
            ]
        )
        for name in sorted({one.model for one in whole})
    }
    contrasts = [
        _between(one, two, groups[one], groups[two])
        for one, two in itertools.combinations(groups, 2)
    ]
    return Analysis("seed", len(whole), effects, _corrected(contrasts))


def _over_speakers(observed: Sequence[Observation], models: Sequence[str]) -> Analysis:
    values, corpora = _balanced(observed, models)
    speakers, count = values.shape
    if speakers < 2:  # noqa: PLR2004 - one speaker cannot vary
        raise UserError(
            "One speaker cannot say which model is better: give corpora with more speakers, or "
            "several seeds of each model."
        )
    names = sorted(set(corpora))
    own = values.mean(axis=1)
    # What a speaker has in common over all models is no matter of the models.
    within = values - own[:, None]
    columns = np.eye(count)[np.tile(np.arange(count), speakers)]
    which = np.eye(len(names))[np.repeat([names.index(c) for c in corpora], count)]
    crossed = (columns[:, :, None] * which[:, None, :]).reshape(len(columns), -1)
    flat = within.ravel()
    model_sum, cross_sum = _explained(flat, columns), _explained(flat, crossed)
    error = float(np.square(flat).sum()) - cross_sum
    df_error = (speakers - len(names)) * (count - 1)
    effects = [_effect("model", model_sum, count - 1, error, df_error)]
    if len(names) > 1:
        spread = own - own.mean()
        between = count * _explained(
            spread, np.eye(len(names))[[names.index(c) for c in corpora]]
        )
        rest = count * float(np.square(spread).sum()) - between
        df = len(names) - 1
        effects += [
            _effect("corpus", between, df, rest, speakers - len(names)),
            _effect("model x corpus", cross_sum - model_sum, df * (count - 1), error, df_error),
        ]
    contrasts = [
        _paired(models[a], models[b], values[:, a] - values[:, b])
        for a, b in itertools.combinations(range(count), 2)
    ]
    return Analysis("speaker", speakers, effects, _corrected(contrasts))


def _balanced(
    observed: Sequence[Observation], models: Sequence[str]
) -> tuple[NDArray[np.float64], list[str]]:
    """Mean figure of each speaker and model `(speakers, models)`, and each speaker's corpus."""
    cells: dict[tuple[str, str], dict[str, list[float]]] = {}
    for one in observed:
        if not math.isnan(one.value):
            cell = cells.setdefault((one.corpus, one.speaker), {})
            cell.setdefault(one.model, []).append(one.value)
    whole = [key for key, cell in sorted(cells.items()) if set(cell) == set(models)]
    values = [[float(np.mean(cells[key][name])) for name in models] for key in whole]
    return np.array(values).reshape(len(whole), len(models)), [corpus for corpus, _ in whole]


def _explained(values: NDArray[np.float64], columns: NDArray[np.float64]) -> float:
    from statsmodels.regression.linear_model import OLS

    fitted: Any = OLS(values, columns).fit()
    return float(np.square(fitted.fittedvalues).sum())


def _effect(factor: str, explained: float, df: float, error: float, df_error: float) -> Effect:
    from scipy import stats

    explained, error = (
        0.0 if (value := float(given)) < _ROUNDING else value for given in (explained, error)
    )
    if df_error <= 0 or error == 0:
        f = p = math.nan
    else:
        f = (explained / df) / (error / df_error)
        p = float(stats.f.sf(f, df, df_error))
    total = explained + error
    return Effect(
        factor, float(df), float(df_error), f, p, explained / total if total else math.nan
    )


def _paired(first: str, second: str, differences: NDArray[np.float64]) -> Contrast:
    from scipy import stats

    mean, spread = float(differences.mean()), float(differences.std(ddof=1))
    n = len(differences)
    if spread**2 < _ROUNDING:
        t = p = d = math.nan
    else:
        t, d = mean / (spread / math.sqrt(n)), mean / spread
        p = float(2 * stats.t.sf(abs(t), n - 1))
    return Contrast(first, second, mean, d, t, n - 1, p, p)


def _between(
    first: str, second: str, one: NDArray[np.float64], two: NDArray[np.float64]
) -> Contrast:
    from scipy import stats

    mean = float(one.mean() - two.mean())
    df = len(one) + len(two) - 2
    squares = sum(float(np.square(group - group.mean()).sum()) for group in (one, two))
    pooled = squares / max(1, df)
    if df < 1 or pooled < _ROUNDING:
        t = p = d = math.nan
    else:
        d = mean / math.sqrt(pooled)
        t = d / math.sqrt(1 / len(one) + 1 / len(two))
        p = float(2 * stats.t.sf(abs(t), df))
    return Contrast(first, second, mean, d, t, df, p, p)


def _corrected(contrasts: Sequence[Contrast]) -> list[Contrast]:
    from statsmodels.stats.multitest import multipletests

    known = [one for one in contrasts if not math.isnan(one.p)]
    if not known:
        return list(contrasts)
    adjusted = dict(
        zip(
            [(one.first, one.second) for one in known],
            multipletests([one.p for one in known], method="holm")[1].tolist(),
            strict=True,
        )
    )
    return [
        replace(one, p_holm=adjusted.get((one.first, one.second), one.p)) for one in contrasts
    ]

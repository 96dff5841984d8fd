"""Every figure against an oracle: its formula written out, a second library, a known number."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from dndmood_train.evaluation import metrics, significance

sklearn = pytest.importorskip("sklearn.metrics")
scipy = pytest.importorskip("scipy.stats")

CLASSES = 4
ANSWERS = st.integers(1, 60).flatmap(
    lambda n: st.tuples(
        arrays.arrays(np.int64, n, elements=st.integers(0, CLASSES - 1)),
        arrays.arrays(np.int64, n, elements=st.integers(0, CLASSES - 1)),
    )
)


@settings(max_examples=60, deadline=None)
@given(ANSWERS)
def test_shares_of_right_answers_equal_scikit_learns(
    pair: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> None:
    truth, guess = pair
    counts = metrics.confusion(truth, guess, CLASSES)
    labels = list(range(CLASSES))
    met = sorted(set(truth) | set(guess))
    assert np.array_equal(counts, sklearn.confusion_matrix(truth, guess, labels=labels))
    assert metrics.accuracy(counts) == pytest.approx(sklearn.accuracy_score(truth, guess))
    present = sorted(set(truth))
    uar = sklearn.recall_score(truth, guess, labels=present, average="macro", zero_division=0)
    assert metrics.uar(counts) == pytest.approx(uar)
    f1 = sklearn.f1_score(truth, guess, labels=met, average="macro", zero_division=0)
    assert metrics.macro_f1(counts) == pytest.approx(f1)


def test_every_class_figure_equals_scikit_learns() -> None:
    random = np.random.default_rng(3)
    truth, guess = random.integers(4, size=300), random.integers(4, size=300)
    guess[:150] = truth[:150]
    counts = metrics.confusion(truth, guess, 4)
    precision, recall, f1, _ = sklearn.precision_recall_fscore_support(truth, guess)
    assert metrics.precisions(counts) == pytest.approx(precision)
    assert metrics.recalls(counts) == pytest.approx(recall)
    assert metrics.f1s(counts) == pytest.approx(f1)
    weighted = sklearn.f1_score(truth, guess, average="weighted")
    assert metrics.weighted_f1(counts) == pytest.approx(weighted)


@pytest.mark.parametrize("ties", [False, True])
def test_the_area_under_the_curve_equals_scikit_learns(ties: bool) -> None:
    random = np.random.default_rng(4)
    positive = random.random(200) < 0.3
    score = random.random(200) + 0.3 * positive
    score = np.round(score, 1) if ties else score
    assert metrics.auc(positive, score) == pytest.approx(sklearn.roc_auc_score(positive, score))


def test_an_area_needs_clips_on_both_sides() -> None:
    assert math.isnan(metrics.auc(np.array([True, True]), np.array([0.2, 0.3])))


def test_an_area_among_equal_scores_is_a_coin() -> None:
    positive, score = np.array([True, False, True]), np.full(3, 0.5)
    assert metrics.auc(positive, score) == sklearn.roc_auc_score(positive, score) == 0.5


def test_one_clip_says_nothing_of_concordance() -> None:
    """Not 0, which would be a verdict."""
    audmetric = pytest.importorskip("audmetric")
    one, other = np.array([0.2]), np.array([0.9])
    assert math.isnan(metrics.ccc(one, other))
    assert math.isnan(audmetric.concordance_cc(one, other))
    assert math.isnan(metrics.pearson(one, other))
    assert math.isnan(metrics.ccc(one[:0], other[:0]))


def test_a_constant_answer_has_no_concordance_with_anything() -> None:
    audmetric = pytest.importorskip("audmetric")
    truth, guess = np.array([0.1, 0.5, 0.9]), np.full(3, 0.4)
    assert metrics.ccc(truth, guess) == pytest.approx(audmetric.concordance_cc(truth, guess))
    assert metrics.ccc(truth, guess) == pytest.approx(0)
    assert math.isnan(metrics.pearson(truth, guess))


def test_without_clips_every_figure_is_missing_and_none_is_nought() -> None:
    counts = np.zeros((3, 3), np.int64)
    for judge in (metrics.uar, metrics.accuracy, metrics.macro_f1, metrics.weighted_f1):
        assert math.isnan(judge(counts))
    for values in (metrics.recalls(counts), metrics.precisions(counts), metrics.f1s(counts)):
        assert np.isnan(values).all()
    for distance in (metrics.kl_divergence, metrics.brier):
        assert math.isnan(distance(np.zeros((0, 3)), np.zeros((0, 3))))


def test_a_class_that_is_never_answered_equals_scikit_learns() -> None:
    truth, guess = np.array([0, 0, 1, 2]), np.array([0, 1, 1, 0])
    counts = metrics.confusion(truth, guess, 3)
    assert np.isnan(metrics.precisions(counts)[2])
    assert metrics.f1s(counts)[2] == 0
    expected = sklearn.f1_score(truth, guess, average=None, zero_division=0)
    assert metrics.f1s(counts) == pytest.approx(expected)
    weighted = sklearn.f1_score(truth, guess, average="weighted", zero_division=0)
    assert metrics.weighted_f1(counts) == pytest.approx(weighted)


def test_a_certain_mistake_is_very_wrong_and_not_infinitely() -> None:
    truth, guess = np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]])
    assert metrics.kl_divergence(truth, guess) == pytest.approx(np.log(1e6))
    assert metrics.brier(truth, guess) == 2
    assert metrics.kl_divergence(truth, truth) == metrics.brier(truth, truth) == 0


def test_distances_of_numbers_equal_scikit_learns() -> None:
    random = np.random.default_rng(5)
    truth, guess = random.random(50), random.random(50)
    assert metrics.mean_squared_error(truth, guess) == pytest.approx(
        sklearn.mean_squared_error(truth, guess)
    )


def test_a_divergence_equals_scipys_and_a_score_scikit_learns() -> None:
    stats = pytest.importorskip("scipy.stats")
    random = np.random.default_rng(6)
    truth, guess = random.dirichlet(np.ones(4), 30), random.dirichlet(np.ones(4), 30)
    truth[0] = (1, 0, 0, 0)
    expected = stats.entropy(truth, guess, axis=1).mean()
    assert metrics.kl_divergence(truth, guess) == pytest.approx(expected)
    binary = np.zeros((30, 2))
    binary[np.arange(30), random.integers(2, size=30)] = 1
    shares = np.column_stack([guess[:, 0], 1 - guess[:, 0]])
    half = sklearn.brier_score_loss(binary[:, 1], shares[:, 1])
    assert metrics.brier(binary, shares) == pytest.approx(2 * half)


def test_audmetric_agrees() -> None:
    audmetric = pytest.importorskip("audmetric")
    random = np.random.default_rng(7)
    truth, guess = random.integers(3, size=90), random.integers(3, size=90)
    counts = metrics.confusion(truth, guess, 3)
    rated, given = random.random(90), random.random(90)
    pairs = (
        (metrics.uar(counts), audmetric.unweighted_average_recall(truth, guess)),
        (metrics.accuracy(counts), audmetric.accuracy(truth, guess)),
        (metrics.macro_f1(counts), audmetric.unweighted_average_fscore(truth, guess)),
        (metrics.ccc(rated, given), audmetric.concordance_cc(rated, given)),
        (metrics.mean_squared_error(rated, given), audmetric.mean_squared_error(rated, given)),
        (
            metrics.mean_absolute_error(rated, given),
            audmetric.mean_absolute_error(rated, given),
        ),
    )
    for ours, theirs in pairs:
        assert ours == pytest.approx(theirs)


def test_absent_classes_have_no_recall_and_do_not_count() -> None:
    counts = metrics.confusion(np.array([0, 0, 1]), np.array([0, 2, 1]), 3)
    assert np.isnan(metrics.recalls(counts)[2])
    assert metrics.uar(counts) == pytest.approx(0.75)
    assert metrics.precisions(counts)[2] == 0


def test_concordance_is_its_formula_written_out() -> None:
    # Seven pairs by hand: means 4 and 5, variances 4 and 6, covariance 4.
    truth = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0])
    guess = np.array([1.0, 3.0, 5.0, 4.0, 6.0, 7.0, 9.0])
    n = len(truth)
    mean_t, mean_g = sum(truth) / n, sum(guess) / n
    cov = sum((t - mean_t) * (g - mean_g) for t, g in zip(truth, guess, strict=True)) / n
    var_t = sum((t - mean_t) ** 2 for t in truth) / n
    var_g = sum((g - mean_g) ** 2 for g in guess) / n
    expected = 2 * cov / (var_t + var_g + (mean_t - mean_g) ** 2)
    assert metrics.ccc(truth, guess) == pytest.approx(expected)


def test_concordance_punishes_what_correlation_forgives() -> None:
    truth = np.linspace(0, 1, 50)
    assert metrics.pearson(truth, 0.5 * truth + 0.3) == pytest.approx(1)
    assert metrics.ccc(truth, 0.5 * truth + 0.3) < 0.9
    assert metrics.ccc(truth, truth) == pytest.approx(1)
    assert metrics.ccc(truth, 1 - truth) == pytest.approx(-1)


def test_two_equal_constants_have_no_concordance() -> None:
    assert math.isnan(metrics.ccc(np.ones(3), np.ones(3)))
    assert math.isnan(metrics.pearson(np.ones(3), np.arange(3.0)))


@settings(max_examples=60, deadline=None)
@given(
    arrays.arrays(np.float64, 12, elements=st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0])),
    arrays.arrays(np.float64, 12, elements=st.floats(0, 1, width=16)),
)
def test_a_correlation_equals_scipys(
    truth: NDArray[np.float64], guess: NDArray[np.float64]
) -> None:
    if truth.std() < 1e-3 or guess.std() < 1e-3:
        return
    assert metrics.pearson(truth, guess) == pytest.approx(
        scipy.pearsonr(truth, guess).statistic, abs=1e-9
    )


def test_distance_of_distributions_equals_scipys() -> None:
    from scipy.spatial.distance import jensenshannon

    one, two = np.array([4.0, 3.0, 2.0, 0.0]), np.array([1.0, 0.0, 4.0, 5.0])
    assert metrics.jensen_shannon(one, two) == pytest.approx(jensenshannon(one, two, base=2))
    assert metrics.jensen_shannon(one, 3 * one) == pytest.approx(0, abs=1e-7)


def test_calibration_error_is_the_gap_weighted_by_clips() -> None:
    confidence = np.array([0.95, 0.95, 0.95, 0.95, 0.55, 0.55])
    correct = np.array([True, True, True, False, True, False])
    found = metrics.calibration(confidence, correct, bins=10)
    assert found.counts.tolist() == [0, 0, 0, 0, 0, 2, 0, 0, 0, 4]
    assert found.ece == pytest.approx((4 * (0.95 - 0.75) + 2 * (0.55 - 0.5)) / 6)


def test_a_confidence_on_a_border_belongs_below_it() -> None:
    found = metrics.calibration(np.array([0.0, 0.5, 1.0]), np.array([True, True, True]), bins=2)
    assert found.counts.tolist() == [2, 1]


def test_few_disagreements_are_judged_exactly() -> None:
    first = np.array([True] * 9 + [False] * 1 + [True] * 20)
    second = np.array([False] * 9 + [True] * 1 + [True] * 20)
    exact = scipy.binomtest(1, 10, 0.5).pvalue
    assert significance.mcnemar(first, second) == pytest.approx(exact)


def test_many_disagreements_are_judged_by_chi_squared() -> None:
    first = np.array([True] * 40 + [False] * 20)
    expected = scipy.chi2.sf((40 - 20 - 1) ** 2 / 60, 1)
    assert significance.mcnemar(first, ~first) == pytest.approx(expected)


def test_equal_models_cannot_be_told_apart() -> None:
    right = np.array([True, False, True])
    assert significance.mcnemar(right, right) == 1


def test_an_interval_is_wider_when_fewer_speakers_say_the_same() -> None:
    random = np.random.default_rng(0)
    values = np.repeat(random.normal(size=8), 50)

    def mean(n: NDArray[np.int64]) -> float:
        return float(values[n].mean())

    alone = significance.bootstrap(mean, [str(n) for n in range(400)], seed=1)
    shared = significance.bootstrap(mean, [str(n // 50) for n in range(400)], seed=1)
    assert shared.high - shared.low > 3 * (alone.high - alone.low)
    assert shared.low < values.mean() < shared.high


def test_the_interval_of_a_mean_is_near_the_textbooks() -> None:
    values = np.random.default_rng(3).normal(10, 2, size=400)
    found = significance.bootstrap(
        lambda n: float(values[n].mean()), [str(n) for n in range(400)], rounds=2000
    )
    margin = 1.96 * values.std() / math.sqrt(400)
    assert found.low == pytest.approx(values.mean() - margin, abs=0.03)
    assert found.high == pytest.approx(values.mean() + margin, abs=0.03)


def test_twice_is_the_same() -> None:
    values = np.arange(20.0)
    names = [str(n % 5) for n in range(20)]

    def once() -> significance.Interval:
        return significance.bootstrap(lambda n: float(values[n].mean()), names, seed=7)

    assert once() == once()


def test_one_speaker_gives_no_interval() -> None:
    found = significance.bootstrap(lambda _: 1.0, ["anna"] * 5)
    assert math.isnan(found.low)
    assert not found.excludes_zero

"""Models against each other: the arithmetic against other libraries, the command on real graphs."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
import soundfile

from dndmood.errors import UserError
from dndmood_train import __main__ as door
from dndmood_train.evaluation import compare, factorial
from dndmood_train.evaluation.factorial import Observation
from tests.train.evaluation.graphs import CENTRES, loudness_model
from tests.train.evaluation.test_evaluate import LEVEL, held

pytest.importorskip("onnx")
stats = pytest.importorskip("scipy.stats")
pytest.importorskip("statsmodels")


def seeds() -> list[Observation]:
    random = np.random.default_rng(0)
    return [
        Observation(model, corpus, seed, "", base + shift + 0.02 * random.standard_normal())
        for model, base in (("a", 0.5), ("b", 0.6), ("c", 0.5))
        for corpus, shift in (("x", 0.0), ("y", 0.1))
        for seed in range(5)
    ]


def test_seeds_are_analysed_as_textbooks_do() -> None:
    observed = seeds()
    found = factorial.analysed(observed, [])
    assert found.unit == "seed"
    model, corpus, crossed = found.effects
    values = np.array([one.value for one in observed]).reshape(3, 2, 5)
    grand = values.mean()
    error = np.square(values - values.mean(axis=2, keepdims=True)).sum()
    explained = 10 * np.square(values.mean(axis=(1, 2)) - grand).sum()
    assert model.f == pytest.approx((explained / 2) / (error / 24))
    assert model.partial_eta_squared == pytest.approx(explained / (explained + error))
    assert (model.df, corpus.df, crossed.df, model.df_error) == (2, 1, 2, 24)
    assert model.p < 0.001 < crossed.p
    ab, ac, bc = found.contrasts
    runs = values.mean(axis=1)
    assert ab.t == pytest.approx(stats.ttest_ind(runs[0], runs[1]).statistic)
    ordered = sorted((ab.p, ac.p, bc.p))
    assert min(ab.p_holm, bc.p_holm) == pytest.approx(3 * ordered[0])
    assert ac.p_holm == pytest.approx(ac.p)


def test_speakers_are_compared_with_themselves() -> None:
    random = np.random.default_rng(1)
    own = random.standard_normal(12)
    observed = [
        Observation(model, "x" if n < 6 else "y", 0, f"s{n}", own[n] + lift + noise)
        for model, lift in (("a", 0.0), ("b", 0.3))
        for n, noise in enumerate(0.1 * random.standard_normal(12))
    ]
    found = factorial.analysed([*observed], observed)
    assert (found.unit, found.units) == ("speaker", 12)
    values = np.array([one.value for one in observed]).reshape(2, 12)
    (pair,) = found.contrasts
    paired = stats.ttest_rel(values[0], values[1])
    assert (pair.t, pair.p) == (pytest.approx(paired.statistic), pytest.approx(paired.pvalue))
    difference = values[0] - values[1]
    assert pair.cohens_d == pytest.approx(difference.mean() / difference.std(ddof=1))
    # Between corpora of equal size the model's F is the squared t of differences within corpora.
    within = np.r_[
        difference[:6] - difference[:6].mean(), difference[6:] - difference[6:].mean()
    ]
    spread = np.square(within).sum() / 10
    model = found.effects[0]
    assert model.f == pytest.approx(12 * difference.mean() ** 2 / spread)
    assert (model.df, model.df_error) == (1, 10)


def test_equal_models_give_no_number_instead_of_a_wrong_one() -> None:
    observed = [Observation(m, "x", 0, f"s{n}", 0.5) for m in "ab" for n in range(4)]
    found = factorial.analysed(observed, observed)
    assert math.isnan(found.effects[0].p)
    assert math.isnan(found.contrasts[0].p_holm)


@pytest.fixture
def ravdess(tmp_path: Path) -> Path:
    words = {"anger": "05", "happiness": "03", "neutral": "01", "sadness": "04"}
    for actor in range(1, 5):
        for emotion, level in LEVEL.items():
            path = (
                tmp_path / f"r/Actor_{actor:02}/03-01-{words[emotion]}-01-01-01-{actor:02}.wav"
            )
            path.parent.mkdir(parents=True, exist_ok=True)
            wave = held(level * (1 + 0.01 * actor))
            soundfile.write(path, wave, 16_000, subtype="FLOAT")
    return tmp_path / "r"


def test_two_models_stand_in_one_table_and_one_picture(
    ravdess: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = loudness_model(tmp_path / "good")
    # Takes what is angry for happy.
    deaf = loudness_model(tmp_path / "deaf", centres=CENTRES | {"happy": 0.7, "angry": 0.4})
    given = ["compare", "--models", str(good), f"worse={deaf}", "--corpora", str(ravdess)]
    assert door.main([*given, "--json", "--picture", str(tmp_path / "p.png")]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["models"] == ["good", "worse"]
    assert [cell["figures"]["UAR"] for cell in told["cells"]] == [1.0, 0.5]
    assert told["analysis"]["unit"] == "speaker"
    assert told["analysis"]["contrasts"][0]["difference"] == pytest.approx(0.5)
    assert (tmp_path / "p.png").stat().st_size > 1_000
    assert door.main(given) == 0
    assert "RAVDESS" in capsys.readouterr().out


def test_one_model_is_no_comparison(ravdess: Path, tmp_path: Path) -> None:
    model = loudness_model(tmp_path / "good")
    with pytest.raises(UserError, match="two models or more"):
        compare.compare(compare.entries([str(model)]), [ravdess])


def test_tiny_teachers_of_two_architectures_are_compared(ravdess: Path, tmp_path: Path) -> None:
    pytest.importorskip("transformers")
    torch = pytest.importorskip("torch")
    from tests.train.teachers.test_wav2vec2 import classifier

    torch.manual_seed(0)
    labels = ("ang", "hap", "neu", "sad")
    for family in ("wav2vec2", "hubert"):
        for seed in range(2):
            classifier(tmp_path / f"{family}{seed}", family, labels)
    words = [f"{f}={tmp_path / f}{n}" for f in ("wav2vec2", "hubert") for n in range(2)]
    table = compare.compare(compare.entries(words), [ravdess], device="cpu")
    assert table.analysis.unit == "seed"
    assert {(cell.model, cell.seeds) for cell in table.cells} == {
        ("wav2vec2", 2),
        ("hubert", 2),
    }
    assert table.classes == {"RAVDESS": ("neutral", "happy", "sad", "angry")}

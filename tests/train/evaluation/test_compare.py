"""Models against each other: the arithmetic against other libraries, the command on real graphs."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
import soundfile
from rich.console import Console

from dndmood.errors import UserError
from dndmood_train import __main__ as door
from dndmood_train.evaluation import compare, compare_view, factorial
from dndmood_train.evaluation.entries import entries
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


@pytest.mark.parametrize("runs", [1, 3])
def test_equal_models_give_no_number_instead_of_a_wrong_one(runs: int) -> None:
    each = [
        Observation(m, c, run, f"{c}{n}", 0.1 + 0.2)
        for m in "ab"
        for c in "xy"
        for n in range(4)
        for run in range(runs)
    ]
    whole = [one for one in each if one.speaker.endswith("0")]
    found = factorial.analysed(whole, each)
    assert found.unit == ("speaker" if runs == 1 else "seed")
    assert all(math.isnan(effect.p) for effect in found.effects)
    assert math.isnan(found.contrasts[0].p_holm)
    assert found.contrasts[0].difference == 0
    assert any("F and p are missing" in doubt for doubt in found.doubts)
    assert any("no luck" in doubt for doubt in found.doubts)
    table = compare.Table("UAR", ("a", "b"), (), {}, [], found, [])
    shown = Console(width=120, record=True)
    with shown.capture() as printed:
        shown.print(compare_view._contrasts(table))
    assert "could be luck" not in printed.get()


def test_unequal_numbers_of_runs_are_of_type_two() -> None:
    """As by hand: what the model explains beyond the corpora, over what the cells leave."""
    observed = [one for one in seeds() if not (one.model == "a" and one.seed > 1)]
    found = factorial.analysed(observed, [])
    values = np.array([one.value for one in observed])
    models = np.array([[one.model == m for m in "abc"] for one in observed], float)
    places = np.array([[one.corpus == c for c in "xy"] for one in observed], float)
    crossed = (models[:, :, None] * places[:, None, :]).reshape(len(values), -1)

    def left(columns: np.ndarray) -> float:
        fitted = columns @ np.linalg.lstsq(columns, values, rcond=None)[0]
        return float(np.square(values - fitted).sum())

    both = left(np.hstack([models, places]))
    error = left(crossed) / (len(values) - 6)
    model, corpus, cross = found.effects
    assert model.f == pytest.approx((left(places) - both) / 2 / error)
    assert corpus.f == pytest.approx((left(models) - both) / 1 / error)
    assert cross.f == pytest.approx((both - left(crossed)) / 2 / error)
    assert cross.p == pytest.approx(stats.f.sf(cross.f, 2, len(values) - 6))
    assert any("type II" in doubt for doubt in found.doubts)


def test_one_corpus_is_a_repeated_measurement_of_its_speakers() -> None:
    import pandas as pd
    from statsmodels.stats.anova import AnovaRM

    random = np.random.default_rng(3)
    own = random.standard_normal(9)
    observed = [
        Observation(m, "x", 0, f"s{n}", own[n] + 0.3 * k + 0.2 * random.standard_normal())
        for k, m in enumerate("abc")
        for n in range(9)
    ]
    found = factorial.analysed(observed, observed)
    table = pd.DataFrame([(o.model, o.speaker, o.value) for o in observed], columns=list("msv"))
    line = AnovaRM(table, "v", "s", within=["m"]).fit().anova_table.iloc[0]
    (model,) = found.effects
    assert model.f == pytest.approx(line["F Value"])
    assert model.p == pytest.approx(line["Pr > F"])
    assert (model.df, model.df_error) == (line["Num DF"], line["Den DF"])
    assert any("With one corpus" in doubt for doubt in found.doubts)
    assert any("taught once" in doubt for doubt in found.doubts)
    # Holm: the smallest p times 3, the next times 2, never falling.
    ordered = sorted(found.contrasts, key=lambda one: one.p)
    expected, most = [], 0.0
    for rank, one in enumerate(ordered):
        most = max(most, min(1.0, (3 - rank) * one.p))
        expected.append(most)
    assert [one.p_holm for one in ordered] == pytest.approx(expected)


def test_speakers_that_are_as_few_as_corpora_are_said() -> None:
    observed = [Observation(m, c, 0, c, v) for m, v in (("a", 0.1), ("b", 0.3)) for c in "xy"]
    found = factorial.analysed(observed, observed)
    assert math.isnan(found.effects[0].f)
    assert any("as few runs or speakers as corpora" in doubt for doubt in found.doubts)


def test_runs_without_a_figure_are_no_runs() -> None:
    """A recall of nothing: NaN must neither spread nor stop the table."""
    observed = [
        Observation(one.model, one.corpus, one.seed, "", math.nan)
        if one.model == "a" and one.seed
        else one
        for one in seeds()
    ]
    found = factorial.analysed(observed, [])
    assert found.effects[0].df_error == 22 - 6
    nothing = [Observation(m, "x", n, "", math.nan) for m in "ab" for n in range(2)]
    with pytest.raises(UserError, match="too few figures"):
        factorial.analysed(nothing, [])


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


def test_a_clip_that_cannot_be_read_is_said(ravdess: Path, tmp_path: Path) -> None:
    broken = ravdess / "Actor_01" / "03-01-05-01-01-02-01.wav"
    broken.write_bytes(b"version https://git-lfs.github.com/spec/v1\n")
    models = [str(loudness_model(tmp_path / name)) for name in ("good", "other")]
    table = compare.compare(entries(models), [ravdess])
    assert {cell.clips for cell in table.cells} == {16}
    assert "Left out of RAVDESS: 1 unreadable sound." in table.notes


@pytest.mark.parametrize("name", ["p.xyz", "p", "folder.png"])
def test_a_picture_that_cannot_be_drawn_is_said_before_anything_is_heard(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "folder.png").mkdir()
    given = ["compare", "--models", "hearth", "bonfire", "--corpora", str(tmp_path / "no")]
    assert door.main([*given, "--picture", str(tmp_path / name)]) == 2
    assert name in capsys.readouterr().err


@pytest.mark.parametrize(
    ("seed", "said"),
    [
        ("gone", "There is no teacher called gone"),
        ("empty", "There is no model in empty: a finished student has a card.toml"),
        ("halved", "is not the one its card describes"),
    ],
)
def test_a_seed_that_cannot_be_opened_is_said_before_anything_is_heard(
    seed: str,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("empty").mkdir()
    loudness_model(tmp_path / "good")
    graph = loudness_model(tmp_path / "halved") / "model.onnx"
    graph.write_bytes(graph.read_bytes()[:-1])
    # The corpora are not there either, which is found out later.
    words = ["compare", "--models", "good", f"worse={seed}", "--corpora", "nowhere"]
    assert door.main(words) == 2
    assert said in " ".join(capsys.readouterr().err.split())


def test_one_model_is_no_comparison(ravdess: Path, tmp_path: Path) -> None:
    model = loudness_model(tmp_path / "good")
    with pytest.raises(UserError, match="two models or more"):
        compare.compare(entries([str(model)]), [ravdess])


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
    table = compare.compare(entries(words), [ravdess], device="cpu")
    assert table.analysis.unit == "seed"
    assert {(cell.model, cell.seeds) for cell in table.cells} == {
        ("wav2vec2", 2),
        ("hubert", 2),
    }
    assert table.classes == {"RAVDESS": ("neutral", "happy", "sad", "angry")}


def test_a_corpus_with_most_of_the_voices_is_named() -> None:
    """Pairs of models are judged by speakers: a thousand voices of one corpus drown the others."""
    speakers = [("x", f"x{n}") for n in range(5)] + [("y", "y0"), ("y", "y1")]
    observed = [Observation(m, c, 0, who, 0.5) for m in "ab" for c, who in speakers]
    (note,) = compare._weight_of_voices(observed)
    assert "5 of 7 are of x" in note
    assert compare._weight_of_voices([one for one in observed if one.corpus == "y"]) == []
    few = [one for one in observed if one.speaker in {"x0", "x1", "y0", "y1"}]
    assert compare._weight_of_voices(few) == []


def test_a_pair_that_stands_the_other_way_round_by_speakers_is_said() -> None:
    """One speaker with many clips decides the table, and counts once among speakers."""
    means = {"a": 0.6, "b": 0.5}
    cells = [
        compare.Cell(m, "x", 9, 3, 1, {"UAR": v}, {"UAR": math.nan}) for m, v in means.items()
    ]
    values = {"a": (0.9, 0.1, 0.2), "b": (0.4, 0.6, 0.7)}
    observed = [
        Observation(m, "x", 0, f"s{n}", v) for m in "ab" for n, v in enumerate(values[m])
    ]
    whole = [Observation(m, "x", 0, "", v) for m, v in means.items()]
    (note,) = compare._turned_round(factorial.analysed(whole, observed), cells, "UAR")
    assert note.startswith(
        "Speaker by speaker b is ahead of a, in the means of the table behind"
    )
    agreeing = [
        Observation(m, "x", 0, f"s{n}", v + n / 100) for m, v in means.items() for n in range(3)
    ]
    assert not list(compare._turned_round(factorial.analysed(whole, agreeing), cells, "UAR"))

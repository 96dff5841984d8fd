"""A figure that is missing has its reason, in a sentence, in what people read and in JSON."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from dndmood_train import __main__ as door
from dndmood_train.evaluation import report_view
from dndmood_train.evaluation.evaluate import evaluate
from dndmood_train.evaluation.report import as_json
from tests.train.evaluation.graphs import loudness_model
from tests.train.evaluation.test_evaluate import held

pytest.importorskip("onnx")


def told(tmp_path: Path, rows: str, **more: object) -> tuple[list[str], dict[str, object]]:
    """What an evaluation says of clips at these levels: `level,columns of the table` a line."""
    head, *lines = rows.split()
    table = [f"path,{head}"]
    for number, line in enumerate(lines):
        level, _, rest = line.partition(",")
        wave = held(float(level) * (1 + 1e-4 * number))
        soundfile.write(tmp_path / f"{number}.wav", wave, 16_000, subtype="FLOAT")
        table.append(f"{number}.wav,{rest}")
    (tmp_path / "m.csv").write_text("\n".join(table) + "\n")
    found = evaluate(
        model=loudness_model(tmp_path / "model"),
        manifest=tmp_path / "m.csv",
        root=tmp_path,
        curve=False,
        rounds=10,
        **more,  # type: ignore[arg-type]
    )
    report_view.show(found)
    return found.reasons, json.loads(as_json(found))


def test_where_all_is_well_nothing_is_said(tmp_path: Path) -> None:
    rows = "emotion,speaker,arousal .2,neutral,a,.3 .4,happy,b,.5 .7,anger,c,.9"
    assert told(tmp_path, rows)[0] == []


def test_clips_of_one_emotion_are_no_test(tmp_path: Path) -> None:
    said, table = told(tmp_path, "emotion,speaker .2,neutral,a .7,neutral,b")
    assert [one.split(":")[0] for one in said] == ["All clips are neutral"]
    assert table["reasons"] == said
    assert table["figures"]["auc"] == {"neutral": None}  # type: ignore[index]


def test_one_clip_has_no_interval_and_no_concordance(tmp_path: Path) -> None:
    said, table = told(tmp_path, "emotion,speaker,arousal .2,neutral,a,.3")
    assert any("one speaker" in one for one in said)
    assert any("Only one clip has a rating of arousal" in one for one in said)
    assert table["figures"]["dimensions"]["arousal"]["ccc"] is None  # type: ignore[index]


def test_an_emotion_that_is_never_answered_has_no_precision(tmp_path: Path) -> None:
    said, table = told(tmp_path, "emotion,speaker .2,neutral,a .2,happy,b .7,anger,c")
    assert said == ["The model never answers happy, so that there is no precision of it."]
    assert table["figures"]["precision"]["happy"] is None  # type: ignore[index]
    assert table["figures"]["recall"]["happy"] == 0  # type: ignore[index]


def test_ser_tests_count_a_precision_of_nothing_as_none_as_their_library_does(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    audmetric = pytest.importorskip("audmetric")
    truth, guess = ["neutral", "happy", "angry"], ["neutral", "neutral", "angry"]
    expected = audmetric.precision_per_class(truth, guess)
    mean = audmetric.unweighted_average_precision(truth, guess)
    _, table = told(
        tmp_path, "emotion,speaker .2,neutral,a .2,happy,b .7,anger,c", check=True, at_most=1
    )
    values = {one["name"]: one["value"] for one in table["checks"]}  # type: ignore[attr-defined]
    for label in truth:
        assert values[f"precision of {label}"] == pytest.approx(expected[label])
    assert values["UAP"] == pytest.approx(mean)
    printed = " ".join(capsys.readouterr().out.split())
    assert "precision of happy: 0.000, should be >= 0.5" in printed
    assert "nan" not in printed


def test_a_check_without_a_value_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing correlates with ratings that are all the same."""
    rows = "emotion,speaker,arousal .2,neutral,a,.5 .7,anger,b,.5"
    told(tmp_path, rows, check=True, at_most=1)
    printed = " ".join(capsys.readouterr().out.split())
    assert "arousal, PCC: undefined, should be >= 0.5" in printed
    assert "nan" not in printed


def test_a_word_that_the_model_does_not_know_is_named_as_it_may_be_a_slip(
    tmp_path: Path,
) -> None:
    rows = "emotion,speaker .2,neutral,a .4,Angryy,a .4,happy,b .5,Angryy,b .6,bored,b"
    said, _ = told(tmp_path, rows)
    assert said == ["No label of the model means Angryy (2), bored (1)."]
    few = "emotion,speaker .2,neutral,a .4,happy,b " + " ".join(f".5,w{n},b" for n in range(9))
    assert told(tmp_path, few)[0][0].endswith("w5 (1) and 3 more words.")


def test_ratings_that_are_all_the_same_say_nothing(tmp_path: Path) -> None:
    rows = "emotion,speaker,arousal,valence .2,neutral,a,.5,.8 .7,anger,b,.5,.3"
    said, _ = told(tmp_path, rows)
    assert [one.split(":")[0] for one in said] == ["All ratings of arousal are the same"]


def test_a_model_without_the_clips_emotions_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "emotion,speaker,arousal,valence .2,boredom,a,.2, .7,boredom,b,.7,.5"
    said, table = told(tmp_path, rows)
    assert (
        said[0] == "No clip has an emotion that the model knows: nothing is said of emotions."
    )
    # Two clips were asked of their arousal, one of its valence as well.
    assert table["dropped"] == {"no such label in the model; asked of arousal only": 2}
    assert "2 clips without an emotion that it knows" in capsys.readouterr().out


def test_votes_for_one_emotion_alone_give_no_distance(tmp_path: Path) -> None:
    said, _ = told(tmp_path, "emotion,speaker,votes_happy .2,neutral,a,3 .4,happy,b,5")
    assert any("fewer than two emotions" in one for one in said)


def test_a_model_that_answers_with_no_number_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Else the first emotion would win every clip in silence."""
    soundfile.write(tmp_path / "a.wav", held(0.2), 16_000, subtype="FLOAT")
    (tmp_path / "m.csv").write_text("path,emotion,speaker\na.wav,neutral,a\n")
    model = loudness_model(tmp_path / "model", centres={"neutral": np.nan, "happy": 0.4})
    given = ["--manifest", str(tmp_path / "m.csv"), "--root", str(tmp_path), "--no-curve"]
    assert door.main(["evaluate", *given, "--model", str(model)]) == 2
    assert "no number" in capsys.readouterr().err

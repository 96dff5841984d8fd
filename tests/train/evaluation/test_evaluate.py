"""`evaluate` on a model that judges by loudness, so that every figure is known beforehand."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import soundfile

from dndmood.errors import UserError
from dndmood_train import __main__ as door
from dndmood_train.evaluation import test_set
from dndmood_train.evaluation.evaluate import _drawn, evaluate
from dndmood_train.evaluation.predict import Answers
from dndmood_train.evaluation.report import Report, as_json
from tests.featured_model import featured_model
from tests.train.evaluation.graphs import CENTRES, loudness_model

pytest.importorskip("onnx")

LEVEL = {"anger": 0.7, "happiness": 0.4, "neutral": 0.2, "sadness": 0.05}


def held(level: float, *, seconds: float = 1.5) -> np.ndarray:
    """A square wave: its mean absolute level is `level`, and it sounds throughout."""
    time = np.arange(round(seconds * 16_000))
    return (level * np.where(time // 40 % 2, 1, -1)).astype(np.float32)


def table(root: Path, rows: Sequence[tuple[str, float, str, str]]) -> Path:
    """A manifest of clips: emotion, level that is heard, speaker, sex."""
    path = root / "manifest.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["path", "emotion", "speaker", "arousal", "sex"])
        for number, (emotion, level, speaker, sex) in enumerate(rows):
            name = f"{number:03}.wav"
            soundfile.write(root / name, held(level), 16_000, subtype="FLOAT")
            writer.writerow([name, emotion, speaker, level, sex])
    return path


@pytest.fixture
def rows() -> list[tuple[str, float, str, str]]:
    """Four speakers, four emotions; berta's anger sounds like happiness."""
    clips = [
        (emotion, level, who, sex)
        for who, sex in (("anna", "f"), ("berta", "f"), ("carl", "m"), ("dirk", "m"))
        for emotion, level in LEVEL.items()
    ]
    return [
        (emotion, 0.4 if (emotion, who) == ("anger", "berta") else level, who, sex)
        for emotion, level, who, sex in clips
    ]


@pytest.fixture
def report(tmp_path: Path, rows: list[tuple[str, float, str, str]]) -> Report:
    return evaluate(
        manifest=table(tmp_path, rows),
        root=tmp_path,
        model=loudness_model(tmp_path / "model"),
        rounds=50,
    )


def test_a_corpus_that_sounds_neutral_throughout_has_its_own_zero() -> None:
    # Everybody is called neutral; sad ones a little less so, and a little sadder.
    scores = np.array([[0.9, 0.1], [0.91, 0.09], [0.7, 0.3], [0.72, 0.28]])
    zeros = np.zeros(4)
    given = Answers(("neutral", "sad"), zeros, zeros, zeros, scores)
    assert given.among(("neutral", "sad")).argmax(axis=1).tolist() == [0, 0, 0, 0]
    own = given.less(given.logarithms().mean(axis=0))
    assert own.among(("neutral", "sad")).argmax(axis=1).tolist() == [0, 0, 1, 1]
    assert own.scores.sum(axis=1) == pytest.approx(1.0)
    again = own.less(own.logarithms().mean(axis=0))
    assert again.scores == pytest.approx(own.scores)


def test_the_figures_are_what_the_sounds_make_them(report: Report) -> None:
    figures = report.figures
    assert figures.clips == 16
    assert figures.speakers == 4
    assert figures.accuracy == pytest.approx(15 / 16)
    assert figures.recall == pytest.approx({"neutral": 1, "happy": 1, "sad": 1, "angry": 0.75})
    assert figures.uar == pytest.approx(0.9375)
    assert figures.confusion[3] == [0, 1, 0, 3]
    assert figures.dimensions["arousal"].ccc == pytest.approx(1, abs=1e-4)
    assert "valence" not in figures.dimensions


def test_women_and_men_are_told_apart(report: Report) -> None:
    assert report.by_sex["male"].uar == pytest.approx(1)
    assert report.by_sex["female"].uar == pytest.approx(0.875)


def test_where_people_place_an_emotion_needs_no_ratings(report: Report) -> None:
    shares = {(c.dimension, c.emotion): c.share for c in report.consistency}
    assert shares["arousal", "angry"] == pytest.approx(0.75)
    assert shares["arousal", "sad"] == 1
    assert shares["arousal", "neutral"] == 0
    assert shares["valence", "angry"] == pytest.approx(0.75)


def test_intervals_come_from_speakers(report: Report) -> None:
    interval = report.figures.intervals["uar"]
    assert interval.low < 0.9375 <= interval.high == 1


def test_every_window_has_its_point_on_the_curve(report: Report) -> None:
    assert list(report.by_window) == ["0.5", "1", "1.5", "2", "3", "4"]
    assert report.by_window["0.5"] == pytest.approx(0.9375)


def test_only_the_classes_of_the_manifest_compete(tmp_path: Path) -> None:
    # At 0.4 the model would say happy, but nobody asks about happiness here.
    rows = [("anger", 0.6, "a", "f"), ("anger", 0.5, "b", "f"), ("sadness", 0.0501, "a", "f")]
    found = evaluate(
        manifest=table(tmp_path, rows), root=tmp_path, model=loudness_model(tmp_path / "m")
    )
    assert list(found.figures.recall) == ["sad", "angry"]
    assert found.figures.uar == 1


def test_predictions_have_one_row_for_every_clip(
    tmp_path: Path, rows: list[tuple[str, float, str, str]]
) -> None:
    target = tmp_path / "deep" / "predictions.csv"
    rows = [*rows, ("boredom", 0.2, "anna", "f")]
    found = evaluate(
        manifest=table(tmp_path, rows),
        root=tmp_path,
        model=loudness_model(tmp_path / "model"),
        predictions=target,
        curve=False,
    )
    with target.open() as file:
        written = list(csv.DictReader(file))
    assert list(written[0]) == ["path", "arousal", "valence", "voice", *CENTRES]
    assert [row["path"] for row in written] == [f"{n:03}.wav" for n in range(17)]
    assert float(written[0]["arousal"]) == pytest.approx(0.7, abs=1e-4)
    assert sum(float(written[0][label]) for label in CENTRES) == pytest.approx(1, abs=1e-5)
    assert found.figures.clips == 16
    assert found.dropped == {"no such label in the model; asked of arousal only": 1}


def test_silent_ends_and_windows_without_a_voice_do_not_count(tmp_path: Path) -> None:
    quiet = np.zeros(32_000, np.float32)
    sound = np.concatenate([quiet, held(0.7), quiet, held(0.7), quiet])
    soundfile.write(tmp_path / "gaps.wav", sound, 16_000, subtype="FLOAT")
    (tmp_path / "m.csv").write_text("path,emotion,speaker\ngaps.wav,anger,anna\n")
    loudness_model(tmp_path / "model")
    found = evaluate(
        manifest=tmp_path / "m.csv",
        root=tmp_path,
        model=tmp_path / "model",
        predictions=tmp_path / "p.csv",
    )
    (row,) = csv.DictReader((tmp_path / "p.csv").read_text().splitlines())
    assert float(row["arousal"]) > 0.5
    assert found.clips == 1


def test_two_models_are_compared_on_what_both_know(
    tmp_path: Path, rows: list[tuple[str, float, str, str]]
) -> None:
    swapped = CENTRES | {"happy": 0.2, "neutral": 0.4}
    found = evaluate(
        manifest=table(tmp_path, rows),
        root=tmp_path,
        model=loudness_model(tmp_path / "good"),
        against=loudness_model(tmp_path / "bad", centres=swapped),
        rounds=100,
    )
    against = found.against
    assert against is not None
    assert against.model == "bad/model.onnx"
    assert against.differences["accuracy"] == pytest.approx(15 / 16 - 7 / 16)
    assert against.intervals["uar"].excludes_zero
    assert against.differences["arousal CCC"] == pytest.approx(0)
    # Eight clips only the first gets right, none only the second: 2 / 2^8.
    assert against.mcnemar == pytest.approx(2 / 256)


def test_pictures_are_drawn(tmp_path: Path, rows: list[tuple[str, float, str, str]]) -> None:
    pytest.importorskip("matplotlib")
    evaluate(
        manifest=table(tmp_path, rows),
        root=tmp_path,
        model=loudness_model(tmp_path / "model"),
        plots=tmp_path / "plots",
    )
    for name in ("confusion", "reliability", "windows"):
        assert (tmp_path / "plots" / f"{name}.png").read_bytes()[:4] == b"\x89PNG"


def test_json_has_no_number_that_json_lacks(tmp_path: Path) -> None:
    rows = [("anger", 0.7, "anna", "f"), ("sadness", 0.05, "anna", "f")]
    found = evaluate(
        manifest=table(tmp_path, rows), root=tmp_path, model=loudness_model(tmp_path / "m")
    )
    told = json.loads(as_json(found), parse_constant=pytest.fail)
    assert told["figures"]["uar"] == 1
    # One speaker cannot vary.
    assert told["figures"]["intervals"]["uar"] == {"low": None, "high": None}


def test_the_command_prints_json_and_nothing_else(
    tmp_path: Path,
    rows: list[tuple[str, float, str, str]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments = ["--manifest", str(table(tmp_path, rows)), "--root", str(tmp_path)]
    arguments += ["--model", str(loudness_model(tmp_path / "model")), "--json", "--rounds", "9"]
    assert door.main(["evaluate", *arguments]) == 0
    assert json.loads(capsys.readouterr().out)["figures"]["clips"] == 16


def test_the_command_prints_a_page_for_people(
    tmp_path: Path,
    rows: list[tuple[str, float, str, str]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments = ["--manifest", str(table(tmp_path, rows)), "--root", str(tmp_path)]
    arguments += ["--model", str(loudness_model(tmp_path / "model")), "--rounds", "9"]
    assert door.main(["evaluate", *arguments]) == 0
    page = capsys.readouterr().out
    for words in ("16 clips of 4 speakers", "UAR", "93.8", "arousal of angry", "female"):
        assert words in page


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "missing or empty"),
        ("file,emotion\na.wav,sad\n", "lacks the column path, speaker"),
        ("path,emotion,speaker\nnowhere.wav,sad,x\n", "Not one sound"),
        ("path,emotion,speaker,arousal\nnoise.wav,sad,x,much\n", "line 2: arousal"),
    ],
)
def test_a_manifest_that_cannot_be_used_is_one_sentence(
    tmp_path: Path, content: str, sentence: str
) -> None:
    (tmp_path / "noise.wav").write_bytes(b"this is not sound")
    (tmp_path / "m.csv").write_text(content)
    with pytest.raises(UserError, match=sentence):
        evaluate(
            manifest=tmp_path / "m.csv",
            root=tmp_path,
            model=loudness_model(tmp_path / "model"),
        )


def test_an_unreadable_sound_is_dropped_and_counted(
    tmp_path: Path, rows: list[tuple[str, float, str, str]]
) -> None:
    path = table(tmp_path, rows)
    (tmp_path / "005.wav").write_bytes(b"RIFF and nothing more")
    found = evaluate(manifest=path, root=tmp_path, model=loudness_model(tmp_path / "m"))
    assert found.dropped == {"unreadable sound": 1}
    assert found.clips == 15


@pytest.mark.parametrize("sound", [[], [0.1, float("nan"), 0.2]])
def test_a_sound_that_holds_nothing_is_dropped_as_well(
    sound: list[float], tmp_path: Path, rows: list[tuple[str, float, str, str]]
) -> None:
    path = table(tmp_path, rows)
    soundfile.write(tmp_path / "005.wav", np.array(sound), 16_000, subtype="FLOAT")
    found = evaluate(manifest=path, root=tmp_path, model=loudness_model(tmp_path / "m"))
    assert found.dropped == {"unreadable sound": 1}


def test_ratings_without_emotions_have_figures_and_no_pictures_of_classes(
    tmp_path: Path, rows: list[tuple[str, float, str, str]]
) -> None:
    found = evaluate(
        manifest=table(tmp_path, [("", *rest) for _, *rest in rows]),
        root=tmp_path,
        model=loudness_model(tmp_path / "model"),
        plots=tmp_path / "plots",
    )
    assert found.figures.dimensions["arousal"].ccc > 0.5
    assert not (tmp_path / "plots" / "confusion.png").exists()


def test_a_small_sample_still_asks_about_every_emotion(
    tmp_path: Path, rows: list[tuple[str, float, str, str]]
) -> None:
    tested = test_set.read(table(tmp_path, rows), root=tmp_path, labels=CENTRES)
    drawn = _drawn(tested, 2, 0)
    assert sorted(drawn.truth.tolist()) == [0, 1, 2, 3]


def test_predictions_that_cannot_be_written_are_said(
    tmp_path: Path, rows: list[tuple[str, float, str, str]]
) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UserError, match="cannot be written"):
        evaluate(
            manifest=table(tmp_path, rows),
            root=tmp_path,
            model=loudness_model(tmp_path / "model"),
            predictions=tmp_path / "file" / "p.csv",
        )


@pytest.mark.parametrize(
    "given",
    [{"predictions": "file/p.csv"}, {"predictions": "folder"}, {"plots": "file"}],
    ids=["below a file", "a folder", "a file"],
)
def test_where_nothing_can_be_written_no_hour_is_spent_before_it_is_said(
    tmp_path: Path, given: dict[str, str]
) -> None:
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "folder").mkdir()
    places = {name: tmp_path / path for name, path in given.items()}
    with pytest.raises(UserError, match=r"cannot be written|is a folder: name a file"):
        evaluate(manifest=tmp_path / "no.csv", root=tmp_path, model=tmp_path / "no", **places)


def test_predictions_of_a_sound_whose_name_is_no_text_are_written(tmp_path: Path) -> None:
    odd = "Actor_01 caf\udce9/03-01-05-01-01-01-01.wav"
    for number, name in enumerate((odd, "Actor_01/03-01-03-01-01-01-01.wav")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        with open(tmp_path / name, "wb") as file:  # noqa: PTH123 - the name is no text
            soundfile.write(file, held(0.3 + number * 0.1), 16_000, format="WAV")
    evaluate(
        roots=[tmp_path],
        model=loudness_model(tmp_path / "model"),
        predictions=tmp_path / "p.csv",
        curve=False,
    )
    assert "caf" in (tmp_path / "p.csv").read_text(encoding="utf-8")


SOFT = 0.5
"""Everybody in this corpus speaks half as loud as the model is used to."""


def soft_rows(*speakers: tuple[str, float]) -> list[tuple[str, float, str, str]]:
    return [
        (emotion, level * factor, who, "f")
        for who, factor in speakers
        for _ in range(2)
        for emotion, level in LEVEL.items()
    ]


def zeroed(root: Path, zero: str, rows: list[tuple[str, float, str, str]], **more) -> Report:
    return evaluate(
        manifest=table(root, rows),
        root=root,
        model=featured_model(root / "model"),
        zero=zero,
        rounds=0,
        curve=False,
        **more,
    )


def test_a_corpus_that_is_soft_throughout_is_understood_on_its_own_zero(tmp_path: Path) -> None:
    rows = soft_rows(("anna", SOFT), ("berta", SOFT))
    none, own = (zeroed(tmp_path, zero, rows) for zero in ("none", "manifest"))
    assert none.figures.uar <= 0.5 and own.figures.uar == 1.0
    assert none.centred_uar == own.centred_uar == 1.0
    assert (none.zero, none.zero_of) == ("none", "")
    assert (own.zero, own.zero_of) == ("manifest", "features")
    assert json.loads(as_json(own))["zero"] == "manifest"


def test_corpora_in_one_manifest_have_each_their_own_zero(tmp_path: Path) -> None:
    path = table(tmp_path, soft_rows(("anna", SOFT), ("berta", 1.0)))
    header, *lines = path.read_text().splitlines()
    named = [f"{line},{'soft' if ',anna,' in line else 'usual'}" for line in lines]
    path.write_text("\n".join([f"{header},corpus", *named, ""]))
    report = evaluate(
        manifest=path,
        root=tmp_path,
        model=featured_model(tmp_path / "model"),
        zero="manifest",
        rounds=0,
        curve=False,
    )
    assert report.figures.uar == 1.0 and report.figures.speakers == 2


def test_speakers_who_differ_have_each_their_own_zero(tmp_path: Path) -> None:
    rows = soft_rows(("anna", SOFT), ("berta", 1.0), ("carla", 0.3))
    manifest, speaker = (zeroed(tmp_path, zero, rows) for zero in ("manifest", "speaker"))
    assert manifest.figures.uar < 0.9 and speaker.figures.uar == 1.0
    assert speaker.figures.dimensions["arousal"].clips == 24


def test_a_model_without_a_head_has_its_log_scores_centred(tmp_path: Path) -> None:
    rows = soft_rows(("anna", SOFT), ("berta", SOFT))
    report = evaluate(
        manifest=table(tmp_path, rows),
        root=tmp_path,
        model=loudness_model(tmp_path / "plain"),
        against=featured_model(tmp_path / "model"),
        zero="manifest",
        rounds=0,
        curve=False,
    )
    assert report.zero_of == "scores" and report.against.zero_of == "features"
    assert report.figures.uar == report.centred_uar
    assert report.against.uar == 1.0


@pytest.mark.parametrize("zero", ["none", "manifest", "speaker"])
def test_the_page_and_its_json_say_on_whose_zero_they_are(
    zero: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = table(tmp_path, soft_rows(("anna", SOFT)))
    given = ["evaluate", "--manifest", str(path), "--root", str(tmp_path), "--no-curve"]
    given += ["--model", str(featured_model(tmp_path / "model")), "--rounds", "0"]
    assert door.main([*given, "--zero", zero]) == 0
    page = " ".join(capsys.readouterr().out.split())
    assert ("Every figure is on each" in page) == (zero != "none")
    assert "(features)" in page
    assert door.main([*given, "--zero", zero, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["zero"] == zero


def test_a_zero_that_does_not_exist_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = table(tmp_path, soft_rows(("anna", SOFT)))
    given = ["evaluate", "--manifest", str(path), "--root", str(tmp_path), "--zero", "mine"]
    assert door.main([*given, "--model", str(featured_model(tmp_path / "model"))]) == 2
    assert (
        "There is no zero called mine: use none, manifest, speaker." in capsys.readouterr().err
    )


def test_disturbed_clips_are_judged_on_the_zero_of_the_undisturbed(tmp_path: Path) -> None:
    report = zeroed(tmp_path, "manifest", soft_rows(("anna", SOFT), ("b", SOFT)), check=True)
    gain = next(one for one in report.outcomes if one.name == "gain")
    assert gain.unchanged["emotion"] > 0.5


def test_a_corpus_is_evaluated_as_it_was_downloaded(tmp_path: Path) -> None:
    words = {"anger": "05", "happiness": "03", "neutral": "01", "sadness": "04"}
    for actor in ("01", "02"):
        for emotion, level in LEVEL.items():
            path = tmp_path / f"r/Actor_{actor}/03-01-{words[emotion]}-01-01-01-{actor}.wav"
            path.parent.mkdir(parents=True, exist_ok=True)
            wave = held(level * (1 + 0.01 * int(actor)))
            soundfile.write(path, wave, 16_000, subtype="FLOAT")
    model = loudness_model(tmp_path / "model")
    found = evaluate(
        model=model,
        roots=[tmp_path / "r"],
        rounds=0,
        curve=False,
        predictions=tmp_path / "p.csv",
    )
    assert (found.manifest, found.figures.clips, found.figures.uar) == ("RAVDESS", 8, 1.0)
    assert found.figures.mean_auc == 1
    assert (tmp_path / "p.csv").read_text().splitlines()[1].startswith("Actor_01/03-01-01")
    with pytest.raises(UserError, match="No clip belongs to the part Test1"):
        evaluate(model=model, roots=[tmp_path / "r"], part="Test1")
    with pytest.raises(UserError, match="not both"):
        evaluate(
            model=model, roots=[tmp_path / "r"], manifest=tmp_path / "m.csv", root=tmp_path
        )


def test_answers_are_scored_against_what_listeners_heard(tmp_path: Path) -> None:
    lines = ["path,speaker,emotion,votes_happy,votes_sad"]
    for name, level, votes in (("a", 0.4, "3,1"), ("b", 0.05, "0,4"), ("c", 0.4, ",")):
        soundfile.write(tmp_path / f"{name}.wav", held(level), 16_000, subtype="FLOAT")
        lines.append(f"{name}.wav,anna,happy,{votes}")
    (tmp_path / "m.csv").write_text("\n".join(lines))
    found = evaluate(
        model=loudness_model(tmp_path / "model"),
        manifest=tmp_path / "m.csv",
        root=tmp_path,
        rounds=0,
        curve=False,
    )
    votes = found.figures.distributions
    assert votes is not None
    assert (votes.classes, votes.clips) == (("happy", "sad"), 2)
    # The model is certain of both: a quarter too much on the first, right on the second.
    assert votes.brier == pytest.approx((2 * 0.25**2) / 2, abs=1e-3)
    assert votes.kl > 0

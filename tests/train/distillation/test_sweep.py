"""Recipes and seeds in the same time: the same lesson, figures at their minutes, resumed."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")
pytest.importorskip("onnxscript")
import torch

from dndmood.errors import UserError
from dndmood_train.distillation import sweep
from dndmood_train.students import Shape, built, count
from tests.train.distillation.test_distill import RECIPE, corpus, run

__all__ = ["corpus"]

SWEEP = """
recipes = ["tiny.toml", "other.toml"]
seeds = [0, 1]
minutes = [0.00001, 60]
windows = 64
pieces = 2
"""


def written(folder: Path, text: str = SWEEP) -> Path:
    (folder / "tiny.toml").write_text(RECIPE)
    (folder / "other.toml").write_text(RECIPE.replace("[shape]", '[shape]\nnetwork = "cnn14"'))
    (folder / "sweep.toml").write_text(text)
    return folder / "sweep.toml"


def swept(path: Path, corpus: Path, out: Path) -> list[sweep.Marks]:
    settings: dict[str, Any] = {"teacher": "toy", "device": "cpu", "show_progress": False}
    return sweep.sweep(path, out=out, roots=[corpus], **settings)


def test_every_run_has_figures_at_every_minute_and_one_table(
    corpus: Path, tmp_path: Path
) -> None:
    found = swept(written(tmp_path), corpus, tmp_path / "out")
    assert [(one.recipe, one.seed) for one in found] == [
        ("tiny", 0),
        ("other", 0),
        ("tiny", 1),
        ("other", 1),
    ]
    for one in found:
        assert one.done
        assert set(one.figures) == {"1e-05", "60"}
        assert one.figures["60"]["finished"]
        assert one.figures["1e-05"]["step"] < 8
        assert 0 < one.spent_s < 600
    rows = json.loads((tmp_path / "out" / "sweep.json").read_text())
    assert [row["network"] for row in rows] == ["hearth", "cnn14"]
    assert rows[0]["60"]["seeds"] == 2
    assert "**wins**" in (tmp_path / "out" / "sweep.md").read_text()
    # Asked once, heard once.
    assert not (tmp_path / "out" / "runs" / "tiny-0" / "labels").exists()
    before = found[0].spent_s
    assert swept(tmp_path / "sweep.toml", corpus, tmp_path / "out")[0].spent_s == before


def test_looking_on_changes_nothing(corpus: Path, tmp_path: Path) -> None:
    text = SWEEP.replace('["tiny.toml", "other.toml"]', '["tiny.toml"]').replace(
        "[0, 1]", "[0]"
    )
    swept(written(tmp_path, text), corpus, tmp_path / "out")
    (tmp_path / "alone.toml").write_text(RECIPE.replace("128", "64"))
    run(corpus, tmp_path / "alone", tmp_path / "alone.toml")
    one, two = (
        torch.load(place / "lesson" / "student.pt", weights_only=False)["student"]
        for place in (tmp_path / "out" / "runs" / "tiny-0", tmp_path / "alone")
    )
    assert all(torch.equal(one[name], two[name]) for name in one)


@pytest.mark.slow
def test_a_killed_sweep_goes_on(corpus: Path, tmp_path: Path) -> None:
    path = written(tmp_path, SWEEP.replace("windows = 64", "windows = 4096"))
    words = [sys.executable, "-m", "dndmood_train", "train-distill", "--sweep", str(path)]
    words += ["--corpora", str(corpus), "--teacher", "toy", "--out", str(tmp_path / "out")]
    marks = tmp_path / "out" / "runs" / "tiny-0" / sweep.MARKS
    process = subprocess.Popen([*words, "--device", "cpu"], env=dict(os.environ))
    try:
        deadline = time.monotonic() + 120
        while not marks.exists() and time.monotonic() < deadline:
            assert process.poll() is None
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert not json.loads(marks.read_text())["done"]
    assert all(one.done for one in swept(path, corpus, tmp_path / "out"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("recipes = 3", "needs recipes"),
        (SWEEP + "speed = 1\n", "speaks of speed"),
        (SWEEP.replace("0.00001, 60", "60, 20"), "ascending"),
        (SWEEP.replace("windows = 64", "windows = 0"), "at least 1"),
        (SWEEP.replace("other.toml", "gone.toml"), "gone.toml cannot be read"),
    ],
)
def test_what_is_wrong_in_the_file_is_said(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=said):
        sweep.read(written(tmp_path, text))


@pytest.mark.parametrize("name", ["hearth", "cnn14", "mobile"])
def test_baselines_have_the_size_of_the_student(name: str) -> None:
    recipe = sweep.recipes.read(
        Path(__file__).parents[3] / "train" / "recipes" / f"{name}.toml"
    )
    assert count(built(recipe.lesson.shape)) == pytest.approx(75_000, rel=0.06)


@pytest.mark.parametrize("name", ["cnn14", "mobile"])
def test_a_baseline_answers_as_every_student_does(name: str) -> None:
    network = built(Shape(network=name, features=5, octants=True)).eval()
    for samples in (1_600, 16_000):
        heard = network(torch.randn(2, samples))
        assert heard.logits.shape == (2, 8)
        assert heard.dims.shape == (2, 3)
        assert heard.features.shape == (2, 5)
        assert heard.octants is not None
        assert torch.isfinite(heard.logits).all()

"""Recipes and seeds in the same time: the same lesson, figures at their minutes, resumed."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")
pytest.importorskip("onnxscript")
import torch

from dndmood.errors import UserError
from dndmood_train import __main__ as door
from dndmood_train.distillation import recipe as recipes
from dndmood_train.distillation import sweep, sweep_table
from dndmood_train.distillation.lesson import Lesson, choices_of
from dndmood_train.distillation.sweep_table import MARKS, Marks, marks_in
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


def swept(path: Path, corpus: Path, out: Path) -> list[Marks]:
    settings: dict[str, Any] = {"teacher": "toy", "device": "cpu", "show_progress": False}
    return sweep.sweep(path, out=out, roots=[corpus], **settings)


def test_every_run_has_figures_at_every_minute_and_one_table(
    corpus: Path, tmp_path: Path
) -> None:
    path = written(tmp_path, SWEEP.replace("0.00001, 60", "0.00001, 0.00002"))
    found = swept(path, corpus, tmp_path / "out")
    names = [(one.recipe, one.seed) for one in found]
    assert names == [("tiny", 0), ("other", 0), ("tiny", 1), ("other", 1)]
    for one in found:
        # The last minute was over long before the last window.
        assert one.done
        assert set(one.figures) == {"1e-05", "2e-05"}
        assert one.figures["2e-05"]["step"] == one.step < 8
        assert one.spent_s > 0
    rows = json.loads((tmp_path / "out" / "sweep.json").read_text())
    assert [row["network"] for row in rows] == ["hearth", "cnn14"]
    assert rows[0]["2e-05"]["seeds"] == 2
    assert "**wins**" in (tmp_path / "out" / "sweep.md").read_text()
    # Asked once, heard once.
    assert not (tmp_path / "out" / "runs" / "tiny-0" / "labels").exists()
    before = found[0].spent_s
    assert swept(path, corpus, tmp_path / "out")[0].spent_s == before


def test_looking_on_changes_nothing(corpus: Path, tmp_path: Path) -> None:
    text = SWEEP.replace('["tiny.toml", "other.toml"]', '["tiny.toml"]').replace(
        "[0, 1]", "[0]"
    )
    (one,) = swept(written(tmp_path, text), corpus, tmp_path / "out")
    assert one.figures["60"]["finished"]
    assert (one.step, one.weights > 0) == (8, True)
    (tmp_path / "alone.toml").write_text(RECIPE.replace("128", "64"))
    # A sweep's runs have one core each, and sums come out otherwise on two.
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        run(corpus, tmp_path / "alone", tmp_path / "alone.toml")
    finally:
        torch.set_num_threads(before)
    looked, alone = (
        torch.load(place / "lesson" / "student.pt", weights_only=False)["student"]
        for place in (tmp_path / "out" / "runs" / "tiny-0", tmp_path / "alone")
    )
    assert all(torch.equal(looked[name], alone[name]) for name in looked)


def test_a_run_that_cannot_be_taught_stops_no_other_and_the_table_says_why(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = SWEEP.replace('"tiny.toml", "other.toml"', '"wild.toml", "tiny.toml"')
    path = written(tmp_path, text.replace("[0, 1]", "[0]").replace("0.00001, 60", "60"))
    wild = RECIPE.replace("[lesson]", "[lesson]\nrate = 1e18")
    (tmp_path / "wild.toml").write_text(wild)
    out = tmp_path / "out"
    words = ["train-distill", "--sweep", str(path), "--corpora", str(corpus)]
    words += ["--teacher", "toy", "--device", "cpu", "--out", str(out)]
    for _ in range(2):
        # Asked again it says the same, as it would come out so again.
        assert door.main(words) == 0
        told = capsys.readouterr()
        assert "wild-0: not taught" in told.err.splitlines()
        (wild_row, tiny_row) = json.loads((out / "sweep.json").read_text())
        assert (wild_row["60"]["uar"], wild_row["60"]["not_taught"]) == (None, True)
        assert (tiny_row["60"]["seeds"], tiny_row["60"]["not_taught"]) == (1, False)
        table = told.out.splitlines()
        assert any(line.startswith("| wild | hearth |") for line in table)
        assert any(line.endswith("| not taught |") for line in table)
        (why,) = [line for line in table if line.startswith("Not taught: ")]
        assert why.startswith(
            "Not taught: wild, seed 0. The loss is no longer a number at step"
        )
        assert not any("still to come" in line for line in table)
    assert "| **wins** | | | tiny |" in told.out


def test_what_a_recipe_lacks_is_said_before_the_first_is_taught(
    corpus: Path, tmp_path: Path
) -> None:
    path = written(tmp_path)
    (tmp_path / "other.toml").write_text(
        RECIPE.replace("[lesson]", "[lesson]\noverheard = true")
    )
    with pytest.raises(UserError, match="toy only hears whole clips"):
        swept(path, corpus, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_of_seeds_that_went_astray_the_others_are_the_mean(tmp_path: Path) -> None:
    found = [recipes.Recipe(name=name) for name in ("good", "poor")]
    marked(tmp_path, "good", 0, m1=0.6, m60=0.7)
    marked(tmp_path, "good", 1, m1=0.5)
    marks = tmp_path / "runs" / "good-1" / MARKS
    marks.write_text(json.dumps(json.loads(marks.read_text()) | {"not_taught": "It broke."}))
    sweep_table.write(tmp_path, found, [0, 1], [1, 60, 180])
    text = (tmp_path / "sweep.md").read_text()
    # What was measured before stands.
    assert "| good | hearth | - | 55.0 ± 7.1 (2) | 70.0 (1) | - |" in text
    assert "At 1 minute poor is still to come." in text
    assert "At 180 minutes good, poor are still to come." in text
    assert "Not taught: good, seed 1. It broke." in text


@pytest.mark.slow
def test_a_killed_sweep_goes_on(corpus: Path, tmp_path: Path) -> None:
    text = SWEEP.replace("windows = 64", "windows = 4096").replace("[0, 1]", "[0]")
    path = written(tmp_path, text.replace('["tiny.toml", "other.toml"]', '["tiny.toml"]'))
    words = [sys.executable, "-m", "dndmood_train", "train-distill", "--sweep", str(path)]
    words += ["--corpora", str(corpus), "--teacher", "toy", "--out", str(tmp_path / "out")]
    marks = tmp_path / "out" / "runs" / "tiny-0" / MARKS
    process = subprocess.Popen([*words, "--device", "cpu"], env=dict(os.environ))
    try:
        deadline = time.monotonic() + 900
        while not marks.exists() and time.monotonic() < deadline:
            # Looks again after a while, and would hear of its end at once.
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(0.2)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    before = json.loads(marks.read_text())
    assert not before["done"]
    (one,) = swept(path, corpus, tmp_path / "out")
    assert one.done
    assert one.step == 512
    # What was learnt before the end of the first process is not counted again, nor forgotten.
    assert one.spent_s > before["spent_s"]
    assert one.figures["1e-05"] == before["figures"]["1e-05"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("recipes = 3", "needs recipes"),
        (SWEEP + "speed = 1\n", "speaks of speed"),
        (SWEEP.replace("0.00001, 60", "60, 20"), "ascending"),
        (SWEEP.replace("0.00001, 60", "nan"), "ascending"),
        (SWEEP.replace("0.00001, 60", "20, inf"), "ascending"),
        (SWEEP.replace("seeds = [0, 1]", "seeds = [0, -1]"), "seeds must be 0 or more"),
        (SWEEP.replace("other.toml", "tiny.toml"), "different values"),
        (SWEEP.replace("other.toml", "./tiny.toml"), "two recipes have the same name"),
        (SWEEP.replace("minutes", "# minutes"), "needs minutes"),
        (SWEEP.replace("windows = 64", "windows = 0"), "at least 1"),
        (SWEEP.replace("other.toml", "gone.toml"), "gone.toml cannot be read"),
    ],
)
def test_what_is_wrong_in_the_file_is_said(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=said):
        sweep.read(written(tmp_path, text))


@pytest.mark.parametrize("name", ["hearth", "cnn14", "mobile"])
def test_baselines_have_the_size_of_the_student(name: str) -> None:
    recipe = recipes.read(Path(__file__).parents[3] / "train" / "recipes" / f"{name}.toml")
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


def test_the_sweep_that_comes_along_can_be_read() -> None:
    found = sweep.read(Path(__file__).parents[3] / "train" / "sweeps" / "students.toml")
    networks = [one.lesson.shape.network for one in found.recipes]
    assert networks == ["hearth", "wav2small", "cnn14", "mobile"]
    assert found.minutes == (20, 60, 180)
    assert {one.lesson.windows for one in found.recipes} == {720_896}


def marked(out: Path, name: str, seed: int, **values: float) -> None:
    """A run that stands at `values` of UAR, minutes without their first letter."""
    folder = out / "runs" / f"{name}-{seed}"
    folder.mkdir(parents=True)
    figures = {key[1:]: {"cremad_uar_4": value} for key, value in values.items()}
    (folder / MARKS).write_text(json.dumps(asdict(Marks(name, seed, figures=figures))))


def test_the_table_says_who_wins_and_how_far_to_believe_it(tmp_path: Path) -> None:
    found = [recipes.Recipe(name=name) for name in ("good", "near", "poor")]
    for seed in range(3):
        marked(tmp_path, "good", seed, m20=0.60 + 0.01 * seed, m60=0.700 + 0.01 * seed)
        marked(tmp_path, "near", seed, m20=0.50 + 0.01 * seed, m60=0.701 + 0.02 * seed)
    marked(tmp_path, "poor", 0, m20=0.4)
    sweep_table.write(tmp_path, found, [0, 1, 2], [20, 60])
    text = (tmp_path / "sweep.md").read_text()
    assert "| **wins** | | | good | near |" in text
    assert "At 20 minutes good is 10.0 points before near, more than the seeds differ." in text
    assert (
        "At 60 minutes near is 1.1 points before good, which could be luck of the seeds."
        in text
    )
    assert "At 60 minutes poor is still to come." in text


def test_equals_win_together(tmp_path: Path) -> None:
    for name in ("one", "other"):
        marked(tmp_path, name, 0, m20=0.5)
    found = [recipes.Recipe(name=name) for name in ("one", "other")]
    sweep_table.write(tmp_path, found, [0], [20])
    text = (tmp_path / "sweep.md").read_text()
    assert "| **wins** | | | one and other |" in text
    assert "At 20 minutes one and other are equal." in text


def test_how_many_weights_a_student_has_is_open_until_it_is_made(tmp_path: Path) -> None:
    marked(tmp_path, "one", 0, m20=0.5)
    found = [recipes.Recipe(name=name) for name in ("one", "other")]
    sweep_table.write(tmp_path, found, [0], [20])
    assert "| other | hearth | - | - |" in (tmp_path / "sweep.md").read_text()


def test_one_seed_proves_nothing_and_the_table_says_so(tmp_path: Path) -> None:
    found = [recipes.Recipe(name=name) for name in ("one", "other", "blind")]
    marked(tmp_path, "one", 0, m20=0.6)
    marked(tmp_path, "other", 0, m20=0.5)
    # Nobody was there to measure with.
    marked(tmp_path, "blind", 0, m20=float("nan"))
    sweep_table.write(tmp_path, found, [0], [20])
    text = (tmp_path / "sweep.md").read_text()
    assert "one is 10.0 points before other, from one seed, which proves nothing." in text
    assert "nan" not in text.lower()
    assert "NaN" not in (tmp_path / "sweep.json").read_text()


def test_budgets_are_the_processors_time_and_lost_batches_count_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = iter(range(0, 1_000, 10))
    # The processor has worked ten seconds whenever somebody looks.
    monkeypatch.setattr(sweep, "process_time", lambda: float(next(looks)))
    small = Shape(channels=(4, 4, 6, 6), tokens=8, hidden=8)
    recipe = recipes.Recipe(name="tiny", lesson=Lesson(shape=small))
    clock = sweep._Clock(tmp_path, recipe, [60], None)
    clock.begun(None, [], recipe)  # type: ignore[arg-type]
    clock.stepped()
    clock.stepped()
    # Three batches more are safe than this process heard: an earlier one was killed after them.
    clock.saved(5, built(small))
    assert (clock.marks.step, clock.marks.spent_s) == (5, 2 * 10 + 3 * 10)
    clock.stepped()
    clock.saved(6, built(small))
    assert (clock.marks.step, clock.marks.spent_s) == (6, 60)
    assert not clock.marks.done
    kept = json.loads((tmp_path / MARKS).read_text())
    assert kept["spent_s"] == 60
    # Killed after its last batch: ten steps of ten seconds are behind it, four were never counted.
    monkeypatch.setattr(
        sweep._Clock,
        "_measure",
        lambda clock, minute, _: clock.marks.figures.update({minute: {}}),
    )
    after = sweep._Clock(tmp_path, recipe, [60], marks_in(tmp_path))
    done = replace(recipe, lesson=replace(recipe.lesson, windows=10 * recipe.lesson.batch))
    after.begun(None, [], done)  # type: ignore[arg-type]
    (tmp_path / "lesson").mkdir()
    content = {"lesson": choices_of(done.lesson), "student": built(small).state_dict()}
    torch.save(content, tmp_path / "lesson" / "student.pt")
    after.finished()
    assert (after.marks.step, after.marks.spent_s) == (10, 100)

"""One command from corpus to model: planned, resumed, and clear about what goes wrong."""

import errno
import json
import os
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

pytest.importorskip("torch")
pytest.importorskip("onnxscript")

from dndmood.errors import UserError
from dndmood.hearing.model import open_model
from dndmood_train import __main__ as door
from dndmood_train import corpora
from dndmood_train.corpora import EMOTIONS, split_of
from dndmood_train.distillation import distill, labelling
from dndmood_train.distillation import recipe as recipes
from dndmood_train.distillation.fit_committee import fit_heads
from dndmood_train.distillation.kept import restored
from dndmood_train.distillation.labels import Labels
from dndmood_train.distillation.progress import Progress, progress_of
from dndmood_train.distillation.teacher_targets import judged, targets_of
from dndmood_train.teachers import About, Opinions
from tests.train.tiny_whisper import config

RECIPE = """
pieces = 2
[lesson]
windows = 128
batch = 8
frames = [40, 60]
[shape]
channels = [4, 4, 6, 6]
tokens = 8
hidden = 8
"""


def voices(side: str, count: int) -> list[str]:
    """Names of speakers that the split puts on one side."""
    names = (f"v{number}" for number in range(1000))
    return [n for n in names if split_of(f"evening:{n}") == side][:count]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Loud anger and soft sadness by five voices, one of them kept for measuring."""
    root = tmp_path / "corpora" / "evening"
    root.mkdir(parents=True)
    random = np.random.default_rng(0)
    lines = ["path,emotion,speaker"]
    for speaker in (*voices("train", 4), *voices("develop", 1)):
        for take in range(8):
            emotion, level = ("anger", 0.4) if take % 2 else ("sadness", 0.02)
            sound = level * random.standard_normal(11_000 + 500 * take)
            soundfile.write(root / f"{speaker}-{take}.wav", sound.clip(-1, 1), 16_000)
            lines.append(f"{speaker}-{take}.wav,{emotion},{speaker}")
    (root / "manifest.csv").write_text("\n".join(lines))
    return tmp_path / "corpora"


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.toml"
    path.write_text(RECIPE)
    return path


def run(corpus: Path, out: Path, recipe: Path, **more: Any) -> Path | None:
    settings: dict[str, Any] = {"teacher": "toy", "device": "cpu", "show_progress": False}
    return distill.distill(roots=[corpus], out=out, recipe=recipe, **(settings | more))


@contextmanager
def bars_of(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, list[int]]]:
    """What each bar shows when all is done: title to how far it is, and how long."""
    shown: dict[str, list[int]] = {}

    @contextmanager
    def watched(**_: bool) -> Iterator[Progress]:
        def bar(name: str, total: int) -> Callable[[int], None]:
            shown[name] = [0, total]

            def told(more: int) -> None:
                shown[name][0] += more

            return told

        yield Progress(bar)

    with monkeypatch.context() as patched:
        patched.setattr(distill, "progress_of", watched)
        yield shown


@contextmanager
def stopped_at(title: str, count: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As if somebody pressed Ctrl-C in the middle of a step."""

    @contextmanager
    def impatient(*, shown: bool) -> Iterator[Progress]:
        def bar(name: str, _: int) -> Callable[[int], None]:
            done = 0

            def told(more: int) -> None:
                nonlocal done
                done += more
                if name == title and done >= count:
                    raise KeyboardInterrupt

            return told

        yield Progress(bar)

    with monkeypatch.context() as patched:
        patched.setattr(distill, "progress_of", impatient)
        with pytest.raises(KeyboardInterrupt):
            yield


@pytest.fixture
def exported(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Stands in for the export, which takes longer than all else: keeps the student."""
    from dndmood_train.students import export

    kept: list[dict[str, Any]] = []

    def write_model(folder: Path, answering: Any, **about: Any) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        weights = {
            name: value.numpy() for name, value in answering.student.state_dict().items()
        }
        kept.append({"weights": weights, "temperature": answering.temperature, **about})
        (folder / "card.toml").write_text(export.toml(about["about"]))

    monkeypatch.setattr(export, "write_model", write_model)
    return kept


# torch's exporter warns about its own tree library, which nobody here can change.
@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_handful_of_clips_becomes_a_model_that_the_program_opens(
    corpus: Path, recipe: Path, tmp_path: Path
) -> None:
    folder = run(corpus, tmp_path / "out", recipe)
    assert folder == tmp_path / "out" / "model"
    for graph in ("model.onnx", "model.int8.onnx"):
        with open_model(folder, graph=graph) as model:
            reading = model(np.zeros(16_000, np.float32))
            assert model.card.labels == EMOTIONS
            assert sum(reading.scores.values()) == pytest.approx(1, abs=1e-4)
    card = tomllib.loads((folder / "card.toml").read_text())
    assert card["training"]["teachers"] == ["toy"]
    assert card["training"]["clips"] == 40
    assert card["training"]["choices"]["lesson"]["windows"] == 128
    assert 0 <= card["figures"]["evening_uar_2_classes"] <= 1


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_recipe_may_ask_for_another_network(
    corpus: Path, recipe: Path, tmp_path: Path
) -> None:
    recipe.write_text(RECIPE + 'network = "wav2small"\n')
    folder = run(corpus, tmp_path / "out", recipe)
    assert folder is not None
    with open_model(folder) as model:
        assert sum(model(np.ones(8_000, np.float32)).scores.values()) == pytest.approx(1)
    card = tomllib.loads((folder / "card.toml").read_text())
    assert card["graph"]["parameters"] == 68_755
    assert card["training"]["choices"]["lesson"]["shape"]["network"] == "wav2small"


OVERHEARD = RECIPE.replace("[lesson]", "[lesson]\noverheard = true\nimitation = 2.0")


def test_a_teacher_of_clips_cannot_hear_windows(
    corpus: Path, recipe: Path, tmp_path: Path
) -> None:
    recipe.write_text(OVERHEARD)
    with pytest.raises(UserError, match="The teacher toy only hears whole clips"):
        run(corpus, tmp_path / "out", recipe)
    assert not (tmp_path / "out").exists()


def test_a_committee_of_encoders_hears_every_window(
    corpus: Path, recipe: Path, tmp_path: Path, exported: list[dict[str, Any]]
) -> None:
    transformers = pytest.importorskip("transformers")
    nets = tmp_path / "nets"
    transformers.WhisperFeatureExtractor(feature_size=80).save_pretrained(nets / "small")
    transformers.WhisperModel(config(layers=2, bands=80)).save_pretrained(nets / "small")
    fit_heads(corpora.find([corpus]), weights=nets)
    recipe.write_text(OVERHEARD + "[encore]\nwindows = 32\noverheard = false\n")
    out = tmp_path / "out"
    assert run(corpus, out, recipe, teacher=f"committee:{nets}") == out / "model"
    assert (out / "spectra-whisper" / "clean.json").exists()
    choices = exported[0]["about"]["training"]["choices"]
    assert choices["lesson"]["overheard"] and "overheard" not in choices["encore"]


@pytest.mark.usefixtures("exported")
def test_what_was_done_before_is_done_on_the_screen(
    corpus: Path, recipe: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with stopped_at("teaching", 11, monkeypatch):
        run(corpus, tmp_path / "out", recipe)
    for _ in ("in the middle of its lesson", "after it"):
        with bars_of(monkeypatch) as bars:
            run(corpus, tmp_path / "out", recipe)
        assert {"asking the teacher", "listening", "teaching"} <= bars.keys()
        assert all(done == whole for done, whole in bars.values())
        (tmp_path / "out" / "model" / "card.toml").unlink(missing_ok=True)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("title", "count"), [("asking the teacher", 1), ("listening", 30), ("teaching", 11)]
)
def test_stopped_at_any_step_it_goes_on_and_ends_the_same(
    title: str,
    count: int,
    corpus: Path,
    recipe: Path,
    tmp_path: Path,
    exported: list[dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run(corpus, tmp_path / "whole", recipe)
    with stopped_at(title, count, monkeypatch):
        run(corpus, tmp_path / "out", recipe)
    assert not (tmp_path / "out" / "model").exists()
    run(corpus, tmp_path / "out", recipe)
    whole, resumed = exported
    assert whole["temperature"] == resumed["temperature"]
    for name, value in whole["weights"].items():
        assert np.array_equal(value, resumed["weights"][name]), name


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_finished_model_is_not_made_again_and_a_damaged_one_is(
    corpus: Path, recipe: Path, tmp_path: Path
) -> None:
    first = run(corpus, tmp_path / "out", recipe)
    assert first is not None
    before = (first / "card.toml").stat().st_mtime_ns
    assert run(corpus, tmp_path / "out", recipe) == first
    assert (first / "card.toml").stat().st_mtime_ns == before
    (first / "card.toml").write_text("half a ca")
    run(corpus, tmp_path / "out", recipe)
    with open_model(first):
        pass


def test_a_dry_run_plans_and_writes_nothing(
    corpus: Path, recipe: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(corpus, tmp_path / "out", recipe, dry_run=True) is None
    assert not (tmp_path / "out").exists()
    told = " ".join(capsys.readouterr().err.split())
    assert "40 clips" in told
    assert "128 windows in 16 steps" in told
    assert "teacher toy, recipe tiny, device cpu" in told


@pytest.mark.slow
def test_another_training_in_the_same_folder_is_refused(
    corpus: Path, recipe: Path, tmp_path: Path, exported: list[dict[str, Any]]
) -> None:
    run(corpus, tmp_path / "out", recipe)
    recipe.write_text(RECIPE.replace("windows = 128", "windows = 64"))
    with pytest.raises(UserError, match="Another training was begun"):
        run(corpus, tmp_path / "out", recipe)


def test_a_full_disk_is_one_sentence_and_no_model(
    corpus: Path, recipe: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dndmood_train.distillation import dataset

    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(dataset, "prepared", full)
    with pytest.raises(UserError, match="is full: make room"):
        run(corpus, tmp_path / "out", recipe)
    assert not (tmp_path / "out" / "model").exists()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"teacher": "wisdom"}, "no teacher called wisdom"),
        ({"device": "abacus"}, "no device abacus"),
        ({"batch": 0}, "--batch and --processes must be at least 1"),
        ({"noise": [Path("/nowhere")]}, "no sound in /nowhere"),
    ],
)
def test_what_cannot_be_had_is_said_before_anything_is_made(
    change: dict[str, Any], sentence: str, corpus: Path, recipe: Path, tmp_path: Path
) -> None:
    with pytest.raises(UserError, match=sentence):
        run(corpus, tmp_path / "out", recipe, **change)
    assert not (tmp_path / "out").exists()


def test_a_folder_without_corpora_is_said(recipe: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match="No corpus was found"):
        run(tmp_path / "empty", tmp_path / "out", recipe)


@pytest.mark.slow
def test_other_sounds_in_the_same_folder_are_refused(
    corpus: Path, recipe: Path, tmp_path: Path, exported: list[dict[str, Any]]
) -> None:
    noises = tmp_path / "rain"
    noises.mkdir()
    soundfile.write(noises / "a.wav", np.full(8_000, 0.1), 16_000)
    run(corpus, tmp_path / "out", recipe)
    with pytest.raises(UserError, match="with other sounds"):
        run(corpus, tmp_path / "out", recipe, noise=[noises])


def test_a_noise_that_cannot_be_read_is_said_before_anything_is_made(
    corpus: Path, recipe: Path, tmp_path: Path
) -> None:
    (tmp_path / "rain").mkdir()
    (tmp_path / "rain" / "a.wav").write_bytes(b"not a sound")
    with pytest.raises(UserError, match="remove it or put it right"):
        run(corpus, tmp_path / "out", recipe, noise=[tmp_path / "rain"])
    assert not (tmp_path / "out").exists()


def test_every_clip_keeps_its_own_opinion(corpus: Path, tmp_path: Path) -> None:
    """Also when labels were given in another order, and some clips are not among them."""
    found = corpora.find([corpus])
    keys = [labelling.key_of(clip, found[0]) for clip in found[0].clips][::-1][3:]
    opinions = Opinions.none(len(keys))
    opinions.arousal[:] = np.arange(len(keys))
    about = About("one", "nowhere", "none", (), ("arousal",))
    labels = Labels(about, tuple(keys), opinions, np.ones(len(keys), np.float32), {})
    clips, rows = judged(found, labels)
    arousal = targets_of(labels, rows).dims[:, 0]
    wanted = {key: number for number, key in enumerate(keys)}
    assert len(clips) == len(keys)
    assert arousal.tolist() == [wanted[labelling.key_of(clip, found[0])] for clip in clips]


def test_nobody_left_to_learn_from_is_said(recipe: Path, tmp_path: Path) -> None:
    root = tmp_path / "evening"
    root.mkdir()
    (speaker,) = voices("develop", 1)
    soundfile.write(root / "a.wav", np.full(8000, 0.1), 16_000)
    (root / "manifest.csv").write_text(f"path,emotion,speaker\na.wav,anger,{speaker}\n")
    with pytest.raises(UserError, match="Nobody is left"):
        run(root, tmp_path / "out", recipe)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("wisdom = 3", "speaks of wisdom, which does not exist"),
        ("[lesson]\nstepps = 3", "speaks of stepps"),
        ("[lesson]\nwindows = 'many'", "windows must be a int"),
        ("lesson = 3", "are tables"),
        ("windows = = 3", "cannot be read"),
        ('[shape]\nnetwork = "resnet"', "choices are cnn14, hearth"),
        ("[lesson]\nbatch = 1", "batch must be at least 2"),
        ("[lesson]\nseed = -1", "seed must be at least 0"),
        ("[lesson]\nframes = [150, 0]", "frames must be a list like"),
        ("[lesson]\nframes = []", r"frames must be a list like \[150, 210, 290\]"),
        ("[shape]\nchannels = [16, 24]", "channels must be a list like"),
        ("[table]\nsnr_db = ['a', 3]", "snr_db must be a list like"),
        ("leave_out = [3]", "leave_out must be a list of names"),
        ("[lesson]\npasses = -1", "passes must be at least 0"),
        ("[encore]\nhalfway = 1.5", "halfway must be from 0 to 1, not 1.5"),
        ("[encore]\nforget = -1", "forget must be from 0 to 1, not -1.0"),
        ("[table]\nnoise = 50", "noise must be from 0 to 1, not 50.0"),
    ],
)
def test_a_recipe_that_makes_no_sense_is_said(
    content: str, sentence: str, tmp_path: Path
) -> None:
    path = tmp_path / "r.toml"
    path.write_text(content)
    with pytest.raises(UserError, match=sentence):
        recipes.read(path)


def test_a_corpus_that_is_not_there_cannot_be_left_out(corpus: Path, tmp_path: Path) -> None:
    path = tmp_path / "r.toml"
    path.write_text('leave_out = ["ravdes"]')
    with pytest.raises(UserError, match="leaves out ravdes, which is not among the corpora"):
        run(corpus, tmp_path / "out", path)


def test_every_published_recipe_can_be_read() -> None:
    published = sorted((Path(__file__).parents[3] / "train" / "recipes").glob("*.toml"))
    assert published
    for path in published:
        assert recipes.read(path).name == path.stem


def test_a_recipe_changes_what_it_names_and_nothing_else(recipe: Path) -> None:
    found, plain = recipes.read(recipe), recipes.read(None)
    assert found.name == "tiny"
    assert found.lesson.frames == (40, 60)
    assert found.lesson.shape.tokens == 8
    assert found.lesson.rate == plain.lesson.rate
    assert found.vote_share == plain.vote_share


def test_emotions_that_the_teacher_has_no_word_for_are_masked() -> None:
    opinions = Opinions.none(2)
    opinions.shares[:] = [0.0, 0, 0, 0.25, 0.75, 0, 0, 0]
    opinions.arousal[:] = [0.2, 0.9]
    about = About("four", "nowhere", "none", ("sad", "angry"), ("arousal",))
    labels = Labels(about, ("a", "b"), opinions, np.ones(2, np.float32), {})
    taught = targets_of(labels, [1, 0])
    assert np.isnan(taught.logits).sum(axis=1).tolist() == [6, 6]
    shares = np.exp(taught.logits[0, [3, 4]])
    assert shares == pytest.approx([0.25, 0.75])
    assert taught.dims[:, 0] == pytest.approx([0.9, 0.2])
    assert np.isnan(taught.dims[:, 1]).all()


@pytest.mark.slow
def test_the_command_says_where_the_model_lies(
    corpus: Path,
    recipe: Path,
    tmp_path: Path,
    exported: list[dict[str, Any]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments = ["--corpora", str(corpus), "--out", str(tmp_path / "out"), "--teacher", "toy"]
    arguments += ["--recipe", str(recipe), "--device", "cpu"]
    assert door.main(["train-distill", *arguments]) == 0
    assert capsys.readouterr().out.strip() == str(tmp_path / "out" / "model")
    plan = json.loads((tmp_path / "out" / "plan.json").read_text())
    assert plan["teacher"] == "toy"


def test_a_log_file_gets_lines_instead_of_bars(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_of(shown=True) as progress:
        told = progress.bar("teaching", 40)
        for _ in range(40):
            told(1)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 20
    assert lines[-1].endswith("teaching: 40 of 40")


def test_stopped_from_the_keyboard_it_says_how_to_go_on(
    corpus: Path,
    recipe: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def interrupted(**_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(distill, "distill", interrupted)
    arguments = ["--corpora", str(corpus), "--out", str(tmp_path / "out"), "--teacher", "toy"]
    assert door.main(["train-distill", *arguments]) == 130
    assert "the same command goes on" in capsys.readouterr().err


def test_an_encore_goes_on_with_the_same_student(
    corpus: Path, recipe: Path, tmp_path: Path, exported: list[dict[str, Any]]
) -> None:
    run(corpus, tmp_path / "once", recipe)
    again = tmp_path / "again.toml"
    again.write_text(
        recipe.read_text()
        + "\n[encore]\nwindows = 8\nrate = 1e-4\n[encore.table]\nnoise = 0.0\n"
    )
    folder = run(corpus, tmp_path / "twice", again)
    once, twice = (model["weights"]["head.out.weight"] for model in exported)
    apart = np.abs(once - twice).max()
    # Another student begun from nothing would be far away.
    assert 0.0 < apart < 0.05
    assert folder is not None
    choices = tomllib.loads((folder / "card.toml").read_text())["training"]["choices"]
    assert choices["encore"]["table"]["noise"] == 0.0
    assert choices["lesson"]["table"]["noise"] != 0.0


def test_further_encores_go_on_one_from_the_other(
    corpus: Path, recipe: Path, tmp_path: Path, exported: list[dict[str, Any]]
) -> None:
    recipe.write_text(
        recipe.read_text()
        + "\n[[encore]]\nwindows = 8\nrate = 1e-4\n[encore.table]\nnoise = 0.0\n"
        + "\n[[encore]]\npasses = 2\nwindows = 16\n"
    )
    out = tmp_path / "out"
    folder = run(corpus, out, recipe)
    assert folder is not None
    choices = tomllib.loads((folder / "card.toml").read_text())["training"]["choices"]
    assert choices["encore-2"]["rate"] == 1e-4
    assert choices["encore-2"]["table"]["noise"] == 0.0
    assert choices["encore-2"]["passes"] == 2
    assert "passes" not in choices["encore"]
    one, two, three = (
        restored(out / name / "student.pt").state_dict()
        for name in ("lesson", "encore", "encore-2")
    )
    assert not one["stem.0.weight"].equal(two["stem.0.weight"])
    assert two["stem.0.weight"].equal(three["stem.0.weight"])
    assert not two["head.out.weight"].equal(three["head.out.weight"])
    assert np.array_equal(exported[0]["weights"]["head.out.weight"], three["head.out.weight"])


def test_only_one_encore_goes_halfway_back(tmp_path: Path) -> None:
    path = tmp_path / "halves.toml"
    path.write_text("[[encore]]\nhalfway = 0.5\npasses = 2\n[[encore]]\nrate = 1e-4\n")
    first, second = recipes.read(path).encore
    assert (first.halfway, first.passes) == (0.5, 2)
    assert (second.halfway, second.passes) == (0.0, 2)


def test_an_encore_cannot_change_who_learns(corpus: Path, recipe: Path, tmp_path: Path) -> None:
    recipe.write_text(recipe.read_text() + "\n[encore.shape]\nhidden = 4\n")
    with pytest.raises(UserError, match="cannot change the shape"):
        run(corpus, tmp_path / "out", recipe)


def test_an_encore_for_the_head_alone_goes_from_corpus_to_model(
    corpus: Path, tmp_path: Path, exported: list[dict[str, Any]]
) -> None:
    transformers = pytest.importorskip("transformers")
    published = transformers.WhisperModel(config(width=16, layers=2, bands=80))
    published.save_pretrained(tmp_path / "whisper")
    recipe = tmp_path / "head.toml"
    recipe.write_text(
        "pieces = 2\n[lesson]\nwindows = 16\nbatch = 8\nframes = [40]\n"
        '[shape]\nnetwork = "whisper"\nwidth = 16\nheads = 2\nblocks = 1\nhidden = 8\n'
        "[encore]\npasses = 3\nhalfway = 0.5\nevened = true\nwindows = 32\nborrowed = 0.8\n"
        "members = 2\n[encore.table]\nquiet = 0.5\n"
    )
    begun = {"start": tmp_path / "whisper"}
    folder = run(corpus, tmp_path / "out", recipe, **begun)
    run(corpus, tmp_path / "again", recipe, **begun)
    one, other = (model["weights"] for model in exported)
    assert all(np.array_equal(one[name], other[name]) for name in one)
    assert folder is not None
    choices = tomllib.loads((folder / "card.toml").read_text())["training"]["choices"]
    assert choices["encore"]["passes"] == 3
    assert choices["encore"]["halfway"] == 0.5
    assert choices["encore"]["borrowed"] == 0.8
    assert choices["encore"]["members"] == 2
    assert one["head.out.weight"].size == 2 * 8 * (8 + 3)
    assert choices["encore"]["table"]["quiet"] == 0.5
    assert "passes" not in choices["lesson"]
    with pytest.raises(UserError, match="say with --start"):
        run(corpus, tmp_path / "else", recipe)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ("[lesson]\npasses = 2\n", "they belong under"),
        ('[shape]\nnetwork = "wav2small"\n[encore]\npasses = 2\n', "does not have"),
        ("[encore]\nborrowed = 0.5\n", "say passes as well"),
        ("[encore]\nmembers = 3\n", "several heads .members., which only a lesson of the head"),
        (
            "[[encore]]\nmembers = 3\npasses = 2\n[[encore]]\npasses = 0\nmembers = 1",
            "the last",
        ),
        ("encore = 3\n", "is a table"),
        ("encore = [3]\n", "is a table"),
    ],
)
def test_a_head_that_cannot_learn_alone_is_told_at_once(
    wrong: str, sentence: str, corpus: Path, tmp_path: Path
) -> None:
    recipe = tmp_path / "wrong.toml"
    recipe.write_text(wrong)
    with pytest.raises(UserError, match=sentence):
        run(corpus, tmp_path / "out", recipe)

import dataclasses

import numpy as np
import onnx
import pytest
import torch

from dndmood.errors import UserError
from dndmood.hearing import known_answer
from dndmood.hearing.model import open_model
from dndmood_train.audio.feature_cache import prepared
from dndmood_train.corpora import EMOTIONS, Targets
from dndmood_train.distillation import losses
from dndmood_train.distillation.batches import Windows
from dndmood_train.distillation.calibration import temperature
from dndmood_train.distillation.dataset import Dataset, shares
from dndmood_train.distillation.kept import restored
from dndmood_train.distillation.lesson import Lesson
from dndmood_train.distillation.loop import learn
from dndmood_train.distillation.overheard import Overheard
from dndmood_train.students import Shape, WhisperFrontEnd, count, export
from dndmood_train.students.hearth import Hearth
from dndmood_train.teachers._cross_fitting import principal

CLIPS = 12
SMALL = Shape(channels=(4, 4, 6, 6), tokens=8, hidden=8, features=3)
LESSON = Lesson(shape=SMALL, windows=24, batch=4, frames=(40, 60), seed=1)


def sound(number):
    """Clips 0 to 9 are voices of sorts, 10 is noise, 11 is music of sorts."""
    chance = np.random.default_rng(number)
    hum = np.sin(np.arange(9600) * (0.05 + 0.01 * number))
    return (hum + 0.1 * chance.standard_normal(9600)).astype(np.float32)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    spectra = prepared(
        tmp_path_factory.mktemp("spectra"),
        names=[f"clip {number}" for number in range(CLIPS)],
        load=sound,
        copies=("clean", "room"),
    )
    chance = np.random.default_rng(0)
    emotions = np.full((CLIPS, 8), np.nan, np.float32)
    emotions[:10] = np.eye(8, dtype=np.float32)[np.arange(10) % 8]
    dims = np.full((CLIPS, 2), np.nan, np.float32)
    dims[:10] = chance.random((10, 2))
    logits = np.full((CLIPS, 8), np.nan, np.float32)
    logits[:5] = chance.standard_normal((5, 8))
    features = np.full((CLIPS, 3), np.nan, np.float32)
    features[:10] = chance.standard_normal((10, 3))
    voice = np.array([1.0] * 10 + [0.0] * 2, np.float32)
    return Dataset(
        spectra=spectra,
        targets=Targets(
            emotions, np.ones((CLIPS, 8), bool), dims, voice, np.full(CLIPS, 0.5, np.float32)
        ),
        share=np.full(CLIPS, 1 / CLIPS),
        weight=np.ones(CLIPS, np.float32),
        kind=["voice"] * 10 + ["noise", "music"],
        logits=logits,
        opinions=dims.copy(),
        features=features,
        even=np.ones(CLIPS, np.float32),
        corpus=np.array([0, 1] * 5 + [-1, -1]),
        speaker=np.array([0, 1, 2, 3, 4] * 2 + [-1, -1]),
    )


class PowerError(Exception):
    """It fails."""


def test_killed_and_started_again_the_lesson_ends_the_same(data, tmp_path):
    whole = learn(data, LESSON, tmp_path / "whole", save_every=2)

    def fail(step, _loss):
        if step == 4:
            raise PowerError

    with pytest.raises(PowerError):
        learn(data, LESSON, tmp_path / "cut", save_every=2, progress=fail)
    again = learn(data, LESSON, tmp_path / "cut", save_every=2)
    for one, other in zip(whole.parameters(), again.parameters(), strict=True):
        assert torch.equal(one, other)


def test_a_finished_lesson_is_not_learnt_twice(data, tmp_path):
    learn(data, LESSON, tmp_path)

    def never(_step, _loss):
        raise AssertionError

    learn(data, LESSON, tmp_path, progress=never)


def test_another_recipe_in_the_same_folder_is_refused(data, tmp_path):
    learn(data, LESSON, tmp_path)
    with pytest.raises(UserError, match="another recipe"):
        learn(data, dataclasses.replace(LESSON, seed=2), tmp_path)


@pytest.mark.slow
def test_a_student_learns_what_it_hears(data, tmp_path):
    seen = []
    lesson = dataclasses.replace(LESSON, windows=960, batch=16, rate=1e-2)
    learn(data, lesson, tmp_path, progress=lambda _step, error: seen.append(error))
    assert np.mean(seen[-10:]) < 0.95 * np.mean(seen[:10])


def test_from_clips_to_a_graph_that_the_program_opens(data, tmp_path):
    learn(data, LESSON, tmp_path / "lesson")
    student = restored(tmp_path / "lesson" / "student.pt")
    answering = export.Answering(student, temperature=1.3).eval()
    folder = tmp_path / "tiny"
    export.write_model(
        folder,
        answering,
        parameters=count(student),
        window_s=3.0,
        about={"licence": {"weights": "none"}},
    )
    with open_model(folder) as model:
        reading = model(sound(3))
        assert sum(reading.scores.values()) == pytest.approx(1.0, abs=1e-5)
        assert model.card.labels == EMOTIONS == export.LABELS
        answer, known = model(known_answer.sound()), known_answer.expected(folder)
        assert known_answer.largest_difference(answer, known) < 0.001
    for graph, most in (("model.onnx", 1e-4), ("model.int8.onnx", 0.05)):
        assert export.largest_difference(answering, folder, graph=graph) <= most


@pytest.mark.slow
def test_the_shipped_shape_fits_its_budget(tmp_path):
    answering = export.Answering(Hearth(Shape()).eval(), temperature=1.0).eval()
    graph = export.to_onnx(answering)
    learnt = [one for one in graph.graph.initializer if ".ears." not in one.name]
    assert sum(int(np.prod(tensor.dims)) for tensor in learnt) <= 80_000
    assert len(learnt) < len(
        graph.graph.initializer
    )  # the tables of the front end are no weights
    assert len(export.shrink(graph).SerializeToString()) <= 130_000
    onnx.checker.check_model(graph)


def test_scales_are_set_without_changing_the_order():
    student = Hearth(SMALL).eval()
    waveform = torch.randn(6, 8000)
    plain, moved = (
        export.Answering(student, temperature=1.0, slope=(s, 1, 1), offset=(o, 0, 0))(waveform)
        for s, o in ((1.0, 0.0), (1.5, -0.4))
    )
    assert torch.equal(plain[0].argsort(), moved[0].argsort()) and (moved[0] < 1).all()
    assert torch.equal(plain[3], moved[3])


def test_a_card_survives_toml():
    import tomllib

    tables = {
        "a": {"text": 'say "hi"\\', "n": 1, "x": 0.5, "yes": True, "list": [1, 2]},
        "b": {},
    }
    assert tomllib.loads(export.toml(tables))["a"] == tables["a"]


def test_a_corpus_of_any_name_survives_toml():
    import tomllib

    tables = {"of Mein Übungsabend": {'angry "high".': 1, "a\nb": 2, "plain": "tab\t"}}
    (found,) = tomllib.loads(export.toml(tables)).values()
    assert found == {'angry "high".': 1, "a b": 2, "plain": "tab\t"}


class Broken(torch.nn.Module):
    """Answers NaN, which no graph can agree with."""

    def __init__(self):
        super().__init__()
        self.slope = torch.nn.Parameter(torch.tensor(float("nan")))

    def forward(self, waveform):
        level = waveform.abs().mean(1) * self.slope
        return level, level + 1, level + 2, level[:, None].expand(-1, 8) + 3


def test_a_graph_that_strays_leaves_the_old_model_alone(tmp_path):
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "card.toml").write_text("old")
    with pytest.raises(UserError, match="strays nan from torch"):
        export.write_model(folder, Broken(), parameters=1, window_s=3.0, about={})
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
    assert (folder / "card.toml").read_text() == "old"


def test_a_damaged_checkpoint_says_what_to_do(data, tmp_path):
    (tmp_path / "checkpoint.pt").write_bytes(b"half of a check")
    with pytest.raises(UserError, match=r"checkpoint\.pt is damaged: remove it"):
        learn(data, LESSON, tmp_path)


def test_stored_spectra_are_those_of_the_clips_whatever_was_interrupted(tmp_path):
    """A second training in the same folder is killed before it is whole; the first comes back."""

    def spectra(shift, kill=None):
        def load(number):
            if number == kill:
                raise PowerError
            return sound(number + shift)

        names = [f"{shift} {number}" for number in range(3)]
        found = prepared(tmp_path, names=names, load=load, copies=("clean", "room"))
        return [found.power(n, copy) for n in range(3) for copy in ("clean", "room")]

    before = spectra(0)
    with pytest.raises(PowerError):
        spectra(5, kill=2)
    for one, other in zip(before, spectra(0), strict=True):
        assert np.array_equal(one, other)


def test_temperature_makes_an_overconfident_student_humble():
    chance = np.random.default_rng(0)
    labels = chance.integers(0, 4, 400)
    logits = 8.0 * np.eye(4)[np.where(chance.random(400) < 0.5, labels, (labels + 1) % 4)]
    assert temperature(logits, labels) > 2.0


def test_groups_get_their_part_whatever_their_size():
    given = shares(["a"] * 3 + ["b"], np.array([True, True, False, True]), {"a": 0.5, "b": 0.5})
    assert given.tolist() == [0.25, 0.25, 0.0, 0.5]


def test_the_same_luck_draws_the_same_windows(data):
    one, other = (
        Windows(data, LESSON.table, np.random.default_rng(4)).draw(6, 50)[0] for _ in range(2)
    )
    assert one.shape == (6, 50, 64) and np.array_equal(one, other)


def test_perfect_agreement_has_concordance_one_and_a_shift_costs():
    wanted = torch.linspace(0, 1, 9)
    assert losses.ccc(wanted, wanted) == pytest.approx(1.0, abs=1e-4)
    assert losses.ccc(wanted + 0.3, wanted) < 0.8


def test_features_to_imitate_are_all_of_one_size():
    chance = np.random.default_rng(1)
    features = (chance.standard_normal((40, 6)) * [1, 10, 100, 1, 5, 2]).astype(np.float32)
    found = principal(features, width=4).of(features)
    assert found.shape == (40, 4) and np.allclose(found.std(0), 1, atol=0.1)


def test_a_crowd_is_nobodys_voice(data):
    everybody = dataclasses.replace(LESSON.table, crowd=1.0)
    _, batch = Windows(data, everybody, np.random.default_rng(4)).draw(6, 50)
    assert (batch.voice == 0).all() and (batch.weight == 0).all()
    assert batch.shares.isnan().all() and batch.features.isnan().all()
    heard = Hearth(SMALL).from_mel(torch.randn(6, 64, 50))
    weights = losses.Weights(teacher_share=0.5, softness=1.0, imitation=1.0)
    assert torch.isfinite(losses.loss(heard, batch, weights))


@pytest.fixture(scope="module")
def theirs(tmp_path_factory):
    """The same sounds as a teacher of windows hears them."""
    return prepared(
        tmp_path_factory.mktemp("theirs"),
        names=[f"clip {number}" for number in range(CLIPS)],
        load=sound,
        copies=("clean", "room"),
        front_end=WhisperFrontEnd(),
    )


def loudest_bands(mel):
    """A teacher of three features: where the spectrum is loud."""
    return torch.stack([mel[:, low : low + 20].mean((1, 2)) for low in (0, 20, 40)], dim=1)


def test_the_teacher_hears_the_very_window_without_its_room(data, theirs):
    overheard = Overheard(loudest_bands, theirs, Hearth(SMALL).ears)
    table = dataclasses.replace(LESSON.table, noise=0.0)
    windows = Windows(data, table, np.random.default_rng(4), overheard=overheard)
    _, batch = windows.draw(40, 50)
    nobody = batch.voice <= 0
    assert batch.features[nobody].isnan().all() and nobody.any()
    # Whole clips say nothing of windows, so nothing of theirs is left.
    given = torch.from_numpy(data.features)
    assert not torch.isin(batch.features[~nobody], given).any()
    again = Windows(data, table, np.random.default_rng(4)).draw(40, 50)[1]
    assert torch.equal(again.shares.isnan(), batch.shares.isnan())


def test_who_listens_changes_no_window(data, theirs):
    overheard = Overheard(loudest_bands, theirs, Hearth(SMALL).ears)
    table = dataclasses.replace(LESSON.table, warp=0.5, echo=0.5)
    with_teacher, without = (
        Windows(data, table, np.random.default_rng(4), overheard=who).draw(8, 50)[0]
        for who in (overheard, None)
    )
    assert torch.equal(with_teacher, without)


def is_of_the_clean_copy(window, data):
    """Whether `window` is a stretch of some clip as it was stored without anything."""
    wanted = window.numpy()
    return any(
        np.allclose(clip[start : start + len(wanted)], wanted, rtol=1e-3)
        for clip in map(data.spectra.power, range(CLIPS))
        for start in range(len(clip) - len(wanted) + 1)
    )


def test_a_quiet_window_is_the_clean_copy_at_the_noisiest_of_tables(data):
    noisiest = dataclasses.replace(LESSON.table, noise=1.0, hiss=1.0, tilt=1.0, echo=1.0)
    for quiet, found in ((0.0, [False] * 8), (1.0, [True] * 8)):
        table = dataclasses.replace(noisiest, quiet=quiet)
        power, _ = Windows(data, table, np.random.default_rng(4)).draw(8, 50)
        assert [is_of_the_clean_copy(window, data) for window in power] == found
    table = dataclasses.replace(noisiest, quiet=0.5)
    power, _ = Windows(data, table, np.random.default_rng(4)).draw(40, 50)
    assert 10 <= sum(is_of_the_clean_copy(window, data) for window in power) <= 30


def test_an_overheard_lesson_that_was_killed_ends_the_same(data, theirs, tmp_path):
    overheard = Overheard(loudest_bands, theirs, Hearth(SMALL).ears)
    table = dataclasses.replace(LESSON.table, warp=0.5)
    lesson = dataclasses.replace(LESSON, overheard=True, table=table, imitation=1.0)
    whole = learn(data, lesson, tmp_path / "whole", overheard=overheard, save_every=2)

    def fail(step, _loss):
        if step == 4:
            raise PowerError

    folder = tmp_path / "killed"
    with pytest.raises(PowerError):
        learn(data, lesson, folder, overheard=overheard, save_every=2, progress=fail)
    after = learn(data, lesson, folder, overheard=overheard, save_every=2)
    plain = learn(data, dataclasses.replace(lesson, overheard=False), tmp_path / "plain")
    for name, weight in whole.state_dict().items():
        assert torch.equal(weight, after.state_dict()[name])
    assert not torch.equal(whole.imitate.weight, plain.imitate.weight)


def test_octants_tell_the_corners_of_the_cube_apart():
    dims = torch.tensor([[0.9, 0.1], [0.9, 0.1], [0.5, 0.5], [0.9, float("nan")]])
    found = losses.octants(dims, torch.tensor([0.9, 0.1, 0.5, 0.5]))
    # arousal, valence, dominance as bits: angry is 101, fearful is 100
    assert found[:2].argmax(1).tolist() == [5, 4]
    assert torch.allclose(found[2], torch.full((8,), 0.125))
    assert found[3].isnan().all()
    assert torch.allclose(found[:3].sum(1), torch.ones(3))


def test_octants_pay_and_are_forgotten(data, tmp_path):
    lesson = dataclasses.replace(
        LESSON, shape=dataclasses.replace(SMALL, octants=True), octants=1.0
    )
    student = learn(data, lesson, tmp_path)
    more = count(student)
    student.drop_auxiliary_outputs()
    assert more - count(student) == 8 * 9 + 3 * (count_of(SMALL) + 1)


def count_of(shape):
    return 2 * (sum(shape.channels[2:]) + shape.tokens)


def test_another_device_hears_the_same_windows(data):
    """Luck is drawn on the processor, so only rounding may differ; `meta` has no numbers."""
    windows = Windows(data, LESSON.table, np.random.default_rng(4), "meta")
    power, batch = windows.draw(6, 50)
    assert power.shape == (6, 50, 64) and power.device.type == "meta"
    assert {getattr(batch, part.name).device.type for part in dataclasses.fields(batch)} == {
        "meta"
    }

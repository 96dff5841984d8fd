"""A lesson in which only the head learns, and what it may do before."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from dndmood.errors import UserError
from dndmood_train.audio.feature_cache import prepared
from dndmood_train.corpora import Targets
from dndmood_train.distillation import head_lesson
from dndmood_train.distillation.between import halfway_back
from dndmood_train.distillation.dataset import Dataset, evened
from dndmood_train.distillation.lesson import Lesson
from dndmood_train.students import Shape, built

CLIPS = 12
SMALL = Shape(channels=(4, 4, 6, 6), tokens=8, hidden=8)
LESSON = Lesson(
    shape=SMALL, windows=96, passes=20, batch=16, rate=1e-2, frames=(40,), forget=0.1, seed=1
)


def tone(number):
    """A voice of sorts: what it says is how high it hums; the last two are no voices."""
    chance = np.random.default_rng(number)
    hum = np.sin(np.arange(9600) * (0.05 if number % 2 else 0.4)) * (number < 10)
    return (hum + 0.05 * chance.standard_normal(9600)).astype(np.float32)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    spectra = prepared(
        tmp_path_factory.mktemp("spectra"),
        names=[f"clip {number}" for number in range(CLIPS)],
        load=tone,
        copies=("clean",),
    )
    emotions = np.full((CLIPS, 8), np.nan, np.float32)
    emotions[:10] = np.eye(8, dtype=np.float32)[np.arange(10) % 2]
    missing = np.full((CLIPS, 8), np.nan, np.float32)
    return Dataset(
        spectra=spectra,
        targets=Targets(
            emotions,
            np.ones((CLIPS, 8), bool),
            missing[:, :2],
            np.array([1.0] * 10 + [0.0] * 2, np.float32),
            np.full(CLIPS, 0.5, np.float32),
        ),
        share=np.array([0.16] * 5 + [0.02] * 5 + [0.05] * 2),
        weight=np.ones(CLIPS, np.float32),
        kind=["voice"] * 10 + ["noise", "music"],
        logits=missing,
        opinions=missing[:, :3],
        features=missing[:, :0],
        even=np.ones(CLIPS, np.float32),
        corpus=np.array([0] * 5 + [1] * 5 + [-1, -1]),
        speaker=np.array([0, 1, 2, 3, 4] * 2 + [-1, -1]),
    )


@pytest.fixture
def start():
    torch.manual_seed(3)
    return built(SMALL).eval()


def test_a_head_that_learns_alone_learns_and_leaves_the_rest_as_it_was(data, start, tmp_path):
    seen = []
    student = head_lesson.learn(
        data, LESSON, tmp_path, start=start, progress=lambda _step, error: seen.append(error)
    )
    assert len(seen) == LESSON.steps == 120
    assert np.mean(seen[-10:]) < 0.7 * np.mean(seen[:10])
    before, after = start.state_dict(), student.state_dict()
    changed = {name for name in after if not torch.equal(before[name], after[name])}
    assert changed
    assert all(name.startswith("head.") for name in changed)


@pytest.mark.parametrize("borrowed", [0.0, 0.5])
def test_killed_while_it_hears_or_learns_a_head_ends_the_same(data, start, tmp_path, borrowed):
    lesson = replace(LESSON, borrowed=borrowed)
    whole = head_lesson.learn(data, lesson, tmp_path / "whole", start=start)

    def fail(step, _error):
        if step == 50:
            raise KeyboardInterrupt

    cut = tmp_path / "cut"
    with pytest.raises(KeyboardInterrupt):
        head_lesson.learn(data, lesson, cut, start=start, progress=fail)
    # As if it had been killed in the middle of hearing.
    kept = sorted(cut.glob("heard-*.pt"))
    for path in kept[3:]:
        path.unlink()
    again = head_lesson.learn(data, lesson, cut, start=start)
    for one, other in zip(whole.parameters(), again.parameters(), strict=True):
        assert torch.equal(one, other)
    assert [path.name for path in cut.iterdir()] == ["student.pt"]


def test_a_head_that_borrows_places_learns_something_else(data, start, tmp_path):
    plain, borrowing = (
        head_lesson.learn(
            data, replace(LESSON, borrowed=share), tmp_path / str(share), start=start
        )
        for share in (0.0, 0.5)
    )
    assert not torch.equal(plain.head.out.weight, borrowing.head.out.weight)


def test_several_heads_learn_from_the_same_windows_and_their_mean_is_kept(data, tmp_path):
    torch.manual_seed(3)
    start = built(replace(SMALL, dominance=True)).eval()
    lesson = replace(LESSON, shape=start.shape, members=3)
    steps = []
    student = head_lesson.learn(
        data, lesson, tmp_path, start=start, progress=lambda step, _error: steps.append(step)
    )
    assert steps == [*range(1, 3 * lesson.steps + 1)]
    assert lesson.all_steps == steps[-1]
    assert student.head.threshold.shape == (3 * SMALL.hidden,)
    again = head_lesson.learn(data, lesson, tmp_path, start=start)
    alone = head_lesson.learn(data, replace(lesson, members=1), tmp_path / "alone", start=start)
    waveform = torch.from_numpy(tone(0))[None]
    with torch.inference_mode():
        said, repeated, first = (one(waveform) for one in (student, again, alone))
    for answer in ("logits", "dims", "dominance", "zeroable"):
        assert torch.equal(getattr(said, answer), getattr(repeated, answer))
    # The first of the three is the one that would have learned alone.
    assert torch.allclose(said.zeroable[:, : SMALL.hidden], first.zeroable, atol=1e-4)
    assert not torch.allclose(said.logits, first.logits, atol=1e-3)
    before, after = start.state_dict(), student.state_dict()
    same = {name for name in before if torch.equal(before[name], after[name])}
    assert same >= {name for name in before if name.startswith(("stem", "low", "tokens"))}


def test_what_was_heard_for_another_lesson_is_not_used(data, start, tmp_path):
    def fail(_step, _error):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        head_lesson.learn(data, LESSON, tmp_path, start=start, progress=fail)
    with pytest.raises(UserError, match="another recipe"):
        head_lesson.learn(data, replace(LESSON, seed=2), tmp_path, start=start)


def test_a_loss_that_is_no_number_ends_the_lesson_of_a_head(data, start, tmp_path):
    with pytest.raises(UserError, match="lower the recipe's `rate`"):
        head_lesson.learn(data, replace(LESSON, rate=1e30), tmp_path, start=start)
    assert not (tmp_path / "student.pt").exists()


def test_a_network_without_a_head_apart_is_told_before_anything_is_heard():
    lesson = replace(LESSON, shape=Shape(network="wav2small"))
    with pytest.raises(UserError, match="wav2small does not have"):
        head_lesson.check(lesson, "mine")
    head_lesson.check(LESSON, "mine")


def test_a_lesson_of_the_whole_student_cannot_move_windows_to_other_corpora():
    with pytest.raises(UserError, match="say passes as well"):
        head_lesson.check(replace(LESSON, passes=0, borrowed=0.5), "mine")
    head_lesson.check(replace(LESSON, borrowed=0.5), "mine")


def test_a_lesson_of_the_whole_student_cannot_have_several_heads():
    with pytest.raises(UserError, match="teaches several heads .members., which only"):
        head_lesson.check(replace(LESSON, passes=0, members=2), "mine")
    head_lesson.check(replace(LESSON, members=2), "mine")


def test_corpora_and_their_emotions_are_heard_alike_and_noises_as_before(data):
    share = evened(data)
    assert share.sum() == pytest.approx(1.0)
    assert share[10:].tolist() == data.share[10:].tolist()
    assert share[:5].sum() == pytest.approx(share[5:10].sum())
    # Three of the first corpus' five clips are of one emotion, two of the other.
    assert share[[0, 2, 4]].sum() == pytest.approx(share[[1, 3]].sum())


def test_halfway_back_moves_published_weights_only():
    shape = Shape(network="whisper", width=12, heads=2, blocks=1, hidden=4)
    torch.manual_seed(1)
    student, begun = built(shape), built(shape)
    between = halfway_back(student, begun, 0.25)
    published = {id(weight) for weight in between.published()}
    for after, one, other in zip(
        between.parameters(), student.parameters(), begun.parameters(), strict=True
    ):
        wanted = 0.75 * one + 0.25 * other if id(after) in published else one
        assert torch.allclose(after, wanted, atol=1e-6)

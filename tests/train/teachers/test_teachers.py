"""Teachers by name, alone and together; what goes wrong with them is one sentence."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dndmood.errors import UserError
from dndmood.events import Samples
from dndmood_train import teachers
from dndmood_train.corpora import EMOTIONS
from dndmood_train.teachers import About, Opinions
from dndmood_train.teachers._named import NAMED, named
from dndmood_train.teachers._output_labels import meaning
from dndmood_train.teachers.ensemble import Ensemble

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


def sound() -> Samples:
    return (0.1 * np.random.default_rng(0).standard_normal(16_000)).astype(np.float32)


def checkpoint(folder: Path, labels: tuple[str, ...]) -> None:
    config = transformers.Wav2Vec2Config(
        hidden_size=64,
        num_hidden_layers=1,
        num_attention_heads=1,
        intermediate_size=32,
        conv_dim=[8] * 7,
        num_conv_pos_embeddings=16,
        num_conv_pos_embedding_groups=4,
        classifier_proj_size=16,
        id2label=dict(enumerate(labels)),
    )
    transformers.Wav2Vec2ForSequenceClassification(config).save_pretrained(folder)


def ask(name: str | Path, *waveforms: Samples) -> Opinions:
    with teachers.open_teacher(str(name), device="cpu") as teacher:
        return teacher(waveforms)


def column(opinions: Opinions, emotion: str) -> np.ndarray:
    return opinions.shares[:, EMOTIONS.index(emotion)]


@pytest.mark.parametrize(
    ("labels", "words"),
    [(("yes", "no"), "yes, no"), (("LABEL_0", "LABEL_1"), "nothing"), (("ang", "dog"), "dog")],
)
def test_outputs_that_are_no_emotions_are_one_sentence(
    labels: tuple[str, ...], words: str, tmp_path: Path
) -> None:
    checkpoint(tmp_path, labels)
    with pytest.raises(UserError, match=f"calls its outputs {words}, .* id2label"):
        ask(tmp_path, sound())


def test_a_hub_that_cannot_be_reached_leaves_two_ways_out() -> None:
    with pytest.raises(UserError, match=r"connect to the internet .* or download .* FOLDER"):
        ask("somebody/a-model-that-is-not-here", sound())


def test_a_folder_without_weights_is_said(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"id2label": {"0": "ang", "1": "sad"}}')
    with pytest.raises(UserError, match="no weights in"):
        ask(tmp_path, sound())


def test_weights_cut_short_are_said(tmp_path: Path) -> None:
    checkpoint(tmp_path, ("ang", "hap", "neu", "sad"))
    content = (tmp_path / "model.safetensors").read_bytes()
    (tmp_path / "model.safetensors").write_bytes(content[: len(content) // 2])
    with pytest.raises(UserError, match="download the checkpoint again"):
        ask(tmp_path, sound())


def test_an_unknown_teacher_names_the_known_ones() -> None:
    with pytest.raises(UserError, match=r"no teacher called wisdom: known are .*audeering"):
        ask("wisdom", sound())


def test_a_device_that_is_not_there_is_said() -> None:
    with pytest.raises(UserError, match="There is no device abacus"):
        teachers.device_named("abacus")


def test_every_well_known_teacher_speaks_of_emotions() -> None:
    for name, known in NAMED.items():
        understood = meaning(known.labels, source=name)
        assert understood.emotions or understood.dimensions
        assert named(known.hub) == known
        assert named(f"somewhere/{known.hub.split('/')[1]}") == known
        assert name in teachers.names()


class Fixed:
    """A teacher that always says the same."""

    def __init__(self, shares: dict[str, float], arousal: float | None = None) -> None:
        dimensions = ("arousal",) if arousal is not None else ()
        self.about = About("fixed", "nowhere", "none", tuple(shares), dimensions)
        self._shares, self._arousal = shares, arousal

    def __call__(self, waveforms: Any, _speakers: Any = ()) -> Opinions:
        found = Opinions.none(len(waveforms))
        if self._shares:
            found.shares[:] = [self._shares.get(name, 0) for name in EMOTIONS]
        if self._arousal is not None:
            found.arousal[:] = self._arousal
        return found


def test_an_ensemble_averages_what_its_members_have_an_opinion_on() -> None:
    dimensional = Fixed({}, arousal=0.2)
    both = Fixed({"angry": 0.9, "sad": 0.1}, arousal=0.6)
    other = Fixed({"angry": 0.5, "sad": 0.5})
    ensemble = Ensemble([dimensional, both, other])
    found = ensemble([sound()] * 2)
    assert found.arousal == pytest.approx([0.4, 0.4])
    assert column(found, "angry") == pytest.approx([0.7, 0.7])
    assert np.isnan(found.valence).all()
    assert ensemble.about.dimensions == ("arousal",)


def test_who_knows_fewer_emotions_divides_what_the_others_leave() -> None:
    wise = Fixed({"angry": 0.1, "sad": 0.1, "calm": 0.8})
    simple = Fixed({"angry": 1.0, "sad": 0.0})
    found = Ensemble([wise, simple])([sound()])
    assert column(found, "calm")[0] == pytest.approx(0.8)
    assert column(found, "angry")[0] == pytest.approx(0.15)
    assert found.shares.sum() == pytest.approx(1)


def test_the_teacher_of_wav2small_is_an_ensemble_of_two(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from dndmood_train.teachers import wav2vec2

    @contextmanager
    def opened(argument: str, *, device: str) -> Iterator[Any]:
        yield Fixed({}, arousal={"audeering": 0.2, "3loi": 0.4}[argument.partition("/")[0]])

    monkeypatch.setattr(wav2vec2, "opened", opened)
    assert ask("wav2small", sound()).arousal == pytest.approx([0.3])


def test_one_teacher_is_no_ensemble() -> None:
    with pytest.raises(UserError, match="two teachers"):
        ask("ensemble:audeering", sound())


def test_without_transformers_one_sentence_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import sys

    (tmp_path / "config.json").write_text("{}")
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(UserError, match=r"pip install 'dndmood\[train\]'"):
        ask(tmp_path, sound())


def test_a_scale_of_ratings_becomes_zero_to_one() -> None:
    understood = meaning(("valence", "arousal"), source="x")
    found = understood.opinions(np.array([[1, 7], [4, 9]], np.float32), scale=(1, 7))
    assert found.valence == pytest.approx([0, 0.5])
    assert found.arousal == pytest.approx([1, 1])

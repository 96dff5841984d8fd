"""Where emotions lie in the features, from sounds of known loudness."""

import numpy as np
import pytest
import soundfile

from dndmood.hearing.model import read_card
from dndmood_train.corpora import manifest
from dndmood_train.evaluation.places import append_to_card, places
from tests.featured_model import featured_model
from tests.train.evaluation.graphs import loudness_model
from tests.train.evaluation.test_evaluate import LEVEL, held


def clips(root, corpus: str, factor: float) -> list:
    """Two speakers who say every emotion, `factor` times as loud as the model is used to."""
    folder = root / corpus
    folder.mkdir()
    rows = []
    for who in ("anna", "berta"):
        for emotion, level in LEVEL.items():
            name = f"{who}-{emotion}.wav"
            soundfile.write(folder / name, held(level * factor), 16_000, subtype="FLOAT")
            rows.append(f"{name},{emotion},{who}")
    (folder / "manifest.csv").write_text("\n".join(["path,emotion,speaker", *rows, ""]))
    return list(manifest.clips(folder))


def test_places_are_those_of_each_corpus_on_its_own_zero(tmp_path):
    folder = featured_model(tmp_path / "model")
    append_to_card(folder, [*clips(tmp_path, "usual", 1.0), *clips(tmp_path, "soft", 0.5)])
    found = read_card(folder).places
    mean = np.mean(list(LEVEL.values()))
    # The soft corpus' emotions lie half as far apart, and their mean is no matter.
    for label, level in zip(("angry", "happy", "neutral", "sad"), LEVEL.values(), strict=True):
        near = 0.75 * (level - mean) / 0.2
        assert found[label] == pytest.approx((near, -near), abs=0.01)


def test_an_emotion_that_no_corpus_has_lies_where_all_speech_does():
    found = places(
        np.array([[1.0], [3.0]]), ["sad", "happy"], ["a", "a"], ("sad", "happy", "calm")
    )
    assert found == {"sad": [-1.0], "happy": [1.0], "calm": [0.0]}


def test_the_card_of_a_model_without_a_head_is_left_alone(tmp_path):
    folder = loudness_model(tmp_path / "model")
    before = (folder / "card.toml").read_text()
    append_to_card(folder, clips(tmp_path, "usual", 1.0))
    assert (folder / "card.toml").read_text() == before

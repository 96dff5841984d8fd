"""Where emotions lie in features of which everything is known."""

from pathlib import Path

import numpy as np
import pytest

from dndmood_train.corpora import Clip
from dndmood_train.evaluation.places import EACH, places, spread


def test_places_are_those_of_each_corpus_on_its_own_zero():
    features = np.array([[1.0, 0.0], [3.0, 0.0], [10.0, 5.0], [11.0, 5.0]])
    found = places(features, ["sad", "happy"] * 2, ["a", "a", "far", "far"], ("sad", "happy"))
    # The far corpus' emotions lie half as far apart, and where it lies is no matter.
    assert found["sad"] == pytest.approx((-0.75, 0.0))
    assert found["happy"] == pytest.approx((0.75, 0.0))


def test_an_emotion_that_no_corpus_has_lies_where_all_speech_does():
    found = places(
        np.array([[1.0], [3.0]]), ["sad", "happy"], ["a", "a"], ("sad", "happy", "calm")
    )
    assert found == {"sad": [-1.0], "happy": [1.0], "calm": [0.0]}


def test_some_clips_of_every_emotion_are_enough_and_none_of_no_emotion():
    emotions = ["sad"] * 500 + ["happy"] * 3 + [None] * 7
    clips = [
        Clip(path=Path(f"{n}.wav"), corpus="a", speaker=f"a:{n}", emotion=emotion)
        for n, emotion in enumerate(emotions)
    ]
    rows = spread(range(len(clips)), clips)
    assert rows.count(500) == 1
    assert 0.8 * EACH <= sum(row < 500 for row in rows) <= EACH
    assert len(rows) - sum(row < 500 for row in rows) == 3

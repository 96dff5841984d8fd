"""Where emotions lie in a model's features, measured on whole clips of a small corpus."""

import numpy as np
import pytest
import soundfile

pytest.importorskip("onnx")

from dndmood.hearing.model import open_model
from dndmood_train.corpora import Clip
from tests.benchmarks.table_scale import measured
from tests.featured_model import featured_model


def test_places_are_those_of_the_clips_means(tmp_path):
    """The model's two features are (level - .3) / .2 and minus that, so places can be counted."""
    clips = []
    for emotion, level in (("angry", 0.5), ("sad", 0.1)):
        for take in range(2):
            path = tmp_path / f"{emotion}-{take}.wav"
            sound = level * np.sign(np.sin(np.arange(48_000) * 0.3))
            soundfile.write(path, sound, 16_000, subtype="FLOAT")
            clips.append(
                Clip(path=path, corpus="evening", speaker="evening:a", emotion=emotion)
            )
    with open_model(featured_model(tmp_path / "model")) as model:
        found = measured(model, clips)
    # Each corpus lies on its own zero, the mean of its emotions' means: 1 and -1 around 0.
    assert found["angry"] == pytest.approx([1.0, -1.0], abs=0.02)
    assert found["sad"] == pytest.approx([-1.0, 1.0], abs=0.02)
    assert found["neutral"] == [0.0, 0.0]

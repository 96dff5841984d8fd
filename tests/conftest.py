"""What many tests share."""

import numpy as np
import pytest

from dndmood.events import Samples
from dndmood.mood.book import Mood
from tests.fakes import mood, noise


@pytest.fixture
def moods() -> dict[str, Mood]:
    """Three moods far apart in the plane."""
    every = (
        mood("calm", 0.3, 0.6, "calm"),
        mood("battle", 0.85, 0.25, "angry"),
        mood("sorrow", 0.25, 0.25, "sad"),
    )
    return {one.name: one for one in every}


@pytest.fixture(scope="session")
def evening() -> Samples:
    """Four minutes: soft talk, a pause, shouting, soft talk again; 'talk' is loud enough noise."""
    return np.concatenate(
        (
            noise(60, 0.03, seed=1),
            np.zeros(5 * 16_000, np.float32),
            noise(75, 0.25, seed=2),
            noise(100, 0.03, seed=3),
        )
    )

"""What many tests share."""

import signal

import numpy as np
import pytest
from hypothesis import settings

from dndmood import paths
from dndmood.events import Samples
from dndmood.mood.book import Mood
from tests.fakes import mood, noise

# A deadline for each example would measure who else computes on this machine.
settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")

for name, usual in (
    ("SIGHUP", signal.SIG_DFL),
    ("SIGINT", signal.default_int_handler),
    ("SIGQUIT", signal.SIG_DFL),
):
    number = getattr(signal, name, None)  # Windows has one of them
    if number is not None and signal.getsignal(number) is signal.SIG_IGN:
        # Under nohup, or in a script's background, every program that a test starts would
        # ignore it too.
        signal.signal(number, usual)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    """Tests in real time run one after the other, however many workers there are."""
    if config.pluginmanager.hasplugin("xdist"):
        for item in items:
            if any(item.iter_markers("real_time")) or any(item.iter_markers("device")):
                item.add_marker(pytest.mark.xdist_group("real_time"))


@pytest.fixture(autouse=True)
def _no_library_of_the_users(tmp_path_factory, monkeypatch):
    """Tests know nothing of the music of whoever runs them, and leave nothing in its index."""
    own = tmp_path_factory.mktemp("library")
    monkeypatch.setattr(paths, "music_index", lambda: own / "music.sqlite")
    monkeypatch.setattr(paths, "heard_music", lambda: own / "heard.json")
    monkeypatch.setattr(paths, "music_decisions", lambda: own / "decisions.jsonl")


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

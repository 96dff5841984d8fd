"""Adding a player, a mood or a corpus is one new file and no edit."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

LOUD = '''
"""Plays through the Loud daemon."""
from contextlib import contextmanager

@contextmanager
def opened(argument, report):
    yield lambda event: None
'''
AWE = """
title = "Awe"
arousal = 0.6
valence = 0.7
emotions = { surprised = 1.0 }
tracks = ["awe/*.ogg"]
"""
TOY = '''
"""Toy: three clips, public domain."""
'''


@pytest.fixture
def copy(tmp_path):
    for name in ("dndmood", "playlists", "train"):
        shutil.copytree(
            ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "*.ogg")
        )
    return tmp_path


def said(folder: Path, *code: str) -> str:
    run = subprocess.run(
        [sys.executable, "-c", "\n".join(code)],
        cwd=folder,
        env={
            "PYTHONPATH": f"{folder}:{folder / 'train'}",
            "PATH": "/usr/bin:/bin",
            "HOME": str(folder),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    return run.stdout + run.stderr


def test_a_player_is_one_file(copy):
    (copy / "dndmood" / "players" / "loud.py").write_text(LOUD)
    out = said(
        copy,
        "from dndmood.players import names, open_player",
        "assert 'loud' in names()",
        "with open_player('loud', print) as (player, sentence, _): print(sentence)",
    )
    assert out == "Music goes to loud, as asked.\n"


def test_a_mood_is_one_file(copy):
    (copy / "playlists" / "awe.toml").write_text(AWE)
    out = said(
        copy,
        "import sys; sys.argv = ['dndmood', 'moods']",
        "from dndmood.cli import main",
        "main()",
    )
    assert "7  Awe, for voices that sound surprised; stays at least" in out


def test_a_corpus_is_one_file(copy):
    corpora = copy / "train" / "dndmood_train" / "corpora"
    if not corpora.is_dir():
        pytest.skip("no corpora yet")
    (corpora / "toy.py").write_text(TOY)
    assert (
        said(copy, "from dndmood_train.corpora import names", "print('toy' in names())")
        == "True\n"
    )

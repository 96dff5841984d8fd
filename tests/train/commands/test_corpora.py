"""The list of corpora, and the training house's own front door."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from dndmood_train import __main__ as door
from dndmood_train import corpora
from dndmood_train.commands._corpora_view import show
from tests.train.corpora.test_corpora import example_of


def test_the_list_says_what_was_found_where(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    example = tmp_path / "deep" / corpora.reader("ravdess").EXAMPLE
    example.parent.mkdir(parents=True)
    soundfile.write(example, np.full(160, 0.1), 16_000)
    assert door.main(["corpora", str(tmp_path), "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert (told["title"], told["clips"], told["speakers"]) == ("RAVDESS", 1, 1)
    assert told["folder"] == str(tmp_path / "deep")
    show([tmp_path])
    assert "CC BY-NC-SA" in capsys.readouterr().out


def test_without_a_folder_the_list_says_where_to_get_them(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    show([])
    told = capsys.readouterr().out
    for name in corpora.names():
        assert name in told
    # Whole, however narrow the terminal, as it is there to be copied.
    assert corpora.reader("baved").LINK in told


def test_the_training_house_has_a_door_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert door.main(["corpora", "/nowhere/at/all"]) == 2
    assert "There is no folder" in capsys.readouterr().err
    assert door.main(["cook"]) == 2
    assert "evaluate" in capsys.readouterr().out


def test_the_readme_has_every_corpus_with_its_licence_and_link() -> None:
    told = (Path(__file__).parents[3] / "train" / "README.md").read_text(encoding="utf-8")
    for name in corpora.names():
        reader = corpora.reader(name)
        if name != "manifest":
            (line,) = [
                one for one in told.splitlines() if one.startswith(f"| [{reader.TITLE}]")
            ]
            assert reader.LINK in line
            assert reader.LICENCE in line
            assert ("layout not published" in line) == (not reader.EXAMPLE)


def test_the_readme_says_of_every_corpus_what_its_reader_knows(tmp_path: Path) -> None:
    told = (Path(__file__).parents[3] / "train" / "README.md").read_text(encoding="utf-8")
    for name in (name for name in corpora.names() if name != "manifest"):
        reader = corpora.reader(name)
        (line,) = [one for one in told.splitlines() if one.startswith(f"| [{reader.TITLE}]")]
        _, _, hours, languages, labels, _, tested, _ = (
            cell.strip() for cell in line.split("|")
        )
        assert hours
        assert tuple(languages.split()) == reader.LANGUAGES, name
        words = tuple(e for e in corpora.EMOTIONS if e in set(reader.EMOTION.values()))
        emotions, *rest = labels.split("; ")
        if words:
            assert tuple(emotions.split(", ")) == words, name
        if reader.EXAMPLE:
            assert tested.startswith(("a miniature tree", "miniature trees", "real clips"))
            (clip,) = corpora.clips(name, example_of(name, tmp_path / name))
            rated = [
                one[0].upper()
                for one in ("arousal", "valence", "dominance")
                if getattr(clip, one) is not None
            ]
            assert (" ".join(rated) in rest) == (len(rated) > 1), name
            # The votes of CREMA-D lie in a table that its sounds do not need.
            assert ("votes" in rest) == (clip.votes is not None or name == "cremad"), name

"""A mood file that is edited during the evening: a good edit counts, a bad one is told."""

import os
from pathlib import Path
from threading import Event as Flag

import pytest

from dndmood import assembly, paths
from dndmood.events import AudioChunk, Command, Cue, MoodBook, MoodState, Problem
from dndmood.mood.book import Mood
from dndmood.mood.follow import follow
from dndmood.mood_files import Watch, watched
from dndmood.music.dj import spin
from dndmood.settings import Settings
from tests.fakes import LABELS, noise, tone

GOOD = 'title = "Awe"\narousal = 0.6\nvalence = 0.6\nemotions = { surprised = 1.0 }\n'


@pytest.fixture
def own(tmp_path, monkeypatch) -> Path:
    """The user's own mood files, one of them awe."""
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "awe.toml").write_text(GOOD + 'tracks = ["one.wav"]\n')
    tone(folder / "one.wav", seconds=1, hz=441)
    tone(folder / "two.wav", seconds=1, hz=441)
    monkeypatch.setattr(paths, "own_playlists", lambda: folder)
    return folder


def watching() -> tuple[Watch, dict[str, Mood]]:
    moods = assembly.mood_book(Settings(), lambda _: None)
    return Watch(Settings(), moods, labels=LABELS), moods


def edit(path: Path, content: str | bytes) -> None:
    """Write `path` later than it was ever written."""
    later_ns = (path.stat().st_mtime_ns if path.exists() else 0) + 1_000_000_000
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    os.utime(path, ns=(later_ns, later_ns))


def looked(watch: Watch) -> list[MoodBook | Problem]:
    """What two looks say: one sees the change, the next that nobody writes any more."""
    return [*watch.look(), *watch.look()]


def test_nothing_is_said_while_nothing_changes(own):
    watch, _ = watching()
    assert looked(watch) + looked(watch) == []


def test_a_good_edit_brings_the_mood_and_its_music(own):
    watch, _ = watching()
    edit(own / "awe.toml", GOOD.replace("0.6", "0.9") + 'tracks = ["two.wav"]\n')
    (edited,) = looked(watch)
    assert isinstance(edited, MoodBook) and set(edited.moods) == {"awe"}
    assert edited.moods["awe"].arousal == 0.9
    assert [track.title for track in edited.shelves["awe"].tracks] == ["two"]
    assert looked(watch) == []


def test_a_file_that_is_still_being_written_is_waited_for(own):
    watch, _ = watching()
    edit(own / "awe.toml", "")
    assert list(watch.look()) == []
    edit(own / "awe.toml", GOOD)
    assert list(watch.look()) == []
    (edited,) = watch.look()
    assert isinstance(edited, MoodBook)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("title = ", "cannot be read"),
        (b"\xff\xfe" + GOOD.encode("utf-16-le"), "save it as UTF-8"),
        (GOOD.replace("surprised", "smug"), "'smug'"),
        (GOOD + "volume = 3\n", "unknown key"),
    ],
)
def test_a_bad_edit_is_one_sentence_and_the_mood_stays_until_it_is_mended(own, content, words):
    watch, _ = watching()
    edit(own / "awe.toml", content)
    (problem,) = looked(watch)
    assert isinstance(problem, Problem) and words in problem.text
    assert problem.text.endswith("; the mood stays as it was.")
    assert looked(watch) == []
    edit(own / "awe.toml", GOOD)
    good, book = looked(watch)
    assert good.solved and good.about == problem.about and "is good again" in good.text
    assert isinstance(book, MoodBook)


def test_a_bad_file_that_is_removed_is_no_problem_any_more(own):
    watch, _ = watching()
    edit(own / "awe.toml", "title = ")
    (problem,) = looked(watch)
    (own / "awe.toml").unlink()
    (over,) = looked(watch)
    assert over.solved and over.about == problem.about and "was removed" in over.text


def test_a_file_that_was_removed_leaves_its_mood_as_it_was(own):
    watch, _ = watching()
    (own / "awe.toml").unlink()
    assert looked(watch) == []


def test_a_new_mood_waits_for_the_next_start_and_a_replacement_counts(own):
    watch, _ = watching()
    edit(own / "wonder.toml", GOOD.replace("Awe", "Wonder"))
    edit(own / "battle.toml", GOOD.replace("Awe", "Fight"))
    told, edited = sorted(looked(watch), key=lambda one: isinstance(one, MoodBook))
    assert isinstance(told, Problem) and "Wonder is new" in told.text
    assert isinstance(edited, MoodBook) and set(edited.moods) == {"battle"}


def test_tracks_that_cannot_be_played_are_told(own):
    watch, _ = watching()
    edit(own / "awe.toml", GOOD + 'tracks = ["gone.wav"]\n')
    _, told = looked(watch)
    assert isinstance(told, Problem) and told.text == (
        f"Left out of awe: gone.wav in {own / 'awe.toml'}, line 5, is missing."
    )


def test_follow_and_spin_take_the_edit_up_from_the_tape(own):
    watch, moods = watching()
    shelves = assembly.music(Settings(), moods)
    edit(own / "awe.toml", GOOD.replace("Awe", "Wonder") + 'tracks = ["two.wav"]\n')
    tape = [
        AudioChunk(noise(0.1, 0.1), start=0),
        *looked(watch),
        Command("force", mood="awe", at_s=1.0),
    ]
    told = follow(tape, moods=moods, opening="calm", resting="calm")
    facts = list(spin(told, shelves=shelves))
    reasons = [fact.why for fact in facts if isinstance(fact, MoodState)]
    assert "Wonder as edited counts from now on" in reasons[1]
    assert reasons[2] == "Wonder: chosen by hand"
    cues = [fact for fact in facts if isinstance(fact, Cue)]
    assert [track.title for track in cues[1].tracks] == ["two"]


def test_the_thread_puts_what_is_found_and_is_not_waited_for(own):
    watch, _ = watching()
    edit(own / "awe.toml", GOOD)
    found, got = Flag(), []

    def put(event: MoodBook | Problem) -> None:
        got.append(event)
        found.set()

    with watched(put, watch, every_s=0.001):
        assert found.wait(30.0)
    assert isinstance(got[0], MoodBook)

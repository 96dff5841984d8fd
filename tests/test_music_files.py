"""Own music joins the evening as it becomes known, and a scan goes on beside it."""

import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from threading import Event as Flag

import pytest

from dndmood import assembly, background_scan
from dndmood.events import MoodBook, Problem
from dndmood.library import Decisions, Index
from dndmood.library.reading import read
from dndmood.music import shelves
from dndmood.music_files import MusicWatch, notes
from dndmood.settings import Settings
from tests.fakes import stand, tone


@pytest.fixture
def flat(tmp_path) -> Path:
    """A folder of three tracks that say nothing of their moods."""
    for number, hz in enumerate((441, 551, 661)):
        tone(tmp_path / "gm" / f"Track {number}.wav", seconds=1, hz=hz)
    return tmp_path / "gm"


def watching(folder: Path) -> MusicWatch:
    settings = Settings(music=str(folder))
    moods = assembly.mood_book(settings)
    return MusicWatch(settings, moods, assembly.music(settings, moods))


def looked(watch: MusicWatch) -> list[MoodBook | Problem]:
    return [fact for _ in range(6) for fact in watch.look()]


def scanned(folder: Path, **moods: str) -> None:
    """As a scan puts it into the index."""
    with Index() as index:
        for name, mood in moods.items():
            track = read(folder / f"Track {name[1:]}.wav")
            index.put(replace(track, analysis=1, mood=mood, decided_by="sound"))


def titles(book: MoodBook, mood: str) -> list[str]:
    return sorted(track.title for track in book.shelves[mood].tracks)


def test_tracks_join_their_moods_as_a_scan_gets_to_know_them(flat):
    watch = watching(flat)
    assert [fact for fact in looked(watch) if isinstance(fact, Problem)] == []
    scanned(flat, _0="battle")
    (book,) = looked(watch)
    assert set(book.shelves) == {"battle"} and titles(book, "battle") == ["Track 0"]
    assert book.shelves["battle"].own and book.moods == {}
    scanned(flat, _1="battle", _2="calm")
    book, told = looked(watch)
    assert titles(book, "battle") == ["Track 0", "Track 1"] and titles(book, "calm") == [
        "Track 2"
    ]
    assert told.solved and "'dndmood library review'" in told.text
    assert looked(watch) == []


def test_a_decision_made_while_the_evening_runs_counts(flat):
    scanned(flat, _0="battle", _1="battle", _2="battle")
    watch = watching(flat)
    Decisions().decide(read(flat / "Track 1.wav"), "calm")
    (book,) = looked(watch)
    assert titles(book, "calm") == ["Track 1"]
    assert titles(book, "battle") == ["Track 0", "Track 2"]


def test_a_folder_that_was_late_plays_as_soon_as_it_answers(flat, monkeypatch):
    settings = Settings(music=str(flat))
    scanned(flat, _0="battle", _1="battle", _2="calm")
    moods = assembly.mood_book(settings)
    answers = Flag()
    with monkeypatch.context() as drive:
        drive.setattr(shelves, "own_music", lambda *_: answers.wait())
        late = assembly.music(settings, moods, listing_s=0.05)
    answers.set()
    assert late.late and not late["battle"].own
    book, told = looked(MusicWatch(settings, moods, late))
    assert titles(book, "battle") == ["Track 0", "Track 1"]
    (note,) = notes(late)
    assert "does not answer" in note.text
    assert told.solved and "is there: your own music plays." in told.text
    assert stand((note, told)) == [True, False]


def test_a_folder_that_goes_away_is_said_once_and_that_it_is_back(flat):
    scanned(flat, _0="battle")
    watch = watching(flat)
    assert looked(watch) == []
    flat.rename(flat.with_name("away"))
    (gone,) = looked(watch)
    assert isinstance(gone, Problem) and not gone.solved
    assert gone.text == (
        f"The music folder {flat} is gone: the starter tracks play until it is back."
    )
    assert looked(watch) == []
    flat.with_name("away").rename(flat)
    (back,) = looked(watch)
    assert isinstance(back, Problem) and back.solved and "is there" in back.text


def test_where_music_was_an_empty_folder_is_the_place_of_a_drive_that_is_away(flat):
    scanned(flat, _0="battle")
    watch = watching(flat)
    flat.rename(flat.with_name("away"))
    flat.mkdir()
    (gone,) = looked(watch)
    assert isinstance(gone, Problem) and "is gone" in gone.text
    flat.rmdir()
    flat.with_name("away").rename(flat)
    tone(flat / "Kampf" / "Sturm.wav", seconds=1, hz=700)
    book, back = looked(watch)
    assert titles(book, "battle") == ["Sturm", "Track 0"] and back.solved


def test_a_stick_that_is_plugged_in_during_the_evening_brings_its_music(tmp_path):
    stick = tmp_path / "stick"
    settings = Settings(music=str(stick))
    moods = assembly.mood_book(settings)
    shelves = assembly.music(settings, moods, missing_ok=True)
    assert shelves.late and not any(shelf.own for shelf in shelves.values())
    assert f"{stick} is not there: the starter tracks play until it is." in shelves.late
    assert shelves.notes == () and list(shelves.announcements())[1] == shelves.late
    watch = MusicWatch(settings, moods, shelves)
    assert looked(watch) == [] and watch.moves == 0
    tone(stick / "Combat" / "Storm.wav", seconds=1, hz=700)
    book, told = looked(watch)
    assert titles(book, "battle") == ["Storm"] and book.shelves["battle"].own
    assert told.solved and "your own music plays" in told.text
    assert watch.moves == 1


@pytest.mark.parametrize("flat_again", [False, True])
def test_a_file_that_is_put_into_the_folder_is_seen_without_a_scan(flat, flat_again):
    tone(flat / "Battle" / "One.wav", seconds=1, hz=700)
    settings = Settings(music=str(flat))
    moods = assembly.mood_book(settings)
    shelves = assembly.music(settings, moods)
    watch = MusicWatch(settings, moods, shelves)
    assert looked(watch) == []
    where = flat if flat_again else flat / "Battle"
    tone(where / "Two.wav", seconds=1, hz=800)
    found = looked(watch)
    assert watch.moves == 1  # for a scan, which listens to it
    if not flat_again:
        (book,) = found
        assert titles(book, "battle") == ["One", "Two"]
    assert looked(watch) == [] and watch.moves == 1


def test_a_stick_that_a_mood_of_ones_own_names_brings_its_music_when_it_is_plugged_in(tmp_path):
    stick, own = tmp_path / "stick", tmp_path / "moods"
    own.mkdir()
    (own / "awe.toml").write_text(
        f'title = "Awe"\narousal = 0.4\nvalence = 0.7\nemotions = {{ calm = 1.0 }}\ntracks = ["{stick}/awe/*"]\n'
    )
    settings = Settings(playlists=str(own))
    moods = assembly.mood_book(settings)
    shelves = assembly.music(settings, moods)
    watch = MusicWatch(settings, moods, shelves)
    assert shelves["awe"].tracks == () and looked(watch) == []
    tone(stick / "awe" / "Aurora.wav", seconds=1, hz=700)
    (book,) = looked(watch)
    assert titles(book, "awe") == ["Aurora"]
    tone(stick / "awe" / "Borealis.wav", seconds=1, hz=700)
    (book,) = looked(watch)
    assert titles(book, "awe") == ["Aurora", "Borealis"]


def test_a_playlist_that_is_edited_during_the_evening_counts(flat):
    (flat / "Battle.m3u8").write_text("Track 0.wav\n")
    watch = watching(flat)
    assert looked(watch) == []
    (flat / "Battle.m3u8").write_text("Track 0.wav\nTrack 2.wav\n")
    (book,) = looked(watch)
    assert titles(book, "battle") == ["Track 0", "Track 2"]


def test_a_folder_into_which_files_are_being_copied_is_listed_when_it_comes_to_rest(flat):
    tone(flat / "Battle" / "0.wav", seconds=1, hz=700)
    watch = watching(flat)
    for number in range(1, 5):
        tone(flat / "Battle" / f"{number}.wav", seconds=1, hz=700)
        os.utime(flat / "Battle", ns=(number, number))
        assert list(watch.look()) == []
    (book,) = looked(watch)
    assert len(titles(book, "battle")) == 5


@pytest.mark.skipif(os.name == "nt", reason="looks at POSIX processes")
def test_a_scan_ends_with_the_evening_and_gives_way_to_it(monkeypatch):
    started: list[subprocess.Popen[bytes]] = []
    popen = subprocess.Popen

    def start(order, **more):
        assert order[1:5] == ["-m", "dndmood", "library", "scan"] and order[-1] == "/music"
        started.append(popen([sys.executable, "-c", "import time; time.sleep(600)"], **more))
        return started[0]

    monkeypatch.setattr(background_scan.subprocess, "Popen", start)
    began_s = time.monotonic()
    with background_scan.scanning("/music"):
        (process,) = started
        assert process.poll() is None
        assert os.getpriority(os.PRIO_PROCESS, process.pid) == 19
    assert process.poll() is not None and time.monotonic() - began_s < 60.0


@pytest.mark.skipif(os.name == "nt", reason="looks at POSIX processes")
def test_a_scan_that_takes_its_time_to_end_holds_nobody_up_who_only_leaves(monkeypatch):
    stubborn = "import signal, time; signal.signal(2, signal.SIG_IGN); time.sleep(600)"
    popen, started = subprocess.Popen, []

    def start(order, **more):
        started.append(popen([sys.executable, "-c", stubborn], **more))
        return started[0]

    monkeypatch.setattr(background_scan.subprocess, "Popen", start)
    with background_scan.scanning("/music") as leave:
        before_s = time.monotonic()
        leave()
        assert time.monotonic() - before_s < background_scan._LEAVE_S / 2
        assert started[0].poll() is None
    assert started[0].poll() is not None


@pytest.mark.skipif(os.name == "nt", reason="starts a script")
@pytest.mark.parametrize("at_once", [True, False])
def test_the_folder_is_scanned_again_and_again(tmp_path, monkeypatch, at_once):
    monkeypatch.setattr(background_scan, "_AGAIN_S", 0.05)
    monkeypatch.setattr(background_scan, "_REST", 0.0)
    monkeypatch.setattr(background_scan, "_LOOK_S", 0.05)
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\necho scan >> {tmp_path / 'scans'}\n")
    program.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(program))
    until_s = time.monotonic() + 60.0
    with background_scan.scanning("/music", at_once=at_once):
        while _scans(tmp_path) < 3 and time.monotonic() < until_s:
            time.sleep(0.02)
    count = _scans(tmp_path)
    assert count >= 3
    time.sleep(0.5)
    assert _scans(tmp_path) == count


@pytest.mark.skipif(os.name == "nt", reason="starts a script")
def test_a_scan_comes_at_once_when_there_is_news(tmp_path, monkeypatch):
    monkeypatch.setattr(background_scan, "_LOOK_S", 0.02)
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\necho scan >> {tmp_path / 'scans'}\n")
    program.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(program))
    came, until_s = [0], time.monotonic() + 60.0
    with background_scan.scanning("/music", at_once=False, moves=lambda: came[-1]):
        for count in (1, 2):
            came.append(count)
            while _scans(tmp_path) < count and time.monotonic() < until_s:
                time.sleep(0.02)
            assert _scans(tmp_path) == count


def _scans(folder):
    path = folder / "scans"
    return len(path.read_text().splitlines()) if path.exists() else 0


def test_where_no_scan_can_be_started_the_evening_goes_on(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with background_scan.scanning("/music"):
        pass

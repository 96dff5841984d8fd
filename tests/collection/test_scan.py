"""A scan listens to everything once, keeps it, and touches nothing."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dndmood.collection import listing, placing
from dndmood.collection.scan import scan, sentences
from dndmood.collection.workers import listened_to
from dndmood.commands.library import library
from dndmood.library import Decisions, Index
from tests.fakes import mood
from tests.library.tunes import MAJOR, MINOR, piece, write
from tests.programs import Program


@pytest.fixture
def book():
    every = (mood("calm", 0.34, 0.58, "calm"), mood("battle", 0.84, 0.2, "angry"))
    return {one.name: one for one in every}


@pytest.fixture
def music(tmp_path):
    folder = tmp_path / "music"
    write(folder / "slow [1].flac", piece(MAJOR, 1.2, 8))
    write(folder / "Battle" / "fast.wav", piece(MINOR, 0.2, 8))
    (folder / "broken.ogg").write_bytes(b"no sound" * 50)
    return folder


def state_of(folder):
    return {
        str(path): (path.stat().st_mtime_ns, hashlib.sha256(path.read_bytes()).hexdigest())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def by_name(tracks):
    return {Path(track.path).name: track for track in tracks}


def test_everything_is_heard_once_and_no_file_is_touched(music, book):
    before, said = state_of(music), []
    tracks, _ = scan([music], book, workers=2, say=said.append)
    found = by_name(tracks)
    assert found["fast.wav"].mood == "battle" and found["fast.wav"].decided_by == "folder"
    assert found["slow [1].flac"].decided_by == "sound"
    assert 0 < found["slow [1].flac"].arousal < 1
    assert found["broken.ogg"].problem and not found["broken.ogg"].mood
    assert state_of(music) == before
    said.clear()
    again, _ = scan([music], book, workers=2, say=said.append)
    assert said == [] and again == tracks
    assert "Not used: broken.ogg" in " ".join(sentences(tracks, book))


def test_what_sounds_too_short_to_tell_is_no_proposal(tmp_path, book):
    write(tmp_path / "music" / "bell.wav", piece(MAJOR, 0.5, 1)[: 44_100 // 2])
    tracks, notes = scan([tmp_path / "music"], book, workers=1, say=lambda _: None)
    said = list(sentences(tracks, book, notes))
    assert said[0].startswith("1 track: 0 calm")
    assert said[1].startswith("1 track says by nothing which mood fits")
    assert len(said) == 2


def test_a_changed_file_is_heard_again_and_a_moved_one_is_not(music, book, monkeypatch):
    before = by_name(scan([music], book, workers=1, say=lambda _: None)[0])["slow [1].flac"]
    (music / "slow [1].flac").rename(music / "moved.flac")
    write(music / "Battle" / "fast.wav", piece(MAJOR, 0.5, 9))
    said = []
    tracks, _ = scan([music], book, workers=1, say=said.append)
    assert said[0].startswith("Listening to 2 tracks")
    found = by_name(tracks)
    assert found["fast.wav"].duration_s == pytest.approx(9.0, abs=0.1)
    assert found["moved.flac"].arousal_odds is not None
    assert found["moved.flac"].gain_db == before.gain_db
    assert before.gain_db is not None
    with Index() as index:
        assert not any(Path(one.path).name == "slow [1].flac" for one in index.tracks())


def test_a_decision_beats_the_scan_and_moves_with_the_file(music, book):
    tracks, _ = scan([music], book, workers=1, say=lambda _: None)
    Decisions().decide(by_name(tracks)["slow [1].flac"], "battle")
    (music / "slow [1].flac").rename(music / "other.flac")
    found = by_name(scan([music], book, workers=1, say=lambda _: None)[0])["other.flac"]
    assert (found.mood, found.decided_by) == ("battle", "person")


def test_what_was_decided_can_be_taken_back(music, book):
    tracks, _ = scan([music], book, workers=1, say=lambda _: None)
    decisions, track = Decisions(), by_name(tracks)["slow [1].flac"]
    decisions.take_back(track, decisions.decide(track, "battle"))
    found = by_name(placing.placed(tracks, book.values(), decisions, {}))
    assert found["slow [1].flac"].decided_by == "sound"


def test_one_json_object_for_each_track(music, book):
    tracks, _ = scan([music], book, workers=1, say=lambda _: None)
    lines = [json.loads(line) for line in listing.as_json(tracks)]
    assert len(lines) == 3
    wanted = {
        "path",
        "mood",
        "confidence",
        "arousal",
        "valence",
        "duration_s",
        "lufs",
        "reason",
    }
    assert all(wanted | {"decided_by"} <= set(line) for line in lines)


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_a_file_that_kills_its_decoder_ends_no_scan(music, tmp_path, monkeypatch):
    killer = tmp_path / "sitecustomize.py"
    killer.write_text(
        "import os\n"
        "def install():\n"
        "    from dndmood.library import measuring\n"
        "    whole = measuring.measured\n"
        "    def deadly(track, **more):\n"
        "        if 'fast' in track.path: os.kill(os.getpid(), 9)\n"
        "        return whole(track, **more)\n"
        "    measuring.measured = deadly\n"
        "install()\n"
    )
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), *sys.path]))
    paths = sorted(str(path) for path in music.rglob("*") if path.is_file())
    found = by_name(listened_to(paths, workers=2, index=tmp_path / "index.sqlite"))
    assert len(found) == 3
    assert "decoder" in found["fast.wav"].problem
    assert found["slow [1].flac"].arousal_odds is not None


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_a_scan_that_is_killed_keeps_what_it_has_and_leaves_nobody_behind(tmp_path):
    for number in range(12):
        write(tmp_path / "music" / f"{number}.wav", piece(MAJOR, 0.5, 6))
    home = {**os.environ, "HOME": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)}
    home |= {f"XDG_{what}_HOME": str(tmp_path / what) for what in ("CACHE", "STATE", "CONFIG")}
    command = [sys.executable, "-m", "dndmood", "library"]
    scan = [*command, "scan", str(tmp_path / "music"), "--workers", "1"]
    index, until_s = tmp_path / "CACHE" / "dndmood", time.monotonic() + 300
    with Program(scan, env=home, stderr=subprocess.PIPE) as running:
        assert b"Listening to 12 tracks" in running.stderr.readline()
        while not _known(index) and time.monotonic() < until_s:
            time.sleep(0.05)
        running.send_signal(signal.SIGKILL)
        running.stderr.read()  # ends when nobody is left who could write to it
    kept = _known(index)
    assert kept > 0
    again = subprocess.run(scan, env=home, capture_output=True, check=True, text=True)
    assert "12 tracks:" in again.stdout


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_ctrl_c_ends_a_scan_with_a_sentence_and_the_next_one_goes_on(tmp_path):
    sound = piece(MAJOR, 0.5, 12)
    for number in range(24):  # each another sound, as what is known already is not listened to
        write(tmp_path / "music" / f"{number}.wav", sound * (1.0 - number / 50.0))
    home = {**os.environ, "HOME": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)}
    home |= {f"XDG_{what}_HOME": str(tmp_path / what) for what in ("CACHE", "STATE", "CONFIG")}
    command = [sys.executable, "-m", "dndmood", "library", "scan", str(tmp_path / "music")]
    index, until_s = tmp_path / "CACHE" / "dndmood", time.monotonic() + 300
    with Program(
        [*command, "--workers", "1"], env=home, stderr=subprocess.PIPE, start_new_session=True
    ) as running:
        assert b"Listening to 24 tracks" in running.stderr.readline()
        while not _known(index) and time.monotonic() < until_s:
            time.sleep(0.05)
        os.killpg(running.pid, signal.SIGINT)  # as a terminal does, to the workers as well
        said = running.stderr.read().decode()
    assert said.strip() == (
        "Stopped: what was listened to is kept, and the next scan goes on from here."
    )
    assert running.returncode == 130
    kept = _known(index)
    assert 0 < kept < 24
    again = subprocess.run(command, env=home, capture_output=True, check=True, text=True)
    assert f"Listening to {24 - kept} tracks that are new or changed, of 24" in again.stderr
    assert "24 tracks:" in again.stdout


def _known(folder):
    import sqlite3

    files = list(folder.glob("*.sqlite"))
    if not files:
        return 0
    try:
        with sqlite3.connect(f"file:{files[0]}?mode=ro", uri=True) as database:
            return database.execute(
                "SELECT COUNT(*) FROM tracks WHERE analysis > 0"
            ).fetchone()[0]
    except sqlite3.Error:
        return 0


def test_after_a_scan_that_was_killed_the_list_has_every_track_in_its_mood(music):
    paths = [str(path) for path in sorted(music.rglob("*")) if path.is_file()]
    with Index() as index:
        index.put(*listened_to(paths, workers=1, index=index.path))  # and no further
    assert "its folder says Battle" in listed(music)
    with Index() as index:
        assert not any(track.mood for track in index.tracks())


def test_a_decision_that_came_from_elsewhere_is_listed_at_once(music, book):
    tracks, _ = scan([music], book, workers=1, say=lambda _: None)
    Decisions().decide(by_name(tracks)["slow [1].flac"], "battle")
    assert "slow [1].flac (0:08, 100%): you decided it" in listed(music)


def test_what_a_scan_finds_out_beside_a_review_is_not_lost_to_it(music, book):
    before, _ = scan([music], book, workers=1, say=lambda _: None)
    write(music / "slow [1].flac", piece(MAJOR, 1.2, 12))
    scan([music], book, workers=1, say=lambda _: None)
    Decisions().decide(by_name(before)["fast.wav"], "calm")
    with Index() as index:
        placing.moods_kept(index, placing.placed(before, book.values(), Decisions(), {}))
        found = by_name(index.tracks())
    assert found["fast.wav"].mood == "calm"
    assert found["slow [1].flac"].duration_s == pytest.approx(12.0, abs=0.1)


def test_a_folder_of_playlists_has_the_tracks_that_they_name_wherever_those_lie(
    music, book, tmp_path
):
    lists = tmp_path / "lists"
    lists.mkdir()
    (lists / "Calm.m3u8").write_text(f"{music / 'slow [1].flac'}\n{music / 'broken.ogg'}\n")
    scan([lists], book, workers=1, say=lambda _: None)
    assert "its playlist says calm" in listed(lists)
    checked = CliRunner().invoke(library, ["check", str(lists)])
    assert "not listened to yet" not in checked.output and "Only 1 track for calm" in (
        checked.output
    )
    assert "broken.ogg" in checked.output
    done = CliRunner().invoke(library, ["export", str(tmp_path / "out"), str(lists)])
    assert done.exit_code == 0 and "calm.m3u8: 1 track" in done.output
    # The folder itself knows nothing of that playlist, and asks for what it has not heard.
    assert (
        "1 track not listened to yet"
        in CliRunner().invoke(library, ["check", str(music)]).output
    )


def listed(folder) -> str:
    """What `library list` prints."""
    result = CliRunner().invoke(library, ["list", str(folder)])
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize("place_stays", [True, False])
def test_a_drive_that_is_away_costs_nothing_that_was_listened_to(
    music, book, place_stays, tmp_path
):
    (tmp_path / "all" / "loose").mkdir(parents=True)
    stick = music.rename(tmp_path / "all" / "stick")
    write(tmp_path / "all" / "loose" / "here.wav", piece(MAJOR, 1.2, 8))
    scan([tmp_path / "all"], book, workers=1, say=lambda _: None)
    (tmp_path / "all" / "loose" / "here.wav").unlink()
    write(tmp_path / "all" / "loose" / "there.wav", piece(MINOR, 1.2, 8))
    stick.rename(tmp_path / "drawer")
    if place_stays:
        stick.mkdir()
    scan([tmp_path / "all"], book, workers=1, say=lambda _: None)
    with Index() as index:
        known = {Path(track.path).name for track in index.tracks()}
    assert known == {"slow [1].flac", "fast.wav", "broken.ogg", "there.wav"}


def test_tracks_without_a_mood_are_listened_to_first(music, book, monkeypatch):
    asked: list[str] = []

    def listened(paths, **more):
        asked.extend(Path(path).name for path in paths)
        return listened_to(paths, **more)

    monkeypatch.setattr("dndmood.collection.scan.listened_to", listened)
    write(music / "Battle" / "a.wav", piece(MAJOR, 1.2, 8))
    scan([music], book, workers=1, say=lambda _: None)
    assert set(asked[:2]) == {"slow [1].flac", "broken.ogg"}
    assert set(asked[2:]) == {"a.wav", "fast.wav"}

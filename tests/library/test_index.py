"""What is known of the music, on a real disk."""

import os
import sqlite3
from dataclasses import replace
from threading import Thread

import pytest

from dndmood.library import Index, Track


@pytest.fixture
def place(tmp_path):
    return tmp_path / "cache" / "music.sqlite"


def track(path="/music/a.ogg", **more):
    return Track(path, 10, 20, **more)


FULL = Track(
    path=os.fsdecode(b"/music/M\xe4rchen [1].mp3"),
    size=3_000_000_000,
    mtime_ns=1_700_000_000_123_456_789,
    fingerprint="ab" * 16,
    title="Märchen",
    artist="A",
    album="B",
    genre="Ambient",
    comment="dark",
    duration_s=240.5,
    lufs=-14.2,
    peak_dbtp=-0.3,
    replaygain_db=-4.0,
    silence_start_s=0.0,
    silence_end_s=9.0,
    loudest_s=100.0,
    arousal=0.25,
    valence=0.75,
    tempo_bpm=92.5,
    key="F# minor",
    key_strength=0.8,
    mood="calm",
    confidence=0.7,
    reason="soft and slow",
    decided_by="sound",
    analysis=1,
)


def test_a_track_comes_back_as_it_was_put_in_also_for_another_program(place):
    with Index(place) as one:
        one.put(FULL, track())
        assert one.trouble == ""
    with Index(place) as other:
        assert other.track(FULL.path) == FULL
        assert other.track("/music/nothing.ogg") is None
        assert set(other.tracks()) == {FULL, track()}


def test_a_file_is_unchanged_only_with_the_same_size_time_and_analysis(place):
    with Index(place) as index:
        index.put(track(analysis=2))
        assert index.unchanged("/music/a.ogg", 10, 20)
        assert index.unchanged("/music/a.ogg", 10, 20, analysis=2)
        assert not index.unchanged("/music/a.ogg", 10, 20, analysis=3)
        assert not index.unchanged("/music/a.ogg", 11, 20)
        assert not index.unchanged("/music/a.ogg", 10, 21)
        assert not index.unchanged("/music/b.ogg", 10, 20)


def test_reading_only_the_tags_again_loses_nothing_that_was_measured(place):
    measured = track(analysis=1, lufs=-20.0, fingerprint="f")
    with Index(place) as index:
        index.put(measured)
        index.put(track(title="late"))
        assert index.track("/music/a.ogg") == measured
        changed = replace(track(title="new"), mtime_ns=21)
        index.put(changed)
        assert index.track("/music/a.ogg") == changed


def test_what_is_forgotten_is_gone(place):
    with Index(place) as index:
        index.put(track(), track("/music/b.ogg"))
        index.forget(["/music/a.ogg", "/music/never.ogg"])
        assert [one.path for one in index.tracks()] == ["/music/b.ogg"]


def test_a_moved_file_is_known_by_its_sound(place):
    with Index(place) as index:
        index.put(track(fingerprint="f"), track("/music/b.ogg", fingerprint="f", analysis=1))
        assert index.same_sound("f").path == "/music/b.ogg"
        assert index.same_sound("g") is None
        assert index.same_sound("") is None


@pytest.mark.parametrize(
    "content", [b"no database" * 1000, b"SQLite format 3\0" + b"\xff" * 8000]
)
def test_a_damaged_index_is_set_aside_and_begun_again(place, content):
    place.parent.mkdir()
    place.write_bytes(content)
    with Index(place) as index:
        index.put(FULL)
        assert index.trouble == ""
    assert Index(place).track(FULL.path) == FULL
    assert place.with_suffix(".damaged").read_bytes() == content


def test_damage_that_comes_while_it_is_open_loses_no_evening(place):
    with Index(place) as index:
        index.put(*(track(f"/music/{n}.ogg", title="x" * 500) for n in range(400)))
        size = place.stat().st_size
        with place.open("r+b") as file:
            file.seek(4096)
            file.write(b"\xa5" * (size - 4096))
        index.close()
    with Index(place) as index:
        list(index.tracks())
        index.put(FULL)
        assert index.track(FULL.path) == FULL
    assert Index(place).track(FULL.path) == FULL


def test_an_index_of_an_earlier_version_keeps_what_it_knows(place):
    with Index(place) as index:
        index.put(FULL)
    with sqlite3.connect(place) as earlier:
        earlier.execute("ALTER TABLE tracks DROP COLUMN damage")
        earlier.execute("ALTER TABLE tracks DROP COLUMN clips")
    earlier.close()
    with Index(place) as index:
        assert index.track(FULL.path) == FULL
        index.put(replace(FULL, damage="ends early", clips=3.0))
        assert index.track(FULL.path).damage == "ends early"
    assert not list(place.parent.glob("*.damaged"))


def test_a_table_of_somebody_else_under_that_name_is_set_aside(place):
    place.parent.mkdir()
    with sqlite3.connect(place) as strange:
        strange.execute("CREATE TABLE tracks (path TEXT)")
    strange.close()
    with Index(place) as index:
        index.put(FULL)
        assert index.track(FULL.path) == FULL


def test_where_nothing_can_be_kept_the_evening_has_an_index_in_memory(tmp_path):
    in_the_way = tmp_path / "cache"
    in_the_way.write_text("a file in the place of a folder")
    with Index(in_the_way / "music.sqlite") as index:
        index.put(FULL)
        assert index.track(FULL.path) == FULL
        assert list(index.tracks()) == [FULL]
        assert index.trouble.endswith(").")
        index.forget([FULL.path])
        assert index.track(FULL.path) is None


def test_while_another_program_holds_the_file_it_is_kept_in_memory(place, monkeypatch):
    monkeypatch.setattr("dndmood.library.index._BUSY_S", 0.01)
    with Index(place) as index:
        index.put(track())
        other = sqlite3.connect(place, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        index.put(FULL)
        assert index.track(FULL.path) == FULL
        assert "locked" in index.trouble
        other.execute("COMMIT")
        other.close()
        index.put(track("/music/b.ogg"))
        assert index.trouble == ""
        assert {one.path for one in index.tracks()} == {
            "/music/a.ogg",
            "/music/b.ogg",
            FULL.path,
        }
    assert Index(place).track(FULL.path) == FULL


def test_two_programs_write_at_once_and_nothing_is_lost(place):
    def write(name):
        with Index(place) as index:
            for n in range(40):
                index.put(track(f"/music/{name}-{n}.ogg"))

    threads = [Thread(target=write, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list(Index(place).tracks())) == 120


def test_only_its_owner_may_read_the_index(place):
    with Index(place) as index:
        index.put(FULL)
    assert place.stat().st_mode & 0o077 == 0

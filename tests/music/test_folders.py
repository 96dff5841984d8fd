"""Whatever lies in a music folder: what can be played is, and the rest is said."""

import ctypes
import json
import os
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event as Flag

import pytest
import soundfile

from dndmood.library import Decisions, Index
from dndmood.library.reading import read
from dndmood.music import finding, shelves
from dndmood.music.own import own_music
from dndmood.music.shelves import Shelves, stock_all
from dndmood.sound_files import WAY_OUT
from tests.fakes import tone
from tests.music.wanted import Wanted

posix = pytest.mark.skipif(os.name == "nt", reason="made with links, pipes and raw names")


@pytest.fixture
def sound(tmp_path) -> Path:
    tone(tmp_path / "one.wav", seconds=1, hz=441)
    return tmp_path / "one.wav"


@pytest.fixture
def gm(tmp_path) -> Path:
    """A game master's music folder."""
    (tmp_path / "gm").mkdir()
    return tmp_path / "gm"


@pytest.fixture
def put(sound, gm):
    """Put a good track into the music folder under a name."""

    def put(*names: str) -> None:
        for name in names:
            (gm / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(sound, gm / name)

    return put


def stocked(gm: Path | None, starters: Path, *, names=None, **more) -> Shelves:
    """Shelves of calm and battle, with one starter track each and what else they are called."""
    for name in ("calm", "battle"):
        tone(starters / "starter" / name / f"{name} starter.wav", seconds=1, hz=441)
    moods = [
        Wanted(
            name,
            name.capitalize(),
            starters / "starter",
            (f"{name}/*",),
            tuple((names or {}).get(name, "").split()),
        )
        for name in ("calm", "battle")
    ]
    return stock_all(moods, music=gm, **{"reading_s": 60.0} | more)


def titles(shelf) -> list[str]:
    return [track.title for track in shelf.tracks]


@pytest.mark.parametrize("name", ["Battle", "BATTLE", "battle"])
def test_a_subfolder_is_found_in_any_letters(tmp_path, gm, put, name):
    put(f"{name}/drums.wav")
    found = stocked(gm, tmp_path)
    assert titles(found["battle"]) == ["drums"] and found["battle"].own


def test_folders_are_a_moods_by_any_of_its_names_however_deep(tmp_path, gm, put):
    put(
        "Combat/a.wav",
        "Fantasy/KAMPF/b.wav",
        "Ruhe/c.wav",
        "02 Boss Fights (epic)/Sad album/d.wav",
    )
    found = stocked(gm, tmp_path, names={"battle": "combat kampf boss", "calm": "ruhe"})
    assert sorted(titles(found["battle"])) == ["a", "b", "d"]
    assert titles(found["calm"]) == ["c"] and found.notes == ()


def test_tracks_in_no_moods_folder_play_by_what_is_known_of_them(tmp_path, gm, put):
    put("Album 1/Final battle.wav", "calm wood.wav", "x.wav", "y.wav", "z.wav")
    index = Index(tmp_path / "index")
    index.put(
        *(replace(read(gm / f"{n}.wav"), mood=m) for n, m in (("x", "battle"), ("y", "gone")))
    )
    found = stocked(gm, tmp_path, index=index)
    assert sorted(titles(found["battle"])) == ["Final battle", "x"]
    assert titles(found["calm"]) == ["calm wood"]
    played, waiting = found.notes
    assert played.startswith("3 tracks lie in no folder called like a mood")
    assert "(2 battle, 1 calm)" in played and "'dndmood library review'" in played
    assert waiting.startswith("2 tracks are in no mood's folder and not listened to yet")
    assert found.waiting == 2


def test_a_track_that_was_listened_to_and_says_nothing_waits_for_no_scan(tmp_path, gm, put):
    put("bell.wav", "other.wav")
    index = Index(tmp_path / "index.sqlite")
    index.put(replace(read(gm / "bell.wav"), analysis=1))
    found = stocked(gm, tmp_path, index=index)
    assert found.waiting == 1
    assert any(
        note.startswith("1 track says by nothing which mood fits") for note in found.notes
    )
    assert any(
        note.startswith("1 track is in no mood's folder and not") for note in found.notes
    )


def test_the_persons_word_beats_folders_and_proposals(tmp_path, gm, put):
    put("calm/a.wav", "calm/b.wav", "calm/c.wav", "battle cry.wav", "loose.wav")
    for number, name in enumerate(("a", "b", "c")):
        tone(gm / "calm" / f"{name}.wav", seconds=1, hz=500 + number * 10)
    tone(gm / "battle cry.wav", seconds=1, hz=600)
    decided = Decisions(tmp_path / "decided")
    for name, mood in (
        ("calm/a", "battle"), ("calm/b", ""), ("calm/c", "gone"), ("battle cry", "calm"), ("loose", "calm"),
    ):  # fmt: skip
        decided.decide(read(gm / f"{name}.wav"), mood)
    found = stocked(gm, tmp_path, decisions=decided)
    assert titles(found["battle"]) == ["a"]
    assert sorted(titles(found["calm"])) == ["battle cry", "c", "loose"]
    assert found.notes == ()


def test_playlists_are_read_by_their_name_or_by_their_folder(tmp_path, gm, put):
    put("all/a.wav", "all/b.wav", "all/c.wav", "all/d.wav")
    (gm / "Battle music.m3u8").write_text(
        "\ufeff#EXTM3U\r\nall\\a.wav\r\nC:\\x\\all\\B.WAV\r\n"
    )
    (gm / "calm").mkdir()
    (gm / "calm" / "evening.pls").write_text(
        "[playlist]\nFile1=../all/c.wav\nFile2=../gone.wav\n"
    )
    (gm / "session 3.m3u").write_text("all/d.wav\n")
    (gm / "old.wpl").touch()
    found = stocked(gm, tmp_path)
    assert titles(found["battle"]) == ["a", "b"] and titles(found["calm"]) == ["c"]
    assert found["calm"].skipped == (
        "evening.pls names 1 file that is not here, as ../gone.wav",
    )
    text = " ".join(found.notes)
    assert "session 3.m3u: this playlist is called like no mood" in text
    assert "1 WPL playlist is not read: save it as M3U8, PLS or XSPF" in text
    assert found.waiting == 1


def test_a_damaged_playlist_takes_nothing_with_it(tmp_path, gm, put):
    put("calm/a.wav")
    (gm / "calm" / "x.xspf").write_bytes(b"<playlist>")
    found = stocked(gm, tmp_path)["calm"]
    assert titles(found) == ["a"]
    assert found.skipped == ("x.xspf is damaged: save it again as M3U8",)


def test_an_empty_music_folder_is_told(tmp_path, gm):
    (note,) = stocked(gm, tmp_path).notes
    assert note.startswith("There is no music in")


@posix
def test_linked_folders_are_followed_once_and_no_loop_is(tmp_path, gm, put):
    put("lib/forest/birds.wav", "calm/lake.wav", "battle/drums.wav")
    (gm / "calm" / "forest").symlink_to(gm / "lib" / "forest")
    (gm / "calm" / "again").symlink_to(gm / "lib" / "forest")
    (gm / "calm" / "up").symlink_to("..")
    (gm / "calm" / "self").symlink_to("self")
    (gm / "lib" / "forest" / "back").symlink_to(gm / "calm")
    found = stocked(gm, tmp_path)["calm"]
    assert sorted(titles(found)) == ["birds", "lake"] and found.skipped == ()


@posix
def test_a_folder_behind_a_link_is_called_what_it_is_called_where_it_lies(tmp_path, gm, put):
    put("calm/lake.wav", "z/battle/drums.wav")
    (gm / "a link to calm").symlink_to(gm / "calm")
    (gm / "a link").symlink_to(gm / "z")
    found = stocked(gm, tmp_path)
    assert [track.path for track in found["calm"].tracks] == [str(gm / "calm" / "lake.wav")]
    assert [track.path for track in found["battle"].tracks] == [
        str(gm / "z" / "battle" / "drums.wav")
    ]


@posix
def test_a_linked_file_is_there_once_and_in_the_mood_that_links_it(tmp_path, gm, put):
    put("all/lake.wav", "all/drums.wav", "calm/brook.wav", "battle/horns.wav")
    (gm / "calm" / "my lake.wav").symlink_to(gm / "all" / "lake.wav")
    (gm / "calm" / "brook again.wav").symlink_to("brook.wav")
    (gm / "all" / "brook.wav").symlink_to(gm / "calm" / "brook.wav")
    (gm / "calm" / "horns.wav").symlink_to(gm / "battle" / "horns.wav")
    moods = [Wanted(name, name.title(), gm, ()) for name in ("calm", "battle")]
    own = own_music(moods, gm)
    assert sorted(path.name for path in own.by_mood["calm"].tracks) == [
        "brook.wav",
        "horns.wav",
        "my lake.wav",
    ]
    assert [path.name for path in own.by_mood["battle"].tracks] == ["horns.wav"]
    assert [path.name for path in own.loose.tracks] == ["drums.wav"]


@posix
def test_only_regular_files_are_opened(tmp_path, gm, put):
    put("calm/lake.wav")
    os.mkfifo(gm / "calm" / "pipe.ogg")
    (gm / "calm" / "zero.wav").symlink_to("/dev/zero")
    (gm / "calm" / "self.wav").symlink_to("self.wav")
    (gm / "calm" / "cover.jpg").symlink_to("gone.jpg")
    found = stocked(gm, tmp_path)["calm"]
    assert titles(found) == ["lake"]
    assert set(found.skipped) == {
        "2 names (pipe.ogg, zero.wav): each is no ordinary file: take it out of the folder",
        "self.wav is a link that leads nowhere: delete it, or bring back what it links to",
    }


@posix
def test_what_is_no_file_is_counted_and_told_once_however_much_there_is(tmp_path, gm, put):
    put("calm/lake.wav")
    for number in range(6):
        os.mkfifo(gm / "calm" / f"pipe {number}.ogg")
        (gm / "calm" / f"gone {number}.wav").symlink_to(f"nowhere {number}")
    (gm / "socket.flac").symlink_to("/dev/null")
    found = stocked(gm, tmp_path)
    pipe = "is no ordinary file: take it out of the folder"
    link = "is a link that leads nowhere: delete it, or bring back what it links to"
    assert set(found["calm"].skipped) == {
        f"6 names (pipe 0.ogg, pipe 1.ogg, pipe 2.ogg, pipe 3.ogg and 2 more): each {pipe}",
        f"6 names (gone 0.wav, gone 1.wav, gone 2.wav, gone 3.wav and 2 more): each {link}",
    }
    assert sum("socket.flac is no ordinary file" in note for note in found.notes) == 1


@pytest.mark.parametrize(
    "name",
    [".hidden.wav", "._one.wav", ".Trash-1000/files/x.wav", "@eaDir/x.wav", "@__thumb/x.wav",
     "$RECYCLE.BIN/x.wav", "#recycle/x.wav", "__MACOSX/x.wav", "System Volume Information/x.wav"],
)  # fmt: skip
def test_what_systems_put_beside_music_is_passed_over_in_silence(tmp_path, gm, put, name):
    put("calm/lake.wav", f"calm/{name}", name)
    found = stocked(gm, tmp_path)
    assert titles(found["calm"]) == ["lake"]
    assert found.notes == () and found["calm"].skipped == ()


def test_five_hundred_apple_doubles_are_no_word(tmp_path, gm, put):
    put("calm/lake.wav")
    for number in range(500):
        (gm / "calm" / f"._{number}.mp3").write_bytes(b"\0\5\x16\7")
    assert stocked(gm, tmp_path)["calm"].skipped == ()


def test_many_broken_tracks_are_a_few_words(tmp_path, gm, put):
    put("calm/lake.wav")
    for number in range(20):
        (gm / "calm" / f"{number:03}.mp3").write_bytes(b"some words")
    skipped = stocked(gm, tmp_path, reading_s=600.0)["calm"].skipped
    assert skipped[-1] == "and 17 more" and len(skipped) == 4


def test_music_of_other_kinds_is_counted_and_told_in_a_sentence_each(
    tmp_path, gm, put, monkeypatch
):
    monkeypatch.setattr(finding, "OTHER_SOUND", {".m4a", ".wma"})  # as without ffmpeg
    put("calm/lake.wav")
    for name in ("a.m4a", "b.M4A", "c.wma", "list.wpl", "cover.jpg", "notes.txt"):
        (gm / "calm" / name).touch()
    assert stocked(gm, tmp_path)["calm"].skipped == (
        f"2 M4A and 1 WMA files cannot be played: {WAY_OUT.replace(' it ', ' them ', 1)}",
        "1 WPL playlist is not read: save it as M3U8, PLS or XSPF",
    )


@pytest.mark.parametrize("suffix", ["WAV", "aif", "au", "caf", "w64", "flac", "ogg", "mp3"])
def test_all_that_can_be_decoded_is_played(tmp_path, gm, sound, suffix):
    samples, rate_hz = soundfile.read(sound)
    (gm / "calm").mkdir()
    kind = "AIFF" if suffix == "aif" else suffix.upper()
    soundfile.write(gm / "calm" / f"lake.{suffix}", samples, rate_hz, format=kind)
    assert titles(stocked(gm, tmp_path)["calm"]) == ["lake"]


def test_an_m4a_that_is_called_mp3_says_what_it_is(tmp_path, gm, put):
    put("calm/lake.wav")
    (gm / "calm" / "song.mp3").write_bytes(b"\0\0\0\x20ftypM4A " + b"\0" * 100)
    (sentence,) = stocked(gm, tmp_path)["calm"].skipped
    assert sentence.startswith("song.mp3 is M4A or MP4, which ")
    assert sentence.endswith(WAY_OUT)


def test_a_folder_with_nothing_playable_plays_the_starter_tracks_and_says_so(tmp_path, gm):
    (gm / "calm").mkdir()
    (gm / "calm" / "mine.m4a").touch()
    found = stocked(gm, tmp_path)
    assert titles(found["calm"]) == ["calm starter"] and not found["calm"].own
    assert "the starter tracks are" in found["calm"].skipped[-1]


def test_an_empty_subfolder_stays_silent_by_choice_and_has_no_spare(tmp_path, gm):
    (gm / "calm").mkdir()
    (gm / "calm" / "cover.jpg").touch()
    found = stocked(gm, tmp_path)["calm"]
    assert found.tracks == found.spare == () and found.own


def test_starter_tracks_stand_by_for_ones_own(tmp_path, gm, put):
    put("calm/lake.wav")
    found = stocked(gm, tmp_path)
    assert [track.title for track in found["calm"].spare] == ["calm starter"]
    assert found["battle"].spare == ()


def test_what_is_said_counts_only_ones_own_as_ones_own(tmp_path, gm, put):
    assert stocked(gm, tmp_path).counted() == "2 starter tracks for 2 moods"
    put("Else/a.wav")
    assert "own" not in stocked(gm, tmp_path).counted()
    put("calm/a.wav", "calm/b.wav")
    assert stocked(gm, tmp_path).counted() == ("2 of your own and 1 starter track for 2 moods")


@pytest.mark.skipif(sys.platform != "linux", reason="names are text there")
def test_a_track_of_any_name_is_opened_and_has_a_title_that_can_be_written(tmp_path, gm, put):
    name = os.fsdecode(b"calm/caf\xe9 \x1b[2J\n.wav")
    put(name)
    (track,) = stocked(gm, tmp_path)["calm"].tracks
    assert track.title == "caf\ufffd [2J" and track.title.encode()
    assert Path(track.path).is_file() and track.duration_s == 1.0


@posix
@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read everything")
def test_a_locked_folder_is_told(tmp_path, gm, put):
    put("calm/lake.wav", "calm/locked/x.wav")
    (gm / "calm" / "locked").chmod(0)
    found = stocked(gm, tmp_path)["calm"]
    (gm / "calm" / "locked").chmod(0o700)
    assert found.skipped == ("locked cannot be read (Permission denied)",)


def test_a_music_folder_that_hangs_does_not_hang_the_start(tmp_path, gm, put, monkeypatch):
    put("calm/lake.wav")
    for_ever, scan = Flag(), os.scandir
    monkeypatch.setattr(
        finding.os, "scandir", lambda p: for_ever.wait() if "gm" in str(p) else scan(p)
    )
    found = stocked(gm, tmp_path, listing_s=0.2)
    for_ever.set()
    assert titles(found["calm"]) == ["calm starter"]
    assert "does not answer" in found.late and not found.notes


@pytest.fixture
def dead_drive(tmp_path) -> Iterator[Path]:
    """A mounted file system that answers nothing, as a network drive whose server has gone."""
    where = tmp_path / "gm" / "drive"
    where.mkdir(parents=True)
    libc = ctypes.CDLL(None, use_errno=True)
    try:
        server = os.open("/dev/fuse", os.O_RDWR)
    except OSError:
        pytest.skip("there is no FUSE here")
    how = f"fd={server},rootmode=40000,user_id=0,group_id=0".encode()
    if libc.mount(b"dead", bytes(where), b"fuse", 0, how):
        os.close(server)
        pytest.skip("mounting is not allowed here")
    yield where
    os.close(server)  # every question that still waits is answered with an error
    libc.umount2(bytes(where), 2)


@pytest.mark.skipif(sys.platform != "linux", reason="made with FUSE")
def test_a_drive_that_is_dead_does_not_hang_the_start(tmp_path, dead_drive):
    found = stocked(dead_drive, tmp_path, listing_s=0.3)
    assert titles(found["calm"]) == ["calm starter"]
    assert "does not answer" in found.late and not found.notes


@pytest.mark.skipif(sys.platform != "linux", reason="made with FUSE")
def test_a_mood_file_that_names_a_dead_drive_loses_its_own_tracks_only(tmp_path, dead_drive):
    tone(tmp_path / "calm" / "lake.wav", seconds=1, hz=441)
    moods = [
        Wanted("calm", "Calm", tmp_path, ("calm/*",)),
        Wanted("battle", "Battle", tmp_path, (f"{dead_drive}/*.wav",)),
    ]
    found = stock_all(moods, music=None, listing_s=0.3, reading_s=60.0)
    assert titles(found["calm"]) == ["lake"] and found["battle"].tracks == ()
    assert found.notes == ("The tracks of battle do not answer: they are left out.",)


def test_a_file_that_hangs_leaves_titles_for_later_and_nothing_else(
    tmp_path, gm, put, monkeypatch
):
    put("calm/lake_side.wav")
    for_ever = Flag()
    monkeypatch.setattr(
        "dndmood.music.reading.read", lambda path: for_ever.wait() and read(path)
    )
    found = stocked(gm, tmp_path, reading_s=0.05)
    assert titles(found["calm"]) == ["lake side"]
    for_ever.set()


def test_what_is_read_later_is_known_later_and_what_is_broken_is_left_out(
    tmp_path, gm, put, monkeypatch
):
    put("calm/a.wav", "calm/b.wav")
    (gm / "calm" / "c.wav").write_bytes(b"words")
    go_on, reading = Flag(), shelves.Reading._read
    ended = Flag()

    def late(self) -> None:
        go_on.wait()
        reading(self)
        ended.set()

    monkeypatch.setattr(shelves.Reading, "_read", late)
    found = stocked(gm, tmp_path, reading_s=0.0)["calm"]
    assert [track.duration_s for track in found.tracks] == [0.0] * 3
    go_on.set()
    assert ended.wait(30.0)
    assert [(t.title, t.duration_s) for t in found.as_known(found.tracks)] == [
        ("a", 1.0),
        ("b", 1.0),
    ]


@pytest.mark.real_time
def test_five_thousand_files_are_listed_at_once(tmp_path, gm, sound):
    (gm / "calm").mkdir()
    for number in range(5000):
        os.link(sound, gm / "calm" / f"{number}.wav")
    began_s = time.process_time()
    found = stocked(gm, tmp_path, reading_s=0.0)
    assert len(found["calm"].tracks) == 5000
    assert (
        time.process_time() - began_s < 2.0
    )  # 0.1 s on a quiet machine, 6.5 s when each was opened


def by_pattern(folder: Path, *patterns: str):
    return stock_all([Wanted("calm", "Calm", folder, patterns)], music=None, reading_s=60.0)[
        "calm"
    ]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("gm/Boss [Loop].wav", ["boss [loop]"]),
        ("gm/Dark Dungeon [NCS]/*.wav", ["drip"]),
        ("gm/Dark Dungeon [NCS]", ["drip"]),
        ("gm/*.WAV", ["boss [loop]", "wind"]),
        ("gm/*.{ogg,wav}", ["boss [loop]", "wind"]),
        ("gm/**/*.wav", ["boss [loop]", "drip", "wind"]),
        ("gm", ["boss [loop]", "drip", "wind"]),
        ("gm/WIND.wav", ["wind"]),
        ("gm/[vw]ind.*", ["wind"]),
        ("gm\\wind.wav", ["wind"]),
        ("**foo/../gm/wind.wav", []),
        ("gm/w*", ["wind"]),
    ],
)
def test_a_pattern_is_first_a_name_then_a_folder_then_a_pattern(tmp_path, put, pattern, found):
    put("Boss [Loop].wav", "Dark Dungeon [NCS]/drip.wav", "wind.wav", ".hidden.wav")
    assert sorted(t.casefold() for t in titles(by_pattern(tmp_path, pattern))) == found


def test_accents_are_the_same_however_they_are_put_together(tmp_path, put):
    put("cafe\u0301.wav")
    assert len(by_pattern(tmp_path, "gm/caf\u00e9.wav").tracks) == 1
    assert len(by_pattern(tmp_path, "gm/caf\u00e9*").tracks) == 1


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("", "it is empty"),
        ("  ", "it is empty"),
        ("~nosuchuser/x", "there is no such user"),
        ("a\0b.ogg", "no file can be called so"),
        ("music/*.xyz", "finds no music"),
        ("**foo/*.ogg", "finds no music"),
        ("covers/*", "finds no music"),
        ("[unfinished", "finds no music"),
        ("gone.ogg", "gone.ogg in "),
        ("x" * 300 + ".ogg", "is missing"),
    ],
)
def test_a_pattern_that_finds_nothing_is_one_sentence(tmp_path, pattern, words):
    (tmp_path / "covers").mkdir()
    (tmp_path / "covers" / "a.jpg").touch()
    (sentence,) = by_pattern(tmp_path, pattern).skipped
    assert words in sentence and "\n" not in sentence and "\0" not in sentence
    assert "calm.toml" in sentence


def test_a_pattern_that_finds_nothing_is_told_with_its_file_and_its_line(tmp_path):
    (tmp_path / "empty").mkdir()
    patterns = ("a/*.ogg", "~nosuchuser/x", "gone.ogg", "empty", "b\\*.ogg")
    lines = [
        'title = "Calm"',
        "tracks = [",
        *(f"  {json.dumps(one)}," for one in patterns),
        "]",
    ]
    (tmp_path / "calm.toml").write_text("\n".join(lines))
    one, two, three, four = by_pattern(tmp_path, *patterns).skipped
    file = tmp_path / "calm.toml"
    assert one == f"the pattern 'a/*.ogg' in {file}, line 3, finds no music"
    assert two.startswith(
        f"the pattern '~nosuchuser/x' in {file}, line 4, is not used: there is"
    )
    assert three == f"gone.ogg in {file}, line 5, is missing"
    assert four == "and 2 more"
    (four,) = by_pattern(tmp_path, "empty").skipped
    assert four == f"the folder empty in {file}, line 6, has no music in it"
    (five,) = by_pattern(tmp_path, "b\\*.ogg").skipped
    assert f"in {file}, line 7, finds no music" in five


def test_a_track_that_two_patterns_find_is_there_once(tmp_path, put):
    put("a.wav", "b.wav")
    found = by_pattern(tmp_path, "gm/a.wav", "gm/*", "gm")
    assert titles(found) == ["a", "b"] and found.skipped == ()


def test_music_that_ones_own_mood_file_names_is_ones_own_with_starter_tracks_standing_by(
    tmp_path, put
):
    put("drums.wav")
    tone(tmp_path / "starter" / "battle" / "iron.wav", seconds=1, hz=441)
    mine = [
        Wanted("battle", "Battle", tmp_path, ("gm/drums.wav",)),
        Wanted("awe", "Awe", tmp_path, ("gm/drums.wav",)),
    ]
    found = stock_all(mine, music=None, starters=tmp_path / "starter", reading_s=60.0)
    assert found["battle"].own and titles(found["battle"]) == ["drums"]
    assert [track.title for track in found["battle"].spare] == ["iron"]
    assert found["awe"].own and found["awe"].spare == ()
    assert next(found.announcements()) == "Your own music plays in battle, awe."
    gone = [Wanted("battle", "Battle", tmp_path, ("stick/*.wav",))]
    found = stock_all(gone, music=None, starters=tmp_path / "starter", reading_s=60.0)
    assert titles(found["battle"]) == ["iron"] and not found["battle"].own
    assert "the starter tracks are" in found["battle"].skipped[-1]

"""A recording with one track for each speaker."""

import zipfile

import numpy as np
import pytest
import soundfile

from dndmood.errors import UserError
from dndmood.events import RATE_HZ, AudioChunk, Problem
from dndmood.sources import tracks

INFO = """Recording aBcDeF

Guild:\t\tThe Sunless Citadel (123)
Channel:\tTable (456)
Requester:\tann (789)
Start time:\t2026-11-01T19:02:11.000Z

Tracks:
\tann#0 (789)
\tbob o'the hill#4711 (790)

Notes:
\t0:10:02: a crit
"""


def saved(folder, *names, seconds=1.0):
    folder.mkdir(exist_ok=True)
    for i, name in enumerate(names):
        sound = np.sin(np.arange(round(seconds * 48_000)) / (20 + i)) * 0.2
        soundfile.write(folder / name, sound.astype(np.float32), 48_000)
    return folder


def craig(folder, suffix="flac"):
    """A folder as Craig's ZIP unpacks to."""
    saved(folder, f"1-ann_0.{suffix}", f"2-bob o'the hill_4711.{suffix}")
    (folder / "info.txt").write_text(INFO)
    (folder / "raw.dat").write_bytes(b"\x00\x01raw" * 100)
    return folder


def packed(folder, place, *, as_name=lambda name: name, method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(place, "w", method) as made:
        for path in sorted(folder.iterdir()):
            made.write(path, as_name(path.name))
    return place


@pytest.mark.parametrize("suffix", ["flac", "ogg", "wav"])
@pytest.mark.parametrize("form", ["folder", "zip"])
def test_craigs_tracks_are_ears_with_the_speakers_names(tmp_path, suffix, form):
    path = craig(tmp_path / "craig", suffix)
    if form == "zip":
        path = packed(path, tmp_path / "craig.zip")
    room = tmp_path / "cache"
    assert tracks.has_tracks(path)
    with tracks.opened(path, room) as found:
        assert [one.name for one in found] == ["ann", "bob o'the hill"]
        chunks = [e for e in tracks.chunks(found, block_s=0.1) if isinstance(e, AudioChunk)]
    assert {chunk.ear for chunk in chunks} == {"ann", "bob o'the hill"}
    for name in ("ann", "bob o'the hill"):
        own = [chunk for chunk in chunks if chunk.ear == name]
        assert sum(len(chunk.samples) for chunk in own) == pytest.approx(RATE_HZ, abs=10)
    ends = [chunk.end_s for chunk in chunks]
    assert ends == sorted(ends)
    assert not room.exists() or not list(room.iterdir())


def test_tracks_beyond_nine_keep_their_order_and_foreign_names_work(tmp_path):
    names = [f"{i}-player{i}_0.wav" for i in (10, 2, 1)]
    folder = saved(tmp_path / "x", *names, "Die Erzählerin 🎲.wav")
    with tracks.opened(folder, tmp_path) as found:
        assert [one.name for one in found] == [
            "player1",
            "player2",
            "player10",
            "Die Erzählerin 🎲",
        ]


def test_two_speakers_of_one_name_are_told_apart(tmp_path):
    folder = saved(tmp_path / "x", "1-ann_0.wav", "2-ann_1.wav")
    with tracks.opened(folder, tmp_path) as found:
        assert [one.name for one in found] == ["ann 1", "ann 2"]


def test_numbers_alone_are_named_by_craigs_list(tmp_path):
    folder = saved(tmp_path / "x", "1.flac", "2.flac")
    (folder / "info.txt").write_text(INFO)
    with tracks.opened(folder, tmp_path) as found:
        assert [one.name for one in found] == ["ann", "bob o'the hill"]


def test_no_name_in_a_zip_says_where_anything_is_written(tmp_path):
    folder = saved(tmp_path / "x", "1-a.wav", "2-b.wav")
    evil = packed(folder, tmp_path / "evil.zip", as_name=lambda name: f"../../../{name}")
    room = tmp_path / "deep" / "er" / "cache"
    with tracks.opened(evil, room) as found:
        assert all(room in one.path.parents for one in found)
        assert [one.name for one in found] == ["a", "b"]
    outside = [p for p in tmp_path.rglob("*.wav") if p.parent != folder]
    assert not outside


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_every_way_to_pack_is_unpacked(tmp_path, method):
    path = packed(craig(tmp_path / "c"), tmp_path / "c.zip", method=method)
    with tracks.opened(path, tmp_path / "cache") as found:
        assert len(found) == 2


def test_a_damaged_zip_is_one_sentence_and_leaves_nothing(tmp_path):
    path = packed(craig(tmp_path / "c"), tmp_path / "c.zip")
    content = bytearray(path.read_bytes())
    content[200:5000] = bytes(4800)
    path.write_bytes(content)
    with pytest.raises(UserError, match="cannot be unpacked"):
        list(tracks.opened(path, tmp_path / "cache").__enter__())
    assert not list((tmp_path / "cache").iterdir())


def test_a_zip_with_a_password_says_so(tmp_path):
    path = packed(craig(tmp_path / "c"), tmp_path / "c.zip")
    content = bytearray(path.read_bytes())
    for begin, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        place = content.find(begin)
        while place >= 0:
            content[place + flags] |= 1
            place = content.find(begin, place + 4)
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"cannot be unpacked \(it is locked with a password\)"):
        list(tracks.opened(path, tmp_path / "cache").__enter__())


@pytest.mark.parametrize("names", [[], ["raw.dat", "info.txt"], ["notes.pdf"]])
def test_a_folder_without_sound_says_what_to_fetch(tmp_path, names):
    for name in names:
        (tmp_path / name).write_bytes(b"x")
    with (
        pytest.raises(UserError, match=r"There is no sound in .* FLAC"),
        tracks.opened(tmp_path, tmp_path / "cache"),
    ):
        pass


def test_a_track_that_breaks_off_is_told_by_its_speaker(tmp_path):
    folder = saved(tmp_path / "x", "1-ann.wav", "2-bob.wav", seconds=3.0)
    whole = (folder / "2-bob.wav").read_bytes()
    (folder / "2-bob.wav").write_bytes(whole[: len(whole) // 2])
    with tracks.opened(folder, tmp_path) as found:
        problems = [
            e for e in tracks.chunks(found, block_s=0.5) if not isinstance(e, AudioChunk)
        ]
    assert all(problem.text.startswith("bob: ") for problem in problems)


@pytest.mark.parametrize("form", ["folder", "zip"])
def test_a_track_that_is_no_sound_is_left_out_with_a_word_and_the_others_are_heard(
    tmp_path, form
):
    path = craig(tmp_path / "craig")
    (path / "3-cat_0.flac").write_bytes(b"no sound at all" * 100)
    (path / "4-dan_0.flac").write_bytes(b"")
    if form == "zip":
        path = packed(path, tmp_path / "craig.zip")
    with tracks.opened(path, tmp_path / "cache") as found:
        events = list(tracks.chunks(found, block_s=0.5))
    said = [one.text for one in events if isinstance(one, Problem)]
    assert [text.partition(":")[0] for text in said] == ["cat is left out", "dan is left out"]
    assert all("/" not in text for text in said) and "3-cat_0.flac" in said[0]
    assert {one.ear for one in events if isinstance(one, AudioChunk)} == {
        "ann",
        "bob o'the hill",
    }


def test_tracks_of_which_none_is_sound_are_an_error(tmp_path):
    folder = tmp_path / "craig"
    folder.mkdir()
    for name in ("1-ann_0.flac", "2-bob_0.flac"):
        (folder / name).write_bytes(b"no sound")
    with (
        tracks.opened(folder, tmp_path) as found,
        pytest.raises(UserError, match=r"ann is left out: 1-ann_0.flac .*\nbob is left out"),
    ):
        tracks.chunks(found, block_s=0.5)


def test_tracks_in_a_folder_within_the_folder_are_found(tmp_path):
    place = tmp_path / "download" / "craig-1" / "audio"
    place.mkdir(parents=True)
    craig(place)
    (tmp_path / "download" / "._1-ann_0.flac").write_bytes(b"what a Mac leaves behind")
    with tracks.opened(tmp_path / "download", tmp_path) as found:
        assert [one.name for one in found] == ["ann", "bob o'the hill"]
    saved(tmp_path / "download" / "another", "1-cat.flac")
    with (
        pytest.raises(UserError, match="several folders: name one of them"),
        tracks.opened(tmp_path / "download", tmp_path),
    ):
        pass


def test_what_is_only_called_a_zip_is_told_as_a_damaged_one(tmp_path):
    whole = packed(craig(tmp_path / "craig"), tmp_path / "craig.zip")
    broken = tmp_path / "half.zip"
    broken.write_bytes(whole.read_bytes()[:2000])
    assert tracks.has_tracks(broken)
    with (
        pytest.raises(UserError, match="cannot be unpacked"),
        tracks.opened(broken, tmp_path / "cache"),
    ):
        pass


def test_one_sound_file_is_no_folder_of_tracks(tmp_path):
    folder = saved(tmp_path / "x", "a.wav")
    assert not tracks.has_tracks(folder / "a.wav")
    assert not tracks.has_tracks(folder / "missing.wav")

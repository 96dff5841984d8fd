"""Playlists as other programs write them, on any system."""

import os
import sys

import pytest

from dndmood.errors import UserError
from dndmood.library import Track
from dndmood.library.playlist_files import read, write


@pytest.fixture
def music(tmp_path):
    """A folder of music with awkward names."""
    for name in ("Battle/Boss [Loop].mp3", "Battle/100% rage.ogg", "M\u00e4rchen/Wolf & Bär.flac",
                 "top.wav", "#1 hit.mp3"):  # fmt: skip
        path = tmp_path / "music" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return tmp_path / "music"


def found(music, name, content):
    (music / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return [os.fspath(p.relative_to(music)) for p in read(music / name).paths]


BOSS, RAGE, WOLF = (
    "Battle/Boss [Loop].mp3",
    "Battle/100% rage.ogg",
    "M\u00e4rchen/Wolf & Bär.flac",
)


@pytest.mark.parametrize(
    ("line", "path"),
    [
        (BOSS, BOSS),
        ("./" + BOSS, BOSS),
        ("Battle\\Boss [Loop].mp3", BOSS),
        (".\\battle\\BOSS [loop].MP3", BOSS),
        ("C:\\Users\\gm\\Music\\Battle\\Boss [Loop].mp3", BOSS),
        ("\\\\NAS\\share\\music\\Battle\\Boss [Loop].mp3", BOSS),
        ("/Users/gm/Music/Battle/Boss [Loop].mp3", BOSS),
        ("/Volumes/Stick/music/Battle/Boss [Loop].mp3", BOSS),
        ("Battle/Boss%20%5BLoop%5D.mp3", BOSS),
        ("file:///C:/Users/gm/Battle/Boss%20[Loop].mp3", BOSS),
        ("file:///home/gm/Battle/Boss%20%5BLoop%5D.mp3", BOSS),
        ("file://localhost/home/gm/Battle/Boss%20%5BLoop%5D.mp3", BOSS),
        (RAGE, RAGE),
        ("Battle/100%25%20rage.ogg", RAGE),
        (WOLF, WOLF),
        ("Ma\u0308rchen/Wolf & Ba\u0308r.flac", WOLF),
        ("M%C3%A4rchen/Wolf%20&%20B%C3%A4r.flac", WOLF),
        ("M%E4rchen/Wolf%20&%20B%E4r.flac", WOLF),
        ("  top.wav \t", "top.wav"),
        ("./#1 hit.mp3", "#1 hit.mp3"),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_an_entry_is_found_however_it_is_written(music, line, path, end):
    text = f"\ufeff#EXTM3U{end}#EXTINF:12,Some - Title{end}{line}{end}"
    assert found(music, "list.m3u8", text) == [path]
    assert found(music, "list.M3U", text.removeprefix("\ufeff")) == [path]


def test_an_absolute_path_is_found_where_it_says(music, tmp_path):
    (tmp_path / "else").mkdir()
    (tmp_path / "else" / "far.ogg").touch()
    (music / "list.m3u").write_text(
        f"{tmp_path}/else/far.ogg\n{(tmp_path / 'else').as_uri()}\n"
    )
    assert read(music / "list.m3u").paths == (tmp_path / "else/far.ogg", tmp_path / "else")


def test_latin_1_and_utf_16_are_read(music):
    assert found(music, "a.m3u", WOLF.encode("latin-1") + b"\r\n") == [WOLF]
    assert found(music, "b.m3u", f"#EXTM3U\r\n{WOLF}\r\n".encode("utf-16")) == [WOLF]


@pytest.mark.skipif(sys.platform != "linux", reason="names are text elsewhere")
def test_the_raw_bytes_of_a_name_are_found_before_anything_is_made_of_them(music):
    raw = os.fsencode(music) + b"/caf\xe9.ogg"
    os.close(os.open(raw, os.O_CREAT))
    (music / "a.m3u").write_bytes(b"caf\xe9.ogg\n")
    assert [os.fsencode(path) for path in read(music / "a.m3u").paths] == [raw]


def test_a_pls_is_read_in_the_order_of_its_numbers(music):
    text = (
        f"[Playlist]\r\nfile10={WOLF}\r\nFile2={BOSS}\r\nTitle2=Boss\r\nNumberOfEntries=2\r\n"
    )
    assert found(music, "list.pls", text) == [BOSS, WOLF]


def test_an_xspf_is_read(music):
    text = """<?xml version="1.0" encoding="UTF-8"?>
<playlist version="1" xmlns="http://xspf.org/ns/0/"><trackList>
<track><location>Battle/Boss%20%5BLoop%5D.mp3</location><title>x</title></track>
<track><location>file:///C:/m/M%C3%A4rchen/Wolf%20&amp;%20B%C3%A4r.flac</location></track>
<track><title>no place</title></track></trackList></playlist>"""
    assert found(music, "list.xspf", text) == [BOSS, WOLF]


def test_what_is_missing_and_what_is_on_the_internet_is_counted(music):
    (music / "list.m3u").write_text(
        "gone.ogg\nhttps://radio.example/live\n#x\n\ntop.wav\ntop.wav\n"
    )
    playlist = read(music / "list.m3u")
    assert playlist.missing == ("gone.ogg",) and playlist.elsewhere == 1
    assert len(playlist.paths) == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.xspf", b"<playlist><trackList>"),
        ("a.xspf", b"no xml"),
        ("a.xspf", b"<html></html>"),
        ("a.xspf", b'<!DOCTYPE a [<!ENTITY b "c">]><playlist>&b;</playlist>'),
        ("a.xspf", b'<?xml version="1.0" encoding="nonsense"?><playlist/>'),
    ],
)
def test_a_damaged_playlist_is_one_sentence(music, name, content):
    (music / name).write_bytes(content)
    with pytest.raises(UserError, match="is damaged: save it again as M3U8"):
        read(music / name)


def test_any_bytes_are_no_reason_to_fall(music):
    for kind in ("m3u", "m3u8", "pls"):
        (music / f"a.{kind}").write_bytes(
            bytes(range(256)) + b"File1=\0\nfile:\n%\n://\nC:\\\n"
        )
        assert read(music / f"a.{kind}").paths in ((), (music,))


def test_a_playlist_that_is_gone_is_one_sentence(music):
    with pytest.raises(UserError, match="cannot be read"):
        read(music / "gone.m3u")


@pytest.mark.parametrize("suffix", ["m3u8", "m3u", "pls", "xspf"])
def test_what_is_written_is_read_again_also_after_the_folder_has_moved(music, tmp_path, suffix):
    names = [BOSS, RAGE, WOLF, "top.wav", "#1 hit.mp3"]
    if sys.platform == "linux":
        for raw in (b"caf\xe9.ogg", b"two\nlines.ogg", b" blanks .ogg", b"http:x.ogg"):
            os.close(os.open(os.fsencode(music) + b"/" + raw, os.O_CREAT))
        names += [os.fsdecode(b"caf\xe9.ogg"), " blanks .ogg", "http:x.ogg"]
    outside = tmp_path / "far.ogg"
    outside.touch()
    tracks = [Track(os.fspath(music / n), 1, 1, title="T\nx", duration_s=3.4) for n in names]
    tracks.append(Track(os.fspath(outside), 1, 1))
    write(music / f"list.{suffix}", tracks)
    assert read(music / f"list.{suffix}").paths == tuple(
        map(type(music), (t.path for t in tracks))
    )
    music.rename(tmp_path / "moved")
    again = read(tmp_path / "moved" / f"list.{suffix}")
    assert len(again.paths) == len(tracks) and again.missing == ()


def test_an_older_playlist_stays_when_a_new_one_cannot_be_written(music):
    with pytest.raises(UserError, match=r"name a file in \.m3u8"):
        write(music / "list.txt", [])
    (music / "top.m3u8").mkdir()
    with pytest.raises(UserError, match="cannot be written"):
        write(music / "top.m3u8", [])


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_read_without_its_mark_too(music, encoding):
    assert found(music, "a.m3u", f"#EXTM3U\r\n{BOSS}\r\n{WOLF}\r\n".encode(encoding)) == [
        BOSS,
        WOLF,
    ]


def test_an_xspf_may_say_from_where_its_places_start(music):
    track = "<track><location>{}</location></track>"
    content = (
        '<playlist xmlns="http://xspf.org/ns/0/" xml:base="Battle/"><trackList>'
        + track.format("Boss%20%5BLoop%5D.mp3")
        + '</trackList><trackList xml:base="../M%C3%A4rchen/">'
        + track.format("Wolf%20&amp;%20B%C3%A4r.flac")
        + "</trackList></playlist>"
    )
    assert found(music, "a.xspf", content) == [BOSS, WOLF]


def test_what_only_is_called_like_a_playlist_is_damaged_and_names_nothing(music):
    (music / "a.m3u").write_bytes(b"ID3\x03\x00\x00song\nother\x00\x01\x02\xff line\n")
    with pytest.raises(UserError, match="is damaged"):
        read(music / "a.m3u")

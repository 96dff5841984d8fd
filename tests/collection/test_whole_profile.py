"""One file with all that a person decided, out and in."""

import json
import zipfile

import pytest

from dndmood import paths
from dndmood.collection import whole_profile
from dndmood.errors import UserError
from dndmood.library import Decisions, Track

MOOD = b'title = "Awe"\narousal = 0.6\nvalence = 0.7\nemotions = { calm = 1.0 }\n'
SETTINGS = b"fade_s = 4.0\n"


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Where settings, moods and decisions of a person lie; call it for another person's."""

    def at(name):
        place = tmp_path / name
        monkeypatch.setattr(paths, "settings_file", lambda: place / "settings.toml")
        monkeypatch.setattr(paths, "own_playlists", lambda: place / "playlists")
        monkeypatch.setattr(paths, "music_decisions", lambda: place / "decisions.jsonl")
        return place

    return at


def fill(place):
    (place / "playlists").mkdir(parents=True)
    (place / "playlists" / "awe.toml").write_bytes(MOOD)
    (place / "settings.toml").write_bytes(SETTINGS)
    Decisions().decide(Track("/m/a.ogg", 1, 1, fingerprint="f"), "battle")


def yes(_):
    return True


def no(_):
    return False


def test_all_that_was_decided_goes_out_and_comes_in_elsewhere(tmp_path, home):
    fill(home("mine"))
    whole_profile.write(tmp_path / "p.zip")
    place = home("theirs")
    whole_profile.take(whole_profile.read(tmp_path / "p.zip"), agree=no, say=print)
    assert (place / "playlists" / "awe.toml").read_bytes() == MOOD
    assert (place / "settings.toml").read_bytes() == SETTINGS
    assert Decisions().of(Track("/x.ogg", 1, 1, fingerprint="f")).mood == "battle"


def test_nothing_of_mine_is_replaced_without_a_yes(tmp_path, home):
    fill(home("mine"))
    whole_profile.write(tmp_path / "p.zip")
    place, said = home("theirs"), []
    (place / "playlists").mkdir(parents=True)
    mine = MOOD.replace(b"0.6", b"0.9")
    (place / "playlists" / "awe.toml").write_bytes(mine)
    Decisions().decide(Track("/m/a.ogg", 1, 1, fingerprint="f"), "calm")
    found = whole_profile.read(tmp_path / "p.zip")
    whole_profile.take(found, agree=no, say=said.append)
    assert (place / "playlists" / "awe.toml").read_bytes() == mine
    assert Decisions().of(Track("/x.ogg", 1, 1, fingerprint="f")).mood == "calm"
    assert len(said) == 2
    whole_profile.take(found, agree=yes, say=said.append)
    assert (place / "playlists" / "awe.toml").read_bytes() == MOOD
    assert any(path.read_bytes() == mine for path in (place / "playlists").iterdir())
    assert Decisions().of(Track("/x.ogg", 1, 1, fingerprint="f")).mood == "battle"


def test_a_file_that_is_there_is_not_replaced(tmp_path, home):
    fill(home("mine"))
    target = tmp_path / "p.zip"
    target.write_text("mine")
    with pytest.raises(UserError, match="--yes"):
        whole_profile.write(target)
    assert target.read_text() == "mine"


def packed(path, **files):
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("dndmood.json", json.dumps({"format": "dndmood profile", "version": 1}))
        for name, content in files.items():
            file.writestr(name, content)
    return path


@pytest.mark.parametrize(
    "name",
    [
        "../evil.toml",
        "/etc/evil.toml",
        "playlists/../../evil.toml",
        "playlists/a/b.toml",
        "playlists\\..\\evil.toml",
        "playlists/.hidden.toml",
        "playlists/c:evil.toml",
        "run.sh",
    ],
)
def test_a_stranger_s_file_writes_nothing_anywhere(tmp_path, home, name):
    place = home("mine")
    with pytest.raises(UserError, match="no part of a profile"):
        whole_profile.read(packed(tmp_path / "p.zip", **{name: MOOD}))
    assert not place.exists()


@pytest.mark.parametrize(
    "files",
    [
        {"decisions.jsonl": b'{"mood": 3}\n'},
        {"decisions.jsonl": b"{"},
    ],
)
def test_what_is_no_good_is_said_and_nothing_taken(tmp_path, home, files):
    home("mine")
    with pytest.raises(UserError, match=r"[Nn]othing was taken"):
        whole_profile.read(packed(tmp_path / "p.zip", **files))


@pytest.mark.parametrize(
    ("name", "content"),
    [("playlists/awe.toml", b"title = 3\n"), ("settings.toml", b"fade_s = 'long'\n")],
)
def test_one_part_that_is_no_good_keeps_no_other_from_coming_in(tmp_path, home, name, content):
    place, said = home("mine"), []
    rest = {
        "playlists/joy.toml": MOOD,
        "decisions.jsonl": b'{"mood": "calm", "path": "/a.ogg"}',
    }
    found = whole_profile.read(packed(tmp_path / "p.zip", **{name: content}, **rest))
    whole_profile.take(found, agree=yes, say=said.append)
    assert not (place / name).exists()
    assert (place / "playlists" / "joy.toml").read_bytes() == MOOD
    assert Decisions().of(Track("/a.ogg", 1, 1)).mood == "calm"
    assert len(said) == 1 and said[0].startswith("Not taken: ")
    file = name.split("/")[-1]
    assert file in said[0] and f"/{file}" not in said[0]


def test_a_music_folder_that_is_not_here_is_said(tmp_path, home):
    place, said = home("mine"), []
    content = {"settings.toml": b"music = '/gone/Musik'\n"}
    found = whole_profile.read(packed(tmp_path / "p.zip", **content))
    whole_profile.take(found, agree=yes, say=said.append)
    assert "/gone/Musik" in said[0] and str(place / "settings.toml") in said[0]


def test_a_mood_that_is_no_good_is_said_when_it_goes_out(tmp_path, home):
    place = home("mine")
    fill(place)
    (place / "playlists" / "odd.toml").write_bytes(b"title = 3\n")
    held = whole_profile.write(tmp_path / "p.zip")
    assert [why for why in held.no_good if "odd.toml" in why] == held.no_good != []


def test_other_files_are_no_profiles(tmp_path):
    (tmp_path / "a.zip").write_bytes(b"PK no zip")
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as file:
        file.writestr("hello.txt", "hello")
    for name in ("a.zip", "b.zip", "gone.zip"):
        with pytest.raises(UserError):
            whole_profile.read(tmp_path / name)


def test_a_bomb_is_not_unpacked(tmp_path):
    path = packed(tmp_path / "p.zip")
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as file:
        file.writestr("playlists/awe.toml", b"\0" * 40_000_000)
    with pytest.raises(UserError, match="too large"):
        whole_profile.read(path)

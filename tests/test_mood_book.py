"""The moods an evening begins with, whatever the user's own files hold."""

from threading import Event as Flag

import pytest

from dndmood import assembly, paths
from dndmood.errors import UserError
from dndmood.settings import Settings

GOOD = 'title = "Awe"\narousal = 0.6\nvalence = 0.6\nemotions = { surprised = 1.0 }\n'


@pytest.fixture(autouse=True)
def own(tmp_path, monkeypatch):
    """The user's own mood files."""
    (tmp_path / "own").mkdir()
    monkeypatch.setattr(paths, "own_playlists", lambda: tmp_path / "own")
    return tmp_path / "own"


def test_a_broken_mood_of_ones_own_is_said_and_the_evening_has_the_others(own):
    (own / "awe.toml").write_text("title = ")
    (own / "wonder.toml").write_text(GOOD)
    told: list[str] = []
    moods = assembly.mood_book(Settings(), told.append)
    assert "wonder" in moods and "awe" not in moods and len(told) == 1
    with pytest.raises(UserError, match="awe.toml"):
        assembly.mood_book(Settings())


def test_an_evening_that_opens_with_a_broken_mood_opens_with_another(own):
    (own / "awe.toml").write_text("title = ")
    told: list[str] = []
    moods = assembly.mood_book(Settings(opening="awe", resting="awe"), told.append)
    assert "awe" not in moods
    assert told[1:] == [
        f"The {key} mood 'awe' is not in the book; calm takes its place."
        for key in ("opening", "resting")
    ]
    with pytest.raises(UserError, match="The opening mood 'tavern' is not in the book: use"):
        assembly.mood_book(Settings(opening="tavern"), told.append)


def test_a_home_folder_of_nobody_is_one_sentence():
    for settings in (Settings(music="~nobody8/x"), Settings(playlists="~nobody8/x")):
        with pytest.raises(UserError, match="begins with no user's name"):
            assembly.music(settings, assembly.mood_book(settings))


def test_a_music_folder_that_no_folder_can_be_is_one_sentence():
    for name in ("no\0where", "x" * 300):
        with pytest.raises(UserError, match="There is no music folder"):
            assembly.music(Settings(music=name), assembly.mood_book(Settings()))


def test_a_folder_of_moods_without_a_mood_is_said(tmp_path, own):
    told: list[str] = []
    assembly.mood_book(Settings(playlists=str(tmp_path)), told.append)
    assert len(told) == 1 and "There is no mood file in" in told[0]


def test_a_folder_of_moods_that_hangs_is_left_out_and_said(tmp_path, monkeypatch):
    for_ever, told = Flag(), []
    monkeypatch.setattr(assembly, "_ANSWER_S", 0.1)
    monkeypatch.setattr(assembly, "_folder", lambda *_: for_ever.wait())
    settings = Settings(playlists=str(tmp_path))
    assert "calm" in assembly.mood_book(settings, told.append)
    assert told == [f"The playlists folder {tmp_path} does not answer: its moods are left out."]
    with pytest.raises(UserError, match="does not answer: see whether its drive is there"):
        assembly.mood_book(settings)
    for_ever.set()

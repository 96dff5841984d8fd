"""The moods an evening begins with, whatever the user's own files hold."""

from threading import Event as Flag

import pytest

from dndmood import assembly, paths
from dndmood.errors import UserError
from dndmood.library.names import meant
from dndmood.mood import book
from dndmood.settings import Settings
from tests.locked_folder import locked

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


@pytest.mark.parametrize("name", ["Battle", "BATTLE", " battle ", "battle", "Ärger"])
def test_the_opening_mood_is_known_by_its_name_or_title_in_any_letters(own, name):
    (own / "rage.toml").write_text(GOOD.replace("Awe", "\u00c4rger"))
    moods = assembly.mood_book(Settings(opening=name, resting=name))
    assert meant(name, moods) == ("rage" if name == "Ärger" else "battle")


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


def test_mood_files_that_may_not_be_read_are_left_out_and_said(own):
    (own / "wonder.toml").write_text(GOOD)
    told: list[str] = []
    with locked(own):
        moods = assembly.mood_book(Settings(), told.append)
        with pytest.raises(
            UserError, match="The opening mood 'tavern' is not in the book: use"
        ):
            assembly.mood_book(Settings(opening="tavern"), told.append)
    assert "calm" in moods and "cannot be read: Permission denied" in told[0]


def test_a_folder_name_that_no_disk_has_is_one_sentence(tmp_path):
    for name in ("x" * 5000, str(tmp_path / ("y" * 300))):
        with pytest.raises(UserError, match="There is no playlists folder"):
            assembly.mood_book(Settings(playlists=name))
        with pytest.raises(UserError, match="There is no model folder"):
            assembly.model_folder(Settings(model=name))


def test_a_folder_that_may_not_be_entered_is_one_sentence(tmp_path):
    (tmp_path / "locked" / "moods").mkdir(parents=True)
    with locked(tmp_path / "locked"):
        for settings in (Settings(playlists=str(tmp_path / "locked" / "moods")),):
            with pytest.raises(UserError, match="There is no playlists folder"):
                assembly.mood_book(settings)


def test_an_evening_does_without_a_folder_of_moods_whose_drive_is_away(tmp_path):
    told: list[str] = []
    settings = Settings(playlists=str(tmp_path / "stick"), opening="tavern")
    with pytest.raises(UserError, match="There is no playlists folder"):
        assembly.mood_book(settings, told.append)
    moods = assembly.mood_book(settings, told.append, fall_back=True)
    assert "calm" in moods and "tavern" not in moods
    first, second = told
    assert first.startswith(
        f"The playlists folder {tmp_path / 'stick'} is not there: its moods"
    )
    assert second == "The opening mood 'tavern' is not in the book; calm takes its place."


def test_a_folder_that_is_named_on_the_command_line_has_to_be_there(tmp_path, monkeypatch):
    assembly.check_folders(music=str(tmp_path))
    for what in ("music", "playlists", "ambience"):
        with pytest.raises(UserError, match=f"There is no {what} folder .*nowhere: check"):
            assembly.check_folders(**{what: str(tmp_path / "nowhere")})
    for_ever = Flag()
    monkeypatch.setattr(assembly, "_ANSWER_S", 0.1)
    monkeypatch.setattr(assembly, "_folder", lambda *_: for_ever.wait())
    assembly.check_folders(music=str(tmp_path))  # may come while the evening goes on
    for_ever.set()


def test_a_phrase_without_a_word_is_one_sentence(tmp_path):
    text = 'title = "Awe"\narousal = 0.5\nvalence = 0.8\nemotions = { happy = 1.0 }\n'
    (tmp_path / "awe.toml").write_text(f'{text}[words]\nen = ["how wonderful", "!"]\n', "utf-8")
    with pytest.raises(
        UserError, match=r"awe.toml has a phrase without a word under \[words\], '!'"
    ):
        book.read(tmp_path / "awe.toml")

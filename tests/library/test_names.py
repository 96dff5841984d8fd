"""A folder, a playlist or a file is called after a mood in many ways."""

from pathlib import Path

import pytest

from dndmood.library.names import MoodNames, existing, words
from dndmood.mood import book

MOODS = book.load(Path(__file__).parents[2] / "playlists")
NAMES = MoodNames(MOODS.values())


@pytest.mark.parametrize(
    ("name", "mood"),
    [
        ("Combat", "battle"),
        ("KAMPF", "battle"),
        ("Ka\u0308mpfe", "battle"),
        ("Kaempfe", "battle"),
        ("Boss", "battle"),
        ("Combat Music", "battle"),
        ("02_battle-themes", "battle"),
        ("BossFight", "battle"),
        ("Battle & Boss", "battle"),
        ("Combate", "battle"),
        ("Tavern", "merry"),
        ("Taverne", "merry"),
        ("taverna", "merry"),
        ("Exploration", "calm"),
        ("Travel", "calm"),
        ("Reise", "calm"),
        ("Sad", "sorrow"),
        ("tristesse", "sorrow"),
        ("Dungeon", "suspense"),
        ("Verlies", "suspense"),
        ("Victory", "triumph"),
        ("победа", "triumph"),
        ("calm", "calm"),
        ("Karczma", "merry"),
        ("Napięcie", "suspense"),
        ("Vittoria", "triumph"),
        ("Tristeza", "sorrow"),
        ("Gevecht", "battle"),
        ("Värdshus", "merry"),
        ("Spänning", "suspense"),
        ("戦い", "battle"),
        ("ボス戦", "battle"),
        ("悲しみ", "sorrow"),
        ("緊張", "suspense"),
        ("楽しい", "merry"),
        ("旅", "calm"),
        ("勝利", "triumph"),
        ("전투", "battle"),
        ("Taistelu", "battle"),
        ("Hospoda", "merry"),
        ("木村", ""),  # a name: one sign of it alone is a village
        ("Album 7", ""),
        ("Music", ""),
        ("Dark Tavern", ""),  # suspense or merry? the sound decides
        ("Combat of the Thousand Rivers", ""),
        ("", ""),
    ],
)
def test_a_name_is_a_mood_in_several_languages_and_in_any_case(name, mood):
    assert NAMES.called(name) == mood


def test_no_word_stands_for_two_of_the_moods_that_come_along():
    every = [(words(name), mood.name) for mood in MOODS.values() for name in mood.names]
    assert len({said for said, _ in every}) == len({*every})


def test_a_text_mentions_a_mood_only_when_it_mentions_no_other():
    assert NAMES.mentioned("Two Kings - The Last Battle (extended)") == ("battle", "battle")
    assert NAMES.mentioned("Calm before the battle") == ("", "")


def test_the_innermost_folder_that_is_called_so_decides_then_the_outermost_that_mentions():
    assert NAMES.of_folders(["Fantasy", "Tavern", "Fight"]) == "battle"
    assert NAMES.of_folders(["Battle", "Victory at dawn"]) == "battle"
    assert NAMES.of_folders(["Epic battle pack", "Sad violin album"]) == "battle"
    assert NAMES.of_folders(["Album", "Disc 1"]) == ""


def test_a_mood_of_ones_own_brings_its_own_names(tmp_path):
    head = "arousal = 0.5\nvalence = 0.5\nemotions = {}\n"
    (tmp_path / "awe.toml").write_text(f'title = "Ehrfurcht"\nnames = ["wonder"]\n{head}')
    (tmp_path / "crypt.toml").write_text(f'title = "Crypt"\n{head}')
    (tmp_path / "battle.toml").write_text(f'title = "Brawl"\n{head}')
    mine = MoodNames(book.load(Path("playlists").resolve(), tmp_path).values())
    assert [mine.called(name) for name in ("WONDER", "ehrfurcht", "awe")] == ["awe"] * 3
    assert mine.called("Crypt") == "crypt"  # its own name, though suspense has the word too
    assert mine.called("Kampf") == mine.called("brawl") == "battle"


def test_a_path_is_found_in_other_letters_and_accents(tmp_path):
    (tmp_path / "Ma\u0308rchen").mkdir()
    (tmp_path / "Ma\u0308rchen" / "Wolf [1].OGG").touch()
    found = existing(tmp_path, ["m\u00e4rchen", "wolf [1].ogg"])
    assert found is not None and found.is_file()
    assert existing(tmp_path, ["m\u00e4rchen", "w*"]) is None


@pytest.mark.parametrize(
    ("folder", "mood"),
    [
        ("Kampfmusik", "battle"),
        ("Bosskampf", "battle"),
        ("Siegesmusik", "triumph"),
        ("Tavernenmusik", "merry"),
        ("Trauermusik", "sorrow"),
        ("Traurige Musik", "sorrow"),
        ("03 Ruhige Lieder", "calm"),
        ("battlemusic", "battle"),
        ("戦闘曲", "battle"),
        ("酒場のBGM", "merry"),
    ],
)
def test_a_word_may_have_a_mood_s_name_in_it(folder, mood):
    assert NAMES.of_folders([folder]) == mood


@pytest.mark.parametrize(
    "folder", ["Musik", "Filmmusik", "Lieder", "Klänge", "Unsere Lieder", "夜曲"]
)
def test_a_word_for_music_alone_says_nothing(folder):
    assert NAMES.of_folders([folder]) == ""

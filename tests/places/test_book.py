import re
import shutil

import pytest

from dndmood import paths, scene_assembly
from dndmood.errors import UserError
from dndmood.library.names import meant
from dndmood.places import book
from dndmood.settings import Settings

WANTED = (
    "forest road village city tavern dungeon camp water mountain castle temple shop wild home"
)


def test_every_place_comes_along_with_phrases_in_four_languages():
    places = book.load(paths.places())
    assert set(places) == set(WANTED.split())
    for place in places.values():
        for language in ("en", "de", "fr", "es"):
            assert place.phrases[language], (place.name, language)
        assert place.ambience.beds


def test_every_letter_chooses_one_place_and_none_is_the_key_for_automatic():
    letters = book.keys(book.load(paths.places()))
    assert sorted(letters.values()) == sorted(WANTED.split())
    assert "p" not in letters and all(len(letter) == 1 for letter in letters)


def test_a_place_of_ones_own_is_one_file_and_gets_a_letter(tmp_path):
    (tmp_path / "feywild.toml").write_text(
        'title = "Feywild"\n[phrases]\nen = ["feywild"]\n', encoding="utf-8"
    )
    places = book.load(paths.places(), tmp_path)
    assert places["feywild"].title == "Feywild"
    assert "feywild" in book.keys(places).values()


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"swamp": 'title = "Swamp"\nkey = "y"\n'}, []),
        (
            {"fen": 'title = "Fen"\nkey = "t"\n'},
            ["The letter 't' of the place 'fen' .* so 'p n' chooses it"],
        ),
        (
            {
                "moor": 'title = "Moor"\nkey = "y"\n',
                "amp": 'title = "Amp"\nkey = "y"\norder = 200\n',
                "swamp": 'title = "Swamp"\nkey = "y"\norder = 300\n',
            },
            ["'y' of the place 'amp' .* no letter", "'y' of the place 'swamp' .* no letter"],
        ),
        ({"pub": 'title = "Tavern"\n'}, ["'tavern' and 'pub' have the same title 'Tavern'"]),
        (
            {
                "moor": 'title = "Moor"\n[phrases]\nen = ["bog", "moor"]\n',
                "swamp": 'title = "Swamp"\n[phrases]\nen = ["swamp", "BOG!"]\n',
            },
            ["'moor' and 'swamp' are both called 'bog', which speaks for 'moor' only"],
        ),
        ({"tavern": 'title = "Tavern"\nkey = "t"\n[phrases]\nen = ["inn"]\n'}, []),
        ({"ferry": 'title = "Ferry"\n[phrases]\nen = ["boat"]\n'}, []),  # wins over ours
    ],
)
def test_places_that_cannot_be_told_apart_are_named(tmp_path, files, says):
    for name, text in files.items():
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    said = list(book.doubts(book.load(paths.places(), tmp_path)))
    assert len(said) == len(says)
    assert all(re.search(wanted, one) for wanted, one in zip(says, said, strict=True))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('title = "Moor"\nphrase = {}\n', "unknown key 'phrase': did you mean 'phrases'?"),
        ("order = 3\n", "lacks the key 'title'"),
        ('title = "Moor"\nphrases = ["moor"]\n', "a table of lists by language"),
        ('title = "Moor"\n[phrases]\nEnglish = ["moor"]\n', "a table of lists by language"),
        ('title = "Moor"\nkey = "p"\n', "one small letter, but not p"),
        ('title = "Moor"\n[ambience]\nbed = ["rain"]\n', "the lists beds and shots"),
        ('title = "Moor\n', "cannot be read"),
        ('title = "Moor"\n[phrases]\nen = ["moor", ""]\n', "a phrase without a word"),
        ('title = "Moor"\n[signs]\nde = [" ... "]\n', "a phrase without a word"),
    ],
)
def test_a_file_with_a_mistake_is_one_sentence_and_left_out(tmp_path, text, says):
    (tmp_path / "moor.toml").write_text(text, encoding="utf-8")
    said: list[str] = []
    places = book.load(paths.places(), tmp_path, tell=said.append)
    assert "moor" not in places and len(said) == 1
    assert says in said[0] and "moor.toml" in said[0]
    assert said[0].endswith(("; it is left out.", "? It is left out."))
    with pytest.raises(UserError, match="moor"):
        book.load(paths.places(), tmp_path)


def test_a_mistake_in_a_shipped_place_is_the_users_to_know(tmp_path):
    shutil.copytree(paths.places(), tmp_path / "places")
    (tmp_path / "places" / "forest.toml").write_text("title = 3\n", encoding="utf-8")
    with pytest.raises(UserError, match="needs a text for 'title'"):
        book.load(tmp_path / "places", tell=lambda _: None)


def test_a_place_that_lies_nowhere_is_one_sentence_and_stays(tmp_path):
    text = 'title = "Moor"\nlies_in = "atlantis"\n[phrases]\nen = []\n'
    (tmp_path / "moor.toml").write_text(text, encoding="utf-8")
    said: list[str] = []
    places = book.load(paths.places(), tmp_path, tell=said.append)
    assert places["moor"].lies_in == "" and len(said) == 1
    assert "moor.toml" in said[0] and "'atlantis'" in said[0] and "village" in said[0]
    with pytest.raises(UserError, match="no such place"):
        book.load(paths.places(), tmp_path)


def test_a_place_that_lies_in_itself_lies_nowhere(tmp_path):
    text = 'title = "Moor"\nindoors = true\nlies_in = "moor"\n'
    (tmp_path / "moor.toml").write_text(text, encoding="utf-8")
    said: list[str] = []
    places = book.load(paths.places(), tmp_path, tell=said.append)
    assert places["moor"].lies_in == "" and len(said) == 1
    assert "'moor', and that is itself: use one of camp" in said[0]
    assert "moor" not in said[0].partition("use one of")[2]
    with pytest.raises(UserError, match="that is itself"):
        book.load(paths.places(), tmp_path)


def test_a_place_file_in_another_encoding_is_one_sentence_with_the_line(tmp_path):
    (tmp_path / "moor.toml").write_bytes('title = "Höhle"\n'.encode("latin-1"))
    said: list[str] = []
    assert "moor" not in book.load(paths.places(), tmp_path, tell=said.append)
    assert len(said) == 1 and "not UTF-8 in line 1: save it as UTF-8" in said[0]


@pytest.mark.parametrize("place", ["tavern", "Tavern", " TAVERN "])
def test_a_place_to_begin_in_is_known_in_any_letters(place):
    assert meant(place, scene_assembly.place_book(Settings(place=place))) == "tavern"


def test_an_evening_cannot_begin_where_there_is_no_place():
    with pytest.raises(
        UserError, match=re.escape("There is no place 'narnia': use forest, road,")
    ):
        scene_assembly.place_book(Settings(place="narnia"))

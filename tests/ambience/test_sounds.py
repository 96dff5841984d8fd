"""Which files are the ambience of which place."""

from pathlib import Path

import pytest

from dndmood import ambience_files, paths, scene_assembly
from dndmood.ambience import Sounds, Wish, by_place
from dndmood.ambience.known import levels, measured, write
from dndmood.errors import UserError
from dndmood.settings import Settings
from tests.fakes import tone

WISHES = {
    "tavern": Wish(called=("inn", "taverne", "wirtshaus")),
    "forest": Wish(called=("woods", "wald")),
}


def sound(path: Path, seconds: float = 14.0) -> str:
    return tone(path, seconds=seconds, hz=200, rate_hz=8000).path


@pytest.fixture
def along(tmp_path):
    for place in ("tavern", "forest"):
        sound(tmp_path / "along" / place / f"{place}.wav", 1.0)
        sound(tmp_path / "along" / place / "shots" / "one.wav", 1.0)
    return tmp_path / "along"


def names(sounds: Sounds) -> tuple[list[str], list[str]]:
    return [Path(p).stem for p in sounds.beds], [Path(p).stem for p in sounds.shots]


def test_what_comes_along_is_a_folder_for_each_place_with_its_single_sounds(along):
    found = by_place(along)
    assert {place: names(one) for place, one in found.items()} == {
        "tavern": (["tavern"], ["one"]),
        "forest": (["forest"], ["one"]),
    }


def test_the_ambience_that_ships_is_found_for_all_fourteen_places():
    found = ambience_files.of_places(Settings(), pytest.fail)
    assert sorted(found) == [
        "camp", "castle", "city", "dungeon", "forest", "home", "mountain", "road", "shop",
        "tavern", "temple", "village", "water", "wild",
    ]  # fmt: skip
    assert all(len(one.beds) == 1 and len(one.shots) >= 3 for one in found.values())


@pytest.mark.parametrize(
    "folder", ["tavern", "Tavern", "INN", "Wirtshaus", "Tavern Music", "pack/sub/taverne"]
)
def test_a_folder_of_ones_own_is_called_like_the_place_in_any_letters_and_language(
    tmp_path, along, folder
):
    sound(tmp_path / "own" / folder / "crowd.wav")
    found = by_place(along, tmp_path / "own", wishes=WISHES)
    assert names(found["tavern"]) == (["crowd"], [])
    assert names(found["forest"]) == (["forest"], ["one"])  # nothing of one's own: as it comes


def test_one_file_called_like_the_place_is_enough(tmp_path, along):
    sound(tmp_path / "own" / "Old woods at night.wav")
    assert names(by_place(along, tmp_path / "own", wishes=WISHES)["forest"])[0] == [
        "Old woods at night"
    ]


def test_several_files_are_heard_together_and_short_ones_now_and_then(tmp_path, along):
    own = tmp_path / "own" / "tavern"
    for name, seconds in (("crowd", 30), ("fire", 20), ("clink", 1), ("laugh", 4)):
        sound(own / f"{name}.wav", seconds)
    sound(own / "SFX" / "song.wav", 40)
    assert names(by_place(along, tmp_path / "own")["tavern"]) == (
        ["crowd", "fire"], ["clink", "laugh", "song"],
    )  # fmt: skip


def test_too_many_beds_are_told_and_the_first_four_are_heard(tmp_path, along):
    for number in range(6):
        sound(tmp_path / "own" / "tavern" / f"{number}.wav")
    said = []
    found = by_place(along, tmp_path / "own", say=said.append)
    assert names(found["tavern"])[0] == ["0", "1", "2", "3"]
    assert said == ["Tavern has 6 beds: the first 4 by name are heard, all at once."]


def test_a_place_that_does_not_come_along_may_be_called_anything(tmp_path, along):
    sound(tmp_path / "own" / "Swamp" / "frogs.wav")
    assert names(by_place(along, tmp_path / "own")["swamp"]) == (["frogs"], [])


def test_a_folder_of_no_place_is_told_unless_a_place_asks_for_it_by_name(tmp_path, along):
    sound(tmp_path / "own" / "Tavrn" / "crowd.wav")
    sound(tmp_path / "own" / "Hearth" / "fire.wav")
    sound(tmp_path / "own" / "tavern" / "mugs.wav")
    said = []
    wishes = {**WISHES, "home": Wish(beds=("hearth",))}
    found = by_place(along, tmp_path / "own", wishes=wishes, say=said.append)
    assert names(found["home"])[0] == ["fire"]
    (sentence,) = said
    assert sentence == (
        "Left out of the ambience: no place is called tavrn. Call the folder like a place (the "
        "key p shows them), or make a place of that name."
    )


@pytest.mark.parametrize("folder", ["Tavern", "Wirtshaus"])
def test_the_folder_that_is_named_may_itself_be_called_like_a_place(tmp_path, along, folder):
    sound(tmp_path / folder / "crowd.wav")
    sound(tmp_path / folder / "shots" / "clink.wav", 1.0)
    found = by_place(along, tmp_path / folder, wishes=WISHES, say=pytest.fail)
    assert names(found["tavern"]) == (["crowd"], ["clink"])


def test_what_is_called_like_no_place_and_what_is_no_sound_is_told(tmp_path, along):
    sound(tmp_path / "own" / "something.wav")
    (tmp_path / "own" / "tavern").mkdir()
    (tmp_path / "own" / "tavern" / "broken.ogg").write_bytes(b"no sound" * 99)
    (tmp_path / "own" / "tavern" / "notes.txt").write_text("x")
    (tmp_path / "own" / "tavern" / "._crowd.ogg").write_bytes(b"x")
    said = []
    found = by_place(along, tmp_path / "own", say=said.append)
    assert names(found["tavern"]) == (["tavern"], ["one"])
    assert [text for text in said if "something.wav is called like no place" in text]
    assert [text for text in said if "broken.ogg is not a sound file" in text]
    assert said[-1].startswith("There is no ambience in ") and len(said) == 3


def test_a_place_may_ask_for_other_ambience_or_for_files_beside_its_own(tmp_path, along):
    marsh = sound(tmp_path / "places" / "frogs.wav")
    wishes = {
        "marsh": Wish(
            beds=("forest", "frogs.wav", "gone.ogg"), gain_db=-3.0, folder=tmp_path / "places"
        )
    }
    said = []
    found = by_place(along, wishes=wishes, say=said.append)["marsh"]
    assert names(found) == (["forest", "frogs"], ["one"]) and found.gain_db == -3.0
    assert marsh in found.beds
    assert said == ["Left out of the ambience of marsh: there is no gone.ogg."]


def test_a_folder_of_ones_own_wins_over_what_the_place_asks_for(tmp_path, along):
    sound(tmp_path / "own" / "tavern" / "crowd.wav")
    wishes = {"tavern": Wish(beds=("forest",))}
    assert names(by_place(along, tmp_path / "own", wishes=wishes)["tavern"])[0] == ["crowd"]


@pytest.mark.parametrize(
    ("folder", "place"),
    [("Wirtshaus", "tavern"), ("Wald", "forest"), ("bosque", "forest"), ("INN", "tavern")],
)
def test_the_places_that_come_along_say_what_folders_may_be_called(tmp_path, folder, place):
    sound(tmp_path / folder / "one.wav")
    settings = Settings(ambience=str(tmp_path))
    wishes = scene_assembly.wishes(scene_assembly.place_book(settings))
    found = ambience_files.of_places(settings, pytest.fail, wishes=wishes)
    assert names(found[place]) == (["one"], [])
    assert all(found[name].beds for name in wishes)  # the others are as they come


def test_no_such_folder_is_one_sentence_and_no_ambience_is_none(tmp_path):
    with pytest.raises(
        UserError, match="There is no ambience folder .*nowhere: check the name"
    ):
        ambience_files.of_places(Settings(ambience=str(tmp_path / "nowhere")), pytest.fail)
    assert ambience_files.of_places(Settings(surround=False), pytest.fail) == {}


def test_an_evening_does_without_a_folder_whose_drive_is_away(tmp_path):
    said: list[str] = []
    stick = Settings(ambience=str(tmp_path / "stick"))
    found = ambience_files.of_places(stick, said.append, missing_ok=True)
    (sentence,) = said
    assert found == ambience_files.of_places(Settings(), pytest.fail)
    assert sentence.startswith(f"The ambience folder {tmp_path / 'stick'} is not there")


def test_a_folder_that_does_not_answer_leaves_what_comes_along(tmp_path, monkeypatch):
    class Hangs:
        def __init__(self, _):
            pass

        def answer(self, _):
            raise TimeoutError

    monkeypatch.setattr(ambience_files, "Asked", Hangs)
    said = []
    found = ambience_files.of_places(Settings(ambience=str(tmp_path)), said.append)
    assert "tavern" in found and paths.data("playlists") / "ambience" / "tavern" in [
        Path(p).parent for p in found["tavern"].beds
    ]
    assert said == [
        f"The ambience folder {tmp_path} does not answer: what comes along is heard."
    ]


def test_of_all_that_comes_along_it_is_written_down_how_loud_it_is():
    folder = paths.data("playlists") / "ambience"
    known = levels(folder)
    assert sorted(known) == sorted(str(path) for path in folder.rglob("*.ogg"))
    for name in ("city/city.ogg", "water/shots/gull.ogg", "temple/shots/bowl.ogg"):
        found, said = measured(folder / name), known[str(folder / name)]
        assert said.gain_db == pytest.approx(found.gain_db, abs=0.1)
        assert said.peak_dbtp == pytest.approx(found.peak_dbtp, abs=0.1)
    place = by_place(folder)["water"]
    assert set(place.levels) == {*place.beds, *place.shots}


def test_a_sound_that_was_changed_or_is_ones_own_is_not_known(tmp_path, along):
    inside = tone(along / "tavern" / "shots" / "two.ogg", seconds=1.0, hz=200, rate_hz=8000)
    write(along)
    assert list(levels(along)) == [inside.path]
    mine = sound(tmp_path / "own" / "tavern" / "crowd.wav")
    assert mine not in by_place(along, tmp_path / "own")["tavern"].levels
    tone(Path(inside.path), seconds=2.0, hz=200, rate_hz=8000)
    assert levels(along) == {}


@pytest.mark.parametrize("text", ["", "[]", "{", '{"a.ogg": 3}', '{"a.ogg": {"size": 1}}'])
def test_a_damaged_list_of_what_is_known_knows_nothing(tmp_path, text):
    (tmp_path / "known.json").write_text(text)
    assert levels(tmp_path) == {}
    assert levels(tmp_path / "nowhere") == {}

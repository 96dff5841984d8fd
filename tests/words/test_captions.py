import pytest

from dndmood import caption_rehearsal, paths
from dndmood.errors import UserError
from dndmood.places import book
from dndmood.settings import Settings
from dndmood.words import captions, timeline
from dndmood.words.captions import Caption

PLACES = book.load(paths.places())
STORY = (
    (0.0, "good evening everybody and welcome to the game"),
    (6.0, "you walk into the old forest and it is quiet"),
    (12.0, "we should go to the tavern tomorrow"),
    (20.0, "suddenly wolves jump out of the bushes"),
    (24.0, "everyone roll for initiative"),
    (60.0, "I hit it with my sword and deal ten damage"),
    (90.0, "okay you are no longer in initiative"),
    (120.0, "you arrive at the village and it is a sunny day"),
)


def found(story=STORY, **more):
    lines = [Caption(start_s, 4.0, text) for start_s, text in story]
    return timeline.of_captions(lines, places=PLACES, moods={}, **more)


def test_a_story_becomes_places_events_and_a_fight():
    told = timeline.as_json(found())
    assert [one["place"] for one in told["places"]] == ["forest", "village"]
    assert told["places"][0]["end_s"] == told["places"][1]["start_s"]
    assert [one["event"] for one in told["events"]][:2] == ["initiative", "combat_end"]
    (fight,) = told["fights"]
    assert 24.0 <= fight["start_s"] <= 30.0 and 90.0 <= fight["end_s"] <= 96.0
    assert all(0.0 <= one["valence"] <= 1.0 >= one["arousal"] for one in told["moods"])


def test_twice_is_the_same():
    assert timeline.as_json(found()) == timeline.as_json(found())


def test_nothing_is_known_in_advance():
    early = found(STORY[:5])
    whole = found(STORY)
    assert [s.place for s in early.places] == [s.place for s in whole.places][:1]


def test_the_language_is_found_out():
    told = found(
        (
            (0.0, "Guten Abend und willkommen, ich bin heute der Spielleiter"),
            (6.0, "Ihr betretet den dunklen Wald und es ist still"),
        )
    )
    assert [state.place for state in told.places] == ["forest"]


def test_columns_may_be_called_either_way_and_others_are_passed_over(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("start,duration,text,valence\n1,2,hello,0\n", encoding="utf-8")
    assert captions.read(path) == [Caption(1.0, 2.0, "hello")]
    path.write_text('\ufefftext,duration_s,start_s\r\n"a, b",2,3\r\n', encoding="utf-8")
    assert captions.read(path) == [Caption(3.0, 2.0, "a, b")]


def test_spreadsheets_of_other_countries_part_columns_otherwise(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('start_s;duration_s;text\n1,5;2,25;"well, hello"\n;;\n', encoding="utf-8")
    assert captions.read(path) == [Caption(1.5, 2.25, "well, hello")]
    path.write_text("text\tstart\tduration\nhello; you\t1.5\t2\n\n", encoding="utf-8")
    assert captions.read(path) == [Caption(1.5, 2.0, "hello; you")]
    path.write_text("start_s,duration_s,text\n1,2,a\n,,\n", encoding="utf-8")
    assert captions.read(path) == [Caption(1.0, 2.0, "a")]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no column start_s or start"),
        ("start_s,text\n1,a\n", "no column duration_s or duration"),
        ("start_s,duration_s,text\n", "has no captions"),
        ("start_s,duration_s,text\nsoon,2,a\n", "line 2 needs seconds .* not 'soon'"),
        ("start_s,duration_s,text\n1,nan,a\n", "line 2 needs seconds"),
        ("start_s,duration_s,text\n1\n", "line 2 needs seconds"),
        ("start_s,duration_s,text\n1,2,a,\n,,b\n", "line 3 needs seconds .* not ''"),
        ("start_s,duration_s,text\n1,2,You enter, the inn\n", "line 2 has more columns"),
        ("start_s,duration_s,text\n1,5,2,5,a\n", "line 2 has more columns"),
        ('start_s,duration_s,text\n1,2,a\n1,2,"b" c\n', "cannot be read in line 3"),
        (
            'start_s,duration_s,text\n1,2,"a\n3,4,b\n',
            "quotation mark in line 2 that is never closed",
        ),
    ],
)
def test_a_file_that_is_no_good_is_one_sentence(tmp_path, text, says):
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match=says):
        captions.read(path)


def test_a_missing_file_a_folder_and_another_encoding_too(tmp_path):
    with pytest.raises(UserError, match="There is no captions file"):
        captions.read(tmp_path / "none.csv")
    with pytest.raises(UserError, match="is a folder"):
        captions.read(tmp_path)
    (tmp_path / "a.csv").write_bytes("start_s,duration_s,text\n1,2,Höhle\n".encode("latin-1"))
    with pytest.raises(UserError, match="UTF-8"):
        captions.read(tmp_path / "a.csv")


@pytest.mark.parametrize("place", ["tavern", "Tavern", " TAVERN "])
def test_captions_begin_where_the_evening_would(tmp_path, place):
    path = tmp_path / "a.csv"
    path.write_text("start_s,duration_s,text\n1,2,hello\n", encoding="utf-8")
    read = caption_rehearsal.read(Settings(place=place), path, say=str)
    assert [state.place for state in read.places] == ["tavern"]


def test_a_language_without_phrases_is_one_sentence():
    with pytest.raises(UserError, match="no phrases for the language 'it'"):
        found(language="it")


def test_captions_that_bring_no_place_are_a_timeline_too():
    said = [Caption(0.0, 4.0, "I think so too, let us see what happens.")]
    found = timeline.of_captions(said, places=book.load(paths.places()), moods={})
    read = timeline.as_json(found)
    assert (read["places"], read["events"], read["fights"]) == ([], [], [])
    assert read["end_s"] == 4.0

import re
from itertools import pairwise

from matplotlib.figure import Figure

from dndmood.report import markdown, page, plots
from dndmood.report.places_strip import places_strip
from dndmood.report.story import evening
from tests.report.sample import PLACES

FACTS = (
    {"event": "mood", "at_s": 0.0, "mood": "calm", "why": "Calm: the evening begins"},
    {"event": "place", "at_s": 60.0, "place": "forest", "why": "Forest: heard “woods”"},
    {"event": "place", "at_s": 90.0, "place": "forest", "why": "stays Forest: chosen by hand"},
    {"event": "place", "at_s": 300.0, "place": "tavern", "why": "Tavern: heard “<tavern>”"},
    {"event": "mood", "at_s": 600.0, "mood": "merry", "why": "Merry: more fits"},
)


def test_places_are_a_strip_from_left_to_right():
    told = evening(FACTS, name="2026-11-20T19-00-00.jsonl")
    assert [(s.start_s, s.end_s, s.place) for s in told.stays] == [
        (60.0, 300.0, "forest"),
        (300.0, 600.0, "tavern"),
    ]
    html = page.html([told], PLACES)
    assert "Where the party was" in html and 'class="strip"' in html
    assert "width: 40.00%" in html and "width: 50.00%" in html
    assert "&lt;tavern&gt;" in html and "<tavern>" not in html
    assert "Where the party was" in markdown.text([told], PLACES)


def test_an_evening_without_places_has_no_strip():
    told = evening([f for f in FACTS if f["event"] != "place"], name="a.jsonl")
    assert "Where the party was" not in page.html([told], PLACES)


def test_words_that_were_understood_late_begin_no_second_evening():
    late = (
        {"event": "hint", "at_s": 297.0, "what": "place", "name": "tavern", "phrase": "tavern"},
        {"event": "place", "at_s": 297.0, "place": "tavern", "why": "Tavern: heard “tavern”"},
        {"event": "ambience", "at_s": 297.0, "place": "tavern"},
    )
    mood = {"event": "mood", "at_s": 300.0, "mood": "calm", "why": "stays Calm: it fits"}
    told = evening((*FACTS[:2], mood, *late, FACTS[-1]), name="a.jsonl")
    assert told.length_s == 600.0 and not told.restarts_s
    assert [(s.end_s, s.place) for s in told.stays] == [(300.0, "forest"), (600.0, "tavern")]


def test_the_picture_has_the_places_where_their_names_fit():
    told = evening(FACTS, name="a.jsonl")
    ax = Figure().subplots()
    places_strip(ax, told, width_in=11.0)
    bars = [(bar.get_x(), bar.get_width()) for bar in ax.patches]
    assert bars == [(60.0, 240.0), (300.0, 300.0)] and ax.get_xlim() == (0.0, 600.0)
    assert [(t.get_text(), t.get_position()[0]) for t in ax.texts] == [
        ("forest", 180.0),
        ("tavern", 450.0),
    ]
    narrow = Figure().subplots()
    places_strip(narrow, told, width_in=1.0)
    assert [bar.get_x() for bar in narrow.patches] == [60.0, 300.0] and not narrow.texts


def test_places_that_follow_one_another_never_look_like_one():
    there = ("forest", "tavern", "road", "forest", "road")  # the first and the third meet
    told = evening(
        [FACTS[0]]
        + [
            {"event": "place", "at_s": 60.0 * number, "place": place, "why": f"{place}: heard"}
            for number, place in enumerate(there, 1)
        ]
        + [FACTS[-1]],
        name="a.jsonl",
    )
    ax = Figure().subplots()
    places_strip(ax, told, width_in=11.0)
    shades = [bar.get_alpha() for bar in ax.patches]
    assert len(shades) == 5 and all(one != other for one, other in pairwise(shades))
    classes = re.findall(r'class="(shade\d)"', page.html([told], PLACES))
    assert len(classes) == 5 and all(one != other for one, other in pairwise(classes))


def test_the_picture_of_an_evening_without_places_is_less_high():
    without = evening([f for f in FACTS if f["event"] != "place"], name="a.jsonl")
    heights = [
        int.from_bytes(plots.png([one], PLACES)[20:24])
        for one in (evening(FACTS, name="a.jsonl"), without)
    ]
    assert 20 <= heights[0] - heights[1] <= 60

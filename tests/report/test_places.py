from dndmood.report import markdown, page
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

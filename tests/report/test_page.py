import io
import re
import struct
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from dndmood import paths
from dndmood.mood import book
from dndmood.report import colours, markdown, page, plots, story
from tests.report import sample
from tests.report.sample import PLACES

SHORT = ("calm 4", "forced-battle 3", "quiet 4", "merry 2", "paused 3", "sorrow 2")
NASTY = '<script>alert(\'$x_1$ & "co")</script> | *a* [b](c) 龍'


class Reader(HTMLParser):
    """What a browser would make of a page: its elements, and whether all of them are closed."""

    VOID = ("meta", "br", "hr", "link", "img")

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.open, self.text = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.handle_startendtag(tag, attrs)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def night(seed=7, name="2026-11-21T19-02-11.jsonl", scenes=SHORT):
    return story.evening(sample.night(seed, scenes), name=name)


@pytest.fixture(scope="module")
def one():
    return page.html([night()], PLACES)


@pytest.fixture(scope="module")
def many():
    names = ("2026-11-07T19-02-11", "2026-11-14T19-02-11", "2026-11-21T19-02-11")
    return page.html([night(seed, name) for seed, name in enumerate(names)], PLACES)


@pytest.mark.parametrize("kind", ["one", "many"])
def test_a_page_needs_no_network_no_script_and_no_other_file(kind, request):
    text = request.getfixturevalue(kind)
    read = Reader(text)
    assert "http" not in text and "@import" not in text and "url(http" not in text
    assert {"script", "link", "img", "iframe"}.isdisjoint(read.tags)
    links = [v for n, v in read.attributes if n in ("src", "href", "xlink:href")]
    assert all(link.startswith("#") for link in links)
    assert not [n for n, _ in read.attributes if n.startswith("on")]


@pytest.mark.parametrize("kind", ["one", "many"])
def test_a_page_closes_what_it_opens_and_names_everything_once(kind, request):
    read = Reader(request.getfixturevalue(kind))
    assert read.open == []
    ids = [value for name, value in read.attributes if name == "id"]
    assert len(ids) == len(set(ids)) > 0
    used = {v[1:] for n, v in read.attributes if n == "xlink:href"}
    used |= set(re.findall(r"url\(#([^)]*)\)", request.getfixturevalue(kind)))
    assert used <= set(ids)


@pytest.mark.parametrize("kind", ["one", "many"])
def test_a_page_can_be_heard_as_well_as_seen(kind, request):
    read = Reader(request.getfixturevalue(kind))
    assert ("lang", "en") in read.attributes and read.tags.count("h1") == 1
    pictures = read.attributes.count(("role", "img"))
    spoken = [v for n, v in read.attributes if n == "aria-label"]
    assert pictures and len(spoken) >= pictures and all(len(text) > 5 for text in spoken)
    assert read.attributes.count(("aria-hidden", "true")) >= read.tags.count("svg")
    assert ("scope", "col") in read.attributes and ("scope", "row") in read.attributes


def test_a_page_prints_and_suits_the_dark_and_the_telephone(one):
    for rule in ("@media print", "prefers-color-scheme: dark", "max-width: 46rem"):
        assert rule in one
    assert "currentColor" in one and "#010203" not in one


def test_the_page_tells_the_evening(one):
    text = " ".join(Reader(one).text)
    for part in ("Saturday, 21 November 2026", "Longest calm", "Fiercest fight", "Who ruled"):
        assert part in text
    assert "Chosen by hand" in text and "listening was stopped" in text
    assert "Battle" in text and any(title in text for title in sample.TRACKS["battle"])


def test_the_campaign_has_a_row_for_every_evening(many):
    text = " ".join(Reader(many).text)
    assert "The campaign so far: 3 evenings" in text
    assert all(day in text for day in ("7 Nov 2026", "14 Nov 2026", "21 Nov 2026"))


def nasty():
    """An evening in which everything a person can name is called something nasty."""
    evening = night(name=f"{NASTY.replace('/', '')}.jsonl")
    return replace(
        evening,
        changes=tuple(replace(c, why=NASTY, track=NASTY) for c in evening.changes),
        played=tuple(replace(p, title=NASTY) for p in evening.played),
        stretches=tuple(replace(s, mood=NASTY) for s in evening.stretches[:2]),
        troubles=(story.Trouble(1.0, NASTY, 1),),
    ), [*PLACES[1:], sample.Spot("calm", NASTY, 0.3, 0.6)]


def test_names_cannot_break_out_of_the_page():
    evening, places = nasty()
    alone, together = (Reader(page.html([evening] * n, places)) for n in (1, 2))
    for read in (alone, together):
        assert "script" not in read.tags and read.open == []
    assert any(NASTY in text for text in alone.text)


def test_names_cannot_break_the_tables_of_the_markdown():
    evening, places = nasty()
    rows = [row for row in markdown.text([evening], places).splitlines() if row[:1] == "|"]
    bars = {len(re.findall(r"(?<!\\)\|", row)) for row in rows}
    assert bars == {4, 5}
    assert "<script>" not in markdown.text([evening], places).replace("\\<", "")


def test_the_markdown_tells_the_same_evening():
    text = markdown.text([night()], PLACES)
    assert text.startswith("# Saturday, 21 November 2026\n\n19 min at the table")
    for part in ("## What played", "## Every change, and why", "| Time | Mood | Why | Track |"):
        assert part in text
    assert text.count("\n| 0:") == len(night().changes)
    assert text.endswith("\n") and "\n\n\n" not in text


def test_the_markdown_of_a_campaign_has_a_row_for_every_evening():
    text = markdown.text([night(1), night(2, "our night")], PLACES)
    assert "| 21 Nov 2026 |" in text and "| our night |" in text


@pytest.mark.parametrize("number", [1, 3])
def test_the_picture_is_a_png_wide_enough_to_share(number):
    picture = plots.png([night(seed) for seed in range(number)], PLACES)
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", io.BytesIO(picture[16:24]).read())
    assert 1200 <= width <= 2400 and 500 <= height <= 2600


def test_twice_is_the_same(one):
    assert page.html([night()], PLACES) == one


@pytest.mark.parametrize(
    "facts",
    [
        [{"event": "mood", "at_s": 0.0, "mood": "calm"}],
        [{"event": "estimate", "at_s": 0.0, "arousal": 0.5, "valence": 0.5}],
        [{"event": "mood", "at_s": 0.0, "mood": "gone"}, {"event": "cue", "at_s": 9.0}],
    ],
)
def test_the_smallest_evenings_have_a_page_a_text_and_a_picture(facts):
    evening = story.evening(facts, name="x")
    for evenings in ([evening], [evening, evening]):
        assert Reader(page.html(evenings, PLACES)).open == []
        assert markdown.text(evenings, PLACES)
    assert plots.png([evening], PLACES) and page.html([evening], [])


def test_two_hundred_tracks_get_no_more_than_twenty_lanes():
    titles = [
        {"event": "cue", "at_s": float(n), "mood": "calm", "tracks": [f"T{n}"]}
        for n in range(200)
    ]
    evening = story.evening([{"event": "mood", "at_s": 0.0, "mood": "calm"}, *titles], name="x")
    assert plots.curve([evening][0], PLACES).count("T1") <= 20


def test_each_mood_has_the_colour_that_it_has_on_the_screen():
    from dndmood import assembly
    from dndmood.dashboard import palette

    moods = book.load(paths.data("playlists")).values()
    shown = palette.hues(assembly.places(moods))
    assert colours.hues(moods) == {name: style.color.name for name, style in shown.items()}


def test_the_story_is_read_without_matplotlib_and_without_a_window():
    code = (
        "import sys; import dndmood.report.page, dndmood.report.markdown\n"
        "assert 'matplotlib' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)

"""Words in a rehearsal."""

import json
from contextlib import nullcontext
from itertools import islice
from pathlib import Path

from typer.testing import CliRunner

import dndmood
from dndmood import cli, rehearsal, scene_assembly
from dndmood.events import Problem
from dndmood.settings import Settings
from dndmood.words import engines

DEMO = Path(dndmood.__file__).with_name("demo.ogg")


def test_that_words_are_listened_to_is_said_once_and_is_no_problem(monkeypatch):
    monkeypatch.setattr(engines, "opened", lambda *_: nullcontext(lambda _samples: ""))
    said = []
    settings = Settings(words=True, profile="", for_s=2.0)
    tape = list(islice(rehearsal.rehearse(settings, DEMO, say=said.append), 200))
    assert sum("Words are listened to" in sentence for sentence in said) == 1
    assert not [event for event in tape if isinstance(event, Problem)]


def test_a_rehearsal_prints_where_the_party_is(monkeypatch):
    said = iter(("you arrive at the old tavern", "you walk into the forest"))
    opened = nullcontext(lambda _samples: next(said, ""))
    monkeypatch.setattr(engines, "opened", lambda *_: opened)
    monkeypatch.setattr(scene_assembly, "damaged", lambda _folder: "")
    words = ["rehearse", str(DEMO), "--words", "--place", "road"]
    printed = CliRunner().invoke(cli.app, words).output
    lines = [one.split()[1:3] for one in printed.splitlines() if "  place " in one]
    assert lines == [["place", "road"], ["place", "tavern"], ["place", "forest"]]
    said = iter(("you arrive at the old tavern", "you walk into the forest"))
    rows = json.loads(CliRunner().invoke(cli.app, [*words, "--json"]).stdout)
    places = [row for row in rows if "place" in row]
    assert [row["place"] for row in places] == ["road", "tavern", "forest"]
    assert places[1]["why"] == "Tavern: heard “tavern”" and len(rows) > len(places)

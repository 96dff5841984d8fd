"""Words in a rehearsal."""

from contextlib import nullcontext
from itertools import islice
from pathlib import Path

import dndmood
from dndmood import rehearsal
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

"""An old journal: read for what was heard lately, and told as a report."""

from contextlib import suppress
from types import SimpleNamespace

from dndmood import journal
from dndmood.errors import UserError
from dndmood.events import Cue, EmotionEstimate, MoodState, Track
from dndmood.report import markdown, page, story
from tests.fuzz._inputs import placed

_PLACES = [
    SimpleNamespace(name=name, title=name, arousal=0.5, valence=0.5)
    for name in ("calm", "battle")
]
_TRACKS = (Track("/a.ogg", "A", 100.0), Track("/b.ogg", "B", 3.0))
_LINES = "\n".join(
    journal.line(event)
    for event in (
        MoodState(0.0, "calm", 0.0, "Calm: the evening begins"),
        Cue(0.0, "calm", _TRACKS, 1.5, "plays A"),
        EmotionEstimate(4.0, 0.4, 0.6, {"calm": 0.9, "angry": 0.1}, voice=1.0, voiced=0.9),
        MoodState(60.0, "battle", 60.0, "Battle: ahead"),
        Cue(60.0, "battle", _TRACKS, 6.0, "plays B"),
    )
)
SEEDS = (
    _LINES.encode(),
    _LINES.encode()[:-9],
    b'[1,2]\n{"event": 3}\n{"event": "cue", "tracks": ["caf\xc3',
    b'{"event": "estimate", "at_s": 1e999, "arousal": NaN, "scores": []}\n',
    b'{"event": "heard", "track": null, "for_s": "x"}\n',
)
MUTATIONS = 150


def run(data: bytes) -> None:
    """A story comes of it, or one sentence."""
    path = placed("2026-11-25T20-00-00.jsonl", data)
    with suppress(UserError):
        evenings, _ = story.gathered([(path.name, journal.read(path))])
        markdown.text(evenings, _PLACES)
        if len(data) % 32 == 0:  # a page with its pictures takes a hundred times as long
            page.html(evenings, _PLACES)

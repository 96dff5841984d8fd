"""Stage `follow`: decides which mood the table is in, rarely, and always says why.

How likely each mood was, times how long moods last and which follows which (`transitions`), times
how likely this talk is in each of them, as plain talk, the mood's own or somebody else's
(`evidence`), is how likely each mood is (`belief`); words are a second witness (`word_evidence`).
From that follows how many seconds of the right music a change would win, and it is made when that
exceeds its price (`decision`).
"""

from collections.abc import Iterable, Iterator, Mapping

from dndmood.events import (
    AudioChunk,
    Balance,
    Command,
    EmotionEstimate,
    Event,
    MoodBook,
)
from dndmood.mood.book import Mood
from dndmood.mood.corrections import Lessons
from dndmood.mood.editor import Editor
from dndmood.mood.evidence import Evidence
from dndmood.mood.pacing import Pacing
from dndmood.scene import SceneCue


def follow(
    tape: Iterable[Event],
    *,
    moods: Mapping[str, Mood],
    opening: str,
    resting: str,
    pacing: Pacing | None = None,
    lessons: Lessons | None = None,
    evidence: Evidence | None = None,
    tone: bool = True,
) -> Iterator[Event]:
    """Add a `MoodState` at the first sound, after every estimate, and after every order by hand.

    Words that speak for a mood are answered by one as well, and a silence once. `opening` is the mood of the first
    moment, `resting` the one that a long silence returns to. `evidence` is what the estimates of
    the model say; without it they are taken at their word. Without `tone` they say only that people
    talk, and words alone speak for a mood. An order that says something about the
    last automatic change teaches `lessons`, and is followed by a `Correction`.
    """
    editor = Editor(
        moods,
        opening=opening,
        resting=resting,
        pacing=pacing or Pacing(),
        lessons=lessons or Lessons(),
        evidence=evidence,
        tone=tone,
    )
    now_s = -1.0  # no sound yet
    for event in tape:
        yield event
        noted, at_s = None, 0.0
        match event:
            case AudioChunk(end_s=at_s):
                began = f"{moods[opening].title}: the evening begins" if now_s < 0.0 else ""
                why = began or editor.wait(at_s)
                now_s = at_s
            case Command(at_s=at_s):
                noted = editor.learn(event)
                why = editor.obey(event, noted)
            case SceneCue():
                at_s = max(now_s, event.at_s)  # it may be recognised late
                why = editor.hear_words(event, at_s)
            case _:
                at_s, why = _heard(editor, event)
        if why:
            yield editor.state(at_s, why)
        if noted:
            yield noted


def _heard(editor: Editor, event: Event) -> tuple[float, str]:
    """When, and what the editor says to a fact that is no order; empty when nothing."""
    match event:
        case EmotionEstimate():
            return event.at_s, editor.hear(event)
        case MoodBook():
            return event.at_s, editor.take_up(event.moods)
        case Balance():
            editor.balance(event)
    return 0.0, ""

"""The tape as JSON lines: numbers and names, one object per fact, and never any sound.

Every line has `event` and `at_s` (audio time in seconds):

| event    | further keys                                                            |
|----------|-------------------------------------------------------------------------|
| estimate | `arousal`, `valence`, `voice`, `voiced` (0 to 1), `scores` (label: 0-1) |
| mood     | `mood`, `since_s`, `why`, `outlook`, `forced`                           |
| cue      | `mood`, `tracks` (titles in playing order), `lengths_s` (of each track), |
|          | `fade_s`, `resume` (true when an undo brought it back), `why`           |
| correction | `kind`, `left`, `taken`, `wanted` (moods), `arousal`, `valence`, `scores`, `shares` |
| command  | `verb`, `mood`, `change_db`                                             |
| level    | `gain_db`, `over_s`: how far the music stepped back under talk           |
| problem  | `text`, `solved` (true when it says that an earlier problem is over)     |
| playing  | `track` (title; null when nothing can be heard), `place_s` (how far into it) |
| heard    | `track` (title), `for_s`: a track that sounded, when it is over          |
| scale    | `talk_s`, `arousal_shift`, `valence_shift`, `gain`, `tilts` (label: factor) |
"""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dndmood.errors import UserError
from dndmood.events import (
    AudioChunk,
    Balance,
    Command,
    Correction,
    Cue,
    EmotionEstimate,
    Event,
    Heard,
    Level,
    MoodState,
    NowPlaying,
    Problem,
    SpeechWindow,
    TableScale,
)


def line(event: Event) -> str:  # noqa: C901, PLR0912 - one case for each fact
    """`event` as one line of the journal without its line end; empty for sound itself."""
    match event:
        case AudioChunk() | SpeechWindow() | Balance():
            return ""
        case Level():
            fact = _fact("level", event, "gain_db", "over_s")
        case EmotionEstimate():
            fact = _fact("estimate", event, "arousal", "valence", "voice", "voiced")
            if event.heard_arousal is not None and event.heard_valence is not None:
                fact["heard_arousal"] = round(event.heard_arousal, 4)
                fact["heard_valence"] = round(event.heard_valence, 4)
            fact["scores"] = {label: round(score, 4) for label, score in event.scores.items()}
        case MoodState():
            fact = _fact("mood", event, "mood", "since_s", "why", "outlook", "forced")
        case Cue():
            fact = _fact("cue", event, "mood", "fade_s", "resume", "why")
            fact["tracks"] = [track.title for track in event.tracks]
            fact["lengths_s"] = [round(track.duration_s, 1) for track in event.tracks]
        case Correction():
            fact = _fact("correction", event, "kind", "left", "taken", "wanted")
            fact |= _fact("correction", event, "arousal", "valence", "refines")
            for key, shares in (("scores", event.scores), ("shares", event.shares)):
                fact[key] = {name: round(share, 4) for name, share in shares.items()}
        case Command():
            fact = _fact("command", event, "verb", "mood", "change_db")
        case Problem():
            fact = _fact("problem", event, "text", "solved")
        case NowPlaying(track=track):
            fact = _fact("playing", event, "place_s") | {
                "track": track.title if track else None
            }
        case Heard(track=track):
            fact = _fact("heard", event, "for_s") | {"track": track.title}
        case TableScale():
            fact = _fact("scale", event, "talk_s", "arousal_shift", "valence_shift", "gain")
            fact["tilts"] = {label: round(tilt, 4) for label, tilt in event.tilts.items()}
    return json.dumps(fact, ensure_ascii=False)


@contextmanager
def opened(path: Path) -> Iterator[Callable[[Event], None]]:
    """A sink that writes to `path`, each line flushed as it comes.

    What the file already holds is kept: new lines go to its end. Raises `UserError` when the
    file cannot be opened.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a", encoding="utf-8")
    except OSError as error:
        raise UserError(
            f"The journal {path} cannot be written ({error.strerror}): choose another place "
            "with --journal."
        ) from error
    with file:

        def write(event: Event) -> None:
            if text := line(event):
                file.write(text + "\n")
                file.flush()

        yield write


def read(path: Path) -> Iterator[dict[str, Any]]:
    """The facts in the journal `path`; a last line that was cut off is passed over."""
    with path.open(encoding="utf-8") as file:
        for text in file:
            try:
                yield json.loads(text)
            except ValueError:
                continue


def replay(facts: Iterable[dict[str, Any]]) -> Iterator[EmotionEstimate]:
    """The estimates of an old evening as a tape, to try other moods on without any sound."""
    for fact in facts:
        if fact["event"] == "estimate":
            yield EmotionEstimate(
                at_s=fact["at_s"],
                arousal=fact["arousal"],
                valence=fact["valence"],
                scores=fact["scores"],
                voice=fact["voice"],
                voiced=fact["voiced"],
                heard_arousal=fact.get("heard_arousal"),
                heard_valence=fact.get("heard_valence"),
            )


def _fact(name: str, event: Any, *fields: str) -> dict[str, Any]:
    fact: dict[str, Any] = {"event": name, "at_s": round(event.at_s, 3)}
    for field in fields:
        value = getattr(event, field)
        fact[field] = round(value, 4) if isinstance(value, float) else value
    return fact

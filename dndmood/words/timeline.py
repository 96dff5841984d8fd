"""What words bring to an evening, on one line of time: places, events, fights and moods."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dndmood.places.book import Location
from dndmood.places.locate import Whereabouts
from dndmood.scene import PlaceState, SceneCue
from dndmood.words.attention import Attention, MoodWords, Temper
from dndmood.words.captions import Caption

_PAUSE_S = 2.0


@dataclass(slots=True)
class Timeline:
    """What was found, each list in the order of time."""

    end_s: float = 0.0
    places: list[PlaceState] = field(default_factory=list)
    events: list[SceneCue] = field(default_factory=list)
    fights: list[tuple[float, float | None]] = field(default_factory=list)
    """Beginning and end; None while it goes on."""
    tempers: list[Temper] = field(default_factory=list)
    """One where the words change sides: pleasant or not, excited or not."""
    moods: list[SceneCue] = field(default_factory=list)


def of_captions(
    captions: Iterable[Caption],
    *,
    places: Mapping[str, Location],
    moods: Mapping[str, MoodWords],
    language: str = "",
    opening: str = "",
) -> Timeline:
    """Read `captions` as they would be heard, one after the other; nothing is known in advance."""
    attention = Attention(places, moods, language=language)
    listened = Listened(attention, places, opening=opening)
    every = list(captions)
    for one, after in zip(
        every, [*every[1:], None], strict=False
    ):  # with none there is no last
        pause = after is None or after.start_s - one.end_s > _PAUSE_S
        cues = attention.hear(one.text, one.start_s, one.end_s, last=pause)
        for cue in cues:
            listened.push(cue)
        listened.until(one.end_s)
    return listened.timeline


class Listened:
    """Takes in cues in the order in which they come and keeps what they bring."""

    def __init__(
        self, attention: Attention, places: Mapping[str, Location], *, opening: str = ""
    ) -> None:
        self.timeline = Timeline()
        self._attention = attention
        self._where = Whereabouts(places, opening=opening)
        if opening:
            why = f"{places[opening].title}: the evening begins here"
            self.timeline.places.append(self._where.state(0.0, why))

    def push(self, event: object) -> None:
        """Take in a cue; any other event is passed over."""
        if isinstance(event, SceneCue):
            _take(self.timeline, self._where, event)

    def until(self, at_s: float) -> None:
        """Look at what the words say about the mood now, at `at_s`."""
        attention = self._attention
        since_s = attention.fight_since_s
        _temper(self.timeline, attention.temper(at_s), fight=attention.fight, at_s=since_s)
        self.timeline.end_s = max(self.timeline.end_s, at_s)


def as_json(found: Timeline) -> dict[str, Any]:
    """`found` for programs: every time in seconds from the beginning."""
    ends = [state.at_s for state in found.places[1:]] + [found.end_s]
    return {
        "end_s": round(found.end_s, 2),
        "places": [
            {
                "start_s": round(state.at_s, 2),
                "end_s": round(end_s, 2),
                "place": state.place,
                "why": state.why,
            }
            for state, end_s in zip(found.places, ends, strict=False)  # without one no end
        ],
        "events": [
            {"at_s": round(cue.at_s, 2), "event": cue.name, "phrase": cue.phrase}
            for cue in found.events
        ],
        "fights": [
            {"start_s": round(start_s, 2), "end_s": round(end_s or found.end_s, 2)}
            for start_s, end_s in found.fights
        ],
        "moods": [
            {
                "at_s": round(one.at_s, 2),
                "mood": one.side,
                "valence": round(one.valence, 3),
                "arousal": round(one.arousal, 3),
            }
            for one in found.tempers
        ],
        "cues": [
            {
                "at_s": round(cue.at_s, 2),
                "mood": cue.name,
                "phrase": cue.phrase,
                "strength": round(cue.strength, 2),
            }
            for cue in found.moods
        ],
    }


def _take(found: Timeline, where: Whereabouts, cue: SceneCue) -> None:
    if cue.what == "event":
        found.events.append(cue)
    elif cue.what == "mood":
        found.moods.append(cue)
    elif why := where.hear(cue):
        found.places.append(where.state(cue.at_s, why))


def _temper(found: Timeline, temper: Temper, *, fight: bool, at_s: float) -> None:
    going = bool(found.fights) and found.fights[-1][1] is None
    if fight and not going:
        found.fights.append((at_s, None))
    elif going and not fight:
        found.fights[-1] = found.fights[-1][0], at_s
    if not found.tempers or found.tempers[-1].side != temper.side:
        found.tempers.append(temper)

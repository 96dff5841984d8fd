"""The guided minute before the first evening: the room, then a voice as usual, low and loud."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median, quantiles

import numpy as np

from dndmood.bounds import clamp
from dndmood.decibels import power_db
from dndmood.errors import UserError
from dndmood.events import AudioChunk, EmotionEstimate, Event
from dndmood.mood.feature_evidence import FeatureEvidence
from dndmood.mood.feature_zero import FeatureZero
from dndmood.mood.profile import Room
from dndmood.mood.zero import Ordinary, Zero

_FLOOR_DB = -90.0
_FULL = 0.99
_MOST_CLIPPED = 0.001
_CLEAR_DB = 10.0
"""A voice should be so much louder than the room."""
_LOUDER_DB = 3.0
_FEWEST = 3
"""Windows of voice that a step needs to say anything."""
_LEAD_IN_S = 2.0
"""Windows that end earlier in a step still hold sound of the one before."""
_SURE = 0.5
_HOP_S = 0.5
"""Windows are cut so often at most; nobody speaks all the time."""
_ONE_OF_MANY = 0.7
"""One reader is not the whole table: so much of the difference is believed at most."""
_REACH = (0.12, 0.40)
"""How much more aroused a loud voice is than a low one, at a table as any other."""


@dataclass(frozen=True, slots=True)
class Step:
    """One part of the minute."""

    name: str
    seconds: float
    task: str
    read: str
    """What to read aloud; empty for nothing."""


STEPS = (
    Step("room", 8.0, "First the room alone: please nobody speak.", ""),
    Step(
        "normal",
        18.0,
        "Now read this as you would tell it at the table:",
        "The road winds down to the river, and the ferry is already waiting at the old stone pier. "
        "An old woman sells apples there, and she asks you where you have come from, and whether "
        "the pass is open, and what news there is from the mountains.",
    ),
    Step(
        "quiet",
        14.0,
        "Now quietly, as if something were listening behind the door:",
        "The torch goes out. Something breathes in the dark, very close, and it has not heard you "
        "yet. You feel the cold stone under your hand, and you do not dare to move.",
    ),
    Step(
        "loud",
        14.0,
        "And now loudly, as in the middle of a fight:",
        "The gate breaks! They are through, they are everywhere! Hold the line, all of you, hold "
        "the bridge! Bring up the archers, and do not let a single one of them pass!",
    ),
)


@dataclass(frozen=True, slots=True)
class Result:
    """What the minute showed."""

    zero: Zero
    room: Room
    warnings: tuple[str, ...]
    """What would make the evening worse, one sentence each, with what to do."""
    features: FeatureZero | None = None
    """The zero in the features, for a model with a head of its own; `zero` then does nothing."""


class Calibration:
    """Follows the minute by audio time: push the tape, then ask for the result."""

    def __init__(
        self,
        ordinary: Ordinary | None = None,
        places: Mapping[str, Sequence[float]] | None = None,
    ) -> None:
        """`ordinary` is what the model answers to everyday talk; `places` as `FeatureScale` has it."""
        self._ordinary = ordinary or Ordinary()
        self._places = places or {}
        self._began_s: float | None = None
        self._now_s = 0.0
        self._announced = -1
        self._levels: dict[str, list[float]] = {step.name: [] for step in STEPS}
        self._clipped = 0
        self._loud_samples = 0
        self._heard: dict[str, list[EmotionEstimate]] = {step.name: [] for step in STEPS}
        self.level_db = _FLOOR_DB
        """Of the sound just heard, in dB below full scale."""

    @property
    def done(self) -> bool:
        """Whether the minute is over."""
        return self._now_s >= sum(step.seconds for step in STEPS)

    @property
    def left_s(self) -> float:
        """How long the present step still takes."""
        return self._ends_s(self._step()) - self._now_s

    def push(self, event: Event) -> Iterator[Step]:
        """Take one fact in; gives the step that begins with it, if one does."""
        match event:
            case AudioChunk():
                if self._began_s is None:
                    self._began_s = event.end_s - len(event.samples) / 16_000
                self._now_s = event.end_s - self._began_s
                self._hear(event)
            case EmotionEstimate() if min(event.voice, event.voiced) >= _SURE:
                self._judge(event)
        if not self.done and self._step() > self._announced:
            self._announced = self._step()
            yield STEPS[self._announced]

    def result(self) -> Result:
        """The zero and the levels; raises `UserError` when nobody could be heard."""
        normal = self._heard["normal"]
        if len(normal) < _FEWEST:
            raise UserError(
                "No voice was heard while you should have read: come closer to the microphone, "
                "choose the right one with --device, and calibrate again."
            )
        features = self._features()
        zero = Zero() if features else self._zero(normal)
        room = Room(
            median(self._levels["room"] or [_FLOOR_DB]),
            _upper(self._levels["quiet"]),
            _upper(self._levels["normal"]),
            _upper(self._levels["loud"]),
        )
        return Result(zero, room, tuple(self._warnings(room)), features)

    def _zero(self, normal: list[EmotionEstimate]) -> Zero:
        return Zero(
            arousal_shift=self._shift([one.arousal for one in normal], self._ordinary.arousal),
            valence_shift=self._shift([one.valence for one in normal], self._ordinary.valence),
            gain=self._gain(),
            tilts=self._tilts(),
        ).bounded()

    def _features(self) -> FeatureZero | None:
        """The zero in the features; None for a model that gives none.

        What was read as usual counts as ordinary talk, whatever the model heard in it.
        """
        normal = self._heard["normal"]
        if not normal[0].features:
            return None
        evidence = FeatureEvidence(
            len(normal[0].features), tuple(normal[0].scores), self._places
        )
        last_s: float | None = None
        for step in STEPS:
            for one in self._heard[step.name]:
                step_s = min(one.at_s - last_s, _HOP_S) if last_s is not None else _HOP_S
                last_s = one.at_s
                shares = self._ordinary.scores if step.name == "normal" else one.scores
                evidence.push(np.asarray(one.features), shares, shares, max(step_s, 0.0))
        talk_s = evidence.talk_s * _ONE_OF_MANY
        mean, deviation = evidence.mean(), evidence.deviation()
        return FeatureZero(tuple(mean.tolist()), tuple(deviation.tolist()), talk_s).bounded()

    def _hear(self, chunk: AudioChunk) -> None:
        if self.done or not len(chunk.samples):
            return
        power = float(np.mean(np.square(chunk.samples, dtype=np.float64)))
        self.level_db = power_db(power, _FLOOR_DB)
        name = STEPS[self._step()].name
        self._levels[name].append(self.level_db)
        if name == "loud":
            self._loud_samples += len(chunk.samples)
            self._clipped += int(np.count_nonzero(np.abs(chunk.samples) >= _FULL))

    def _judge(self, estimate: EmotionEstimate) -> None:
        """Keep an estimate whose whole window lies in one step."""
        at_s = estimate.at_s - (self._began_s or 0.0)
        for number, step in enumerate(STEPS):
            end_s = self._ends_s(number)
            if end_s - step.seconds + _LEAD_IN_S <= at_s <= end_s:
                self._heard[step.name].append(estimate)

    def _step(self) -> int:
        """Number of the present step."""
        for number in range(len(STEPS)):
            if self._now_s < self._ends_s(number):
                return number
        return len(STEPS) - 1

    def _ends_s(self, number: int) -> float:
        return sum(step.seconds for step in STEPS[: number + 1])

    def _trust(self) -> float:
        count = len(self._heard["normal"])
        return _ONE_OF_MANY * count / (count + _FEWEST)

    def _shift(self, heard: list[float], ordinary: float) -> float:
        return (ordinary - median(heard)) * self._trust()

    def _gain(self) -> float:
        """How far to spread arousal; 1 unless low and loud lie unusually near or far."""
        quiet, loud = self._heard["quiet"], self._heard["loud"]
        if min(len(quiet), len(loud)) < _FEWEST:
            return 1.0
        reach = median(one.arousal for one in loud) - median(one.arousal for one in quiet)
        low, high = _REACH
        reach = max(reach, low / 4.0)
        return float((clamp(reach, low, high) / reach) ** self._trust())

    def _tilts(self) -> dict[str, float]:
        """Emotions that this voice carries unasked count less, those it lacks a little more."""
        normal, trust = self._heard["normal"], self._trust()
        tilts = {}
        for label in normal[0].scores:
            usual = self._ordinary.scores.get(label, 0.05)
            heard = fmean(one.scores.get(label, 0.0) for one in normal)
            tilts[label] = ((usual + 0.15) / (heard + 0.15)) ** trust
        return tilts

    def _warnings(self, room: Room) -> Iterator[str]:
        if room.normal_db - room.room_db < _CLEAR_DB:
            yield (
                f"The room is loud ({room.room_db:.0f} dB, your voice {room.normal_db:.0f} dB): "
                "move the microphone nearer to the table, or turn off what hums."
            )
        if self._clipped > _MOST_CLIPPED * max(self._loud_samples, 1):
            yield "Your loud voice is cut off: turn the microphone down, then calibrate again."
        for name in ("quiet", "loud"):
            if len(self._heard[name]) < _FEWEST:
                yield f"Too little was heard of the {name} voice, so the range was left alone."
        if room.loud_db - room.normal_db < _LOUDER_DB:
            yield (
                "The loud voice was hardly louder than the normal one: if the microphone's "
                "automatic gain can be switched off, do so, or be bolder and calibrate again."
            )


def _upper(levels: list[float]) -> float:
    """The level of the voice in a step: louder than its pauses, softer than its peaks."""
    return quantiles(levels, n=5)[-1] if len(levels) > 1 else _FLOOR_DB

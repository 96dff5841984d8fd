"""What is known of one table: its zero, its room, its corrections; as data and as text. Pure."""

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from dndmood.mood.lessons import Lesson, as_table, from_table, taken_back
from dndmood.mood.zero import Scale, Zero

MODEL_DIGITS = 12
"""So much of a model's sha256 tells it from others."""
_ENOUGH_S = 1200.0
"""An evening with less sure talk than this leaves the profile's zero alone."""
_KEEP = 0.3
"""So much of what an evening moved is kept for the next."""


@dataclass(frozen=True, slots=True)
class Room:
    """What `dndmood calibrate` measured; levels in dB below full scale."""

    room_db: float
    quiet_db: float
    normal_db: float
    loud_db: float
    when: str = ""
    """The day, for people."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One table's profile; a new one knows nothing and changes nothing."""

    name: str = ""
    """What `--profile` calls it; empty for one that is kept nowhere."""
    zero: Zero = field(default_factory=Zero)
    """Where the next evening begins."""
    calibrated: Zero | None = None
    """What the calibration said, before evenings moved it."""
    room: Room | None = None
    evenings: int = 0
    """How many evenings were long enough to learn from."""
    model: str = ""
    """Which model the zero was found with: the beginning of its sha256; empty for any."""
    lessons: tuple[Lesson, ...] = ()

    def fitting(self, model: str) -> "Profile":
        """The profile for the model whose sha256 is `model`; another model's zero is not for it."""
        digits = model[:MODEL_DIGITS]
        if self.model in ("", digits):
            return replace(self, model=digits)
        return replace(self, model=digits, zero=Zero(), calibrated=None, room=None)

    def after(self, scale: Scale) -> "Profile":
        """The profile after an evening: its zero a part of the way to where that one ended."""
        if scale.talk_s < _ENOUGH_S:
            return self
        begun, ended = self.zero, scale.zero
        return replace(
            self,
            evenings=self.evenings + 1,
            zero=Zero(
                _between(begun.arousal_shift, ended.arousal_shift),
                _between(begun.valence_shift, ended.valence_shift),
                _between(begun.gain, ended.gain),
                {
                    label: _between(begun.tilts.get(label, 1.0), tilt)
                    for label, tilt in ended.tilts.items()
                },
            ).bounded(),
        )


def text(profile: Profile) -> str:
    """The profile without its corrections as TOML, for a program and for people."""
    lines = [
        "# What dndmood knows of this table. 'dndmood calibrate' writes it, evenings move it slowly.",
        f"evenings = {profile.evenings}",
        f"model = {json.dumps(profile.model)}",
    ]
    lines += _zero_lines("zero", profile.zero)
    if profile.calibrated:
        lines += _zero_lines("calibrated", profile.calibrated)
    if profile.room:
        lines += [
            "",
            "[room]",
            *(f"{key} = {value:.1f}" for key, value in _levels(profile.room)),
        ]
        lines += [f"when = {json.dumps(profile.room.when)}"]
    return "\n".join(lines) + "\n"


def parsed(name: str, content: str) -> Profile:
    """The profile that `text` wrote; other texts raise `ValueError`, `TypeError`, `AttributeError`."""
    table = tomllib.loads(content)
    room = table.get("room")
    return Profile(
        name=name,
        zero=_zero(table.get("zero", {})),
        calibrated=_zero(table["calibrated"]) if "calibrated" in table else None,
        room=Room(**room) if room else None,
        evenings=int(table.get("evenings", 0)),
        model=str(table.get("model", "")),
    )


TAKE_BACK = {"take_back": True}
"""Line of the log of corrections that takes back the last one; nothing is ever rewritten."""


def log_line(lesson: Lesson) -> str:
    """`lesson` as one line of the log of corrections."""
    return json.dumps(
        {"evening": lesson.evening, **as_table(lesson.correction)}, ensure_ascii=False
    )


def replayed(lines: Iterable[str]) -> tuple[Lesson, ...]:
    """The lessons that a log tells; lines that cannot be read are passed over."""
    lessons: list[Lesson] = []
    for fact in _facts(lines):
        if fact == TAKE_BACK:
            lessons = taken_back(lessons)
        elif correction := from_table(fact):
            evening = fact.get("evening", 0)
            lessons.append(Lesson(correction, evening if isinstance(evening, int) else 0))
    return tuple(lessons)


def _facts(lines: Iterable[str]) -> Iterator[Mapping[str, Any]]:
    for line in lines:
        try:
            fact = json.loads(line)
        except ValueError:
            continue
        if isinstance(fact, dict):
            yield fact


def _between(begun: float, ended: float) -> float:
    return begun + _KEEP * (ended - begun)


def _levels(room: Room) -> list[tuple[str, float]]:
    return [
        ("room_db", room.room_db),
        ("quiet_db", room.quiet_db),
        ("normal_db", room.normal_db),
        ("loud_db", room.loud_db),
    ]


def _zero_lines(name: str, zero: Zero) -> list[str]:
    tilts = ", ".join(
        f"{json.dumps(label)} = {tilt:.3f}" for label, tilt in sorted(zero.tilts.items())
    )
    return [
        "",
        f"[{name}]",
        f"arousal_shift = {zero.arousal_shift:.4f}  # above 0: the table speaks softly",
        f"valence_shift = {zero.valence_shift:.4f}  # above 0: its voices sound gloomy",
        f"gain = {zero.gain:.4f}  # above 1: it rarely shouts",
        f"tilts = {{ {tilts} }}  # how much each emotion counts",
    ]


def _zero(table: Mapping[str, Any]) -> Zero:
    return Zero(
        float(table.get("arousal_shift", 0.0)),
        float(table.get("valence_shift", 0.0)),
        float(table.get("gain", 1.0)),
        {str(label): float(tilt) for label, tilt in dict(table.get("tilts", {})).items()},
    ).bounded()

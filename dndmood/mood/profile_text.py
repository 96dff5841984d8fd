"""Profiles as text: the zero as TOML that keeps what others wrote, corrections as lines. Pure."""

import json
import math
import tomllib
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from dataclasses import asdict, dataclass
from typing import Any

from dndmood.mood.corrections import Lesson, as_table, from_table, take_back
from dndmood.mood.profile import Profile, Room
from dndmood.mood.table_scale import Zero
from dndmood.toml_text import shown

VERSION = 1
"""A file with a higher `version` holds more than this program knows."""
_MOST_EVENINGS = 1_000_000
_MOST_LESSONS = 1000
"""Far more than count, so that some can be taken back."""
_LEVELS = ("room_db", "quiet_db", "normal_db", "loud_db")
_COMMENTS = {
    "arousal_shift": "above 0: the table speaks softly",
    "valence_shift": "above 0: its voices sound gloomy",
    "gain": "above 1: it rarely shouts",
    "tilts": "how much each emotion counts",
}
TAKE_BACK = {"take_back": True}
"""Line of the log of corrections that takes back the last one; nothing is ever rewritten."""


@dataclass(frozen=True, slots=True)
class Found:
    """A profile as it was read from its file."""

    profile: Profile
    faults: tuple[str, ...] = ()
    """What in the file cannot be used, each as part of a sentence."""
    newer: bool = False
    """Whether a newer program wrote it."""
    empty: bool = False
    """Whether nothing is in it, as after a cut."""


def text(profile: Profile, old: str = "") -> str:
    """The profile without its corrections as TOML, for a program and for people.

    Comments and what others added to `old`, the text before, are kept. Raises `ValueError` when
    `old` is no TOML, or so unusual that it cannot be changed and stay whole.
    """
    import tomlkit  # 20 ms, and nobody who only listens should wait for it

    document = tomlkit.parse(old)
    if not document:
        document.add(
            tomlkit.comment(
                "What dndmood knows of this table. 'dndmood calibrate' writes it, "
                "evenings move it slowly."
            )
        )
    _put(document, {"evenings": profile.evenings, "model": profile.model})
    for name, zero in (("zero", profile.zero), ("calibrated", profile.calibrated)):
        _put_table(document, name, None if zero is None else _rounded(zero))
    _put_table(document, "room", None if profile.room is None else _levels(profile.room))
    written = tomlkit.dumps(document)
    if parsed(profile.name, tomllib.loads(written)).faults:
        raise ValueError("this text cannot be changed and stay whole")
    return written


def parsed(name: str, table: Mapping[str, Any]) -> Found:
    """The profile in `table`, as far as it can be used, and what in it cannot be."""
    faults: list[str] = []
    evenings = table.get("evenings", 0)
    if _count(evenings) != evenings or isinstance(evenings, bool):
        faults.append(f"evenings is {shown(evenings)}")
    model = table.get("model", "")
    if not isinstance(model, str):
        faults.append(f"model is {shown(model)}")
        model = ""
    profile = Profile(
        name=name,
        zero=_zero(table, "zero", faults) or Zero(),
        calibrated=_zero(table, "calibrated", faults) if "calibrated" in table else None,
        room=_room(table["room"], faults) if "room" in table else None,
        evenings=_count(evenings),
        model=model,
    )
    missing = [key for key in ("evenings", "model", "zero") if key not in table]
    faults += [f"{key} is missing" for key in missing]
    version = table.get("version", VERSION)
    newer = isinstance(version, int) and version > VERSION
    return Found(profile, tuple(faults), newer=newer, empty=not table)


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
            take_back(lessons)
        elif correction := from_table(fact):
            lessons.append(Lesson(correction, _count(fact.get("evening"))))
            if len(lessons) > 2 * _MOST_LESSONS:
                del lessons[:-_MOST_LESSONS]
    return tuple(lessons)


def usable(line: str) -> bool:
    """Whether `line` of a log is a correction, one taken back, or a newer program's."""
    for fact in _facts([line]):
        return "kind" not in fact or from_table(fact) is not None
    return False


def _facts(lines: Iterable[str]) -> Iterator[Mapping[str, Any]]:
    for line in lines:
        try:
            fact = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(fact, dict):
            yield fact


def _zero(table: Mapping[str, Any], name: str, faults: list[str]) -> Zero | None:
    values = table.get(name, {})
    if not isinstance(values, Mapping):
        faults.append(f"{name} is {shown(values)}")
        return None
    usual = asdict(Zero())
    wrong = {key: values[key] for key in _COMMENTS if key in values and key != "tilts"}
    wrong = {key: value for key, value in wrong.items() if not _number(value)}
    good = {key: float(values.get(key, usual[key])) for key in usual if _fit(key, values)}
    tilts = values.get("tilts", {})
    if not isinstance(tilts, Mapping):
        wrong["tilts"], tilts = tilts, {}
    wrong |= {f"tilts.{label}": tilt for label, tilt in tilts.items() if not _number(tilt)}
    zero = Zero(**good, tilts={k: float(v) for k, v in tilts.items() if _number(v)})
    bounded = zero.bounded()
    wrong |= {key: good[key] for key in good if getattr(bounded, key) != good[key]}
    wrong |= {
        f"tilts.{label}": tilt
        for label, tilt in zero.tilts.items()
        if bounded.tilts[label] != tilt
    }
    faults += [f"{name}.{key} is {shown(value)}" for key, value in wrong.items()]
    if name in table:
        faults += [f"{name}.{key} is missing" for key in _COMMENTS if key not in values]
    return bounded


def _fit(key: str, values: Mapping[str, Any]) -> bool:
    return key != "tilts" and (key not in values or _number(values[key]))


def _count(value: object) -> int:
    """`value` if it can be a number of evenings, else 0."""
    return value if type(value) is int and 0 <= value <= _MOST_EVENINGS else 0


def _number(value: object) -> bool:
    """Whether `value` is a number that is finite and no truth value."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return abs(value) < 1e300 and math.isfinite(value)  # noqa: PLR2004 - larger integers are no floats


def _room(values: object, faults: list[str]) -> Room | None:
    if not isinstance(values, Mapping):
        faults.append(f"room is {shown(values)}")
        return None
    when = values.get("when", "")
    wrong = [key for key in _LEVELS if not _number(values.get(key))]
    faults += [
        f"room.{key} is {shown(values[key]) if key in values else 'missing'}" for key in wrong
    ]
    if not isinstance(when, str) or not when.isprintable():
        faults.append(f"room.when is {shown(when)}")
        when = ""
    if wrong:
        return None
    return Room(when=when, **{key: float(values[key]) for key in _LEVELS})


def _rounded(zero: Zero) -> dict[str, Any]:
    values: dict[str, Any] = {
        key: round(getattr(zero, key), 4) for key in _COMMENTS if key != "tilts"
    }
    return values | {
        "tilts": {label: round(tilt, 3) for label, tilt in sorted(zero.tilts.items())}
    }


def _levels(room: Room) -> dict[str, Any]:
    return {key: round(getattr(room, key), 1) for key in _LEVELS} | {"when": room.when}


def _put_table(
    document: MutableMapping[str, Any], name: str, values: dict[str, Any] | None
) -> None:
    """Set `values` in the table `name` of `document`; None takes what we know of it out."""
    import tomlkit

    if values is None:
        document.pop(name, None)
        return
    if not isinstance(document.get(name), MutableMapping):
        document.pop(name, None)
        document[name] = tomlkit.table()
    fresh = [key for key in values if key not in document[name]]
    _put(document[name], values)
    for key in fresh:
        if key in _COMMENTS and not isinstance(document[name], tomlkit.items.InlineTable):
            document[name][key].comment(_COMMENTS[key])


def _put(table: MutableMapping[str, Any], values: Mapping[str, Any]) -> None:
    """Set `values` in `table`, which keeps the form of what is the same already."""
    for key, value in values.items():
        if isinstance(value, dict):
            import tomlkit

            if not isinstance(table.get(key), MutableMapping):
                table[key] = tomlkit.inline_table()
            for old in [old for old in table[key] if old not in value]:
                del table[key][old]
            _put(table[key], value)
        elif key not in table or table[key] != value or type(table[key]) is bool:
            table[key] = value

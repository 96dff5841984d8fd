"""Profiles as text: the zero as TOML that keeps what others wrote, corrections as lines."""

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeAlias, TypedDict

from msgspec import Meta, convert

from dndmood.events import Correction
from dndmood.fields import Finite, kinds, plain
from dndmood.mood.corrections import Lesson, take_back
from dndmood.mood.feature_zero import FeatureZero
from dndmood.mood.profile import Profile, Room
from dndmood.mood.zero import Zero
from dndmood.toml_text import shown

VERSION = 1
"""A file with a higher `version` holds more than this program knows."""
_Count: TypeAlias = Annotated[int, Meta(ge=0, le=1_000_000)]
"""A number of evenings."""
_EVENING = {"evening": _Count}
_KINDS = {"evenings": _Count, "model": str, "zero": dict}
_Numbers: TypeAlias = Annotated[list[Finite], Meta(min_length=1, max_length=1024)]
"""One for each feature."""


class _Features(TypedDict):
    mean: _Numbers
    deviation: _Numbers
    talk_s: Finite


_MOST_LESSONS = 1000
"""Far more than count, so that some can be taken back."""
_LEVELS = {key: kind for key, kind in kinds(Room).items() if key != "when"}
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
    _put_features(document, profile.features)
    written = tomlkit.dumps(document)
    if parsed(profile.name, tomllib.loads(written)).faults:
        raise ValueError("this text cannot be changed and stay whole")
    return written


def parsed(name: str, table: Mapping[str, Any]) -> Found:
    """The profile in `table`, as far as it can be used, and what in it cannot be."""
    faults: list[str] = []
    more = {key: dict for key in ("calibrated", "room", "features") if key in table}
    good = _good(table, _KINDS | more, faults)
    for key, parts in good.items():
        if key in ("zero", "calibrated"):
            good[key] = _zero(parts, f"{key}.", faults)
        elif key == "room":
            good[key] = _room(parts, faults)
        elif key == "features":
            good[key] = _features(parts, faults)
    profile = Profile(name, **good)
    version = table.get("version", VERSION)
    newer = isinstance(version, int) and version > VERSION
    return Found(profile, tuple(faults), newer=newer, empty=not table)


def log_line(lesson: Lesson) -> str:
    """`lesson` as one line of the log of corrections."""
    return json.dumps(
        {"evening": lesson.evening, **plain(lesson.correction)}, ensure_ascii=False
    )


def replayed(lines: Iterable[str]) -> tuple[Lesson, ...]:
    """The lessons that a log tells; lines that cannot be read are passed over."""
    lessons: list[Lesson] = []
    for fact in _facts(lines):
        if fact == TAKE_BACK:
            take_back(lessons)
        elif correction := _correction(fact):
            lessons.append(Lesson(correction, **_good(fact, _EVENING, [])))
            if len(lessons) > 2 * _MOST_LESSONS:
                del lessons[:-_MOST_LESSONS]
    return tuple(lessons)


def usable(line: str) -> bool:
    """Whether `line` of a log is a correction, one taken back, or a newer program's."""
    for fact in _facts([line]):
        return "kind" not in fact or _correction(fact) is not None
    return False


def _facts(lines: Iterable[str]) -> Iterator[Mapping[str, Any]]:
    for line in lines:
        try:
            fact = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(fact, dict):
            yield fact


def _correction(fact: Mapping[str, Any]) -> Correction | None:
    """The correction that `fact` is; None when it is none, down to each number."""
    try:
        correction = convert(fact, Correction)
    except ValueError:
        return None
    names = (correction.left, correction.taken, correction.wanted)
    return correction if all(map(str.isprintable, names)) else None


def _good(
    table: Mapping[str, Any], kinds: Mapping[str, Any], faults: list[str], *, of: str = ""
) -> dict[str, Any]:
    """What is in `table` as `kinds` asks for it; `faults` is told of what is not, as `of` it."""
    good: dict[str, Any] = {}
    for key, kind in kinds.items():
        if key not in table:
            faults.append(f"{of}{key} is missing")
            continue
        try:
            good[key] = convert(table[key], kind)
        except ValueError:
            faults.append(f"{of}{key} is {shown(table[key])}")
    return good


def _zero(table: Mapping[str, Any], of: str, faults: list[str]) -> Zero:
    good = _good(table, dict.fromkeys(_COMMENTS, Finite) | {"tilts": dict}, faults, of=of)
    tilts = good.get("tilts", {})
    good["tilts"] = _good(tilts, dict.fromkeys(tilts, Finite), faults, of=f"{of}tilts.")
    zero = Zero(**good)
    bounded = zero.bounded()
    within = _flat(bounded)
    faults += [
        f"{of}{key} is {shown(value)}"
        for key, value in _flat(zero).items()
        if within[key] != value
    ]
    return bounded


def _flat(zero: Zero) -> dict[str, float]:
    tilts = {f"tilts.{label}": tilt for label, tilt in zero.tilts.items()}
    return {key: getattr(zero, key) for key in _COMMENTS if key != "tilts"} | tilts


def _room(table: Mapping[str, Any], faults: list[str]) -> Room | None:
    good = _good(table, _LEVELS, faults, of="room.")
    when = table.get("when", "")
    if not isinstance(when, str) or not when.isprintable():
        faults.append(f"room.when is {shown(when)}")
        when = ""
    return Room(**good, when=when) if len(good) == len(_LEVELS) else None


def _features(table: Mapping[str, Any], faults: list[str]) -> dict[str, FeatureZero]:
    """The zeros in the features by their models; one of which anything is wrong is left out."""
    found = {}
    for model, parts in table.items():
        try:
            zero = convert(parts, _Features)
            read = FeatureZero(tuple(zero["mean"]), tuple(zero["deviation"]), zero["talk_s"])
        except ValueError:
            faults.append(f"features.{model} cannot be used")
            continue
        if len(read.mean) != len(read.deviation) or read.bounded() != read:
            faults.append(f"features.{model} has numbers that cannot be")
            continue
        found[model] = read
    return found


def _put_features(
    document: MutableMapping[str, Any], features: Mapping[str, FeatureZero]
) -> None:
    """Set each model's zero in the features; what others wrote there is kept."""
    import tomlkit

    if not features:
        return
    if not isinstance(document.get("features"), MutableMapping):
        document.pop("features", None)
        document["features"] = tomlkit.table(is_super_table=True)
    for model, zero in features.items():
        values = {
            "talk_s": round(zero.talk_s, 1),
            "mean": [round(one, 3) for one in zero.mean],
            "deviation": [round(one, 3) for one in zero.deviation],
        }
        if not isinstance(document["features"].get(model), MutableMapping):
            document["features"].pop(model, None)
            document["features"][model] = tomlkit.table()
        _put(document["features"][model], values)


def _rounded(zero: Zero) -> dict[str, Any]:
    tilts = {label: round(tilt, 3) for label, tilt in sorted(zero.tilts.items())}
    return plain(zero) | {"tilts": tilts}


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

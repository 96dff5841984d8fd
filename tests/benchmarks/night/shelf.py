"""Keeps what took long: composed evenings, and the tapes of estimates that came of them.

A key is a digest of everything a result depends on, so that a new model or a changed stage is
measured anew and nothing else is.
"""

import hashlib
import json
import pickle
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from dndmood.events import RATE_HZ, EmotionEstimate, Samples
from tests.benchmarks.night.composer import Evening, Utterance
from tests.benchmarks.night.loop import Played
from tests.benchmarks.night.timeline import Quadrant, Side, Stretch
from tests.benchmarks.night.voices import Cast, cast

_HERE = Path(__file__).parent
_HOUSE = Path(__file__).parents[3]
_SCALES = (
    "feature_evidence", "feature_scale", "feature_zero", "quantiles", "sure_talk", "table_scale",
    "zero",
)  # fmt: skip


def digest(*parts: object) -> str:
    """A short name for what these parts are together; a `Path` stands for its content."""
    together = hashlib.sha256()
    for part in parts:
        content = repr(part).encode()
        if isinstance(part, Path) and part.is_file():
            content = part.read_bytes()
        together.update(hashlib.sha256(content).digest())
    return together.hexdigest()[:16]


def evening_sources() -> list[Path]:
    """The files that decide what an evening sounds like."""
    return [_HERE / each for each in ("timeline.py", "voices.py", "composer.py")]


def hearing_sources() -> list[Path]:
    """The files that decide which windows are judged, and on which scale."""
    house = _HOUSE / "dndmood"
    return [
        *sorted((house / "hearing").glob("*.py")),
        *(house / "mood" / f"{name}.py" for name in _SCALES),
        _HERE / "loop.py",
    ]


def deciding_sources() -> list[Path]:
    """The files that decide what music plays."""
    rooms = [_HOUSE / "dndmood" / room for room in ("mood", "music", "players", "sources")]
    return [path for room in rooms for path in sorted(room.glob("*.py"))]


def kept_cast(folder: Path, root: Path, side: Side) -> Cast:
    """The voices of `side`; looking through the corpora takes longer than an evening."""
    path = folder / f"cast-{side}-{digest(root, _HERE / 'voices.py')}.pickle"
    if not path.exists():
        path.write_bytes(pickle.dumps(cast(root, side)))
    found: Cast = pickle.loads(path.read_bytes())  # noqa: S301 - written by the line above
    return found


def kept_evening(folder: Path, name: str, compose: Callable[[], Evening]) -> Evening:
    """The evening `name` from `folder`, composed when it is not there yet; its sound comes late."""
    path = folder / f"{name}-{digest(*evening_sources())}.npz"
    if not path.exists():
        evening = compose()
        facts = {
            "name": evening.name,
            "seed": evening.seed,
            "truth": [asdict(each) for each in evening.truth],
            "spoken": [asdict(each) for each in evening.spoken],
        }
        table = np.round(evening.table * 32767.0).astype(np.int16)
        part = path.with_suffix(".part.npz")
        np.savez(part, table=table, room=evening.room, facts=np.array(json.dumps(facts)))
        part.rename(path)
    with np.load(path) as found:
        facts = json.loads(str(found["facts"]))
        return _Kept(
            path,
            name=name,
            seed=facts["seed"],
            truth=tuple(_stretch(each) for each in facts["truth"]),
            spoken=tuple(Utterance(**{**each, **_quadrants(each)}) for each in facts["spoken"]),
            room=found["room"],
        )


class _Kept(Evening):
    """An evening whose sound is read when it is asked for: most rows need only its numbers."""

    __slots__ = ("_path",)
    _path: Path

    def __init__(self, path: Path, **facts: Any) -> None:
        for key, value in {"_path": path, **facts}.items():
            object.__setattr__(self, key, value)

    @property
    def table(self) -> Samples:  # type: ignore[override]
        with np.load(self._path) as found:
            return np.asarray(found["table"].astype(np.float32) / np.float32(32767.0))

    @property
    def length_s(self) -> float:
        with zipfile.ZipFile(self._path) as found, found.open("table.npy") as table:
            np.lib.format.read_magic(table)
            (count,), *_ = np.lib.format.read_array_header_1_0(table)
            return float(count / RATE_HZ)


def kept_tape(folder: Path, key: Iterable[object], play: Callable[[], Played]) -> Played:
    """What came of an evening, from `folder`, played when it is not there yet."""
    path = folder / f"tape-{digest(*key)}.json"
    if not path.exists():
        played = play()
        part = path.with_suffix(".part")
        part.write_text(json.dumps(asdict(played)), encoding="utf-8")
        part.rename(path)
    facts = json.loads(path.read_text(encoding="utf-8"))
    return Played(
        estimates=tuple(EmotionEstimate(**each) for each in facts["estimates"]),
        moods=tuple((at_s, name) for at_s, name in facts["moods"]),
        length_s=facts["length_s"],
        over_music_db=tuple(facts["over_music_db"]),
    )


def _quadrants(each: Any) -> dict[str, Quadrant | None]:
    """JSON knows no tuples."""
    return {key: each[key] and tuple(each[key]) for key in ("quadrant", "said")}


def _stretch(each: Any) -> Stretch:
    valence, arousal = each["quadrant"]
    return Stretch(each["start_s"], each["end_s"], (valence, arousal))

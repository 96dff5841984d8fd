"""Places, fights and moods from captions that are spoken at tables of many kinds, in one table.

    python -m tests.benchmarks.words.conditions --recogniser FOLDER --keep FOLDER [--minutes 60]
        [--only NAME ...] [--captions FOLDER]

Each condition is as many minutes of the episodes 2, 4 and 6, on which nothing about hearing was
chosen, as it is asked for. The voices and what was written down are kept in `--keep` after each
episode, so that the same command goes on where it was ended; what follows from it is worked out each
time. dB are below the talk. Our own sounds are put behind the talk as sounds that the program does
not know, but where it says "of our player": so it is live, where they come in stereo, by two ways
through a kitchen and above a microphone's noise (-60 dB of full scale), and the program knows what it
plays. There it takes that out of what the recogniser hears.
"""

import argparse
import hashlib
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import soundfile
import soxr

from dndmood import paths
from dndmood.events import RATE_HZ, Samples
from dndmood.places import book
from dndmood.words import engines, feeling, phrase_list, timeline
from dndmood.words.heed import Recogniser
from tests.benchmarks.words import episodes, figures, spoken
from tests.benchmarks.words.episodes import Episode
from tests.benchmarks.words.learn_feeling import learned
from tests.benchmarks.words.spoken import Played, Written

CORPORA = episodes.FOLDER.parent
OURS = paths.data("playlists")
TALK_DB = -20.0
"""Level of the talk, of full scale, as `spoken.table` makes it."""
REPORTED = (2, 4, 6)
"""Episodes that the table is about; hearing was chosen on 1, 3 and 5."""
ESPEAK = ("en-us", "en-gb", "en-us+f3")
HERE = Path(__file__).parent
EVERYDAY = {
    "rules, plans and everyday talk, nobody is anywhere": ("table_talk.txt", 19),
    "more rules, plans and everyday talk, nobody is anywhere": ("table_talk_two.txt", 20),
    "films, games, jokes and everyday talk, nobody is anywhere": ("table_talk_three.txt", 21),
}
"""Talk without a place: what is said between scenes, and a seed for the order of what is between."""


@dataclass(frozen=True, slots=True)
class Condition:
    """How a table sounds."""

    voices: Sequence[str] = ESPEAK
    room: str = ""
    behind: tuple[tuple[Path, float], ...] = ()
    """Sounds behind the talk, and how far below it in dB."""
    known: bool = False
    """Whether our own player makes them: then they come through a room, and the program knows them."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """What was written down of a recording."""

    written: tuple[Written, ...]
    busy_s: float
    """Processor time of writing it."""
    sound_s: float


MUSIC = OURS / "suspense"
SPEAKER, LATER = "kitchen-true-stereo.flac", RATE_HZ // 25
"""How our player's sound comes to the microphone: through this room, .04 s later."""
_RIGHT_LATER, _DIRECT = 12, RATE_HZ // 500
"""The right loudspeaker is 26 cm farther away, and its reflections, 2 ms later, have other signs."""
_NOISE_DB = -60.0
CONDITIONS = {
    "near, quiet": Condition(),
    "three other voices": Condition(("en-gb-scotland", "en-us+m3", "en-gb+f2")),
    "the neural voice": Condition(("piper",)),
    "kitchen, the neural voice": Condition(("piper",), room="kitchen-true-stereo.flac"),
    "hall, the neural voice": Condition(("piper",), room="cardiod-35-10-spread.flac"),
    "kitchen": Condition(room="kitchen-true-stereo.flac"),
    "hall": Condition(room="cardiod-35-10-spread.flac"),
    "full bar, 15 dB": Condition(behind=((CORPORA / "noise/ambience/crowded-bar.opus", 15.0),)),
    "rain, 15 dB": Condition(behind=((CORPORA / "noise/ambience/rain-on-window.opus", 15.0),)),
    "our forest, 15 dB": Condition(behind=((OURS / "ambience/forest/forest.ogg", 15.0),)),
    "our music, 20 dB": Condition(behind=((MUSIC, 20.0),)),
    "our music, 10 dB": Condition(behind=((MUSIC, 10.0),)),
    "the neural voice, music and forest, 15 dB": Condition(
        ("piper",), behind=((MUSIC, 15.0), (OURS / "ambience/forest/forest.ogg", 15.0))
    ),
    "the neural voice, music and forest of our player in stereo, 15 dB": Condition(
        ("piper",),
        behind=((MUSIC, 15.0), (OURS / "ambience/forest/forest.ogg", 15.0)),
        known=True,
    ),
    "kitchen, music and tavern, 15 dB": Condition(
        room="kitchen-true-stereo.flac",
        behind=((MUSIC, 15.0), (OURS / "ambience/tavern/tavern.ogg", 15.0)),
    ),
}


def sound_of(
    condition: Condition, episode: Episode, minutes: float, keep: Path
) -> tuple[Samples, Played | None]:
    """The beginning of an episode as the microphone hears it, and what our player played."""
    path = keep / f"{episode.name}-{'-'.join(condition.voices)}-{minutes:g}.npy"
    if not path.exists():
        np.save(path, spoken.table(episode, condition.voices, minutes).astype(np.float16))
    sound = np.load(path).astype(np.float32)
    room = CORPORA / "rooms" / condition.room if condition.room else None
    sound = spoken.in_a_room(sound, room, None, 0.0)
    if condition.known:
        return _of_our_player(sound, condition)
    for path, below_db in condition.behind:
        files = sorted(path.glob("*.ogg")) if path.is_dir() else [path]
        noise = np.resize(np.concatenate([_mono(one) for one in files]), len(sound))
        level = 10 ** ((TALK_DB - below_db) / 20) / np.sqrt(np.mean(noise**2))
        sound = sound + noise * np.float32(level)
    return np.clip(sound, -1.0, 1.0).astype(np.float32), None


def _of_our_player(sound: Samples, condition: Condition) -> tuple[Samples, Played]:
    """`sound` with what our player makes behind it, and what it plays."""
    length = len(sound)
    chance = np.random.default_rng(30)
    left_way = np.asarray(_mono(CORPORA / "rooms" / SPEAKER))
    signs = np.repeat(chance.choice((-1.0, 1.0), len(left_way) // 16 + 1), 16)[: len(left_way)]
    signs[: np.abs(left_way).argmax() + _DIRECT] = 1.0
    right_way = np.concatenate((np.zeros(_RIGHT_LATER), left_way * signs))
    middle, side = np.zeros(length, np.float32), np.zeros(length, np.float32)
    heard = sound + chance.standard_normal(length).astype(np.float32) * 10 ** (_NOISE_DB / 20)
    for path, below_db in condition.behind:
        files = sorted(path.glob("*.ogg")) if path.is_dir() else [path]
        whole = np.concatenate([_stereo(one) for one in files])
        left, right = (np.resize(whole[:, n], length) for n in (0, -1))
        arrives = _through(left, left_way) + _through(right, right_way)
        level = 10 ** ((TALK_DB - below_db) / 20) / np.sqrt(np.mean(arrives**2))
        heard = heard + np.roll(arrives, LATER) * np.float32(level)
        middle += (left + right) * np.float32(level / 2.0)
        side += (left - right) * np.float32(level / 2.0)
    return np.clip(heard, -1.0, 1.0).astype(np.float32), (middle, side)


def _through(sound: Samples, way: Samples) -> Samples:
    size = 1 << (len(sound) + len(way)).bit_length()
    wet = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(way, size), size)[: len(sound)]
    return wet.astype(np.float32)


def row(found: timeline.Timeline, episode: Episode) -> dict[str, float]:
    """What is counted of an episode, as sums that add up over several."""
    right, whole = figures.right_place(found, episode)
    valence, arousal = figures.right_mood(found, episode)
    met, calls = figures.called(found, episode)
    lines = float(len(episode.lines))
    return {
        "place": right,
        "place_of": whole,
        "lines": lines,
        "fight": figures.right_fight(found, episode) * lines,
        "valence": valence * lines,
        "arousal": arousal * lines,
        "met": met,
        "calls": calls,
    }


def measured(
    hearing: Hearing, every: dict[int, Episode], number: int, minutes: float
) -> dict[str, float]:
    """The sums of one episode under one condition, heard and read."""
    places = book.load(paths.places())
    episode = spoken.first(every[number], minutes * 60.0)
    table = learned([one for one in every.values() if one.name != number])
    with mock.patch.object(feeling, "read", return_value=table):
        read = timeline.of_captions(
            figures.heard(episode), places=places, moods={}, language="en"
        )
        found = spoken.listened(hearing.written, places)
    sums = row(found, episode) | {f"read_{k}": v for k, v in row(read, episode).items()}
    return sums | {"busy_s": hearing.busy_s, "sound_s": hearing.sound_s}


def without_a_place(
    text: str, seed: int, minutes: float, keep: Path
) -> tuple[Samples, Played | None]:
    """The file `text` by the neural voice, and everyday sentences of many people, by turns."""
    path = keep / f"{Path(text).stem}-{seed}-{minutes:g}.npy"
    files = sorted((CORPORA / "neutral").rglob("*.opus"))
    order = np.random.default_rng(seed).permutation(len(files))
    if not path.exists():
        table_talk = (HERE / text).read_text(encoding="utf-8").splitlines()
        parts: list[Samples] = []
        length = 0
        for number, index in enumerate(np.resize(order, 10_000)):
            clip = _mono(files[index])
            if number % 2:
                clip = spoken.said(table_talk[number // 2 % len(table_talk)], "piper", 60.0)
            clip = clip * np.float32(0.1 / np.sqrt(np.mean(clip**2) + 1e-9))
            parts += [clip, np.zeros(8000, np.float32)]
            length += len(clip) + 8000
            if length >= minutes * 60.0 * RATE_HZ:
                break
        np.save(path, np.concatenate(parts).astype(np.float16))
    return np.load(path).astype(np.float32), None


def false_changes(hearing: Hearing) -> dict[str, float]:
    """How often a party in a village is moved by an hour of talk about other things."""
    found = spoken.listened(hearing.written, book.load(paths.places()), opening="village")
    for state in found.places:
        print(f"  {state.at_s:.0f} s {state.place}: {state.why}", file=sys.stderr)
    changes = len(found.places) - 1
    return {"changes": changes, "busy_s": hearing.busy_s, "sound_s": hearing.sound_s}


def described(name: str, sums: dict[str, float]) -> str:
    """One line of the table in Markdown."""
    minutes = sums["sound_s"] / 60.0
    core = 100.0 * sums["busy_s"] / sums["sound_s"]
    if name in EVERYDAY:
        return f"| {name} | {minutes:.0f} | | | | | | {core:.1f} | {sums['changes']:.0f} |"
    cells = [sums["place"] / sums["place_of"]]
    cells += [sums[key] / sums["lines"] for key in ("fight", "valence", "arousal")]
    read = [sums["read_place"] / sums["read_place_of"]]
    read += [sums[f"read_{key}"] / sums["lines"] for key in ("fight", "valence", "arousal")]
    shown = " | ".join(f"{a:.3f} ({b:.3f})" for a, b in zip(cells, read, strict=True))
    called = f"{sums['met']:.0f} of {sums['calls']:.0f} ({sums['read_met']:.0f})"
    return f"| {name} | {minutes:.0f} | {shown} | {called} | {core:.1f} | |"


HEAD = (
    "| heard (read) | minutes | place | fight | valence | arousal | initiative in 6 s | "
    "% of a core | false changes |\n|---|---|---|---|---|---|---|---|---|"
)


def kept(
    path: Path, recogniser: Recogniser, make: Callable[[], tuple[Samples, Played | None]]
) -> Hearing:
    """What was written down of what `make` gives, from `path` where it lies there.

    `make` gives the sound, and what our player played meanwhile, where the program knows it.
    """
    if not path.exists():
        sound, played = make()
        written, busy_s = spoken.written_of(sound, recogniser, played)
        half = path.with_suffix(".half")
        facts = {
            "written": [asdict(one) for one in written],
            "busy_s": busy_s,
            "sound_s": len(sound) / RATE_HZ,
        }
        half.write_text(json.dumps(facts), encoding="utf-8")
        half.replace(path)
    found = json.loads(path.read_text(encoding="utf-8"))
    written = tuple(Written(**one) for one in found["written"])
    return Hearing(written, found["busy_s"], found["sound_s"])


def main(argv: Sequence[str] | None = None) -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--captions", type=Path, default=episodes.FOLDER)
    options.add_argument("--recogniser", type=Path, required=True)
    options.add_argument("--keep", type=Path, required=True)
    options.add_argument("--minutes", type=float, default=60.0)
    options.add_argument("--only", nargs="+", default=[*CONDITIONS, *EVERYDAY])
    asked = options.parse_args(argv)
    asked.keep.mkdir(parents=True, exist_ok=True)
    every = {one: episodes.read(asked.captions, one) for one in episodes.NAMES}
    each = asked.minutes / len(REPORTED)
    rows: dict[str, dict[str, float]] = {}
    places = book.load(paths.places())
    with engines.opened(asked.recogniser, "en", phrase_list.hints(places)) as recogniser:
        for name in asked.only:
            key = hashlib.sha256(f"{asked.recogniser.name} {name}".encode()).hexdigest()[:12]
            if name in EVERYDAY:
                path = asked.keep / f"{key}-{asked.minutes:g}.json"
                make = partial(without_a_place, *EVERYDAY[name], asked.minutes, asked.keep)
                rows[name] = false_changes(kept(path, recogniser, make))
            for number in () if name in EVERYDAY else REPORTED:
                began = time.monotonic()
                make = partial(
                    sound_of, CONDITIONS[name], spoken.first(every[number], each * 60.0), each
                )
                path = asked.keep / f"{key}-{number}-{each:g}.json"
                hearing = kept(path, recogniser, partial(make, asked.keep))
                sums = measured(hearing, every, number, each)
                whole = rows.setdefault(name, {})
                rows[name] = {one: whole.get(one, 0.0) + sums[one] for one in sums}
                print(f"{name}, episode {number}: {time.monotonic() - began:.0f} s", flush=True)
    print(HEAD)
    for name, sums in rows.items():
        print(described(name, sums))


def _mono(path: Path) -> Any:
    return _stereo(path)[:, 0]


def _stereo(path: Path) -> Any:
    """Shape `(n, channels)`, 16 kHz."""
    sound, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    return np.asarray(soxr.resample(sound, rate_hz, RATE_HZ), np.float32)


if __name__ == "__main__":
    main()

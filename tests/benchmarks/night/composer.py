"""Composes an evening: talk that carries the truth, at a table, in a room, with its noises.

Everything is drawn from one seed. A seat speaks with several voices of its side (a player and
his characters), because one voice of the corpora has too few clips for an hour.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soxr
from scipy.signal import fftconvolve

from dndmood.events import RATE_HZ, Samples
from dndmood_train.audio import disturbances, loading
from dndmood_train.audio.noises import Noises
from tests.benchmarks.night import timeline
from tests.benchmarks.night.timeline import QUADRANTS, Quadrant, Side, Stretch
from tests.benchmarks.night.voices import Cast, Line, Mouth

VOICE_RMS = 0.04
"""Level of an ordinary voice one seat away, -28 dBFS: what a laptop hears of a table."""
_SEATS = 5
_TAIL_S = 0.5
_CROSSTALK = 0.06
"""How often somebody talks into somebody else's line."""
_THINKING = 0.03
"""How often everybody thinks, or rolls, for a while after a line."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """One clip as it was placed."""

    start_s: float
    end_s: float
    emotion: str
    quadrant: Quadrant


@dataclass(frozen=True, slots=True, eq=False)
class Evening:
    """A composed evening, without the music that depends on how it goes."""

    name: str
    seed: int
    table: Samples
    """What the microphone hears of people and things, shape `(n,)`."""
    truth: tuple[Stretch, ...]
    """Empty when nobody speaks."""
    spoken: tuple[Utterance, ...]
    room: Samples
    """The response from the loudspeaker to the microphone, its energy 1."""

    @property
    def length_s(self) -> float:
        return len(self.table) / RATE_HZ


@dataclass(frozen=True, slots=True)
class Table:
    """How the whole table sounds beside what was drawn: for the evenings with other voices."""

    level_db: float = 0.0
    pitch: float = 1.0
    """Above 1 every voice is higher and quicker."""
    far_db: float = 0.0
    """By how much less of the direct sound arrives."""


class _Seat:
    """Somebody at the table: voices, distance, and a shuffled stack of lines per quadrant."""

    def __init__(
        self, cast: Cast, speakers: Sequence[str], response: Samples, gain: float
    ) -> None:
        self.response, self.gain = response, gain
        self._lines = {
            where: [line for who in speakers for line in cast.lines.get((who, where), ())]
            for where in QUADRANTS
        }
        self._of = {
            who: [line for where in QUADRANTS for line in cast.lines.get((who, where), ())]
            for who in speakers
        }
        self._stacks: dict[Quadrant, list[Line]] = {where: [] for where in QUADRANTS}

    def next(self, where: Quadrant, chance: np.random.Generator) -> Line:
        if not self._stacks[where]:
            lines = self._lines[where]
            self._stacks[where] = [lines[i] for i in chance.permutation(len(lines))]
        return self._stacks[where].pop()

    def others(self, line: Line) -> Sequence[Line]:
        return self._of[line.speaker]


def composed(
    root: Path, people: Cast, side: Side, *, seed: int, table: Table | None = None
) -> Evening:
    """One evening of an hour spoken by `people`; `root` holds the corpora."""
    table = table or Table()
    chance = np.random.default_rng([seed, 2, side == "reporting"])
    truth = timeline.planned(root / "dnd_moods", side, seed=seed)
    mouth = Mouth()
    response = _drawn_response(root, side, chance)
    seats = list(_seated(people, response, table, chance))
    canvas = np.zeros(round((truth[-1].end_s + 5.0) * RATE_HZ), np.float32)
    spoken = list(_talk(canvas, truth, seats, mouth, table, chance))
    _laugh(canvas, people, seats, chance)
    canvas *= np.float32(10 ** (table.level_db / 20))
    _clatter(canvas, root, side, chance)
    name = f"{side}-{seed}"
    return Evening(
        name, seed, _safe(canvas), tuple(truth), tuple(spoken), _loudspeaker(response, chance)
    )


def deserted(root: Path, *, seed: int, length_s: float = 3600.0) -> Evening:
    """An hour in which nobody speaks: ambience, dice, coughs and paper only."""
    chance = np.random.default_rng([seed, 3])
    canvas = np.zeros(round(length_s * RATE_HZ), np.float32)
    _clatter(canvas, root, "reporting", chance)
    response = _drawn_response(root, "reporting", chance)
    return Evening(
        f"deserted-{seed}", seed, _safe(canvas), (), (), _loudspeaker(response, chance)
    )


def _talk(
    canvas: Samples,
    truth: Sequence[Stretch],
    seats: Sequence[_Seat],
    mouth: Mouth,
    table: Table,
    chance: np.random.Generator,
) -> Iterator[Utterance]:
    """Speak every stretch from its start to its end, in turns of a few clips."""
    for stretch in truth:
        at_s = stretch.start_s
        while at_s < stretch.end_s - 1.0:
            seat = seats[int(chance.integers(len(seats)))]
            for _ in range(1 + int(chance.geometric(0.5))):
                line = seat.next(stretch.quadrant, chance)
                clip = _pitched(mouth.speak(line, seat.others(line)), table.pitch)
                clip = clip[: round((stretch.end_s - at_s) * RATE_HZ)]
                _put(canvas, _heard(clip, seat), at_s)
                end_s = at_s + len(clip) / RATE_HZ
                yield Utterance(at_s, end_s, line.emotion, stretch.quadrant)
                if chance.random() < _CROSSTALK:
                    other = seats[int(chance.integers(len(seats)))]
                    line = other.next(stretch.quadrant, chance)
                    clip = _pitched(mouth.speak(line, other.others(line)), table.pitch)
                    _put(
                        canvas,
                        _heard(clip[: round((stretch.end_s - at_s) * RATE_HZ)], other),
                        at_s,
                    )
                at_s = end_s + 0.15 + float(chance.exponential(0.45))
                if at_s >= stretch.end_s - 1.0:
                    break
            at_s += float(chance.exponential(0.7))
            if chance.random() < _THINKING:
                at_s += float(chance.uniform(4.0, 15.0))


def _heard(clip: Samples, seat: _Seat) -> Samples:
    wet: Samples = fftconvolve(clip, seat.response).astype(np.float32)
    return wet * np.float32(VOICE_RMS * seat.gain)


def _pitched(clip: Samples, pitch: float) -> Samples:
    if pitch == 1.0:
        return clip
    return np.asarray(soxr.resample(clip, RATE_HZ * pitch, RATE_HZ), np.float32)


def _seated(
    people: Cast, response: Samples, table: Table, chance: np.random.Generator
) -> Iterator[_Seat]:
    order = [people.speakers[i] for i in chance.permutation(len(people.speakers))]
    for number in range(_SEATS):
        near = float(chance.uniform(0.0, 1.0))
        direct_db = 2.0 + 10.0 * near - table.far_db
        gain_db = -9.0 * (1.0 - near) + float(chance.uniform(-2.0, 2.0))
        yield _Seat(
            people,
            order[number::_SEATS],
            _placed(response, direct_db),
            float(10 ** (gain_db / 20)),
        )


def _laugh(
    canvas: Samples, people: Cast, seats: Sequence[_Seat], chance: np.random.Generator
) -> None:
    """About ten times an hour somebody laughs, and often somebody joins in."""
    hours = len(canvas) / RATE_HZ / 3600.0
    for at_s in chance.uniform(0.0, len(canvas) / RATE_HZ - 10.0, chance.poisson(10 * hours)):
        for _ in range(int(chance.integers(1, 4))):
            path = people.laughter[int(chance.integers(len(people.laughter)))]
            burst = loading.trimmed(loading.load(path))
            burst = burst * np.float32(1.0 / disturbances.level(burst))
            seat = seats[int(chance.integers(len(seats)))]
            _put(canvas, _heard(burst, seat), float(at_s + chance.uniform(0.0, 1.5)))


def _clatter(canvas: Samples, root: Path, side: Side, chance: np.random.Generator) -> None:
    """Ambience under everything; now and then dice, a cough, a sneeze, paper."""
    files = sorted((root / "noise" / "ambience").glob("*.opus"))
    beds = [p for p in files if p.stem not in ("paper", "crowded-bar", "restaurant", "cafe")]
    beds = beds[0::2] if side == "tuning" else beds[1::2]
    bed = loading.load(beds[int(chance.integers(len(beds)))])
    quiet = VOICE_RMS * 10 ** (-float(chance.uniform(20.0, 32.0)) / 20)
    canvas += np.resize(bed, len(canvas)) * np.float32(quiet / disturbances.level(bed))
    paper = loading.load(root / "noise" / "ambience" / "paper.opus")
    sneezes = sorted((root / "noise" / "esc10" / "006_-_Person_sneeze").glob("*"))
    invented = Noises({})
    hours = len(canvas) / RATE_HZ / 3600.0
    for kind, an_hour in (("dice", 60), ("cough", 15), ("sneeze", 3), ("paper", 25)):
        for at_s in chance.uniform(
            0.0, len(canvas) / RATE_HZ - 8.0, chance.poisson(an_hour * hours)
        ):
            if kind == "dice":
                noise = _dice(chance)
            elif kind == "cough":
                noise = invented.of("cough", RATE_HZ, chance)
            elif kind == "sneeze":
                noise = loading.trimmed(
                    loading.load(sneezes[int(chance.integers(len(sneezes)))])
                )
            else:
                start = int(chance.integers(max(1, len(paper) - 5 * RATE_HZ)))
                noise = paper[start : start + int(chance.integers(1, 5)) * RATE_HZ]
            loud = VOICE_RMS * 10 ** (float(chance.uniform(-14.0, 2.0)) / 20)
            _put(canvas, noise * np.float32(loud / disturbances.level(noise)), float(at_s))


def _dice(chance: np.random.Generator) -> Samples:
    """A few dice that bounce and come to rest."""
    roll = np.zeros(RATE_HZ, np.float32)
    for _ in range(int(chance.integers(1, 4))):
        at, apart = float(chance.uniform(0.0, 0.2)), float(chance.uniform(0.05, 0.12))
        while at < 0.9 and apart > 0.008:
            time = np.arange(RATE_HZ // 50) / RATE_HZ
            hz = chance.uniform(1500.0, 5000.0)
            click = np.sin(2 * np.pi * hz * time) * np.exp(-time * 350.0)
            _put(roll, (click * apart).astype(np.float32), at)
            at, apart = at + apart, apart * float(chance.uniform(0.6, 0.85))
    return roll


def _drawn_response(root: Path, side: Side, chance: np.random.Generator) -> Samples:
    files = sorted((root / "rooms").glob("*.flac"))
    files = files[0::2] if side == "tuning" else files[1::2]
    return loading.load(files[int(chance.integers(len(files)))])


def _placed(response: Samples, direct_db: float) -> Samples:
    """The room with the direct sound so much above its echoes, direct sound 1 at the start."""
    peak = int(np.argmax(np.abs(response)))
    tail = response[peak + RATE_HZ // 400 :][: round(_TAIL_S * RATE_HZ)]
    tail = tail / np.sqrt(np.sum(tail**2) + 1e-12) * 10 ** (-direct_db / 20)
    return np.concatenate(([1.0], np.zeros(RATE_HZ // 400), tail)).astype(np.float32)


def _loudspeaker(response: Samples, chance: np.random.Generator) -> Samples:
    placed = _placed(response, float(chance.uniform(-2.0, 6.0)))
    return placed / np.float32(np.sqrt(np.sum(placed**2)))


def _put(canvas: Samples, piece: Samples, at_s: float) -> None:
    start = round(at_s * RATE_HZ)
    end = min(len(canvas), start + len(piece))
    canvas[start:end] += piece[: end - start]


def _safe(canvas: Samples) -> Samples:
    return np.clip(canvas, -1.0, 1.0)

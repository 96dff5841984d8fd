"""Composes an evening: talk that carries the truth, at a table, in a room, with its noises.

Everything is drawn from one seed. Four to six people sit at the table, each with one voice for the
whole evening, and one of them, the game master, has half of the talk. A share of the sentences is
plain: everyday speech, or the speaker's own neutral lines, whatever the scene is. Some carry an
emotion that does not belong to the scene.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np
import soxr
from scipy.signal import fftconvolve

from dndmood.events import RATE_HZ, Samples
from dndmood_train.audio import disturbances, loading
from dndmood_train.audio.noises import Noises
from tests.benchmarks.night import timeline
from tests.benchmarks.night.timeline import EASE, QUADRANTS, Quadrant, Side, Stretch
from tests.benchmarks.night.voices import Cast, Line, Mouth

VOICE_RMS = 0.04
"""Level of an ordinary voice one seat away, -28 dBFS: what a laptop hears of a table."""
_SEATS = (4, 6)
_MASTER = 0.5
"""The game master's share of the turns."""
_STRAYS = (0.05, 0.10)
"""Share of the sentences with an emotion from another scene, drawn for the evening."""
_EVERYDAY = 0.5
"""Share of the plain sentences that is everyday speech; the others are the voice's own neutral."""
_TAIL_S = 0.5
_CROSSTALK = 0.06
"""How often somebody talks into somebody else's line."""
_THINKING = 0.03
"""How often everybody thinks, or rolls, for a while after a line."""


Kind: TypeAlias = Literal["scene", "plain", "stray"]


@dataclass(frozen=True, slots=True)
class Utterance:
    """One clip as it was placed."""

    start_s: float
    end_s: float
    emotion: str
    quadrant: Quadrant
    """Of the scene in which it was said."""
    kind: Kind = "scene"
    """Whether it carries the scene's emotion, none, or another scene's."""
    speaker: str = ""
    said: Quadrant | None = None
    """The quadrant of its own emotion; None for a plain one."""


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
    """How the whole table talks and sounds beside what was drawn."""

    plain: float = 0.0
    """Share of the sentences that do not carry the scene's emotion, the stray ones among them."""
    level_db: float = 0.0
    pitch: float = 1.0
    """Above 1 every voice is higher and quicker."""
    far_db: float = 0.0
    """By how much less of the direct sound arrives."""


class _Seat:
    """Somebody at the table: a voice, a distance, and a shuffled stack of lines per quadrant."""

    def __init__(
        self,
        cast: Cast,
        speaker: str,
        everyday: Sequence[Line],
        *,
        response: Samples,
        gain: float,
    ) -> None:
        self.speaker, self.response, self.gain = speaker, response, gain
        self._lines: dict[Quadrant | None, Sequence[Line]] = {
            where: cast.lines.get((speaker, where), ()) for where in QUADRANTS
        }
        self._lines[None] = everyday
        self.own = [line for where in QUADRANTS for line in self._lines[where]]
        self._stacks: dict[Quadrant | None, list[Line]] = {where: [] for where in self._lines}

    def next(self, where: Quadrant | None, chance: np.random.Generator) -> Line:
        """A line of the quadrant `where`, or everyday speech; none is repeated before all were said."""
        if not self._stacks[where]:
            lines = self._lines[where]
            self._stacks[where] = [lines[i] for i in chance.permutation(len(lines))]
        return self._stacks[where].pop()


def composed(
    root: Path, people: Cast, side: Side, *, seed: int, table: Table | None = None
) -> Evening:
    """One evening of an hour spoken by `people`; `root` holds the corpora."""
    table = table or Table()
    chance = np.random.default_rng([seed, 2, side == "reporting"])
    truth = timeline.planned(root / "dnd_moods", side, seed=seed)
    response = _drawn_response(root, side, chance)
    seats = list(_seated(people, response, table, chance))
    canvas = np.zeros(round((truth[-1].end_s + 5.0) * RATE_HZ), np.float32)
    spoken = list(_Talk(canvas, seats, table=table, chance=chance).spoken(truth))
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


class _Talk:
    """Fills a canvas with talk, stretch by stretch, in turns of a few clips."""

    def __init__(
        self,
        canvas: Samples,
        seats: Sequence[_Seat],
        *,
        table: Table,
        chance: np.random.Generator,
    ) -> None:
        self._canvas, self._seats, self._chance = canvas, seats, chance
        self._table, self._mouth = table, Mouth()
        self._strays = float(chance.uniform(*_STRAYS))

    def spoken(self, truth: Sequence[Stretch]) -> Iterator[Utterance]:
        """Speak every stretch from its start to its end."""
        for stretch in truth:
            yield from self._stretch(stretch)

    def _stretch(self, stretch: Stretch) -> Iterator[Utterance]:
        chance, at_s = self._chance, stretch.start_s
        while at_s < stretch.end_s - 1.0:
            seat = self._turn()
            for _ in range(1 + int(chance.geometric(0.5))):
                said = self._say(seat, stretch, at_s)
                yield said
                if chance.random() < _CROSSTALK:
                    self._say(self._turn(), stretch, at_s)
                at_s = said.end_s + 0.15 + float(chance.exponential(0.45))
                if at_s >= stretch.end_s - 1.0:
                    break
            at_s += float(chance.exponential(0.7))
            if chance.random() < _THINKING:
                at_s += float(chance.uniform(4.0, 15.0))

    def _turn(self) -> _Seat:
        """The game master, the first seat, or anybody else."""
        if self._chance.random() < _MASTER:
            return self._seats[0]
        return self._seats[int(self._chance.integers(1, len(self._seats)))]

    def _say(self, seat: _Seat, stretch: Stretch, at_s: float) -> Utterance:
        kind, said = self._drawn(stretch.quadrant)
        line = seat.next(said, self._chance)
        kept = self._mouth.speak(line, () if said is None else seat.own)
        clip = _pitched(kept, self._table.pitch)[: round((stretch.end_s - at_s) * RATE_HZ)]
        _put(self._canvas, _heard(clip, seat), at_s)
        end_s = at_s + len(clip) / RATE_HZ
        if kind == "plain":
            said = None
        return Utterance(at_s, end_s, line.emotion, stretch.quadrant, kind, seat.speaker, said)

    def _drawn(self, scene: Quadrant) -> tuple[Kind, Quadrant | None]:
        """What the next sentence is to the scene, and where its line is from; None is everyday."""
        drawn = self._chance.random()
        if drawn < self._strays:
            others = [where for where in QUADRANTS if where != scene]
            return "stray", others[int(self._chance.integers(len(others)))]
        if drawn < self._table.plain:
            return "plain", None if self._chance.random() < _EVERYDAY else EASE
        return "scene", scene


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
    """The game master, then the players; each at a place of his own."""
    count = int(chance.integers(_SEATS[0], _SEATS[1] + 1))
    fit = [who for who in people.speakers if all((who, q) in people.lines for q in QUADRANTS)]
    order = [fit[i] for i in chance.permutation(len(fit))]
    for number, speaker in enumerate(order[:count]):
        near = float(chance.uniform(0.0, 1.0))
        direct_db = 2.0 + 10.0 * near - table.far_db
        gain_db = -9.0 * (1.0 - near) + float(chance.uniform(-2.0, 2.0))
        yield _Seat(
            people,
            speaker,
            people.everyday[number::count],
            response=_placed(response, direct_db),
            gain=float(10 ** (gain_db / 20)),
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

"""Who sits at the table: voices the model never learnt from, and the clips they can speak.

Only development voices of `dndmood_train.corpora.split_of` act, and tuning and reporting evenings
share none of them. The everyday speech of `corpora/neutral` is halved by speaker too; but models
have learnt from it that it is neutral, so a real table's plain talk may be heard a little worse.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dndmood.events import RATE_HZ, Samples
from dndmood_train import corpora
from dndmood_train.audio import loading
from dndmood_train.corpora import Clip, split_of
from tests.benchmarks.night.timeline import EASE, FIGHT, JOY, LOW, Quadrant, Side

CORPORA = ("ased", "cremad", "nemo", "ravdess")
_LEAST_VOTES = 0.2
"""Where listeners voted, at least so many of them must have heard what was acted."""
_LONGEST_S = 4.0
"""Everyday speech is cut there, so that plain and acted sentences are about equally long."""
_SOFT, _STRONG = 0.5, 0.6
"""Felt intensity up to which fear and disgust are hushed, and from which fear is loud."""
_PLAIN: Mapping[str, Quadrant] = {
    "neutral": EASE,
    "calm": EASE,
    "happy": JOY,
    "surprised": JOY,
    "angry": FIGHT,
    "sad": LOW,
}


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One clip, ready to be spoken."""

    path: Path
    emotion: str
    speaker: str
    longest_s: float = 30.0


@dataclass(frozen=True, slots=True, eq=False)
class Cast:
    """Everybody who may speak on one side."""

    speakers: tuple[str, ...]
    lines: Mapping[tuple[str, Quadrant], tuple[Line, ...]]
    """By speaker and quadrant."""
    laughter: tuple[Path, ...]
    everyday: tuple[Line, ...] = ()
    """Ordinary talk and reading of many people."""


def fits(clip: Clip) -> Quadrant | None:
    """The quadrant that `clip` carries; None when it carries none for certain.

    Fear and disgust count only where their strength is known: soft ones belong to the low
    quadrant, loud fear to the fight.
    """
    if clip.emotion is None:
        return None
    if clip.votes is not None and clip.votes.get(clip.emotion, 0.0) < _LEAST_VOTES:
        return None
    if clip.emotion in _PLAIN:
        return _PLAIN[clip.emotion]
    if clip.intensity is None:
        return None
    if clip.intensity <= _SOFT:
        return LOW
    return FIGHT if clip.emotion == "fearful" and clip.intensity >= _STRONG else None


def cast(root: Path, side: Side) -> Cast:
    """The voices of one side: every other development voice of each corpus, by name."""
    lines: dict[tuple[str, Quadrant], list[Line]] = defaultdict(list)
    speakers: list[str] = []
    for name in CORPORA:
        clips = list(corpora.clips(name, root / name))
        mine = _half({clip.speaker for clip in clips}, side)
        speakers += mine
        for clip in clips:
            if clip.speaker in mine and (where := fits(clip)) is not None:
                assert clip.emotion is not None
                lines[clip.speaker, where].append(Line(clip.path, clip.emotion, clip.speaker))
    bursts = list(corpora.clips("emogator", root / "emogator"))
    laughing = _half({clip.speaker for clip in bursts}, side)
    return Cast(
        speakers=tuple(speakers),
        lines={key: tuple(found) for key, found in lines.items()},
        laughter=tuple(
            clip.path
            for clip in bursts
            if clip.label == "Amusement" and clip.speaker in laughing
        ),
        everyday=tuple(_everyday(root / "neutral", side)),
    )


def _everyday(folder: Path, side: Side) -> Iterator[Line]:
    """Half of the everyday speech, by speaker: what stands before the first hyphen of a name."""
    paths = sorted(folder.rglob("*.opus"))
    speakers = sorted({path.stem.split("-")[0] for path in paths})
    mine = set(speakers[0::2] if side == "tuning" else speakers[1::2])
    for path in paths:
        if (who := path.stem.split("-")[0]) in mine:
            yield Line(path, "neutral", f"everyday:{who}", longest_s=_LONGEST_S)


def _half(speakers: Iterable[str], side: Side) -> list[str]:
    held = sorted(speaker for speaker in speakers if split_of(speaker) == "develop")
    return held[0::2] if side == "tuning" else held[1::2]


_CLIPS: dict[Path, Samples] = {}
"""Every clip that was read, without its silent ends: evenings share them."""


class Mouth:
    """Gives each voice the same mean level; louder emotions stay louder."""

    def __init__(self) -> None:
        self._gains: dict[str, float] = {}

    def speak(self, line: Line, others: Iterable[Line]) -> Samples:
        """`line` without its silent ends; `others` are all lines of its speaker.

        Without any, the clip itself gets the mean level: who recorded it at home did so at any.
        """
        clip = _read(line.path)[: round(line.longest_s * RATE_HZ)]
        if line.speaker not in self._gains:
            levels = [_level(_read(other.path)) for other in others]
            if not levels:
                return clip * np.float32(1.0 / _level(clip))
            self._gains[line.speaker] = 1.0 / float(np.median(levels))
        return clip * np.float32(self._gains[line.speaker])


def _read(path: Path) -> Samples:
    if path not in _CLIPS:
        _CLIPS[path] = loading.trimmed(loading.load(path))
    return _CLIPS[path]


def _level(samples: Samples) -> float:
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)) + 1e-12))

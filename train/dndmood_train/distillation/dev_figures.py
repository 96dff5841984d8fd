"""What a fresh student knows of voices it never heard: its scales, and figures for its card."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from dndmood_train.audio import augment
from dndmood_train.audio.feature_cache import as_power
from dndmood_train.corpora import EMOTIONS, Clip, split_of
from dndmood_train.distillation import calibration
from dndmood_train.distillation.dataset import Dataset
from dndmood_train.evaluation import metrics, places
from dndmood_train.students import Network

_FEWEST = 8
"""Fewer development clips than this say nothing."""
_OVER_DB = (0.0, 10.0)
"""Of a voice over the program's own music, in mel power: from no ducking to nearly all of it."""
_FOUR = ("angry", "happy", "neutral", "sad")
"""What most corpora share."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What was found on development voices."""

    temperature: float
    """By what the logits are divided; 1 where there was nothing to measure with."""
    slope: tuple[float, float, float]
    """Of arousal, valence and voice before the sigmoid."""
    offset: tuple[float, float, float]
    table: dict[str, Any]
    """Figures for the card."""


def measure(
    student: Network,
    data: Dataset,
    clips: Sequence[Clip],
    *,
    window_s: float,
    everyone: bool,
    leave_out: Sequence[str] = (),
) -> Measured:
    """Scales and figures on the development voices among `clips`, heard clean.

    `clips` are the first rows of `data`, of which corpora in `leave_out` do not count; a clip is the mean of its windows of `window_s`.
    The scales are fitted on the same voices, so the figures say nothing of calibration. What
    a voice is, is decided over music too, as at a table the program's own is never far.
    """
    if everyone:
        return _nothing("none: every voice was learned from")
    rows = [
        row
        for row, clip in enumerate(clips)
        # Wordless bursts are placed elsewhere on the plane than speech.
        if clip.emotion
        and clip.speech
        and clip.language != "zxx"
        and split_of(clip.speaker) == "develop"
        and clip.corpus not in leave_out
    ]
    if len(rows) < _FEWEST:
        return _nothing("none: too few development voices")
    heard = _Ear(student, data, window_s)
    logits, dims = heard(rows)
    emotions = [str(clips[row].emotion) for row in rows]
    corpora = [clips[row].corpus for row in rows]
    found = [
        calibration.scale(name, dims[:, number], emotions, corpora)
        for number, name in enumerate(("arousal", "valence"))
    ]
    unheard = data.share == 0
    pieces = np.flatnonzero(unheard & (np.array(data.kind) == "music"))
    speech = dims[:, 2]
    if len(pieces):
        speech = np.concatenate([speech, heard(rows, over=pieces)[1][:, 2]])
    others = np.flatnonzero(unheard & (data.targets.voice == 0))
    found.append((1.0, calibration.voice_offset(speech, heard(others.tolist())[1][:, 2])))
    slope, offset = zip(*found, strict=True)
    value = 1.0 / (1.0 + np.exp(-(dims * np.array(slope) + np.array(offset))))
    truth = np.array([EMOTIONS.index(name) for name in emotions])
    table: dict[str, Any] = {
        "protocol": f"development speakers, clips trimmed of silence, windows of {window_s:g} s "
        "averaged, one run; temperature and scales were set on them",
        **_recalls(logits, truth, corpora),
        "voice_heard_in_speech": round(float(np.mean(value[:, 2] >= 0.5)), 3),  # noqa: PLR2004 - the middle
    }
    for number, name in enumerate(("arousal", "valence")):
        table[f"{name}_where_expected"] = dict(
            calibration.expected_shares(name, value[:, number], emotions, corpora)
        )
    return Measured(calibration.temperature(logits, truth), tuple(slope), tuple(offset), table)


def feature_places(
    student: Network, data: Dataset, clips: Sequence[Clip], *, window_s: float
) -> dict[str, list[float]]:
    """Where the speech of each emotion lies in the student's features (`evaluation.places`).

    `clips` are the first rows of `data`; some of those that were learned from count. Empty for a
    student without such features.
    """
    if not _has_features(student, data):
        return {}
    rows = places.spread(
        [row for row, clip in enumerate(clips) if clip.speech and data.share[row] > 0], clips
    )
    ear = _Ear(student, data, window_s)
    found = places.places(
        np.array([ear.features([row]).mean(axis=0) for row in rows]),
        [clips[row].emotion or "" for row in rows],
        [clips[row].corpus for row in rows],
        EMOTIONS,
    )
    return {label: [round(float(one), 3) for one in place] for label, place in found.items()}


def _has_features(student: Network, data: Dataset) -> bool:
    power = torch.from_numpy(data.spectra.power(0)[None])
    with torch.inference_mode():
        return student.from_mel(student.ears.levelled(power)).zeroable is not None


def _nothing(protocol: str) -> Measured:
    return Measured(1.0, (1.0, 1.0, 1.0), (0.0, 0.0, 0.0), {"protocol": protocol})


def _recalls(
    logits: metrics.Values, truth: metrics.Values, corpora: Sequence[str]
) -> Mapping[str, float]:
    table = {}
    for corpus in sorted(set(corpora)):
        mine = np.flatnonzero(np.array(corpora) == corpus)
        every = sorted(set(truth[mine].tolist()))
        four = sorted(EMOTIONS.index(name) for name in _FOUR)
        name = re.sub(r"\W+", "_", corpus)
        for classes in (every, *([four] if set(four) < set(every) else [])):
            some = mine[np.isin(truth[mine], classes)]
            counts = metrics.confusion(
                np.searchsorted(classes, truth[some]),
                logits[some][:, classes].argmax(axis=1),
                len(classes),
            )
            table[f"{name}_uar_{len(classes)}_classes"] = round(metrics.uar(counts), 4)
            if classes is every:
                accuracy = float(np.trace(counts) / counts.sum())
                table[f"{name}_accuracy_{len(classes)}_classes"] = round(accuracy, 4)
    return table


class _Ear:
    """Lets a student hear clips of the dataset, window by window."""

    def __init__(self, student: Network, data: Dataset, window_s: float) -> None:
        self._student = student
        self._data = data
        self._hop = data.spectra.per_second
        self._frames = round(window_s * self._hop)

    def __call__(
        self, rows: Sequence[int], *, over: Sequence[int] | NDArray[np.int64] = ()
    ) -> tuple[metrics.Values, metrics.Values]:
        """Mean log shares `(n, 8)` and mean dimensions before the sigmoid `(n, 3)`.

        With `over`, each clip is heard over one of these rows, at a level of `_OVER_DB`.
        """
        logits, dims = np.zeros((len(rows), len(EMOTIONS))), np.zeros((len(rows), 3))
        with torch.inference_mode():
            for place, row in enumerate(rows):
                power = self._data.spectra.power(row)
                if len(over):
                    power = self._mixed(power, over, np.random.default_rng(row))
                windows = torch.from_numpy(self._windows(power))
                heard = self._student.from_mel(self._student.ears.levelled(windows))
                logits[place] = torch.log(heard.logits.softmax(1).mean(0)).numpy()
                dims[place] = heard.dims.mean(0).numpy()
        return logits, dims

    def features(self, rows: Sequence[int]) -> metrics.Values:
        """What a zero acts on, `(windows, width)`, of all windows of the clips in `rows`."""
        found = []
        with torch.inference_mode():
            for row in rows:
                windows = torch.from_numpy(self._windows(self._data.spectra.power(row)))
                heard = self._student.from_mel(self._student.ears.levelled(windows)).zeroable
                assert heard is not None  # noqa: S101 - asked for of students that have it
                found.append(heard.numpy())
        return np.concatenate(found)

    def _mixed(
        self,
        power: augment.Power,
        over: Sequence[int] | NDArray[np.int64],
        chance: np.random.Generator,
    ) -> augment.Power:
        levels = self._data.spectra.levels(int(chance.choice(over)))
        music = as_power(augment.looped(levels, len(power), chance))
        return augment.under(power, music, snr_db=chance.uniform(*_OVER_DB))

    def _windows(self, power: augment.Power) -> augment.Power:
        last = len(power) - self._frames
        if last <= 0:
            return power[None]
        starts = [*range(0, last, self._hop), last]
        return np.stack([power[start : start + self._frames] for start in starts])

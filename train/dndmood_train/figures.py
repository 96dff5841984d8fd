"""What a fresh student knows of voices it never heard: temperature and figures for its card."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn

from dndmood_train import metrics, splits
from dndmood_train.corpora import EMOTIONS, Clip
from dndmood_train.ears import levelled
from dndmood_train.export import temperature
from dndmood_train.material import Material

_FEWEST = 8
"""Fewer development clips than this say nothing."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What was found on development voices."""

    temperature: float
    """By what the logits are divided; 1 where there was nothing to measure with."""
    table: dict[str, Any]
    """Figures for the card."""


def measure(
    student: nn.Module, material: Material, clips: Sequence[Clip], *, everyone: bool
) -> Measured:
    """Temperature and figures on the development voices among `clips`, heard clean and whole.

    `clips` are the first rows of `material`. The temperature is fitted on the same voices, so
    the figures say nothing of calibration; `dndmood evaluate` does.
    """
    if everyone:
        return Measured(1.0, {"protocol": "none: every voice was learned from"})
    rows = [
        row
        for row, clip in enumerate(clips)
        if clip.emotion and splits.part(clip.speaker) == "develop"
    ]
    if len(rows) < _FEWEST:
        return Measured(1.0, {"protocol": "none: too few development voices"})
    logits = _heard(student, material, rows)
    truth = np.array([EMOTIONS.index(str(clips[row].emotion)) for row in rows])
    table: dict[str, Any] = {
        "protocol": "development speakers, whole clips trimmed of silence, one run; "
        "the temperature was set on them"
    }
    for corpus in sorted({clips[row].corpus for row in rows}):
        mine = np.flatnonzero([clips[row].corpus == corpus for row in rows])
        classes = sorted(set(truth[mine].tolist()))
        asked = np.searchsorted(classes, truth[mine])
        given = logits[mine][:, classes].argmax(axis=1)
        counts = metrics.confusion(asked, given, len(classes))
        name = re.sub(r"\W+", "_", f"{corpus}_uar_{len(classes)}_classes")
        table[name] = round(metrics.uar(counts), 4)
    return Measured(temperature(logits, truth), table)


def _heard(student: nn.Module, material: Material, rows: Sequence[int]) -> metrics.Values:
    network: Any = student
    found = []
    with torch.inference_mode():
        for row in rows:
            power = torch.from_numpy(material.spectra.power(row))[None]
            found.append(network.from_mel(levelled(power)).logits[0].numpy())
    return np.asarray(found, dtype=np.float64)

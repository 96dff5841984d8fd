"""Tables of invented people: estimates around where a mood is heard, seeded, with the truth."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from dndmood.assembly import model_folder
from dndmood.events import EmotionEstimate, MoodState
from dndmood.hearing.model import read_card
from dndmood.mood import evidence_file
from dndmood.mood.evidence import Evidence
from dndmood.settings import Settings
from tests.fakes import LABELS

# Medians and mean scores of the shipped model for acted speech of voices it never learnt from,
# mixed with ordinary talk as at a table, where nobody acts all the time.
VOICES = {
    "calm": (0.38, 0.54, {"neutral": 0.45, "calm": 0.3, "happy": 0.08, "sad": 0.06}),
    "suspense": (0.52, 0.32, {"fearful": 0.4, "neutral": 0.12, "surprised": 0.15, "sad": 0.08}),
    "battle": (0.82, 0.12, {"angry": 0.58, "fearful": 0.1, "surprised": 0.1, "disgusted": 0.1}),
    "sorrow": (0.38, 0.16, {"sad": 0.5, "calm": 0.1, "fearful": 0.1, "disgusted": 0.1}),
    "merry": (0.62, 0.72, {"happy": 0.5, "surprised": 0.3}),
}


@dataclass(frozen=True)
class Table:
    """How a table's voices differ from the model's ordinary ones."""

    louder: float = 0.0
    """Added to every arousal."""
    range: float = 1.0
    """How far its arousal goes from ordinary talk."""
    gloom: float = 0.0
    """Taken from every valence."""
    blur: float = 0.0
    """How much of every emotion is only neutral (or, below 0, angry) to the model."""
    noise: float = 0.07


SOFT = Table(louder=-0.12, range=0.6, blur=0.45)
LOUD = Table(louder=0.2, range=0.8, gloom=0.14, blur=-0.3)


def evening(
    table: Table, scenes: Iterable[tuple[str, float]], *, seed: int
) -> list[tuple[EmotionEstimate, str]]:
    """An estimate for every second of talk, with the mood of its scene."""
    rng = np.random.default_rng(seed)
    told = []
    for name, length_s in scenes:
        arousal, valence, scores = VOICES[name]
        usual = VOICES["calm"][0]
        rescale = usual + (arousal - usual) * table.range + table.louder
        for _ in range(round(length_s)):
            a, v = np.clip(
                (rescale, valence - table.gloom) + table.noise * rng.standard_normal(2), 0, 1
            )
            alpha = np.array([scores.get(label, 0.02) for label in LABELS])
            blurred = "neutral" if table.blur > 0 else "angry"
            alpha = alpha * (1 - abs(table.blur))
            alpha[LABELS.index(blurred)] += abs(table.blur)
            drawn = rng.dirichlet(alpha / alpha.sum() * 6.0)
            estimate = EmotionEstimate(
                float(len(told)), float(a), float(v),
                dict(zip(LABELS, drawn.tolist(), strict=True)), voice=0.95, voiced=0.9,
            )  # fmt: skip
            told.append((estimate, name))
    return told


def shipped() -> Evidence:
    """What was learned about the estimates of the model that ships."""
    folder = model_folder(Settings())
    card = read_card(folder)
    return evidence_file.of_model(
        folder,
        labels=card.labels,
        sha256=card.sha256,
        usual=card.ordinary.get("evening", {}),
    )


def right(states: Sequence[MoodState], truth: Sequence[str], mood: str) -> float:
    """The share of the moments that are truly `mood` in which the music had it."""
    moments = [state for state, name in zip(states, truth, strict=True) if name == mood]
    return sum(state.mood == mood for state in moments) / len(moments)

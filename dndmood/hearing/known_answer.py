"""A fixed sound, and what a model must answer to it where everything is computed right.

The sound is made by a formula, so that every machine makes the same one. A model's card keeps
the answer under `[known_answer]`, as it was given where the model was made.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from dndmood import toml_text
from dndmood.events import RATE_HZ, Samples
from dndmood.hearing.reading import Reading

TABLE = "known_answer"
TOLERANCE = 0.02
"""Processors round differently: far above what that moves, far below what a fault moves."""
_SECONDS = 3.0


def sound() -> Samples:
    """Three seconds of something like a rising voice, shape `(48000,)` at 16 kHz.

    Thirty harmonics of 110 to 220 Hz, four syllables a second, at -20 dB below full scale.
    """
    time = np.arange(round(_SECONDS * RATE_HZ)) / RATE_HZ
    # The phase of a pitch that rises in a straight line: 110 t + (110 / 3) t^2 / 2 periods.
    periods = 110.0 * time + 110.0 / _SECONDS * np.square(time) / 2.0
    tones = sum(np.sin(2.0 * np.pi * k * periods) / k for k in range(1, 31))
    syllables = 0.55 - 0.45 * np.cos(2.0 * np.pi * 4.0 * time)
    voice = np.asarray(tones * syllables)
    return np.asarray(0.1 * voice / np.sqrt(np.square(voice).mean()), dtype=np.float32)


def table(answer: Reading) -> dict[str, Any]:
    """`answer` as the card keeps it, rounded to four digits."""
    return {
        "arousal": round(answer.arousal, 4),
        "valence": round(answer.valence, 4),
        "voice": round(answer.voice, 4),
        "scores": {label: round(score, 4) for label, score in answer.scores.items()},
    }


def expected(folder: Path) -> dict[str, Any] | None:
    """What the card in `folder` says must be answered; None when it says nothing.

    Raises `UserError` when the card cannot be read.
    """
    known = toml_text.read(folder / "card.toml", "The model card").get(TABLE)
    return known if isinstance(known, dict) else None


def largest_difference(answer: Reading, known: Mapping[str, Any]) -> float:
    """How far `answer` is from `known` where it is farthest; infinite when they do not compare."""
    given = table(answer)
    try:
        pairs = [(given[key], known[key]) for key in ("arousal", "valence", "voice")]
        pairs += [(score, known["scores"][label]) for label, score in given["scores"].items()]
        return float(np.max([abs(float(a) - float(b)) for a, b in pairs]))
    except (KeyError, TypeError, ValueError):
        return float("inf")

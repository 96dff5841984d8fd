"""Stage `estimate`: how each window of speech sounded, through any callable model."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Protocol

from dndmood.events import EmotionEstimate, Event, Problem, Samples, SpeechWindow
from dndmood.hearing.reading import Reading

FAILED = (
    "The emotion model failed ({}); what was said then is left out. If it goes on, use another "
    "model (--model)."
)
NO_NUMBER = (
    "The emotion model answered with values that are not numbers; those answers are left out. "
    "If it goes on, use another model (--model) or another recording."
)


class EmotionModel(Protocol):
    """Anything that judges a window of speech, shape `(n,)` at 16 kHz."""

    def __call__(self, samples: Samples, /) -> Reading: ...


def estimate(
    tape: Iterable[Event],
    *,
    model: EmotionModel,
    weights: Mapping[str, float] | None = None,
) -> Iterator[Event]:
    """Add an `EmotionEstimate` after each window of speech.

    `weights` is how much a window of each ear counts, 1 for an ear that is not named.

    A window on which the model fails is left out, and so is an answer that is not finite, as a
    single one would stay in every average that follows; the first of them adds a `Problem`.
    """
    reported = False
    for event in tape:
        yield event
        if not isinstance(event, SpeechWindow):
            continue
        answer = _judged(event, model)
        if isinstance(answer, EmotionEstimate):
            yield replace(answer, ear=event.ear, weight=(weights or {}).get(event.ear, 1.0))
        elif not reported:
            reported = True
            yield Problem(event.at_s, answer)


def _judged(window: SpeechWindow, model: EmotionModel) -> EmotionEstimate | str:
    """The estimate, or why there is none."""
    try:
        reading = model(window.samples)
    except Exception as error:  # noqa: BLE001 - a model may raise anything, and the evening goes on
        return FAILED.format(str(error).strip().splitlines()[0] if str(error) else repr(error))
    if not _finite(reading):
        return NO_NUMBER
    return EmotionEstimate(
        at_s=window.at_s,
        arousal=reading.arousal,
        valence=reading.valence,
        scores=reading.scores,
        voice=reading.voice,
        voiced=window.voiced,
        features=reading.features,
    )


def _finite(reading: Reading) -> bool:
    values = (
        reading.arousal,
        reading.valence,
        reading.voice,
        *reading.scores.values(),
        *reading.features,
    )
    return all(map(math.isfinite, values))

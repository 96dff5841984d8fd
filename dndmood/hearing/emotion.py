"""Stage `estimate`: how each window of speech sounded, through any callable model. Pure."""

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from dndmood.events import EmotionEstimate, Event, Problem, Samples, SpeechWindow

NO_NUMBER = (
    "The emotion model answered with values that are not numbers; those answers are left out. "
    "If it goes on, use another model (--model) or another recording."
)


class Reading(Protocol):
    """What a model says about one window; scales as in `EmotionEstimate`."""

    @property
    def arousal(self) -> float: ...
    @property
    def valence(self) -> float: ...
    @property
    def voice(self) -> float: ...
    @property
    def scores(self) -> Mapping[str, float]: ...


class EmotionModel(Protocol):
    """Anything that judges a window of speech, shape `(n,)` at 16 kHz."""

    def __call__(self, samples: Samples, /) -> Reading: ...


def estimate(tape: Iterable[Event], *, model: EmotionModel) -> Iterator[Event]:
    """Add an `EmotionEstimate` after each window of speech.

    An answer that is not finite is left out, as a single one would stay in every average that
    follows; the first of them adds a `Problem`.
    """
    reported = False
    for event in tape:
        yield event
        if not isinstance(event, SpeechWindow):
            continue
        reading = model(event.samples)
        if _finite(reading):
            yield EmotionEstimate(
                at_s=event.at_s,
                arousal=reading.arousal,
                valence=reading.valence,
                scores=reading.scores,
                voice=reading.voice,
                voiced=event.voiced,
            )
        elif not reported:
            reported = True
            yield Problem(event.at_s, NO_NUMBER)


def _finite(reading: Reading) -> bool:
    values = (reading.arousal, reading.valence, reading.voice, *reading.scores.values())
    return all(map(math.isfinite, values))

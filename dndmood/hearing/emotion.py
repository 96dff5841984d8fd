"""Stage `estimate`: how each window of speech sounded, through any callable model. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from dndmood.events import EmotionEstimate, Event, Samples, SpeechWindow


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
    """Add an `EmotionEstimate` after each window of speech."""
    for event in tape:
        yield event
        if isinstance(event, SpeechWindow):
            reading = model(event.samples)
            yield EmotionEstimate(
                at_s=event.at_s,
                arousal=reading.arousal,
                valence=reading.valence,
                scores=reading.scores,
                voice=reading.voice,
                voiced=event.voiced,
            )

"""A teacher that takes loudness for excitement: to try `train-distill` with, not to teach with.

It needs no weights and no network, so that all steps from corpus to model take a minute, for a
newcomer as for the tests.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from dndmood.events import Samples
from dndmood_train.corpora import EMOTIONS
from dndmood_train.teachers._teacher import About, Opinions, Teacher


@contextmanager
def opened(argument: str, *, device: str) -> Iterator[Teacher]:  # noqa: ARG001 - every teacher's signature
    """The toy; it listens to no argument and needs no device."""
    yield Toy()


class Toy:
    """Loud is angry, soft is sad, between them lies neutral."""

    about = About(
        name="toy",
        source="loudness; no training at all",
        licence="that of this program",
        emotions=("neutral", "sad", "angry"),
        dimensions=("arousal", "valence"),
        digest="1",
    )

    def __call__(
        self,
        waveforms: Sequence[Samples],
        speakers: Sequence[str] = (),  # noqa: ARG002 - learnt from none of these voices
    ) -> Opinions:
        """Opinions in the order of the waveforms."""
        found = Opinions.none(len(waveforms))
        levels = np.array([np.sqrt(np.mean(w**2) + 1e-12) for w in waveforms])
        # -45 dBFS is drowsy, -10 dBFS is shouting.
        found.arousal[:] = np.clip((20 * np.log10(levels) + 45) / 35, 0, 1)
        found.valence[:] = 0.6 - 0.2 * found.arousal
        centres = {"sad": 0.2, "neutral": 0.5, "angry": 0.8}
        near = {name: np.exp(-20 * (found.arousal - c) ** 2) for name, c in centres.items()}
        total = sum(near.values())
        found.shares[:] = 0
        for name, weight in near.items():
            found.shares[:, EMOTIONS.index(name)] = weight / total
        return found

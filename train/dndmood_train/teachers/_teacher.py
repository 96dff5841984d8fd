"""What a teacher offers: opinions on waveforms, and a word on where it comes from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from dndmood.events import Samples
from dndmood_train.corpora import EMOTIONS

if TYPE_CHECKING:
    # Whoever only asks for names need not wait for torch, nor have it.
    from torch import Tensor

Numbers = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Opinions:
    """What a teacher thinks of a batch of clips; NaN where it has no opinion."""

    shares: Numbers
    """Shape `(batch, 8)`, over `EMOTIONS`; rows sum to 1, emotions it has no word for are 0.
    NaN throughout for a teacher of dimensions only."""
    arousal: Numbers
    """Shape `(batch,)`, 0 (drowsy) to 1 (excited), 0.5 neutral."""
    valence: Numbers
    """Shape `(batch,)`, 0 (unpleasant) to 1 (pleasant), 0.5 neutral."""
    dominance: Numbers
    """Shape `(batch,)`, 0 (submissive) to 1 (dominant), 0.5 neutral."""
    features: Numbers | None = None
    """What a student may imitate, shape `(batch, k)`, each near mean 0 and deviation 1."""

    @classmethod
    def none(cls, batch: int) -> "Opinions":
        """No opinion on any of `batch` clips."""
        silent = np.full(batch, np.nan, np.float32)
        shares = np.full((batch, len(EMOTIONS)), np.nan, np.float32)
        return cls(shares, silent, silent.copy(), silent.copy())


@dataclass(frozen=True, slots=True)
class About:
    """Who a teacher is; the card of the student that it taught says so."""

    name: str
    """As it was asked for."""
    source: str
    """Where its weights come from."""
    licence: str
    emotions: tuple[str, ...] = ()
    """Those of `EMOTIONS` that it has a word for; empty for a teacher of dimensions only."""
    dimensions: tuple[str, ...] = ()
    """Which of `arousal`, `valence` and `dominance` it gives."""
    digest: str = ""
    """Of its weights: answers of other weights are never mixed with these."""


class Teacher(Protocol):
    """Called with waveforms at 16 kHz of any lengths; the batch changes no answer."""

    about: About

    def __call__(self, waveforms: Sequence[Samples], speakers: Sequence[str] = ()) -> Opinions:
        """Opinions in the order of the waveforms.

        `speakers` says whose voices they are (`corpus:name`), if anybody knows: a teacher that
        was fitted on some of them then answers without what it learnt from that voice.
        """
        ...


class WindowTeacher(Protocol):
    """Hears windows as log-mel spectra `(batch, 80, frames)`, published for Whisper's encoders."""

    def __call__(self, mel: "Tensor") -> "Tensor":
        """The features `(batch, k)` that a student should imitate in them."""
        ...

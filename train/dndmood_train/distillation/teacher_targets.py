"""What a teacher's labels ask of a student, clip by clip."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dndmood_train.corpora import EMOTIONS, Clip, Corpus
from dndmood_train.distillation.labelling import key_of
from dndmood_train.distillation.labels import Labels


@dataclass(frozen=True, slots=True, eq=False)
class TeacherTargets:
    """What a teacher thinks of the clips, row by row; NaN where it has no opinion."""

    logits: NDArray[np.float32]
    """Shape `(clips, 8)`; logarithms of shares will do."""
    dims: NDArray[np.float32]
    """Arousal, valence and dominance, shape `(clips, 3)`."""
    features: NDArray[np.float32]
    """To be imitated, shape `(clips, k)`; `k` may be 0."""

    @classmethod
    def none(cls, clips: int) -> "TeacherTargets":
        """No opinion at all: learning from labels only."""
        logits = np.full((clips, len(EMOTIONS)), np.nan, np.float32)
        return cls(
            logits, np.full((clips, 3), np.nan, np.float32), np.zeros((clips, 0), np.float32)
        )


def targets_of(labels: Labels, rows: Sequence[int]) -> TeacherTargets:
    """The teacher's opinions on the clips in `rows`, as a lesson wants them.

    Emotions that the teacher has no word for are NaN, as are dimensions that it does not give.
    """
    shares = labels.opinions.shares[list(rows)]
    logits = np.log(np.maximum(shares, 1e-6)).astype(np.float32)
    logits[shares == 0] = np.nan
    said = labels.opinions
    dims = np.stack([said.arousal, said.valence, said.dominance], axis=1)[list(rows)]
    features = labels.opinions.features
    nothing = np.zeros((len(rows), 0), np.float32)
    return TeacherTargets(logits, dims, nothing if features is None else features[list(rows)])


def judged(found: Sequence[Corpus], labels: Labels) -> tuple[list[Clip], list[int]]:
    """The clips that the teacher could judge, and their rows in `labels`.

    What the teacher could not hear, a student cannot learn from.
    """
    places = labels.rows()
    clips, rows = [], []
    for corpus in found:
        for clip in corpus.clips:
            row = places.get(key_of(clip, corpus))
            if row is not None:
                clips.append(clip)
                rows.append(row)
    return clips, rows

"""Fits linear heads that read emotion from the features of published networks.

Reads the clips of every corpus, keeps the members' features beside the weights, and writes
`heads.npz` there: afterwards `--teacher committee:FOLDER` is a teacher. Development voices are
never fitted on, so figures measured on them stay honest.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dndmood.errors import UserError
from dndmood_train.audio.loading import load
from dndmood_train.corpora import Clip, Corpus, split_of, targets
from dndmood_train.distillation.labelling import excerpt
from dndmood_train.teachers import committee
from dndmood_train.teachers.committee import (
    FEATURES,
    HEADS,
    CorpusHeads,
    Members,
    StoredFeatures,
    extract,
)

PENALTIES = {"ravdess": 800.0}
"""Of the squared weights, by corpus; small corpora need more. What they give is in train/LOG.md."""
PENALTY = 300.0
"""Of every other corpus."""
IMITATED = 96
"""How many directions of the features a student is asked to imitate."""


def fit_heads(
    found: Sequence[Corpus],
    *,
    weights: Path,
    progress: Callable[[int], None] = lambda _count: None,
) -> dict[str, float]:
    """Fit and keep heads; accuracy on training voices that each fold left out, by corpus.

    Raises `UserError` when weights are missing or nobody is left to learn from.
    """
    features, clips = features_of(found, weights=weights, progress=progress)
    learning = np.array([split_of(clip.speaker) == "train" for clip in clips], bool)
    says = np.array([clip.emotion is not None or clip.arousal is not None for clip in clips])
    if not (learning & says).any():
        raise UserError("There is no clip to fit heads on: add a corpus with more speakers.")
    wanted = targets(clips)
    by_corpus = committee.crossfit(
        features,
        wanted,
        corpora=[clip.corpus for clip in clips],
        speakers=[clip.speaker for clip in clips],
        learning=learning & says,
        # Collections of your own go by their folders' names.
        penalties={
            name: PENALTIES.get(name, PENALTY)
            for name in sorted({clip.corpus for clip in clips})
        },
    )
    directions = committee.principal(features[learning], width=IMITATED)
    committee.write(weights / HEADS, by_corpus, directions)
    return {
        name: _accuracy(corpus_heads, features, wanted.shares, clips, name)
        for name, corpus_heads in by_corpus.items()
    }


def features_of(
    found: Sequence[Corpus],
    *,
    weights: Path,
    progress: Callable[[int], None] = lambda _count: None,
) -> tuple[NDArray[np.float32], list[Clip]]:
    """Features of every clip of `found` that can be read, shape `(clips, features)`, and these clips.

    Raises `UserError` when not one can be read.
    """
    clips = [clip for corpus in found for clip in corpus.clips]
    names: list[str | None] = []
    for name in extract(
        weights / FEATURES,
        [clip.path for clip in clips],
        # Just what `label` shows a teacher, or nothing would be known again.
        load=lambda path: excerpt(load(path)),
        features=Members(weights).features,
    ):
        names.append(name)
        progress(1)
    known = StoredFeatures(weights / FEATURES)
    read = [(name, clip) for name, clip in zip(names, clips, strict=True) if name is not None]
    if not read:
        raise UserError("Not one clip can be read: nothing can be fitted.")
    return np.stack([known[name] for name, _ in read]), [clip for _, clip in read]


def _accuracy(
    corpus_heads: CorpusHeads,
    features: NDArray[np.float32],
    shares: NDArray[np.float32],
    clips: Sequence[Clip],
    corpus: str,
) -> float:
    right = []
    for row, clip in enumerate(clips):
        if clip.corpus != corpus or split_of(clip.speaker) != "train":
            continue
        logits, _ = corpus_heads.opinion(features[row : row + 1], clip.speaker)
        if not np.isnan(shares[row]).any() and not np.isnan(logits).all():
            right.append(np.nanargmax(logits[0]) == shares[row].argmax())
    return float(np.mean(right)) if right else float("nan")

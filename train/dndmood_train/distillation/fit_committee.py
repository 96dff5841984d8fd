"""Fits linear heads that read emotion from the features of published networks.

Reads the clips of every corpus, keeps the members' features beside the weights, and writes
`heads.npz` there: afterwards `--teacher committee:FOLDER` is a teacher. Development voices are
never fitted on, so figures measured on them stay honest.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dndmood.errors import UserError
from dndmood_train.audio.loading import load
from dndmood_train.corpora import EMOTIONS, Clip, Corpus, split_of, targets
from dndmood_train.distillation.labelling import excerpt
from dndmood_train.teachers import committee
from dndmood_train.teachers.committee import (
    HEADS,
    Member,
    MemberHeads,
    StoredFeatures,
    extract,
)

PENALTIES = {"ravdess": 50.0}
"""Of the squared weights, by corpus. What they give is in train/LOG.md."""
PENALTY = 300.0
"""Of every other corpus."""
STRANGERS_PENALTY = 1000.0
"""Of heads for voices of other corpora."""
STRONGEST = 96
"""How many of the features' strongest directions a student is asked to imitate."""
TELLING = 64
"""How many directions that tell emotions apart it is asked to imitate as well."""


def fit_heads(
    found: Sequence[Corpus],
    *,
    weights: Path,
    members: Sequence[str] = (),
    progress: Callable[[int], None] = lambda _count: None,
) -> dict[str, float]:
    """Fit and keep heads; accuracy on training voices that each fold left out, by corpus.

    `members` are those that lie in `weights` unless they are named. Raises `UserError` when
    weights are missing or nobody is left to learn from.
    """
    features, clips = features_of(found, weights=weights, members=members, progress=progress)
    learning = np.array([split_of(clip.speaker) == "train" for clip in clips], bool)
    says = np.array([clip.emotion is not None or clip.arousal is not None for clip in clips])
    if not (learning & says).any():
        raise UserError("There is no clip to fit heads on: add a corpus with more speakers.")
    by_member = {
        member: _fitted(given, clips, learning, says) for member, given in features.items()
    }
    everything = np.concatenate(list(features.values()), axis=1)
    directions = committee.principal(everything[learning], width=STRONGEST)
    more = committee.telling(
        committee.standard(everything, directions.mean, directions.deviation),
        targets(clips),
        [clip.corpus for clip in clips],
        _spoken(clips, learning & says),
        width=TELLING,
    )
    committee.write(weights / HEADS, by_member, directions.joined(more))
    names = list(next(iter(by_member.values())).by_corpus)
    return {name: _accuracy(by_member, features, clips, name) for name in names}


def _fitted(
    features: NDArray[np.float32],
    clips: Sequence[Clip],
    learning: NDArray[np.bool_],
    says: NDArray[np.bool_],
) -> MemberHeads:
    wanted = targets(clips)
    corpora = [clip.corpus for clip in clips]
    by_corpus = committee.crossfit(
        features,
        wanted,
        corpora=corpora,
        speakers=[clip.speaker for clip in clips],
        learning=learning & says,
        # Collections of your own go by their folders' names.
        penalties={name: PENALTIES.get(name, PENALTY) for name in sorted(set(corpora))},
    )
    strangers = committee.fit_strangers(
        features,
        wanted,
        corpora,
        _spoken(clips, learning & says),
        penalty=STRANGERS_PENALTY,
    )
    homes = np.array(corpora)
    zeros = {name: committee.moments(features[homes == name]) for name in sorted(set(corpora))}
    ordinary = tuple(np.mean(column, axis=0) for column in zip(*zeros.values(), strict=True))
    return MemberHeads(by_corpus, strangers, zeros, (ordinary[0], ordinary[1]))


def _spoken(clips: Sequence[Clip], chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Rows of the chosen clips with words; of all chosen ones where nobody speaks.

    Wordless bursts are placed elsewhere on the plane than speech.
    """
    spoken = np.array([clip.speech and clip.language != "zxx" for clip in clips])
    rows = np.flatnonzero(chosen & spoken)
    return rows if len(rows) else np.flatnonzero(chosen)


def features_of(
    found: Sequence[Corpus],
    *,
    weights: Path,
    members: Sequence[str] = (),
    progress: Callable[[int], None] = lambda _count: None,
) -> tuple[dict[str, NDArray[np.float32]], list[Clip]]:
    """Features of every clip of `found` that can be read, and these clips.

    The features have shape `(clips, features)`, by member. Raises `UserError` when not one clip
    can be read.
    """
    clips = [clip for corpus in found for clip in corpus.clips]
    features: dict[str, NDArray[np.float32]] = {}
    readable = np.ones(len(clips), bool)
    for member in committee.open_members(weights, members):
        names = list(_heard(clips, weights, member, progress))
        readable = np.array([name is not None for name in names])
        if not readable.any():
            raise UserError("Not one clip can be read: nothing can be fitted.")
        known = StoredFeatures(committee.features_folder(weights, member.name))
        features[member.name] = np.stack([known[name] for name in names if name is not None])
    read = [clip for clip, there in zip(clips, readable, strict=True) if there]
    return features, read


def _heard(
    clips: Sequence[Clip], weights: Path, member: Member, progress: Callable[[int], None]
) -> Iterator[str | None]:
    for name in extract(
        committee.features_folder(weights, member.name),
        [clip.path for clip in clips],
        # Just what `label` shows a teacher, or nothing would be known again.
        load=lambda path: excerpt(load(path)),
        features=member.features,
    ):
        progress(1)
        yield name


def _accuracy(
    by_member: dict[str, MemberHeads],
    features: dict[str, NDArray[np.float32]],
    clips: Sequence[Clip],
    corpus: str,
) -> float:
    right = []
    for row, clip in enumerate(clips):
        if clip.corpus != corpus or split_of(clip.speaker) != "train" or clip.emotion is None:
            continue
        logits = committee.together(
            [
                heads.by_corpus[corpus].opinion(features[name][row : row + 1], clip.speaker)[0][
                    0
                ]
                for name, heads in by_member.items()
            ]
        )
        if not np.isnan(logits).all():
            right.append(EMOTIONS[int(np.nanargmax(logits))] == clip.emotion)
    return float(np.mean(right)) if right else float("nan")

"""The clips that a model is tested with."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dndmood.errors import UserError
from dndmood.events import Samples
from dndmood_train.audio.loading import load, trimmed, unread
from dndmood_train.corpora import Clip, Corpus, Drop, counted, manifest

DIMENSIONS = ("arousal", "valence")


@dataclass(frozen=True, slots=True)
class EvaluationSet:
    """Clips with the truth about them, as one model's labels allow it to be asked."""

    root: Path
    clips: tuple[Clip, ...]
    classes: tuple[str, ...]
    """The model's labels that occur in the manifest, in the model's order."""
    truth: NDArray[np.int64]
    """Number of each clip's class, shape `(clips,)`; -1 where the model has no such label."""
    dropped: dict[str, int] = field(default_factory=dict)
    """Reason to number of manifest rows that could not be used at all."""

    @property
    def scored(self) -> NDArray[np.int64]:
        """Numbers of the clips that have a class, shape `(n,)`."""
        return np.flatnonzero(self.truth >= 0)

    @property
    def speakers(self) -> list[str]:
        """Who speaks, one name per clip."""
        return [clip.speaker for clip in self.clips]

    def rated(self, dimension: str) -> NDArray[np.float64]:
        """What raters said of `arousal` or `valence`, NaN where nobody did."""
        given = [getattr(clip, dimension) for clip in self.clips]
        return np.array([np.nan if value is None else value for value in given], dtype=float)

    def sounds(self, *, trim: bool) -> Iterator[Samples]:
        """The clips' sounds in order, read one at a time.

        Raises `UserError` when one cannot be read any more.
        """
        for clip in self.clips:
            samples = load(clip.path)
            yield trimmed(samples) if trim else samples

    def part(self, chosen: NDArray[np.int64]) -> "EvaluationSet":
        """The same set with these clips only."""
        clips = tuple(self.clips[n] for n in chosen.tolist())
        return EvaluationSet(self.root, clips, self.classes, self.truth[chosen], self.dropped)


def read(table: Path, *, root: Path, labels: Sequence[str]) -> EvaluationSet:
    """The clips that the manifest `table` (see `corpora.manifest`) names, for these labels.

    A column `corpus` says where each is from, as several may stand in one table.

    Rows without a readable sound are counted in `dropped`. Raises `UserError` when no clip
    can be heard.
    """
    clips, dropped = _audible(manifest.rows_of(table, root=root, corpus=table.stem, mixed=True))
    if not clips:
        raise UserError(
            f"Not one sound that {table} names can be read below {root} ({counted(dropped)}): "
            "the column path is relative to that folder."
        )
    return matched(root, clips, labels, dropped)


def of_corpora(
    found: Sequence[Corpus], *, labels: Sequence[str], part: str | None = None
) -> EvaluationSet:
    """The clips of whole corpora, for these labels, or those of a `part` of their own split.

    Raises `UserError` when no clip can be heard, or none belongs to that part.
    """
    asked = [clip for corpus in found for clip in corpus.clips]
    if part is not None:
        parts = sorted({clip.part for clip in asked if clip.part})
        asked = [clip for clip in asked if clip.part.lower() == part.lower()]
        if not asked:
            known = ", ".join(parts) or "none, as these corpora are not split"
            raise UserError(f"No clip belongs to the part {part}: there are {known}.")
    clips, dropped = _audible(asked)
    for corpus in found:
        for reason, count in corpus.dropped.items():
            dropped[reason] = dropped.get(reason, 0) + count
    if not clips:
        raise UserError(f"Not one sound of these corpora can be read: {counted(dropped)}.")
    # Clips of several corpora go by their whole paths.
    root = found[0].root if len(found) == 1 else Path("/")
    return matched(root, clips, labels, dropped)


def _audible(items: Iterable[Clip | Drop]) -> tuple[list[Clip], dict[str, int]]:
    clips: list[Clip] = []
    dropped: dict[str, int] = {}
    for item in items:
        reason = None if isinstance(item, Clip) else item.reason
        if isinstance(item, Clip):
            try:
                # The whole sound: a header may be sound where nothing else is.
                load(item.path)
            except UserError:
                reason = unread(item.path)
            else:
                clips.append(item)
        if reason:
            dropped[reason] = dropped.get(reason, 0) + 1
    return clips, dropped


def matched(
    root: Path, clips: Sequence[Clip], labels: Sequence[str], dropped: dict[str, int]
) -> EvaluationSet:
    """A set of these clips, with the classes that these labels of a model allow."""
    known = {canonical(label): label for label in labels}
    # What the corpus' own word means its reader knows best: F is joy in one and fear in another.
    asked = [known.get(clip.emotion or canonical(clip.label)) for clip in clips]
    classes = tuple(label for label in labels if label in set(asked))
    truth = [classes.index(label) if label else -1 for label in asked]
    return EvaluationSet(root, tuple(clips), classes, np.array(truth, dtype=np.int64), dropped)


def canonical(word: str) -> str:
    """One word for what corpora and models have different words for.

    >>> canonical("Anger"), canonical("boredom")
    ('angry', 'boredom')
    """
    return manifest.emotion_named(word) or word.strip().lower()

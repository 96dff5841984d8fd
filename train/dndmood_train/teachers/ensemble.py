"""Several teachers as one: the mean of what each has an opinion on.

`ensemble:audeering+odyssey` averages two; Wav2Small's own teacher is the mean of these
(arXiv 2408.13920).
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

import numpy as np

from dndmood.errors import UserError
from dndmood.events import Samples
from dndmood_train.corpora import EMOTIONS
from dndmood_train.teachers._teacher import About, Numbers, Opinions, Teacher

_DIMENSIONS = ("arousal", "valence", "dominance")


@contextmanager
def opened(argument: str, *, device: str) -> Iterator[Teacher]:
    """The mean of the teachers named in `argument`, joined by plus signs.

    Raises `UserError` for fewer than two, and whatever `open_teacher` raises.
    """
    from dndmood_train.teachers import open_teacher

    names = [name.strip() for name in argument.split("+") if name.strip()]
    if len(names) < 2:  # noqa: PLR2004 - one teacher is no ensemble
        raise UserError(
            "An ensemble needs two teachers or more, as in ensemble:audeering+odyssey."
        )
    with ExitStack() as members:
        yield Ensemble(
            [members.enter_context(open_teacher(name, device=device)) for name in names]
        )


class Ensemble:
    """The mean of its members, each asked about the same clips."""

    def __init__(self, members: Sequence[Teacher]) -> None:
        """Average these members, one voice each."""
        self._members = members
        emotions = {name for member in members for name in member.about.emotions}
        dimensions = {name for member in members for name in member.about.dimensions}
        self.about = About(
            name="+".join(member.about.name for member in members),
            source="; ".join(member.about.source for member in members),
            licence="; ".join(sorted({member.about.licence for member in members})),
            emotions=tuple(name for name in EMOTIONS if name in emotions),
            dimensions=tuple(name for name in _DIMENSIONS if name in dimensions),
            digest="+".join(member.about.digest for member in members),
        )

    def __call__(self, waveforms: Sequence[Samples], speakers: Sequence[str] = ()) -> Opinions:
        """The members' mean opinion, in the order of the waveforms."""
        heard = [member(waveforms, speakers) for member in self._members]
        return Opinions(
            shares=self._shares([opinion.shares for opinion in heard]),
            **{
                name: _mean([getattr(opinion, name) for opinion in heard])
                for name in _DIMENSIONS
            },
        )

    def _shares(self, given: Sequence[Numbers]) -> Numbers:
        known = [
            np.array([name in member.about.emotions for name in EMOTIONS])
            for member in self._members
        ]
        weighed = []
        for shares, knows in zip(given, known, strict=True):
            # A teacher of four emotions divides among these only what those of more give them.
            wiser = [
                other[:, knows].sum(axis=1, keepdims=True)
                for other, more in zip(given, known, strict=True)
                if np.all(more >= knows) and more.sum() > knows.sum()
            ]
            share = np.nanmean(wiser, axis=0) if wiser else np.ones((len(shares), 1))
            weighed.append(np.where(knows, shares * share, np.nan).astype(np.float32))
        mean = np.nan_to_num(_mean(weighed))
        total = mean.sum(axis=1, keepdims=True)
        nothing = np.full_like(mean, np.nan)
        return np.asarray(np.divide(mean, total, out=nothing, where=total > 0))


def _mean(values: Sequence[Numbers]) -> Numbers:
    stack = np.stack(values)
    known = ~np.isnan(stack)
    count = known.sum(axis=0)
    total = np.where(known, stack, 0).sum(axis=0)
    nothing = np.full(total.shape, np.nan, np.float32)
    return np.asarray(np.divide(total, count, out=nothing, where=count > 0), dtype=np.float32)

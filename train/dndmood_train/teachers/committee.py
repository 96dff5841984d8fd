"""A committee: published networks, and linear heads fitted here that read emotion from their features.

Members lie in one folder (`_members.names_in`): encoders of Whisper in the transformers format
(MIT), or four small networks in safetensors, `dusha_ser` (speech emotion, Sber public licence),
`gpvad_vox2` and `gpvad_audioset2` (voice activity, MIT) and `mn04_audioset` (sound tagging, MIT).
Each gives mean and deviation of its layers' channels over time; linear heads read them, for
every member apart, and the logarithms of what they say are averaged (`_cross_fitting`).

`committee:FOLDER` opens the weights in FOLDER with the heads in FOLDER/heads.npz. A voice of a
corpus that heads were fitted on is judged by heads that never heard it, any other voice by heads
that read features on a corpus' own zero.
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np

from dndmood.errors import UserError
from dndmood.events import Samples
from dndmood_train.corpora import EMOTIONS
from dndmood_train.teachers import _members
from dndmood_train.teachers._cross_fitting import (
    CorpusHeads,
    Directions,
    Heads,
    Numbers,
    crossfit,
    fit_strangers,
    moments,
    principal,
    standard,
)
from dndmood_train.teachers._member_heads import MemberHeads, read, write
from dndmood_train.teachers._members import Member, names_in
from dndmood_train.teachers._stored_features import StoredFeatures, digest, extract
from dndmood_train.teachers._teacher import About, Opinions, Teacher
from dndmood_train.teachers._telling_directions import telling
from dndmood_train.teachers._whisper_encoder import WhisperEncoder
from dndmood_train.teachers._window_teacher import WindowCommittee

__all__ = [
    "HEADS",
    "Committee",
    "CorpusHeads",
    "Directions",
    "Heads",
    "Member",
    "MemberHeads",
    "StoredFeatures",
    "crossfit",
    "extract",
    "features_folder",
    "fit_strangers",
    "moments",
    "names_in",
    "open_members",
    "opened",
    "principal",
    "standard",
    "telling",
    "together",
    "window_teacher",
    "write",
]

HEADS = "heads.npz"
"""What lies beside the weights once heads are fitted."""


def features_folder(folder: Path, member: str) -> Path:
    """Where the features that `member` gives of clips are kept, beside the weights in `folder`."""
    return folder / "features" / ("itself" if member == "." else member)


def open_members(
    folder: Path, names: Sequence[str] = (), *, device: str = "cpu"
) -> list[Member]:
    """The members called `names`, or all that lie in `folder`; `UserError` when there are none."""
    chosen = tuple(names) or names_in(folder)
    if not chosen:
        raise UserError(
            f"There are no networks in {folder}: put Whisper models in the transformers format "
            "there, each in a folder of its own."
        )
    return [_members.opened(name, folder, device=device) for name in chosen]


class Committee:
    """The members' features read by fitted heads."""

    def __init__(self, folder: Path, *, device: str, digest: str) -> None:
        """Open the members, the heads and the features stored in `folder`."""
        self._heads, self._directions = read(folder / HEADS)
        self._members = open_members(folder, tuple(self._heads), device=device)
        self._stored = {
            member.name: StoredFeatures(features_folder(folder, member.name))
            for member in self._members
        }
        names = [folder.name if member.name == "." else member.name for member in self._members]
        fitted = dict.fromkeys(
            corpus for heads in self._heads.values() for corpus in heads.by_corpus
        )
        licences = zip(names, self._members, strict=True)
        self.about = About(
            name="committee",
            source=", ".join(names) + "; linear heads fitted on " + ", ".join(fitted),
            licence=", ".join(
                sorted(f"{member.licence} ({name})" for name, member in licences)
            ),
            emotions=EMOTIONS,
            dimensions=("arousal", "valence"),
            digest=digest,
        )

    def __call__(self, waveforms: Sequence[Samples], speakers: Sequence[str] = ()) -> Opinions:
        """Opinions of the heads of each voice's own corpus, else of those for strangers."""
        found = Opinions.none(len(waveforms))
        heard = [
            np.stack([self._features(member, samples) for samples in waveforms])
            for member in self._members
        ]
        for row, speaker in enumerate(speakers or [""] * len(waveforms)):
            logits, dims = self._opinion([given[row : row + 1] for given in heard], speaker)
            if not np.isnan(logits).all():
                # An emotion that no head has a word for gets no share.
                known = np.where(np.isnan(logits), -np.inf, logits)
                raised = np.exp(known - known.max())
                found.shares[row] = raised / raised.sum()
            found.arousal[row], found.valence[row] = dims
        return replace(found, features=self._directions.of(np.concatenate(heard, axis=1)))

    def _features(self, member: Member, samples: Samples) -> Numbers:
        stored, name = self._stored[member.name], digest(samples)
        return stored[name] if name in stored else member.features(samples)

    def _opinion(self, heard: Sequence[Numbers], speaker: str) -> tuple[Numbers, Numbers]:
        given = [
            _by_one(heads, features, speaker)
            for heads, features in zip(self._heads.values(), heard, strict=True)
        ]
        return together([logits[0] for logits, _ in given]), _known_mean(
            [d[0] for _, d in given]
        )


def _by_one(heads: MemberHeads, features: Numbers, speaker: str) -> tuple[Numbers, Numbers]:
    corpus = speaker.partition(":")[0]
    own = heads.by_corpus.get(corpus)
    if own is not None:
        return own.opinion(features, speaker)
    return heads.strangers.opinion(standard(features, *heads.zeros.get(corpus, heads.ordinary)))


def together(logits: Sequence[Numbers]) -> Numbers:
    """Mean log shares `(8,)` of members' logits, each `(8,)`; NaN where nobody has a word."""
    return _known_mean([_log_shares(given) for given in logits])


def _log_shares(logits: Numbers) -> Numbers:
    """Logits whose exponentials sum to 1 over the emotions that are known."""
    known = logits[~np.isnan(logits)]
    return logits - np.logaddexp.reduce(known) if len(known) else logits


def _known_mean(given: Sequence[Numbers]) -> Numbers:
    """The mean over whoever has an opinion; NaN where nobody has."""
    stack = np.stack(given)
    heads = (~np.isnan(stack)).sum(axis=0)
    return np.where(heads > 0, np.nansum(stack, axis=0) / np.maximum(heads, 1), np.nan)


@contextmanager
def opened(argument: str, *, device: str) -> Iterator[Teacher]:
    """The committee whose weights and `heads.npz` lie in the folder `argument`.

    Raises `UserError` when one of them is missing.
    """
    folder = Path(argument)
    path = _heads_in(argument)
    # Whatever changes an answer changes the name that answers are kept under.
    made_of = hashlib.sha256(path.read_bytes())
    yield Committee(folder, device=device, digest=made_of.hexdigest()[:16])


def window_teacher(argument: str, *, device: str) -> WindowCommittee:
    """The committee in the folder `argument`, to be asked about windows as spectra.

    Raises `UserError` when it is missing, or when one of its members is no Whisper encoder.
    """
    folder = Path(argument)
    heads, directions = read(_heads_in(argument))
    encoders = []
    for member in open_members(folder, tuple(heads)):
        encoder = member.network
        if not isinstance(encoder, WhisperEncoder) or encoder.bands != WindowCommittee.BANDS:
            raise UserError(
                f"The committee's {member.name} cannot be asked about windows: take `overheard` "
                f"out of the recipe, or fit a committee of Whisper encoders that hear "
                f"{WindowCommittee.BANDS} bands."
            )
        encoders.append(encoder)
    return WindowCommittee(encoders, directions, device)


def _heads_in(argument: str) -> Path:
    if not argument:
        raise UserError("The committee needs its folder: write --teacher committee:FOLDER.")
    path = Path(argument) / HEADS
    if not path.is_file():
        raise UserError(
            f"There is no {HEADS} in {argument}: put the members' weights there and fit heads "
            f"with python -m dndmood_train committee --corpora CORPORA --weights {argument}."
        )
    return path

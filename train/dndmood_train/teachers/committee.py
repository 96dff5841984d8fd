"""A committee: published networks, and linear heads fitted here that read emotion from their features.

Members (weights in one folder, safetensors): `dusha_ser` (speech emotion, Sber public
licence), `gpvad_vox2` and `gpvad_audioset2` (voice activity, MIT), `mn04_audioset` (sound
tagging, MIT). Each gives mean and deviation of every layer's channels over time; linear heads
read them, one for each corpus they were fitted on (see `_cross_fitting`).

`committee:FOLDER` opens the weights in FOLDER with the heads in FOLDER/heads.npz. A voice of a
corpus that heads were fitted on is judged by heads that never heard it, any other voice by all
corpora's heads together and by Dusha's own answer, which has heard many more strangers.
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
from dndmood_train.teachers._cross_fitting import CorpusHeads, crossfit, principal, read, write
from dndmood_train.teachers._dusha import LABELS
from dndmood_train.teachers._members import CHOSEN, MEMBERS, Members
from dndmood_train.teachers._stored_features import Features, StoredFeatures, digest, extract
from dndmood_train.teachers._teacher import About, Opinions, Teacher

__all__ = [
    "FEATURES",
    "HEADS",
    "Committee",
    "CorpusHeads",
    "Members",
    "StoredFeatures",
    "crossfit",
    "extract",
    "opened",
    "principal",
    "together",
    "write",
]

HEADS = "heads.npz"
FEATURES = "features"
"""What lies beside the weights once heads are fitted."""

_OWN = 0.4
"""How much Dusha's own answer weighs on a voice of an unknown corpus. With each of four corpora
left out of linear heads in turn, UAR over four emotions was .47 without it, .51 by it alone and
.54 to .55 with a quarter or a half of it."""
_MOSTLY_NEUTRAL = 1.0
"""What was labelled for Dusha was mostly neutral; so much is taken from that logit."""


class Committee:
    """The members' features read by fitted heads."""

    def __init__(self, folder: Path, *, device: str, digest: str) -> None:
        """Open the members, the heads and the features stored in `folder`."""
        self._members = Members(folder, device=device)
        self._stored = StoredFeatures(folder / FEATURES)
        self._heads, self._directions = read(folder / HEADS)
        licences = sorted({f"{MEMBERS[name][2]} ({name})" for name in CHOSEN})
        self.about = About(
            name="committee",
            source=", ".join(CHOSEN) + "; linear heads fitted on " + ", ".join(self._heads),
            licence=", ".join(licences),
            emotions=EMOTIONS,
            dimensions=("arousal", "valence"),
            digest=digest,
        )

    def __call__(self, waveforms: Sequence[Samples], speakers: Sequence[str] = ()) -> Opinions:
        """Opinions of the heads of each voice's own corpus, else the mean of all heads'."""
        found = Opinions.none(len(waveforms))
        features = np.stack([self._features(samples) for samples in waveforms])
        for row, speaker in enumerate(speakers or [""] * len(waveforms)):
            logits, dims = self._opinion(features[row : row + 1], speaker)
            if not np.isnan(logits).all():
                # An emotion that no head has a word for gets no share.
                known = np.where(np.isnan(logits), -np.inf, logits)
                raised = np.exp(known - known.max())
                found.shares[row] = raised / raised.sum()
            found.arousal[row], found.valence[row] = dims
        return replace(found, features=self._directions.of(features))

    def _features(self, samples: Samples) -> Features:
        name = digest(samples)
        if name in self._stored:
            return self._stored[name]
        return self._members.features(samples)

    def _opinion(self, features: Features, speaker: str) -> tuple[Features, Features]:
        corpus_heads = self._heads.get(speaker.partition(":")[0])
        if corpus_heads is not None:
            logits, dims = corpus_heads.opinion(features, speaker)
            return logits[0], dims[0]
        given = [corpus_heads.whole.opinion(features) for corpus_heads in self._heads.values()]
        logits = _known_mean([logits[0] for logits, _ in given])
        own = self._members.own_answer(features)
        if own is not None:
            logits = together(logits, own[0])
        return logits, _known_mean([dims[0] for _, dims in given])


def _known_mean(given: Sequence[Features]) -> Features:
    """The mean over whoever has an opinion; NaN where nobody has."""
    stack = np.stack(given)
    heads = (~np.isnan(stack)).sum(axis=0)
    return np.where(heads > 0, np.nansum(stack, axis=0) / np.maximum(heads, 1), np.nan)


def together(logits: Features, own: Features) -> Features:
    """Logits `(8,)` of heads, where the four emotions that Dusha knows divide their part as both say.

    Their logits become `(1 - _OWN) heads + _OWN dusha`, moved together so that the sum of their
    four shares stays what the heads gave.
    """
    places = [EMOTIONS.index(name) for name in LABELS]
    four = logits[places]
    if np.isnan(four).any():
        return logits
    answer = own - _MOSTLY_NEUTRAL * (np.array(LABELS) == "neutral")
    shared = (1.0 - _OWN) * four + _OWN * answer
    both = logits.copy()
    both[places] = shared + np.logaddexp.reduce(four) - np.logaddexp.reduce(shared)
    return both


@contextmanager
def opened(argument: str, *, device: str) -> Iterator[Teacher]:
    """The committee whose weights and `heads.npz` lie in the folder `argument`.

    Raises `UserError` when one of them is missing.
    """
    folder = Path(argument)
    path = folder / HEADS
    if not argument:
        raise UserError("The committee needs its folder: write --teacher committee:FOLDER.")
    if not path.is_file():
        raise UserError(
            f"There is no {HEADS} in {folder}: put the members' weights there and fit heads with "
            f"python -m dndmood_train committee --corpora CORPORA --weights {folder}."
        )
    # Whatever changes an answer changes the name that answers are kept under.
    made_of = hashlib.sha256(path.read_bytes() + f"{_OWN} {_MOSTLY_NEUTRAL}".encode())
    yield Committee(folder, device=device, digest=made_of.hexdigest()[:16])

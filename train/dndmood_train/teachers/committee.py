"""A committee of published networks that heard much, with heads that were taught emotion here.

Members (weights in one folder, safetensors): `dusha_ser` (speech emotion, Sber public
licence), `gpvad_vox2` and `gpvad_audioset2` (voice activity, MIT), `mn04_audioset` (sound
tagging, MIT). Each gives mean and deviation of every layer's channels over time; linear heads
read them, one for each corpus they were fitted on (see `crossfit`).

`committee:FOLDER` opens the weights in FOLDER with the heads in FOLDER/heads.npz. A voice of a
corpus that heads were fitted on is judged by heads that never heard it, any other voice by all
corpora's heads together and by Dusha's own answer, which has heard many more strangers.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from dndmood.errors import UserError
from dndmood.events import RATE_HZ, Samples
from dndmood_train.corpora import EMOTIONS
from dndmood_train.teachers import _cross_fitting, _dusha, _gpvad, _mobilenet
from dndmood_train.teachers._noticed import Features, Noticed, digest
from dndmood_train.teachers._teacher import About, Opinions, Teacher
from dndmood_train.teachers._weights import load_strictly

MEMBERS: Mapping[str, tuple[type[nn.Module], int, str]] = {
    "dusha_ser": (_dusha.Dusha, _dusha.RATE_HZ, "Sber public licence"),
    "gpvad_vox2": (_gpvad.Gpvad, _gpvad.RATE_HZ, "MIT"),
    "gpvad_audioset2": (_gpvad.Gpvad, _gpvad.RATE_HZ, "MIT"),
    "mn04_audioset": (_mobilenet.MobileNet, _mobilenet.RATE_HZ, "MIT"),
}
"""Name of the weights to network, sample rate and licence."""

CHOSEN = tuple(MEMBERS)
"""Those that taught the shipped student."""

HEADS = "heads.npz"
NOTICED = "features"
"""What lies beside the weights once heads are fitted."""

_OWN = 0.4
"""How much Dusha's own answer weighs on a voice of an unknown corpus. With each of four corpora
left out of linear heads in turn, UAR over four emotions was .47 without it, .51 by it alone and
.54 to .55 with a quarter or a half of it."""
_MOSTLY_NEUTRAL = 1.0
"""What was labelled for Dusha was mostly neutral; so much is taken from that logit."""
_SHORTEST = RATE_HZ // 2
_LONGEST = 6 * RATE_HZ


class Network(Protocol):
    """What every member does."""

    def __call__(self, waveform: Tensor) -> tuple[list[Tensor], Tensor]:
        """A map `(batch, channels, bands, frames)` for each layer, and its own answer."""
        ...


def pooled(maps: Sequence[Tensor]) -> Tensor:
    """Statistics of every layer, shape `(batch, features)`.

    For each channel the mean and the deviation over time of its mean over bands, and, where
    there are bands, the deviation over all cells.
    """
    found = []
    for layer in maps:
        course = layer.mean(2)
        found += [course.mean(2), course.std(2, unbiased=False)]
        if layer.shape[2] > 1:
            found.append(layer.flatten(2).std(2, unbiased=False))
    return torch.cat(found, dim=1)


class Members:
    """Published networks, all listening to the same clip."""

    def __init__(
        self, folder: Path, names: Sequence[str] = CHOSEN, *, device: str = "cpu"
    ) -> None:
        """Load `names` from `folder`; every tensor must match, else `UserError`."""
        if unknown := [name for name in names if name not in MEMBERS]:
            raise UserError(
                f"The committee has no member {unknown[0]}: known are {', '.join(MEMBERS)}."
            )
        self.device = device
        self.networks: list[tuple[nn.Module, int]] = []
        for name in names:
            network_class, rate_hz, _ = MEMBERS[name]
            network = network_class()
            load_strictly(network, folder / f"{name}.safetensors")
            self.networks.append((network.to(device), rate_hz))
        self._own = self._answering()

    def own_answer(self, features: NDArray[np.float32]) -> NDArray[np.float32] | None:
        """Dusha's logits for the features of clips, shape `(n, 4)` over its `LABELS`.

        None without Dusha among the members. Its last layer is read from the features, where it
        lies averaged over time and bands, so that a clip heard before is not heard again.
        """
        if self._own is None:
            return None
        classifier, top = self._own
        with torch.inference_mode():
            seen = torch.from_numpy(features[:, top]).to(self.device)
            answer: NDArray[np.float32] = classifier(seen).cpu().numpy()
        return answer

    def _answering(self) -> tuple[nn.Linear, slice] | None:
        """Dusha's classifier, and where the means of its last layer lie among the features."""
        end = 0
        for network, rate_hz in self.networks:
            with torch.inference_mode():
                silence = torch.zeros(1, _SHORTEST * rate_hz // RATE_HZ, device=self.device)
                maps, _ = network(silence)
            end += pooled(maps).shape[1]
            if isinstance(network, _dusha.Dusha):
                start = end - pooled(maps[-1:]).shape[1]
                return network.classifier, slice(start, start + maps[-1].shape[1])
        return None

    def features(self, samples: Samples) -> NDArray[np.float32]:
        """Everything the members notice in a clip, shape `(features,)`; its level is no matter."""
        import soxr

        clip = samples[:_LONGEST]
        clip = np.pad(clip, (0, max(0, _SHORTEST - len(clip))))
        clip = clip * (0.5 / max(float(np.abs(clip).max()), 1e-6))
        found = []
        with torch.inference_mode():
            for network, rate_hz in self.networks:
                sound = clip if rate_hz == RATE_HZ else soxr.resample(clip, RATE_HZ, rate_hz)
                waveform = torch.from_numpy(np.asarray(sound, np.float32))[None]
                maps, _ = network(waveform.to(self.device))
                found.append(pooled(maps)[0].cpu().numpy())
        return np.concatenate(found)


class Committee:
    """The members' features read by fitted heads."""

    def __init__(self, folder: Path, *, device: str, digest: str) -> None:
        """Open the members, the heads and what was noticed before in `folder`."""
        self._members = Members(folder, device=device)
        self._noticed = Noticed(folder / NOTICED)
        self._benches, self._directions = _cross_fitting.read(folder / HEADS)
        licences = sorted({f"{MEMBERS[name][2]} ({name})" for name in CHOSEN})
        self.about = About(
            name="committee",
            source=", ".join(CHOSEN) + "; linear heads fitted on " + ", ".join(self._benches),
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
        if name in self._noticed:
            return self._noticed[name]
        return self._members.features(samples)

    def _opinion(self, features: Features, speaker: str) -> tuple[Features, Features]:
        bench = self._benches.get(speaker.partition(":")[0])
        if bench is not None:
            logits, dims = bench.opinion(features, speaker)
            return logits[0], dims[0]
        given = [bench.whole.opinion(features) for bench in self._benches.values()]
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
    """Logits `(8,)` of heads, where the four emotions Dusha knows share anew what they have."""
    places = [EMOTIONS.index(name) for name in _dusha.LABELS]
    four = logits[places]
    if np.isnan(four).any():
        return logits
    answer = own - _MOSTLY_NEUTRAL * (np.array(_dusha.LABELS) == "neutral")
    shared = (1.0 - _OWN) * four + _OWN * answer
    both = logits.copy()
    both[places] = shared + np.logaddexp.reduce(four) - np.logaddexp.reduce(shared)
    return both


@contextmanager
def opened(argument: str, *, device: str) -> Iterator[Teacher]:
    """The committee whose weights and `heads.npz` lie in the folder `argument`."""
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

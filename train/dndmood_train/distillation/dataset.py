"""Brings everything together that a student learns from: clips, noises, music, a teacher."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dndmood.errors import UserError
from dndmood_train.audio import synthetic_music
from dndmood_train.audio.feature_cache import Spectra, prepared
from dndmood_train.audio.loading import load, trimmed
from dndmood_train.corpora import (
    EMOTIONS,
    Clip,
    Targets,
    hashed,
    short,
    split_of,
    targets,
    valence_weights,
)
from dndmood_train.distillation.other_sounds import KEPT, OtherSounds
from dndmood_train.distillation.teacher_targets import TeacherTargets
from dndmood_train.students import FrontEnd

PARTS: Mapping[str, float] = {
    "cremad": 0.42,
    "ravdess": 0.19,
    "nemo": 0.12,
    "ased": 0.09,
    "baved": 0.05,
    "emogator": 0.03,
    "laughter": 0.02,
    "everyday": 0.04,
    "noise": 0.06,
}
"""How much of what a student hears comes from where; unlisted corpora get `OTHER` each."""

OTHER = 0.1
"""These shares were tried, not derived: see "The long lesson" in train/LOG.md."""
BURSTS_WEIGHT = 0.5
"""Of wordless bursts and everyday speech in the emotion loss."""

_EVERYDAY = (0.7, 0.15, 0.05, 0.05, 0.02, 0.01, 0.01, 0.01)
"""Emotion shares of people reading a book aloud or talking to a machine."""
_WEAK = frozenset({"emogator", "everyday"})


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """Clips by number, in all arrays alike; NaN where something is not known."""

    spectra: Spectra
    targets: Targets
    share: NDArray[np.float64]
    """How often each clip is heard, sum 1; 0 for clips that must not teach."""
    weight: NDArray[np.float32]
    """Of each clip's emotion in the loss."""
    kind: Sequence[str]
    """`voice`, `noise` or `music`."""
    logits: NDArray[np.float32]
    """The teacher's, shape `(n, 8)`."""
    opinions: NDArray[np.float32]
    """The teacher's arousal, valence and dominance, shape `(n, 3)`."""
    features: NDArray[np.float32]
    """The teacher's features to imitate, shape `(n, k)`; `k` may be 0."""
    even: NDArray[np.float32]
    """Weight of each clip's valence, `(n,)` (`corpora.valence_weights`)."""
    corpus: NDArray[np.int64]
    """Number of the corpus that a voice belongs to, `(n,)`; -1 for what is no voice."""
    speaker: NDArray[np.int64]
    """Number of the speaker, `(n,)`; -1 where nobody is known."""

    @property
    def taught(self) -> NDArray[np.bool_]:
        """Which clips a teacher has an opinion on."""
        return np.asarray(
            ~np.isnan(self.logits).all(1) | ~np.isnan(self.opinions[:, :2]).all(1)
        )


def shares(
    groups: Sequence[str], learning: NDArray[np.bool_], parts: Mapping[str, float]
) -> NDArray[np.float64]:
    """How often each clip is heard when every group gets its part, whatever its size.

    >>> shares(["a", "a", "b"], np.array([True, True, True]), {"a": 0.5, "b": 0.5}).tolist()
    [0.25, 0.25, 0.5]
    """
    names = np.array(groups)
    given = np.zeros(len(names))
    for group, part in parts.items():
        members = learning & (names == group)
        if members.any():
            given[members] = part / members.sum()
    return np.asarray(given / given.sum())


def evened(data: Dataset) -> NDArray[np.float64]:
    """How often each clip is heard when corpora of speech and the emotions in each are heard alike.

    Everyday speech, wordless bursts and noises are heard as often as before, `data.share`.
    """
    known = (data.share > 0) & (data.corpus >= 0) & (data.weight >= 1.0)
    known &= ~np.isnan(data.targets.shares).any(1)
    likeliest = np.nan_to_num(data.targets.shares).argmax(1)
    share = data.share.copy()
    corpora = np.unique(data.corpus[known])
    for corpus in corpora:
        mine = known & (data.corpus == corpus)
        emotions, each, counts = np.unique(
            likeliest[mine], return_inverse=True, return_counts=True
        )
        share[mine] = data.share[known].sum() / (len(corpora) * len(emotions) * counts[each])
    return share


def build(  # noqa: PLR0913 - each is one thing that a student learns from
    clips: Sequence[Clip],
    *,
    folder: Path,
    teaching: TeacherTargets | None = None,
    around: OtherSounds | None = None,
    vote_share: float = 0.25,
    everyone: bool = False,
    leave_out: Sequence[str] = (),
    seed: int = 0,
    front_end: FrontEnd | None = None,
    known: Sequence[Path] = (),
    progress: Callable[[str, int], None] = lambda _copy, _clip: None,
) -> Dataset:
    """Dataset of `clips`, everyday speech, noises and invented music; spectra lie in `folder`.

    Those in the folders `known` are read there.
    Development voices (`corpora.split_of`) are not heard unless `everyone`, corpora named in
    `leave_out` never. Raises `UserError` when a sound cannot be read or nobody is left to learn from.
    """
    around = around or OtherSounds()
    learning = [
        clip.corpus not in leave_out and (everyone or split_of(clip.speaker) == "train")
        for clip in clips
    ]
    sounds = [clip.path for clip in clips] + list(around.everyday) + list(around.noises)
    if not any(learning):
        raise UserError("Every voice is a development voice: there is nobody to learn from.")
    names = [*map(short, sounds), *(f"music {number}" for number in range(around.invented))]

    def sound(number: int) -> NDArray[np.float32]:
        if number >= len(sounds):
            return synthetic_music.piece(np.random.default_rng((seed, number)))
        return trimmed(load(sounds[number]))

    spectra = prepared(
        folder,
        names=names,
        load=sound,
        rooms=[_response(path) for path in around.rooms],
        seed=seed,
        copies=around.copies,
        front_end=front_end,
        known=known,
        progress=progress,
    )
    everyday, noises = len(around.everyday), len(around.noises)
    kind = ["voice" if clip.speech else "noise" for clip in clips] + ["voice"] * everyday
    kind += ["noise"] * noises + ["music"] * around.invented
    groups = [clip.corpus if clip.speech else "laughter" for clip in clips]
    groups += ["everyday"] * everyday
    groups += ["noise"] * (noises + around.invented)
    wanted = {name: PARTS.get(name, OTHER) for name in groups}
    found = [everyone or hashed(name) >= KEPT for name in names[len(clips) : len(sounds)]]
    invented = np.arange(around.invented) < around.pieces
    heard = np.array([*learning, *found, *invented])
    wished = _extended(
        targets(clips, vote_share=vote_share), everyday, noises + around.invented
    )
    return _dataset(
        spectra=spectra,
        targets=wished,
        even=valence_weights(wished.dims[:, 1], groups),
        share=shares(groups, heard, wanted),
        weight=np.array(
            [BURSTS_WEIGHT if name in _WEAK else 1.0 for name in groups], np.float32
        ),
        kind=kind,
        corpus=_numbered(
            [name if what == "voice" else "" for name, what in zip(groups, kind, strict=True)]
        ),
        speaker=_numbered(
            [clip.speaker if clip.speech else "" for clip in clips]
            + [""] * (len(groups) - len(clips))
        ),
        teaching=teaching or TeacherTargets.none(len(clips)),
    )


def _dataset(*, teaching: TeacherTargets, **rest: object) -> Dataset:
    count = len(rest["kind"])  # type: ignore[arg-type]
    return Dataset(
        **rest,  # type: ignore[arg-type]
        logits=_padded(teaching.logits, count),
        opinions=_padded(teaching.dims, count),
        features=_padded(teaching.features, count),
    )


def _numbered(names: Sequence[str]) -> NDArray[np.int64]:
    """Numbers of names in alphabetical order; -1 for an empty one."""
    order = {name: number for number, name in enumerate(sorted(set(names) - {""}))}
    return np.array([order.get(name, -1) for name in names], np.int64)


def _padded(array: NDArray[np.float32], rows: int) -> NDArray[np.float32]:
    after = np.full((rows, array.shape[1]), np.nan, np.float32)
    after[: len(array)] = array
    return after


def _extended(spoken: Targets, everyday: int, others: int) -> Targets:
    """Targets of clips, then of everyday speech, then of what is no voice."""
    more = everyday + others
    shares_ = np.full((more, len(EMOTIONS)), np.nan, np.float32)
    shares_[:everyday] = _EVERYDAY
    dims = np.full((more, 2), np.nan, np.float32)
    dims[:everyday] = (0.42, 0.5)
    return Targets(
        np.concatenate([spoken.shares, shares_]),
        np.concatenate([spoken.known, np.ones((more, len(EMOTIONS)), bool)]),
        np.concatenate([spoken.dims, dims]),
        np.concatenate([spoken.voice, np.ones(everyday), np.zeros(others)]).astype(np.float32),
        np.concatenate([spoken.dominance, np.full(more, np.nan)]).astype(np.float32),
    )


def _response(path: Path) -> NDArray[np.float32]:
    """An impulse response from its peak on, at most a second, with the energy of an impulse."""
    sound = load(path)
    start = max(0, int(np.abs(sound).argmax()) - 40)
    response = sound[start : start + 16_000]
    return np.asarray(response / np.sqrt(np.sum(response**2) + 1e-12), np.float32)

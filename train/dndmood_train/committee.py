"""`committee`: fits the heads that let networks which heard much else judge emotion.

Reads the clips of every corpus, keeps the members' features beside the weights, and writes
`heads.npz` there: afterwards `--teacher committee:FOLDER` is a teacher. Development voices are
never fitted on, so figures measured on them stay honest.
"""

import argparse
import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dndmood.errors import UserError
from dndmood_train import corpora, crossfit, splits
from dndmood_train.corpora import Clip, Corpus
from dndmood_train.label import key_of
from dndmood_train.sound import load, trimmed
from dndmood_train.targets import targets

PENALTIES = {"ravdess": 800.0}
"""By corpus; small corpora need more."""
PENALTY = 300.0
HEADS = "heads.npz"


def fit_heads(
    found: Sequence[Corpus],
    *,
    weights: Path,
    progress: Callable[[int], None] = lambda _count: None,
) -> dict[str, float]:
    """Fit and keep heads; accuracy on training voices that each fold left out, by corpus.

    Raises `UserError` when weights are missing or nobody is left to learn from.
    """
    clips = [clip for corpus in found for clip in corpus.clips if _says_something(clip)]
    keys = [key_of(clip, corpus.root) for corpus in found for clip in corpus.clips]
    learning = np.array([splits.part(clip.speaker) == "train" for clip in clips], bool)
    if not learning.any():
        raise UserError("There is no clip to fit heads on: add a corpus with more speakers.")
    features = _features(clips, weights, _named(keys), progress)
    wanted = targets(clips)
    logits, _, heads = crossfit.crossfit(
        features,
        wanted,
        corpora=[clip.corpus for clip in clips],
        speakers=[clip.speaker for clip in clips],
        learning=learning,
        penalties={corpus.name: PENALTIES.get(corpus.name, PENALTY) for corpus in found},
    )
    crossfit.write_heads(weights / HEADS, heads)
    return {name: _accuracy(logits, wanted.shares, clips, learning, name) for name in heads}


def _named(keys: Sequence[str]) -> str:
    """A file name for the features of just these clips."""
    return f"features-{hashlib.sha256(chr(10).join(keys).encode()).hexdigest()[:16]}.npy"


def _says_something(clip: Clip) -> bool:
    return clip.emotion is not None or clip.arousal is not None


def _features(
    clips: Sequence[Clip], weights: Path, name: str, progress: Callable[[int], None]
) -> NDArray[np.float32]:
    from dndmood_train.teachers.committee import Members

    kept = weights / name
    if kept.exists():
        return np.asarray(np.load(kept), np.float32)
    members = Members(weights)
    rows = []
    for clip in clips:
        rows.append(members.features(trimmed(load(clip.path))))
        progress(1)
    features = np.stack(rows)
    draft = weights / f"{name}.part.npy"
    np.save(draft, features)
    draft.replace(kept)
    return features


def _accuracy(
    logits: NDArray[np.float32],
    shares: NDArray[np.float32],
    clips: Sequence[Clip],
    learning: NDArray[np.bool_],
    corpus: str,
) -> float:
    mine = learning & np.array([clip.corpus == corpus for clip in clips])
    judged = mine & ~np.isnan(logits).all(1) & ~np.isnan(shares).any(1)
    if not judged.any():
        return float("nan")
    given = np.nan_to_num(logits[judged], nan=-np.inf).argmax(1)
    return float(np.mean(given == shares[judged].argmax(1)))


def main(argv: Sequence[str] | None = None) -> int:
    """`python -m dndmood_train committee --corpora FOLDER --weights FOLDER`."""
    parser = argparse.ArgumentParser(prog="committee", description=__doc__)
    parser.add_argument("--corpora", type=Path, nargs="+", required=True)
    parser.add_argument("--weights", type=Path, required=True, help="the members' safetensors")
    asked = parser.parse_args(argv)
    for corpus, accuracy in fit_heads(
        corpora.find(asked.corpora), weights=asked.weights
    ).items():
        print(f"{corpus:12} {accuracy:.3f} on training voices left out of the fit")
    print(f"--teacher committee:{asked.weights}")
    return 0

"""What a model takes for a voice: 3 s windows of speech, laughs, noises, music and crowds.

    python tests/benchmarks/taken_for_voices.py --corpora CORPORA hearth bonfire

Nothing here was learned from: development voices, everyday speech and noises that are kept by
hash, laughs of EmoGator's development speakers, starter tracks, people at once made of
development voices. Prints a Markdown table of the share of windows that pass.
"""

import argparse
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from dndmood.events import RATE_HZ, Samples
from dndmood.hearing import shipped
from dndmood.hearing.model import Model, open_model
from dndmood.hearing.reading import OUTPUTS
from dndmood_train import corpora
from dndmood_train.audio.loading import load, trimmed
from dndmood_train.corpora import Clip, hashed, short, sounds, split_of
from dndmood_train.distillation.other_sounds import KEPT

VOICE = 0.55
"""At least so sure is the program before it begins to hear talk (`hearing.no_talk`)."""
_STARTERS = Path(__file__).parents[2] / "playlists"
_WINDOW = 3 * RATE_HZ
_MOST = 300
"""Sounds of a kind, every n-th where there are more."""
_LAUGH = "Amusement"


def thinned(found: Sequence[Path]) -> list[Path]:
    """At most `_MOST` of them, evenly."""
    return list(found[:: max(1, -(-len(found) // _MOST))])


def windows(sound: Samples) -> Iterator[Samples]:
    """Windows of 3 s side by side; a shorter sound is one window on digital silence."""
    if len(sound) < _WINDOW:
        yield np.pad(sound, (0, _WINDOW - len(sound)))
    for start in range(0, len(sound) - _WINDOW + 1, _WINDOW):
        yield sound[start : start + _WINDOW]


def crowds(voices: Sequence[Path], talkers: int, count: int) -> Iterator[Samples]:
    """Windows of `talkers` people at once, equally loud."""
    chance = np.random.default_rng(talkers)
    for _ in range(count):
        drawn = chance.choice(len(voices), talkers, replace=False)
        single = [np.resize(trimmed(load(voices[one])), _WINDOW) for one in drawn]
        whole = np.sum([one / (np.sqrt(np.mean(one**2)) + 1e-9) for one in single], axis=0)
        yield (0.1 * whole / np.sqrt(np.mean(whole**2))).astype(np.float32)


def kinds(folder: Path) -> Mapping[str, list[Samples]]:
    """Every kind of sound to its windows."""
    found = corpora.find([folder])
    strangers = [
        clip
        for one in found
        for clip in one.clips
        if split_of(clip.speaker) == "develop" and clip.corpus != "baved"
    ]
    speech = [clip.path for clip in strangers if clip.speech]
    laughs = [clip.path for clip in strangers if _laughs(clip)]
    paths = {
        "speech of strangers": thinned(speech),
        "everyday speech, kept": thinned(_kept(folder / "neutral")),
        "laughs of strangers": thinned(laughs),
        "noises, kept": thinned(_kept(folder / "noise")),
        "our starter music": sounds(_STARTERS),
    }
    made = {name: list(_windows_of(ones)) for name, ones in paths.items()}
    for talkers in (2, 4, 6):
        made[f"{talkers} people at once"] = list(crowds(thinned(speech), talkers, 100))
    return made


def _laughs(clip: Clip) -> bool:
    return clip.corpus == "emogator" and clip.label == _LAUGH


def _kept(folder: Path) -> list[Path]:
    return [path for path in sounds(folder) if hashed(short(path)) < KEPT]


def _windows_of(paths: Iterable[Path]) -> Iterator[Samples]:
    for path in paths:
        yield from windows(trimmed(load(path)))


def passed(model: Model, heard: Sequence[Samples]) -> float:
    """Share of the windows that the model takes for a voice."""
    voice = OUTPUTS.index("voice")
    voices = [float(model.batch(one[None])[voice][0]) for one in heard]
    return float(np.mean(np.array(voices) >= VOICE))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("models", nargs="+")
    given = parser.parse_args()
    heard = kinds(given.corpora)
    print("| taken for a voice | windows of 3 s |", *(f"{n} |" for n in given.models))
    print("|---|---|" + "---|" * len(given.models))
    with ExitStack() as stack:
        models = [
            stack.enter_context(open_model(shipped.folder(name))) for name in given.models
        ]
        for kind, ones in heard.items():
            shares = [f"{100 * passed(model, ones):.1f} % |" for model in models]
            print(f"| {kind} | {len(ones)} |", *shares, flush=True)


if __name__ == "__main__":
    main()

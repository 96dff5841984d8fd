"""What the shipped model answers to ordinary talk: the reference of every table's zero.

    python tests/benchmarks/table_scale.py --corpora FOLDER

prints an `[ordinary]` table for the model's card. FOLDER holds `neutral/` (everyday and read
speech) and `cremad/` with `splits/`, of which only the development speakers are heard.
"""

import argparse
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import soundfile

from dndmood import assembly
from dndmood.events import EmotionEstimate, Samples
from dndmood.hearing.emotion import estimate
from dndmood.hearing.model import Model, open_model
from dndmood.hearing.speech import find_speech
from dndmood.hearing.webrtc import WebRtcVoice
from dndmood.pipeline import connect
from dndmood.settings import Settings
from tests.fakes import evenly

EVERYDAY = ("neutral/librispeech", "neutral/home_microphone")
ACTED = {"NEU": 0.21, "FEA": 0.41, "ANG": 0.38}
"""Calm, suspenseful and agitated lines of a labelled campaign, as acted classes."""


def judged(model: Model, paths: Iterable[Path]) -> list[EmotionEstimate]:
    """Sure estimates of the clips, one after the other at one level."""
    parts: list[Samples] = []
    for path in paths:
        sound, _ = soundfile.read(path, dtype="float32", always_2d=True)
        mono = sound.mean(axis=1)
        mono *= 0.08 / max(float(np.sqrt((mono**2).mean())), 1e-6)
        parts += [mono.clip(-1, 1).astype(np.float32), np.zeros(4000, np.float32)]
    stages = (partial(find_speech, voice=WebRtcVoice()), partial(estimate, model=model))
    tape = connect(evenly(np.concatenate(parts)), *stages)
    found = [e for e in tape if isinstance(e, EmotionEstimate)]
    return [e for e in found if min(e.voice, e.voiced) >= 0.5]


def shares(estimates: list[EmotionEstimate]) -> dict[str, float]:
    return {
        label: float(np.mean([e.scores[label] for e in estimates]))
        for label in estimates[0].scores
    }


def acted(corpora: Path, emotion: str, most: int) -> list[Path]:
    rows = (corpora / "splits" / "cremad_63_9.csv").read_text().splitlines()[1:]
    unseen = {row.split(",")[1] for row in rows if row.split(",")[2].startswith(("val", "dev"))}
    every = sorted((corpora / "cremad" / "AudioWAV").glob(f"*_{emotion}_*"))
    return [path for path in every if path.stem[:4] in unseen][:most]


def card(model: Model, corpora: Path) -> Iterator[str]:
    ordinary = [
        one
        for folder in EVERYDAY
        for one in judged(model, sorted((corpora / folder).rglob("*.*"))[::8])
    ]
    usual = shares(ordinary)
    story = dict.fromkeys(usual, 0.0)
    for emotion, part in ACTED.items():
        for label, share in shares(judged(model, acted(corpora, emotion, 40))).items():
            story[label] += part * share
    yield "[ordinary]"
    yield f"arousal = {np.median([e.arousal for e in ordinary]):.2f}"
    yield f"valence = {np.median([e.valence for e in ordinary]):.2f}"
    evening = {label: (usual[label] + story[label]) / 2.0 for label in usual}
    for name, found in (("scores", usual), ("evening", evening)):
        yield f"[ordinary.{name}]"
        yield from (f"{label} = {share:.3f}" for label, share in found.items())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--corpora", type=Path, required=True)
    chosen = parser.parse_args()
    with open_model(assembly.model_folder(Settings())) as model:
        print("\n".join(card(model, chosen.corpora)))

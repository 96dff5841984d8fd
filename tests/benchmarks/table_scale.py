"""What the shipped model answers to ordinary talk: the reference of every table's zero.

    python tests/benchmarks/table_scale.py --corpora FOLDER

prints an `[ordinary]` table for the model's card. FOLDER holds `neutral/` (everyday and read
speech) and `cremad/` with `splits/`, of which only the development speakers are heard.

For a model with a head of its own it prints `[features.places]` as well, from the voices that such
a model may learn from; `--evenings` then says for each corpus what a table's own zero brings after
1, 5 and 30 minutes of talk, on development voices. `--left-out CORPUS` is for a model that never
heard that one: its places come from the others, and all its voices are asked.
"""

import argparse
from collections.abc import Iterable, Iterator, Sequence
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
from dndmood.mood import FeatureScale, Ordinary
from dndmood.mood.feature_evidence import FeatureEvidence
from dndmood.mood.feature_zero import FeatureZero
from dndmood.pipeline import connect
from dndmood.settings import Settings
from dndmood_train.audio.loading import load, trimmed
from dndmood_train.corpora import Clip, find, split_of
from dndmood_train.evaluation import places, predict
from dndmood_train.evaluation.predict import Condition
from tests.benchmarks.strange_tables import Voices, figures, lines
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


ACTED_CORPORA = ("cremad", "ravdess", "nemo", "ased")


def listened(model: Model, clips: Iterable[Clip]) -> Sequence[predict.Heard]:
    """Every window of each clip, whole and trimmed of silence, as the model hears it."""
    sounds = (trimmed(load(clip.path)) for clip in clips)
    return predict.listen(model, sounds, [Condition("main", model.card.window_s)])["main"]


def voices(model: Model, clips: Iterable[Clip]) -> Voices:
    """The clips as the model hears them: the one window of each that is most surely a voice."""
    kept = [clip for clip in clips if clip.emotion]
    windows = []
    for one in listened(model, kept):
        best = int(one.given[:, 2].argmax())
        arousal, valence, voice, *scores = one.given[best].tolist()
        named = dict(zip(model.card.labels, scores, strict=True))
        features = tuple(one.features[best].tolist())
        windows.append(
            EmotionEstimate(0.0, arousal, valence, named, voice, 1.0, features=features)
        )
    return Voices(
        windows,
        np.array([clip.emotion for clip in kept]),
        np.array([clip.speaker for clip in kept]),
    )


def measured(model: Model, clips: Sequence[Clip]) -> dict[str, list[float]]:
    """Label to the place of its speech, `(width,)`, by at most `places.EACH` clips of a kind."""
    chosen = [clips[row] for row in places.spread(range(len(clips)), clips)]
    heard = listened(model, chosen)
    return places.places(
        np.array([one.features.mean(axis=0) for one in heard], dtype=np.float64),
        [clip.emotion or "" for clip in chosen],
        [clip.corpus for clip in chosen],
        model.card.labels,
    )


def zeros(model: Model, folder: Path, *, left_out: str, evenings: bool) -> Iterator[str]:
    """`[features.places]` for the card, and the figures of evenings."""
    assert model.head is not None
    corpora = [c for c in find([folder]) if c.name in ACTED_CORPORA]
    own = measured(
        model,
        [
            clip
            for corpus in corpora
            for clip in corpus.clips
            if corpus.name != left_out and split_of(clip.speaker) == "train"
        ],
    )
    yield "[features.places]"
    for label, place in own.items():
        yield f"{label} = [{', '.join(f'{one:.3f}' for one in place)}]"
    ordinary, head, card_ = Ordinary(**model.card.ordinary), model.head, model.card

    def opened(start: FeatureZero | None) -> FeatureScale:
        return FeatureScale(
            head=head,
            width=card_.width,
            labels=card_.labels,
            places=own,
            usual=ordinary.evening,
            start=start,
        )

    def calibrated(read: Sequence[EmotionEstimate]) -> FeatureZero:
        evidence = FeatureEvidence(card_.width, card_.labels, own)
        for one in read:
            evidence.push(np.array(one.features), ordinary.scores, ordinary.scores, 2.5)
        mean, deviation = evidence.mean().tolist(), evidence.deviation().tolist()
        return FeatureZero(tuple(mean), tuple(deviation), 0.7 * evidence.talk_s).bounded()

    for corpus in corpora if evenings else ():
        if left_out and corpus.name != left_out:
            continue
        asked = [
            clip for clip in corpus.clips if left_out or split_of(clip.speaker) == "develop"
        ]
        heard = voices(model, asked)
        for title, start in (("", None), (", calibrated by one voice", calibrated)):
            yield f"\n{corpus.name}{title}\n"
            yield from lines(list(figures(heard, opened, tables=12, calibrated=start)))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--model", default="", help="its name or its folder")
    parser.add_argument("--evenings", action="store_true")
    parser.add_argument("--left-out", default="", choices=("", *ACTED_CORPORA))
    chosen = parser.parse_args()
    with open_model(assembly.model_folder(Settings(model=chosen.model))) as model:
        if not chosen.left_out:
            print("\n".join(card(model, chosen.corpora)))
        if model.head:
            for line in zeros(
                model, chosen.corpora, left_out=chosen.left_out, evenings=chosen.evenings
            ):
                print(line, flush=True)

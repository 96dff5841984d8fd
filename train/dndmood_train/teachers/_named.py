"""Teachers that people name most, by short names: where they are and what to know of them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Named:
    """A published checkpoint."""

    hub: str
    """Its name on the hub."""
    labels: tuple[str, ...]
    """Its outputs in order, as published; used where its own config does not name them."""
    licence: str
    scale: tuple[float, float] = (0.0, 1.0)
    """Ends of the scale on which it gives dimensions."""


NAMED: dict[str, Named] = {
    "audeering": Named(
        # Dawn of the transformer era: https://arxiv.org/abs/2203.07378
        "audeering/wav2vec2-large-robust-12-ft-emotion-msp-dim",
        ("arousal", "dominance", "valence"),
        "CC BY-NC-SA 4.0",
    ),
    "odyssey": Named(
        "3loi/SER-Odyssey-Baseline-WavLM-Multi-Attributes",
        ("arousal", "dominance", "valence"),
        "MIT",
    ),
    "odyssey-categorical": Named(
        "3loi/SER-Odyssey-Baseline-WavLM-Categorical",
        ("angry", "sad", "happy", "surprise", "fear", "disgust", "contempt", "neutral"),
        "MIT",
    ),
    "autrainer-big4": Named(
        "autrainer/msp-podcast-emo-class-big4-w2v2-l-emo",
        ("A", "H", "N", "S"),
        "CC BY-NC-SA 4.0",
    ),
    "superb-hubert": Named(
        "superb/hubert-large-superb-er",
        ("neu", "hap", "ang", "sad"),
        "Apache-2.0",
    ),
    "xlsr-ravdess": Named(
        "ehcalabres/wav2vec2-lg-xlsr-en-speech-emotion-recognition",
        ("angry", "calm", "disgust", "fearful", "happy", "neutral", "sad", "surprised"),
        "Apache-2.0",
    ),
    "whisper-large-v3": Named(
        "firdhokk/speech-emotion-recognition-with-openai-whisper-large-v3",
        ("angry", "disgust", "fearful", "happy", "neutral", "sad", "surprised"),
        "Apache-2.0",
    ),
}
"""Short name to checkpoint."""

ENSEMBLES: dict[str, tuple[str, ...]] = {"wav2small": ("odyssey", "audeering")}
"""Short name to members; `wav2small` is the teacher of that paper, arXiv 2408.13920."""


def named(name: str) -> Named | None:
    """The checkpoint behind a short name, a hub name or a folder that keeps the hub's name.

    >>> named("audeering").labels
    ('arousal', 'dominance', 'valence')
    """
    if name in NAMED:
        return NAMED[name]
    last = name.rstrip("/").rsplit("/", 1)[-1]
    for known in NAMED.values():
        if last == known.hub.rsplit("/", 1)[-1]:
            return known
    return None

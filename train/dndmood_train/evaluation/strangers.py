"""Voices that did not teach a model: of those that did, figures would flatter."""

import tomllib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from dndmood_train import corpora
from dndmood_train.corpora import Corpus, split_of


def strangers(found: Sequence[Corpus], model: Path) -> tuple[list[Corpus], list[str]]:
    """The corpora without the voices that taught the model, and sentences about what that means.

    A card names the corpora that a model learnt from. Their development voices taught it nothing,
    unless its recipe says `everyone`.
    """
    taught, everyone = _taught(model)
    kept, said = [], []
    for corpus in found:
        title = corpora.reader(corpus.name).TITLE
        if not any(words.startswith(f"{title} (") for words in taught):
            kept.append(corpus)
        elif everyone:
            kept.append(corpus)
            said.append(
                f"All voices of {title} taught this model: it knows them, and figures flatter."
            )
        else:
            clips = tuple(c for c in corpus.clips if split_of(c.speaker) == "develop")
            kept.append(replace(corpus, clips=clips))
            said.append(f"{title} taught this model: {_only(len({c.speaker for c in clips}))}.")
    return kept, said


def _only(voices: int) -> str:
    if voices == 0:
        return "none of the voices here was kept for measuring, and none is asked"
    if voices == 1:
        return "only the one voice that was kept for measuring is asked"
    return f"only the {voices} voices that were kept for measuring are asked"


def _taught(model: Path) -> tuple[list[str], bool]:
    try:
        card = tomllib.loads((model / "card.toml").read_text(encoding="utf-8"))
        training = card.get("training", {})
        everyone = bool(training.get("choices", {}).get("everyone", False))
        return [str(words) for words in training.get("corpora", [])], everyone
    except (OSError, ValueError, AttributeError):
        return [], False

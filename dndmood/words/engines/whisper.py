"""Whisper models in the format of faster-whisper, through CTranslate2.

Not through faster-whisper itself: it would bring a decoder of films, and 100 MB of memory.

Radford et al., "Robust Speech Recognition via Large-Scale Weak Supervision" (2022).
"""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from dndmood.errors import UserError
from dndmood.events import RATE_HZ, Samples
from dndmood.words.engines._doubts import damaged, only_english, repeats_itself
from dndmood.words.engines._log_mel import log_mel
from dndmood.words.heed import Recogniser

_EXTRA = "Listening to words needs the extra: pip install 'dndmood[words]'."
_NEEDED = ("model.bin", "config.json", "tokenizer.json")
_PADDING_S = 5.0
"""Silence behind the talk, in place of the half minute that the models were trained on: the work
grows with the length. With 1 s they mishear, and repeat themselves."""
_STEP_S = 1.0
"""Lengths are rounded up to it: oneDNN keeps code for every length that it ever met, more than a
megabyte each, which came to 2 GB an hour."""
_MOST_S = 24.0
_MOST_WORDS_PER_S = 7.0
_NO_REPEAT = 3
"""Where talk ends early the models say the last words again."""
_SILENT = 0.6
"""So sure that nobody spoke, nothing is written down."""
_UNSURE = -1.2
"""Mean log-probability below which what was written is guesswork."""


def fits(folder: Path) -> bool:
    """Whether `folder` holds such a model."""
    return all((folder / name).is_file() for name in _NEEDED)


def lacking() -> str:
    """What must be installed before it can be opened, as a sentence; empty for nothing."""
    there = all(find_spec(library) for library in ("ctranslate2", "tokenizers"))
    return "" if there else _EXTRA


@contextmanager
def opened(folder: Path, language: str, hints: Mapping[str, str]) -> Iterator[Recogniser]:
    """The recogniser; raises `UserError` as `engines.opened` says."""
    try:
        import ctranslate2
        from tokenizers import Tokenizer
    except ImportError as error:
        raise UserError(_EXTRA) from error
    try:
        model = ctranslate2.models.Whisper(
            str(folder), device="cpu", compute_type="int8", intra_threads=1, inter_threads=1
        )
        pieces = Tokenizer.from_file(str(folder / "tokenizer.json"))
    except Exception as error:
        raise damaged(folder) from error
    if language and language != "en" and not model.is_multilingual:
        raise only_english(folder, language)
    yield _Whisper(model, pieces, language, hints)


def padded(sound: Samples) -> Samples:
    """`sound` with silence behind it; few lengths are possible, whatever its own is."""
    steps = math.ceil((len(sound) / RATE_HZ + _PADDING_S) / _STEP_S)
    return np.pad(sound, (0, int(steps * _STEP_S * RATE_HZ) - len(sound)))


class _Whisper:
    def __init__(
        self, model: Any, pieces: Any, language: str, hints: Mapping[str, str]
    ) -> None:
        self._model, self._pieces = model, pieces
        self._language = language
        self._hints = {
            f"<|{name}|>": pieces.encode(f" {said}", add_special_tokens=False).ids
            for name, said in hints.items()
            if said
        }

    def __call__(self, samples: Samples) -> str:
        import ctranslate2

        sound = samples[: int(_MOST_S * RATE_HZ)]
        spectrum = log_mel(padded(sound))[np.newaxis]
        heard = self._model.encode(ctranslate2.StorageView.from_array(spectrum))
        task = self._task(heard)
        found = self._model.generate(
            heard,
            [task],
            beam_size=1,
            max_length=len(task) + int(len(sound) / RATE_HZ * _MOST_WORDS_PER_S) + 13,
            return_scores=True,
            return_no_speech_prob=True,
            suppress_blank=True,
            no_repeat_ngram_size=_NO_REPEAT,
        )[0]
        text = str(self._pieces.decode(found.sequences_ids[0], skip_special_tokens=True))
        unsure = found.scores[0] < _UNSURE
        return "" if found.no_speech_prob > _SILENT or unsure or repeats_itself(text) else text

    def _task(self, heard: Any) -> list[int]:
        """What the model is asked to do: write down what is said, in its language."""
        marks, spoken = ["<|startoftranscript|>", "<|notimestamps|>"], "<|en|>"
        if self._model.is_multilingual:
            spoken = (
                f"<|{self._language}|>"
                if self._language
                else self._model.detect_language(heard)[0][0][0]
            )
            marks[1:1] = [spoken, "<|transcribe|>"]
        task = [self._pieces.token_to_id(mark) for mark in marks]
        if expected := self._hints.get(spoken):
            # As if this had been said before; section 2.3 of the paper.
            return [self._pieces.token_to_id("<|startofprev|>"), *expected, *task]
        return task

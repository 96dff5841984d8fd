"""Whisper models in the format of faster-whisper, through CTranslate2.

Radford et al., "Robust Speech Recognition via Large-Scale Weak Supervision" (2022).
"""

import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from dndmood.errors import UserError
from dndmood.events import RATE_HZ, Samples
from dndmood.file_names import printable
from dndmood.words.heed import Recogniser

_NEEDED = ("model.bin", "config.json", "tokenizer.json")
_PADDING_S = 1.0
"""Silence behind the talk, in place of the half minute that the models were trained on: the work
grows with the length."""
_MOST_WORDS_PER_S = 7.0
_SILENT = 0.6
"""So sure that nobody spoke, nothing is written down."""
_UNSURE = -1.2
"""Mean log-probability below which what was written is guesswork."""
_REPEATS = 2.4
"""Text that packs so well repeats itself, which the models do where nobody speaks."""


def fits(folder: Path) -> bool:
    """Whether `folder` holds such a model."""
    return all((folder / name).is_file() for name in _NEEDED)


@contextmanager
def opened(folder: Path, language: str) -> Iterator[Recogniser]:
    """The recogniser; raises `UserError` as `engines.opened` says."""
    try:
        import ctranslate2
        from faster_whisper.feature_extractor import FeatureExtractor
        from faster_whisper.tokenizer import Tokenizer
        from tokenizers import Tokenizer as Pieces
    except ImportError as error:
        raise UserError(
            "Listening to words needs the extra: pip install 'dndmood[words]'. Without --words the "
            "evening goes by tone."
        ) from error
    try:
        model = ctranslate2.models.Whisper(
            str(folder), device="cpu", compute_type="int8", intra_threads=1, inter_threads=1
        )
        pieces = Pieces.from_file(str(folder / "tokenizer.json"))
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except Exception as error:
        raise UserError(
            f"The recogniser of words in {printable(folder)} is damaged: fetch it again with "
            "'dndmood words get'."
        ) from error
    if language and language != "en" and not model.is_multilingual:
        raise UserError(
            f"The recogniser of words in {printable(folder)} knows only English, not {language!r}: "
            "'dndmood words get base' fetches one that knows many languages."
        )
    features = FeatureExtractor(feature_size=80)
    del config
    yield _Whisper(model, features, pieces, Tokenizer, language)


class _Whisper:
    def __init__(
        self, model: Any, features: Any, pieces: Any, tokenizer: Any, language: str
    ) -> None:
        self._model, self._features = model, features
        self._pieces, self._tokenizer = pieces, tokenizer
        self._language = language or ("" if model.is_multilingual else "en")

    def __call__(self, samples: Samples) -> str:
        import ctranslate2

        padded = np.concatenate([samples, np.zeros(int(_PADDING_S * RATE_HZ), np.float32)])
        spectrum = np.ascontiguousarray(self._features(padded, padding=0)[None], np.float32)
        heard = self._model.encode(ctranslate2.StorageView.from_array(spectrum))
        language = self._language or self._model.detect_language(heard)[0][0][0][2:-2]
        codes = self._tokenizer(
            self._pieces, self._model.is_multilingual, task="transcribe", language=language
        )
        found = self._model.generate(
            heard,
            [[*codes.sot_sequence, codes.no_timestamps]],
            beam_size=1,
            max_length=int(len(samples) / RATE_HZ * _MOST_WORDS_PER_S) + 16,
            return_scores=True,
            return_no_speech_prob=True,
            suppress_blank=True,
        )[0]
        text = str(codes.decode(found.sequences_ids[0]))
        packed = len(text) / max(len(zlib.compress(text.encode())), 1)
        unsure = found.scores[0] < _UNSURE
        return "" if found.no_speech_prob > _SILENT or unsure or packed > _REPEATS else text

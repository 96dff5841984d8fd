"""Moonshine models as the package moonshine-voice holds them, run by ONNX Runtime.

It is here anyway. Their work goes with the length of the talk: no half minute of silence is heard
with it.

Jeffries et al., "Moonshine: Speech Recognition for Live Transcription and Voice Commands" (2024);
Kudo and Richardson, "SentencePiece" (2018), for the pieces of words.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dndmood.events import RATE_HZ, Samples
from dndmood.library_environment import send_nothing
from dndmood.words.engines._doubts import damaged, only_english, repeats_itself
from dndmood.words.heed import Recogniser

_ENCODER, _DECODER, _PIECES = "encoder_model.ort", "decoder_model_merged.ort", "tokenizer.bin"
_BEGIN, _END = 1, 2
"""The pieces that stand for the beginning and the end of what is said."""
_WORD = "\u2581"
"""Where a word begins, in a piece of one."""
_LONG = 128
"""From this on a piece's length takes two bytes."""
_MOST_S = 24.0
_SHORTEST = RATE_HZ // 2
_MOST_PIECES_PER_S = 6.5
"""As its makers do: what goes on longer repeats itself."""
_UNSURE = -1.2
"""Mean log-probability below which what was written is guesswork."""


def fits(folder: Path) -> bool:
    """Whether `folder` holds such a model."""
    return all((folder / name).is_file() for name in (_ENCODER, _DECODER, _PIECES))


def lacking() -> str:
    """Nothing: ONNX Runtime is here anyway."""
    return ""


@contextmanager
def opened(folder: Path, language: str, _hints: Mapping[str, str]) -> Iterator[Recogniser]:
    """The recogniser, which can be told nothing; raises `UserError` as `engines.opened` says."""
    if language not in ("", "en"):
        raise only_english(folder, language)
    send_nothing()
    import onnxruntime as ort

    ort.disable_telemetry_events()
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = options.enable_mem_pattern = False  # every length is another
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 4  # what is said to the screen would stand in the dashboard
    try:
        pieces = _read_pieces((folder / _PIECES).read_bytes())
        encoder, decoder = (
            ort.InferenceSession(
                str(folder / name), options, providers=["CPUExecutionProvider"]
            )
            for name in (_ENCODER, _DECODER)
        )
        recogniser = _Moonshine(encoder, decoder, pieces)
        recogniser(np.zeros(RATE_HZ, np.float32))
    except Exception as error:
        raise damaged(folder) from error
    yield recogniser


class _Moonshine:
    def __init__(self, encoder: Any, decoder: Any, pieces: Sequence[bytes]) -> None:
        self._encoder, self._decoder, self._pieces = encoder, decoder, pieces
        self._empty = {
            one.name: np.zeros((1, one.shape[1], 0, one.shape[3]), np.float32)
            for one in decoder.get_inputs()
            if one.name.startswith("past_key_values")
        }
        self._kept = [one.name for one in decoder.get_outputs()][1:]

    def __call__(self, samples: Samples) -> str:
        sound = samples[: int(_MOST_S * RATE_HZ)].astype(np.float32)
        sound = np.pad(sound, (0, max(_SHORTEST - len(sound), 0)))[np.newaxis]
        whole = np.ones(sound.shape, np.int64)
        (heard,) = self._encoder.run(None, {"input_values": sound, "attention_mask": whole})
        written, score = self._written(heard, whole)
        text = b"".join(self._pieces[one] for one in written).decode(errors="ignore")
        unsure = score < _UNSURE or repeats_itself(text)
        return "" if unsure else text.replace(_WORD, " ").strip()

    def _written(
        self, heard: NDArray[np.float32], whole: NDArray[np.int64]
    ) -> tuple[list[int], float]:
        """The likeliest pieces one by one, and the mean of their log-probabilities."""
        written, last, total, past = [], _BEGIN, 0.0, dict(self._empty)
        for number in range(int(whole.size / RATE_HZ * _MOST_PIECES_PER_S) + 2):
            logits, *present = self._decoder.run(
                None,
                {
                    "input_ids": np.array([[last]], np.int64),
                    "encoder_hidden_states": heard,
                    "encoder_attention_mask": whole,
                    "use_cache_branch": np.array([number > 0]),
                    **past,
                },
            )
            levels = logits[0, -1].astype(np.float64)
            last = int(levels.argmax())
            total -= float(np.log(np.exp(levels - levels[last]).sum()))
            if last == _END:
                break
            written.append(last)
            for name, value in zip(self._kept, present, strict=True):
                if number == 0 or "encoder" not in name:  # what was heard stays as it was
                    past[name.replace("present", "past_key_values", 1)] = value
        return written, total / (len(written) + 1)


def _read_pieces(content: bytes) -> list[bytes]:
    """Every piece of a word: its length, in a byte or two, and its bytes."""
    pieces, at = [], 0
    while at < len(content):
        size, at = content[at], at + 1
        if size >= _LONG:
            size, at = content[at] * _LONG + size - _LONG, at + 1
        pieces.append(content[at : at + size])
        at += size
    return pieces

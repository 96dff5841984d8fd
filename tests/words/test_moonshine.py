"""The engine for Moonshine models, with a toy decoder, and with the real one where it was fetched."""

import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from dndmood.words import engines
from dndmood.words.engines import moonshine
from tests.words.test_real_evening import speech

PIECES = [b"<unk>", b"<s>", b"</s>", b"\xe2\x96\x81roll", b"\xe2\x96\x81for", b"ty"]


class Spoken:
    """Says `pieces` one by one, however much is heard."""

    def __init__(self, *pieces, level=9.0):
        self.pieces, self.level, self.fed = list(pieces), level, []

    def get_inputs(self):
        return [SimpleNamespace(name="past_key_values.0.decoder.key", shape=["b", 8, "p", 36])]

    def get_outputs(self):
        names = ("logits", "present.0.decoder.key", "present.0.encoder.key")
        return [SimpleNamespace(name=name) for name in names]

    def run(self, _names, fed):
        self.fed.append(fed)
        logits = np.zeros((1, 1, len(PIECES)), np.float32)
        logits[0, 0, self.pieces[(len(self.fed) - 1) % len(self.pieces)]] = self.level
        return [
            logits,
            np.ones((1, 8, len(self.fed), 36)),
            np.full((1, 8, 1, 36), len(self.fed)),
        ]


class Heard:
    def run(self, _names, fed):
        return [np.zeros((1, fed["input_values"].shape[1] // 384, 288), np.float32)]


def written(decoder, seconds=1.0):
    recogniser = moonshine._Moonshine(Heard(), decoder, PIECES)
    return recogniser(np.zeros(int(16_000 * seconds), np.float32))


def test_pieces_are_read_by_their_length_in_one_byte_or_two():
    long = b"x" * 300
    content = b"\x03abc" + bytes([300 % 128 + 128, 300 // 128]) + long + b"\x00\x01z"
    assert moonshine._read_pieces(content) == [b"abc", long, b"", b"z"]


def test_pieces_are_joined_to_words_until_the_end_is_said():
    decoder = Spoken(3, 4, 5, 2)
    assert written(decoder) == "roll forty"
    assert len(decoder.fed) == 4
    assert [bool(fed["use_cache_branch"][0]) for fed in decoder.fed] == [
        False,
        True,
        True,
        True,
    ]
    last = decoder.fed[-1]
    assert last["past_key_values.0.decoder.key"].shape[2] == 3  # what was written goes on
    assert last["past_key_values.0.encoder.key"].max() == 1  # what was heard stays


def test_what_never_ends_is_cut_and_what_repeats_itself_is_nothing():
    decoder = Spoken(3)
    assert written(decoder, seconds=10.0) == ""
    assert len(decoder.fed) == 67


def test_guesswork_is_nothing():
    assert written(Spoken(3, 2, level=0.1)) == ""


@pytest.mark.slow
def test_a_real_model_hears_a_call_for_initiative():
    folder = os.environ.get("DNDMOOD_MOONSHINE", "")
    if not folder or shutil.which("espeak-ng") is None:
        pytest.skip("needs espeak-ng, and DNDMOOD_MOONSHINE with the model's folder")
    with engines.opened(Path(folder), "en") as recogniser:
        heard = recogniser(speech(("Everyone roll for initiative!",)).astype(np.float32))
        assert "initiative" in heard.lower()
        assert recogniser(np.zeros(100, np.float32)) in ("", "You")

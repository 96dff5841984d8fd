"""A real evening with a real recogniser: no spoken word that is on no list is in any file."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr

from dndmood import paths
from dndmood.events import AudioChunk
from dndmood.hearing.speech import find_speech
from dndmood.hearing.webrtc import WebRtcVoice
from dndmood.pipeline import connect
from dndmood.scene import SceneCue
from dndmood.words import engines, models
from dndmood.words.attention import Attention
from dndmood.words.heed import in_line
from dndmood.words.phrase_list import phrases
from dndmood.words.spoken import phrase

SPOKEN = (
    "My secret word is marzipan and nobody knows it.",
    "You walk into the dark forest.",
    "Everyone roll for initiative!",
    "The porcupine has eaten the umbrella.",
)
LONG = (
    "At the end of the second day with the rain in your faces you walk through the gate and into "
    "the old castle where the servants bring you bread and soup."
)


def recogniser() -> Path | None:
    """A recogniser that was fetched on this computer."""
    for folder in (os.environ.get("DNDMOOD_RECOGNISER", ""), str(paths.recogniser())):
        if folder and models.known(Path(folder)):
            return Path(folder)
    return None


def speech(spoken: tuple[str, ...] = SPOKEN) -> np.ndarray:
    parts = []
    for sentence in spoken:
        done = subprocess.run(
            ["espeak-ng", "-v", "en-us", "-s", "145", "--stdout", sentence],
            capture_output=True,
            check=True,
        )
        sound = np.frombuffer(done.stdout[44:], np.int16) / np.float32(32768)
        parts += [soxr.resample(sound * 0.4, 22_050, 16_000), np.zeros(32_000, np.float32)]
    return np.concatenate(parts)


@pytest.mark.slow
def test_no_word_that_is_on_no_list_is_in_any_file(tmp_path):
    pytest.importorskip("ctranslate2")
    folder = recogniser()
    if folder is None or shutil.which("espeak-ng") is None:
        pytest.skip("needs espeak-ng and 'dndmood words get'")
    soundfile.write(tmp_path / "table.wav", speech(), 16_000)
    home = tmp_path / "home"
    home.mkdir()
    env = os.environ | {
        "HOME": str(home),
        **{
            f"XDG_{name}_HOME": str(home / name.lower())
            for name in ("STATE", "CONFIG", "DATA", "CACHE")
        },
    }
    done = subprocess.run(
        [
            *(sys.executable, "-m", "dndmood", "rehearse", str(tmp_path / "table.wav")),
            *("--words", "--recogniser", str(folder), "--language", "en"),
            *("--journal", str(home / "evening.jsonl")),
        ],
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    journal = (home / "evening.jsonl").read_text(encoding="utf-8")
    assert '"forest"' in journal and '"initiative"' in journal  # it did listen
    listed = set().union(*phrases(_places(), {}).values())
    ours = {word for one in listed for word in phrase(one)}
    rare = {
        word for one in SPOKEN for word in phrase(one) if word not in ours and len(word) > 5
    }
    assert {"marzipan", "porcupine", "umbrella"} <= rare
    written = [done.stdout + done.stderr]
    written += [p.read_bytes().decode("latin-1") for p in home.rglob("*") if p.is_file()]
    for text in written:
        assert not re.search("|".join(sorted(rare)), text, re.IGNORECASE)


@pytest.mark.slow
def test_a_place_in_a_long_sentence_is_more_than_talk_only_as_a_whole():
    pytest.importorskip("ctranslate2")
    folder = recogniser()
    if folder is None or shutil.which("espeak-ng") is None:
        pytest.skip("needs espeak-ng and 'dndmood words get'")
    sound = speech((LONG,)).astype(np.float32)
    chunks = [AudioChunk(sound[n : n + 1600], n) for n in range(0, len(sound), 1600)]
    with engines.opened(folder, "en") as whisper:
        for hears_wholes in (False, True):

            def hear(samples, wholes=hears_wholes):
                return whisper(samples) if wholes or len(samples) < 4 * 16_000 else ""

            tape = connect(
                chunks,
                lambda tape: find_speech(tape, voice=WebRtcVoice(2), window_s=3.0, hop_s=1.0),
                in_line(hear, Attention(_places(), {}, language="en")),
            )
            strengths = [
                e.strength for e in tape if isinstance(e, SceneCue) and e.name == "castle"
            ]
            assert any(one >= 0.5 for one in strengths) == hears_wholes, strengths


def _places():
    from dndmood.places import book

    return book.load(paths.places())


def test_every_engine_says_what_it_fits(tmp_path):
    for name in engines.names():
        module = __import__(f"dndmood.words.engines.{name}", fromlist=["fits"])
        assert not module.fits(tmp_path)

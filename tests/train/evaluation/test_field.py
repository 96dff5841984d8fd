"""What the models' README says of the field's studies is what runs here."""

import re
from pathlib import Path

import pytest

from dndmood_train import corpora
from dndmood_train.evaluation import protocols
from dndmood_train.evaluation.protocols import emobox

ROOT = Path(__file__).parents[3]
README = (ROOT / "models" / "README.md").read_text(encoding="utf-8")
STUDIES = (
    "replication of progress on MSP-Podcast and FAU-AIBO",
    "wav2vec2 against HuBERT on Emozionalmente and EMOVO",
    "EmoSphere-SER",
    "senselab's table of corpora",
    "EMO-SUPERB",
    "Odyssey 2024 and Interspeech 2025 challenges",
    "EmoBox",
    "ser-tests",
)
SENSELAB = {
    "ased", "belfast", "casia", "cheavd", "demos", "des", "emodb", "emomatch_spanish_db",
    "emovo", "emozionalmente", "enterface", "euro_motion", "iemocap", "interface", "mesd",
    "msp_podcast", "ravdess", "ruslana", "savee", "subesco",
}  # fmt: skip
"""The corpora of its tutorial on emotion in speech."""


def row(study: str) -> str:
    (found,) = [line for line in README.splitlines() if line.startswith(f"| {study}")]
    return found


@pytest.mark.parametrize("study", STUDIES)
def test_every_study_has_a_row_and_its_options_are_known(study: str) -> None:
    for name in re.findall(r"`(?:evaluate )?--protocol ([\w-]+)`", row(study)):
        assert name in protocols.names()


def test_the_counts_of_corpora_are_those_of_the_readers() -> None:
    assert f"{len(emobox.CORPORA)} of its 32 corpora" in row("EmoBox")
    train = (ROOT / "train" / "README.md").read_text(encoding="utf-8")
    assert f"| `emobox` | any of {len(emobox.CORPORA)} corpora |" in train
    assert len(SENSELAB) == 20
    refused = {name for name in SENSELAB if not corpora.reader(name).EXAMPLE}
    assert len(SENSELAB - refused) == 14
    assert "fourteen of its twenty have readers" in row("senselab")
    for name in refused:
        assert corpora.reader(name).TITLE in row("senselab")

"""What a training could not use is said where it ends."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from dndmood_train import __main__ as door
from dndmood_train import corpora
from dndmood_train.commands.train_distill import say_left_out
from dndmood_train.distillation import labelling
from tests.train.corpora.test_corpora import lay_out, sound
from tests.train.evaluation.graphs import loudness_model


def test_clips_that_no_teacher_can_judge_are_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = lay_out(tmp_path / "emodb", "wav/03a01Fa.wav", "wav/03a01Wa.wav")
    random = np.random.default_rng(1)
    soundfile.write(root / "wav" / "08a01Fa.wav", 0.1 * random.standard_normal(8_000), 16_000)
    (root / "wav" / "08a01Wa.wav").write_bytes(b"<html>not found</html>")
    out = tmp_path / "out"
    labelling.label(corpora.find([root]), teacher="toy", out=out / "labels", device="cpu")
    say_left_out(out)
    assert capsys.readouterr().err.splitlines() == [
        "Not taught: 2 clips, silent.",
        "Not taught: 1 clip, unreadable sound.",
    ]


@pytest.mark.parametrize(
    "words",
    [
        ["corpora"],
        ["corpora", "--json"],
        ["evaluate", "--no-curve", "--rounds", "10", "--model", "one"],
        ["evaluate", "--protocol", "emobox", "--model", "one"],
        ["compare", "--models", "one", "other"],
        ["train-distill", "--dry-run", "--teacher", "toy", "--device", "cpu", "--out", "out"],
        ["label", "--teacher", "toy", "--device", "cpu", "--out", "out"],
    ],
)
def test_every_command_says_what_it_cannot_read_beside_the_others(
    words: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if words[0] in {"train-distill", "label"}:
        pytest.importorskip("torch")
    pytest.importorskip("onnx")
    monkeypatch.chdir(tmp_path)
    voices = ("03", "08", "09", "10", "11", "12", "13", "14")
    random = np.random.default_rng(0)
    for voice in voices:
        for letter in "FW":
            path = tmp_path / "sounds" / "emodb" / "wav" / f"{voice}a01{letter}a.wav"
            path.parent.mkdir(parents=True, exist_ok=True)
            soundfile.write(path, 0.1 * random.standard_normal(8_000), 16_000)
    sound(tmp_path / "sounds" / "DES" / "one.wav")
    for name in ("one", "other"):
        loudness_model(tmp_path / name)
    given = [] if words[0] == "corpora" else ["--corpora"]
    assert door.main([*words, *given, str(tmp_path / "sounds")]) == 0
    told = capsys.readouterr()
    said = told.err if words[0] == "train-distill" or "--json" in words else told.out
    # A narrow terminal folds the path.
    place = "".join(str(tmp_path / "sounds" / "DES").split())
    assert f"DESin{place}isnotread" in "".join(said.split())

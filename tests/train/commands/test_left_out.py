"""What a training could not use is said where it ends."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from dndmood_train import corpora
from dndmood_train.commands.train_distill import say_left_out
from dndmood_train.distillation import labelling
from tests.train.corpora.test_corpora import lay_out


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

"""What was written yesterday is known today: no name of a module or class decides about it."""

import pickletools
import zipfile
from pathlib import Path

import numpy as np
import pytest
import soundfile

pytest.importorskip("torch")

from dndmood_train import corpora
from dndmood_train.audio.feature_cache import fingerprint
from dndmood_train.corpora import Corpus
from dndmood_train.distillation import kept, labelling, loop, plan
from dndmood_train.distillation.lesson import Lesson
from dndmood_train.students import MelFrontEnd
from dndmood_train.students.wav2small import Wav2SmallFrontEnd
from dndmood_train.teachers import About

# The fingerprints below are those of 25 November 2026: folders of that day go on.


@pytest.fixture
def evening(tmp_path: Path) -> list[Corpus]:
    root = tmp_path / "evening"
    root.mkdir()
    soundfile.write(root / "a.wav", np.zeros(800), 16_000)
    (root / "manifest.csv").write_text("path,emotion,speaker\na.wav,anger,v1\n")
    return corpora.find([root])


def test_spectra_are_known_again() -> None:
    assert (MelFrontEnd.name, Wav2SmallFrontEnd.name) == ("ears", "wav2small")
    names = ["evening/a.wav", "music 0"]
    found = fingerprint(names, seed=0, copy="clean", front_end=MelFrontEnd.name)
    assert found == "eb9f4b68459de4066600"


def test_labels_are_known_again(evening: list[Corpus]) -> None:
    about = About("toy", "loudness", "none", digest="1")
    (part,) = labelling.plan(evening, about=about)
    assert part.file == "manifest-9fc858e7f30a949b.npz"


def test_a_folder_is_known_again(evening: list[Corpus], tmp_path: Path) -> None:
    rain = tmp_path / "noise" / "deep" / "rain.wav"
    rain.parent.mkdir(parents=True)
    rain.write_bytes(b"12345")
    planned = plan.make(
        evening,
        teacher="toy",
        recipe="r",
        choices={"lesson": {"rate": 0.1}},
        device="cpu",
        everyone=True,
        around=[rain],
    )
    assert planned.fingerprint.startswith("81f502751bee2ed2")


def test_a_checkpoint_names_no_class_of_ours(tmp_path: Path) -> None:
    lesson = Lesson(windows=64)
    state = loop._begun(lesson, "cpu", None)
    kept.write(tmp_path / "checkpoint.pt", loop._snapshot(state, lesson))
    with zipfile.ZipFile(tmp_path / "checkpoint.pt") as file:
        (pickled,) = (name for name in file.namelist() if name.endswith("/data.pkl"))
        named = {
            argument.split()[0].split(".")[0]
            for operation, argument, _ in pickletools.genops(file.read(pickled))
            if operation.name == "GLOBAL"
        }
    assert named <= {"torch", "collections"}

"""What another training left is read in place of asking and listening again."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("onnxscript")

from dndmood.errors import UserError
from tests.train.distillation.test_distill import corpus, exported, recipe, run

__all__ = ["corpus", "exported", "recipe"]


def _stamps(folder: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}


@pytest.mark.usefixtures("exported")
def test_labels_and_spectra_of_another_training_are_read_where_they_fit(
    corpus: Path, tmp_path: Path, recipe: Path
) -> None:
    run(corpus, tmp_path / "first", recipe)
    (part,) = (tmp_path / "first" / "labels").glob("*.npz")
    with np.load(part) as table:
        told = dict(table)
    # No teacher says this: it can only have been read.
    told["arousal"] = np.full_like(told["arousal"], 0.123)
    np.savez(part, **told)
    before = _stamps(tmp_path / "first")
    run(corpus, tmp_path / "second", recipe, reuse=tmp_path / "first")
    with np.load(tmp_path / "second" / "labels" / part.name) as read:
        assert (read["arousal"] == np.float32(0.123)).all()
    assert not any((tmp_path / "second" / "spectra").glob("*.npy"))
    assert _stamps(tmp_path / "first") == before


@pytest.mark.usefixtures("exported")
def test_what_was_made_of_other_sounds_is_made_anew(
    corpus: Path, tmp_path: Path, recipe: Path
) -> None:
    run(corpus, tmp_path / "first", recipe)
    table = corpus / "evening" / "manifest.csv"
    table.write_text("\n".join(table.read_text().splitlines()[:-1]))
    before = _stamps(tmp_path / "first")
    run(corpus, tmp_path / "second", recipe, reuse=tmp_path / "first")
    run(corpus, tmp_path / "alone", recipe)
    second, alone = (tmp_path / name / "spectra" / "clean.npy" for name in ("second", "alone"))
    assert second.read_bytes() == alone.read_bytes()
    assert _stamps(tmp_path / "first") == before


def test_a_folder_of_no_training_is_said(corpus: Path, tmp_path: Path, recipe: Path) -> None:
    with pytest.raises(UserError, match=r"neither labels nor spectra .* --reuse wants"):
        run(corpus, tmp_path / "out", recipe, reuse=tmp_path)
    assert not (tmp_path / "out").exists()

"""What another training left in its output folder: labels and spectra that fit are read there."""

from pathlib import Path

from dndmood.errors import UserError

LABELS, SPECTRA = "labels", "spectra"
"""The folders below `--out` with what the teacher says, and with the sounds as spectra."""


def check(folder: Path | None) -> None:
    """Raise `UserError` for a folder in which no training left anything."""
    if folder is None or (folder / LABELS).is_dir() or any(folder.glob(f"{SPECTRA}*")):
        return
    raise UserError(
        f"There are neither labels nor spectra in {folder}: --reuse wants what another training "
        "was given as --out."
    )


def labels_in(folder: Path | None) -> Path | None:
    """Where that training left what the teacher says."""
    return folder / LABELS if folder else None


def spectra_in(folder: Path | None, ears: str) -> list[Path]:
    """Where that training, or that sweep, may have left spectra of the front end `ears`."""
    return [folder / SPECTRA, folder / f"{SPECTRA}-{ears}"] if folder else []

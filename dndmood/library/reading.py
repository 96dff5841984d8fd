"""What a music file says of itself: its tags, its length, whether it can be played at all."""

import os
from pathlib import Path

from dndmood.errors import UserError
from dndmood.file_names import title_of
from dndmood.library import tags
from dndmood.library.fingerprint import fingerprint
from dndmood.library.track import Track
from dndmood.sound_files import open_sound, printable

_LONGEST_TITLE = 200


def title_by_name(path: Path) -> str:
    """The title of the file `path` as far as its name shows it."""
    return title_of(path.stem)[:_LONGEST_TITLE] or printable(path.name)


def read(path: Path) -> Track:
    """The file `path` as its header and its tags describe it; only a little of it is decoded.

    Never raises: why it cannot be played stands in `problem`.
    """
    try:
        state = path.stat()
    except (OSError, ValueError) as error:
        gone = isinstance(error, FileNotFoundError)
        why = getattr(error, "strerror", None) or "no file can be called so"
        problem = "is missing" if gone else f"cannot be read ({why})"
        return Track(os.fspath(path), 0, 0, title=title_by_name(path), problem=problem)
    title, duration_s, problem = "", None, ""
    try:
        with open_sound(path, called=printable(path.name)) as sound:
            title, duration_s = sound.title, sound.duration_s
    except UserError as error:
        few = _in_a_few_words(printable(path.name), str(error))
        problem = few if state.st_size else "is empty"
    said = tags.read(path)
    title = (said.title or printable(title).strip())[:_LONGEST_TITLE].strip()
    return Track(
        os.fspath(path),
        state.st_size,
        state.st_mtime_ns,
        fingerprint=_fingerprint(path),
        title=title or title_by_name(path),
        artist=said.artist,
        album=said.album,
        genre=said.genre,
        comment=said.comment,
        duration_s=duration_s,
        replaygain_db=said.replaygain_db,
        problem=problem,
    )


def _fingerprint(path: Path) -> str:
    try:
        return fingerprint(path)
    except OSError:
        return ""


def _in_a_few_words(name: str, sentence: str) -> str:
    """What is wrong, to stand after the file's name."""
    if sentence.startswith("There is no"):  # it was there when the folder was listed
        return "is missing"
    if sentence.startswith(f"{name} is empty"):
        return "is empty"
    known = any(
        words in sentence
        for words in (" is not decoded here", " cannot decode: ", "cannot be read (")
    )
    known = known and sentence.startswith(name)
    return sentence.removeprefix(name).rstrip(".").strip() if known else "cannot be decoded"

"""The file that says what pads do: a line for each, written by learning and by hand."""

from collections.abc import Callable, Container, Mapping
from pathlib import Path

from dndmood import private_files, toml_text
from dndmood.errors import UserError
from dndmood.events import Command
from dndmood.midi.actions import KNOB, PLAIN, Unknown, action
from dndmood.midi.pads import Pad, named

_WHAT = "The file of MIDI pads"
_BEGIN = """\
# What keys, pads and knobs of MIDI devices do: 'dndmood midi learn' writes a line for each.
# "note 36 channel 10" = "mood battle"
"""


def read(path: Path) -> dict[Pad, str]:
    """Every pad with the words for what it does; empty without a file.

    Raises `UserError` for a file that is no good.
    """
    try:
        path.lstat()
    except OSError:
        return {}
    found: dict[Pad, str] = {}
    for name, words in toml_text.read(path, _WHAT).items():
        pad = named(name)
        if pad is None or not isinstance(words, str):
            raise UserError(
                f"{_WHAT} {path} has a line that is none, {toml_text.shown(name)}: write it like "
                '"note 36 channel 10" = "mood battle".'
            )
        found[pad] = words
    return found


def understood(
    known: Mapping[Pad, str],
    moods: Container[str],
    places: Container[str],
    say: Callable[[str], None],
) -> dict[Pad, Command | None]:
    """What each pad asks for; `say` is told which ask for something that there is not."""
    found: dict[Pad, Command | None] = {}
    for pad, words in known.items():
        try:
            found[pad] = action(words, moods, places)
        except Unknown as error:
            say(
                f"The MIDI pad {pad} does nothing: there is no {toml_text.shown(error.words)}. Use "
                f"'mood NAME', 'place NAME', {KNOB}, {', '.join(PLAIN)}."
            )
    return found


def write(path: Path, pad: Pad, words: str) -> None:
    """Let `pad` do what `words` say, "" for nothing; every other line and comment stays.

    Raises `UserError` when the file is no good or cannot be written.
    """
    import tomlkit

    read(path)  # what is damaged is not written over
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        text = _BEGIN
    except OSError as error:
        raise UserError(f"{_WHAT} {path} cannot be read ({error.strerror}).") from error
    document = tomlkit.parse(text)
    for key in [one for one in document if named(one) == pad]:
        if words and key == str(pad):
            continue
        document.remove(key)
    if words:
        document[str(pad)] = words
    try:
        private_files.replace(path, tomlkit.dumps(document).encode())
    except OSError as error:
        advice = private_files.advice(error, path)
        raise UserError(f"{_WHAT} {path} cannot be written. {advice}") from error

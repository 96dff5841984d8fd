"""Captions of a recorded evening: a CSV file with the time and the text of every line."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from dndmood.errors import UserError
from dndmood.file_names import printable

_MOST_BYTES = 64_000_000
_COLUMNS = {
    "start_s": ("start_s", "start"),
    "duration_s": ("duration_s", "duration"),
    "text": ("text",),
}
_LONGEST_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Caption:
    """One line of captions."""

    start_s: float
    duration_s: float
    text: str

    @property
    def end_s(self) -> float:
        """When it is over."""
        return self.start_s + self.duration_s


def read(path: Path) -> list[Caption]:
    """The captions in the file `path`, by time.

    Its first line names the columns: start_s or start, duration_s or duration, and text; others
    are passed over, and so are empty lines. Where it has no comma but semicolons or tabs, these part
    the columns, and numbers may be written as 1,5. Raises `UserError` saying what is wrong, with
    the line.
    """
    which = f"The captions file {printable(path)}"
    text = _text(path, which)
    parted_by = _parted_by(text.partition("\n")[0])
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=parted_by, strict=True)
    try:
        names = [(name or "").strip().lower() for name in rows.fieldnames or ()]
        rows.fieldnames = names
        columns = {
            column: next((name for name in known if name in names), "")
            for column, known in _COLUMNS.items()
        }
        point = "." if parted_by == "," else ","
        for column, name in columns.items():
            if not name:
                wanted = " or ".join(_COLUMNS[column])
                raise UserError(
                    f"{which} has no column {wanted}: its first line must be start_s,duration_s,text."
                )
        found = [
            _caption(row, columns, f"{which} in line {rows.line_num}", point=point)
            for row in rows
            if any(row.get(name) for name in columns.values())
        ]
    except csv.Error as error:
        if "end of data" in str(error):
            raise UserError(
                f"{which} has a quotation mark in line {rows.line_num + 1} that is never closed."
            ) from error
        line = rows.reader.line_num  # that of `rows` is still the one before
        raise UserError(f"{which} cannot be read in line {line}: {error}.") from error
    if not found:
        raise UserError(f"{which} has no captions.")
    return sorted(found, key=lambda caption: caption.start_s)


def _parted_by(first_line: str) -> str:
    """What stands between the columns, by the line that names them."""
    if "," in first_line:
        return ","
    return next((one for one in ";\t" if one in first_line), ",")


def _caption(
    row: dict[str, str | None], columns: dict[str, str], where: str, *, point: str
) -> Caption:
    if any(row.get(None, ())):  # type: ignore[call-overload] # what has no name, as csv gives it
        raise UserError(
            f"{where} has more columns than its first line: put a text with commas in it into "
            'quotation marks, as 1.5,2,"Well, hello".'
        )
    numbers = []
    for column in ("start_s", "duration_s"):
        value = row[columns[column]]
        try:
            number = float((value or "").replace(point, "."))
        except ValueError:
            number = -1.0
        if not 0.0 <= number <= _LONGEST_S:
            raise UserError(
                f"{where} needs seconds from 0 to 86400 under {columns[column]!r}, "
                f"not {(value or '')[:40]!r}."
            )
        numbers.append(number)
    return Caption(numbers[0], numbers[1], row[columns["text"]] or "")


def _text(path: Path, which: str) -> str:
    try:
        if path.is_dir():
            raise UserError(f"{which} is a folder: name the CSV file in it.")
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except FileNotFoundError as error:
        raise UserError(
            f"There is no captions file {printable(path)}: check the name."
        ) from error
    except OSError as error:
        raise UserError(f"{which} cannot be read: {error.strerror}.") from error
    if len(content) > _MOST_BYTES:
        raise UserError(f"{which} is too large to be one.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(f"{which} is not UTF-8: save it as UTF-8.") from error

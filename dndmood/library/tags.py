"""What the tags of a music file say.

Read by tinytag (MIT, pure Python, every format that people have), but for APEv2 (`ape_tags`). mutagen
reads more exotic ones and writes as well, but its licence (GPL) would bind this program, and on MP3,
WAV and AIFF it takes a hundred times as long.
"""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dndmood.file_names import printable
from dndmood.library import ape_tags

_LONGEST = 200
_NUMBER = re.compile(r"^\s*([+-]?\d+(?:[.,]\d+)?)\s*(?:dB)?\s*$", re.IGNORECASE)
_R128 = 256.0
"""R128 tags count 256ths of a decibel (RFC 7845)."""
_FROM_R128_DB = 5.0
"""R128 aims at -23 LUFS, ReplayGain 2.0 at -18."""
_WORDS = (
    "genre",
    "mood",
    "grouping",
    "modern_grouping",
    "legacy_grouping",
    "style",
    "keywords",
    "tags",
)


@dataclass(frozen=True, slots=True)
class Tags:
    """What the tags of a file say; "" or None for what they do not."""

    title: str = ""
    artist: str = ""
    album: str = ""
    genre: str = ""
    comment: str = ""
    """What else may speak of a mood: mood, grouping, style, keywords, comment."""
    replaygain_db: float | None = None
    """Gain to -18 LUFS."""


def read(path: str | os.PathLike[str]) -> Tags:
    """The tags of the file `path`; without any where it has none, or none that can be read."""
    try:
        with Path(path).open("rb") as file:
            ape = ape_tags.read(file)
            found = _parsed(file, os.fspath(path))
    except (OSError, ValueError):
        return Tags()
    other = {
        key.casefold(): values for key, values in (getattr(found, "other", None) or {}).items()
    }
    other = ape | {key: values for key, values in other.items() if values}

    def said(name: str) -> list[Any]:
        return [getattr(found, name, None) or "; ".join(ape.get(name, ()))]

    words = [*said("comment"), *(value for key in _WORDS for value in other.get(key, ()))]
    return Tags(
        title=_text(said("title")),
        artist=_text(said("artist")),
        album=_text(said("album")),
        genre=_text(said("genre")),
        comment=_text(words),
        replaygain_db=_gain_db(other),
    )


def _parsed(file: Any, name: str) -> Any:
    import tinytag

    file.seek(0)
    try:
        return tinytag.TinyTag.get(name, file_obj=file, duration=False)
    except Exception:  # noqa: BLE001 - a damaged file may break a parser anywhere: then no tags
        return None


def _text(values: Iterable[object]) -> str:
    said = [printable(_mended(str(value))).strip() for value in values if value]
    return "; ".join(dict.fromkeys(filter(None, said)))[:_LONGEST]


def _mended(text: str) -> str:
    """`text`, which many programs write as UTF-8 and mark as Latin-1."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def _gain_db(other: dict[str, list[Any]]) -> float | None:
    """The track's gain, ReplayGain before R128; what no player could have meant does not count."""
    if (gain := _number(other.get("replaygain_track_gain"))) is None:
        r128 = _number(other.get("r128_track_gain"))
        gain = None if r128 is None else r128 / _R128 + _FROM_R128_DB
    return gain if gain is not None and abs(gain) <= 60.0 else None  # noqa: PLR2004 - decibels


def _number(values: list[Any] | None) -> float | None:
    match = _NUMBER.match(str(values[0])) if values else None
    return float(match[1].replace(",", ".")) if match else None

"""What is kept on this computer, where, and who can read it; and how to be rid of it."""

import json
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import platformdirs

from dndmood import paths, private_files
from dndmood.errors import UserError
from dndmood.settings import Settings

NEVER_KEPT = (
    "Never kept: sound, and what was said. Journals hold numbers, names of moods and places, titles "
    "of music and, where words are listened to, phrases from the lists."
)
OF_VOICES = (
    "Profiles hold averages of how a table sounds to the model: no voice can be made of them."
)
_NOT_THERE = (FileNotFoundError, NotADirectoryError)
OF_WORDS = (
    "Words are listened to only with --words, or words = true in the settings. Then a recogniser on "
    "this computer writes down a few seconds of talk at a time, in memory; it is looked through for "
    "the phrases that 'dndmood words list' prints, counted by word for about a minute to judge the "
    "mood, and forgotten. Only such a phrase, its time and what it speaks for is shown and written "
    "into the journal. No other word is kept, shown, logged or sent."
)
NEVER_SENT = (
    "Never sent: anything. No part of it looks for the internet while it listens. What you ask to "
    "be served (--remote, --kenku) is read by whoever opens it in your network, and whom you ask to "
    "be told (--tell) is told moods, why they came, places, and titles."
)


@dataclass(frozen=True, slots=True)
class Place:
    """A file or folder in which something is kept."""

    what: str
    """Its name for people."""
    path: Path
    erased_by: str = ""
    """Which options erase it; empty for what is never erased here."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What lies in a place."""

    place: Place
    files: int
    """How many files; 0 when there is nothing."""
    size_bytes: int
    since: str
    """The day of the oldest file, as 2026-11-25; empty when there is none."""
    others_read: bool | None
    """Whether other users of the computer can read any of it; None where it cannot be known."""
    leads_to: Path | None = None
    """Where the place is a link, what it leads to, which is what was looked at."""
    unread: bool = False
    """Whether not all of it could be looked at, so that there may be more."""


def places(settings: Settings | None) -> tuple[Place, ...]:
    """Every place in which something of the user's may lie, as far as `settings` can be read."""
    own, asked = "--erase", "--erase --settings"
    journal = settings.journal if settings else ""
    named = [Place("journal", paths.expanded(journal))] if journal else []
    # What onnxruntime kept for its maker before it was told not to; other programs' as well.
    left = platformdirs.user_cache_path() / "Microsoft" / "DeveloperTools" / ".onnxruntime"
    half = paths.unfinished(paths.recogniser())  # of a computer that was turned off meanwhile
    return (
        Place("journals", paths.journals(), own),
        *named,
        Place("profiles", paths.profiles(), own),
        Place("heard music", paths.heard_music().parent, own),
        Place("page links", paths.remote_links().parent, own),
        *(Place("log", path, own) for path in paths.log_files()),
        Place("cache", paths.cache(), own),
        Place("recogniser", paths.recogniser(), asked),
        *([Place("recogniser", half, asked)] if os.path.lexists(half) else []),
        Place("settings", paths.settings_file(), asked),
        Place("midi pads", paths.midi_pads(), asked),
        Place("own moods", paths.own_playlists(), asked),
        Place("own choices", paths.music_decisions().parent, asked),
        *([Place("onnxruntime", left)] if os.path.exists(left) else []),  # noqa: PTH110 - never raises
    )


def listed(places: Iterable[Place]) -> tuple[Kept, ...]:
    """What lies in `places`; nothing is changed."""
    return tuple(map(_kept, places))


def described(every: Iterable[Kept]) -> Iterator[str]:
    """What is kept, line by line."""
    yield "What dndmood keeps by itself, all of it on this computer:"
    for kept in every:
        yield f"  {kept.place.what:<12}{kept.place.path}"
        if kept.leads_to:
            yield f"  {'':<12}a link to {kept.leads_to}"
        yield f"  {'':<12}{_amount(kept)}"
    yield NEVER_KEPT
    yield OF_VOICES
    yield OF_WORDS
    yield NEVER_SENT
    yield (
        "'dndmood privacy --erase' deletes journals, profiles, heard music, page links, log and cache; "
        "with --settings also the recogniser, settings, midi pads, own moods and own choices (what "
        "you decided about tracks). Your music and journals that you named yourself are never "
        "touched, nor are reports and sound files that you had written elsewhere: they are not "
        "listed here."
    )


def as_json(every: Iterable[Kept]) -> str:
    """What is kept, for programs."""
    keeps = [
        {
            "what": kept.place.what,
            "path": str(kept.place.path),
            **({"leads_to": str(kept.leads_to)} if kept.leads_to else {}),
            # None: unknown, because it may not be looked at.
            "files": kept.files if kept.files or not kept.unread else None,
            "bytes": kept.size_bytes if kept.files or not kept.unread else None,
            "since": kept.since or None,
            "others_read": kept.others_read,
            "erased_by": kept.place.erased_by or None,
        }
        for kept in every
    ]
    return json.dumps(
        {
            "keeps": keeps,
            "words": "phrases from the lists, only with --words",
            "never_kept": ["sound", "what was said"],
            "never_sent": ["anything"],
        },
        indent=2,
    )


def erase(
    settings: Settings | None, *, with_settings: bool, ask: Callable[[str], str]
) -> list[str]:
    """Delete what the program keeps, and with `with_settings` what the user set up.

    `ask` is shown what would be deleted, and must answer "erase". Returns what was deleted, one
    sentence each. Raises `UserError` when the answer is another, while an evening runs, or for
    what could not be deleted.
    """
    options = ("--erase", "--erase --settings") if with_settings else ("--erase",)
    going = [
        kept
        for kept in listed(place for place in places(settings) if place.erased_by in options)
        if kept.files or kept.unread or os.path.lexists(kept.place.path)
    ]
    if not going:
        return ["There is nothing to erase."]
    if private_files.in_use(paths.state()):
        raise UserError("An evening is running and would write on: end it, then erase.")
    lines = [
        f"  {kept.place.path} (a link; what it leads to stays: {kept.leads_to})"
        if kept.leads_to
        else f"  {kept.place.path} ({_amount(kept)})"
        for kept in going
    ]
    question = "\n".join(["This will be deleted for good:", *lines, "Type erase to go on: "])
    if ask(question).strip().lower() != "erase":
        raise UserError("Nothing was erased.")
    left = [sentence for kept in going for sentence in _delete(kept.place.path)]
    with suppress(OSError):  # on some systems the settings lie there, too
        paths.state().rmdir()
    with suppress(OSError):
        paths.music_decisions().parent.parent.rmdir()
    if left:
        raise UserError(" ".join(left))
    return list(map(_erased, going))


def _erased(kept: Kept) -> str:
    if kept.leads_to:
        return (
            f"{kept.place.path}: the link was removed; what it leads to, {kept.leads_to}, "
            f"stays ({_amount(kept)})."
        )
    return f"Erased: {kept.place.path} ({_amount(kept)})."


def _delete(path: Path) -> Iterator[str]:
    """Delete `path` and all in it, never what a link leads to; says what stays."""
    for one in _inside(path):
        try:
            status = one.lstat()
            if stat.S_ISDIR(status.st_mode):
                one.rmdir()
                continue
            if stat.S_ISREG(status.st_mode) and status.st_nlink == 1:
                # Emptied first: a program that has it open must not find it whole.
                os.truncate(one, 0)
            one.unlink()
        except FileNotFoundError:
            continue
        except OSError as error:
            yield f"{one} could not be deleted: {error.strerror}."


def _inside(path: Path, refused: Callable[[OSError], None] | None = None) -> Iterator[Path]:
    """All in `path` and itself, the innermost first; links are not followed.

    `refused` is given why a folder cannot be listed.
    """
    if not os.path.islink(path):  # noqa: PTH114 - never raises
        for above, folders, files in os.walk(path, topdown=False, onerror=refused):
            yield from (Path(above, name) for name in files)
            yield from (Path(above, name) for name in folders)
    yield path


def _kept(place: Place) -> Kept:
    refused: list[OSError] = []
    link = os.path.islink(place.path)  # noqa: PTH114 - never raises
    there = Path(os.path.realpath(place.path)) if link else place.path
    every = list(_statuses(there, refused.append))
    files = [one for one in every if not stat.S_ISDIR(one.st_mode)]
    oldest = min((one.st_mtime for one in files), default=None)
    return Kept(
        place,
        files=len(files),
        size_bytes=sum(one.st_size for one in files),
        since="" if oldest is None else str(date.fromtimestamp(oldest)),  # noqa: DTZ012 - the user's day
        others_read=_others_read(there, files),
        leads_to=there if link else None,
        unread=any(not isinstance(error, _NOT_THERE) for error in refused),
    )


def _statuses(path: Path, refused: Callable[[OSError], None]) -> Iterator[os.stat_result]:
    for one in _inside(path, refused):
        try:
            yield one.lstat()
        except OSError as error:
            refused(error)


def _others_read(path: Path, files: Iterable[os.stat_result]) -> bool | None:
    """Whether somebody else may read one of `files` and come through every folder above `path`."""
    if os.name != "posix":
        return None
    way = [*path.parents, *([path] if os.path.isdir(path) else [])]  # noqa: PTH112 - never raises
    try:
        through = all(folder.stat().st_mode & 0o011 for folder in way if folder.exists())
    except OSError:
        return None
    return through and any(one.st_mode & 0o044 for one in files)


def _amount(kept: Kept) -> str:
    if not kept.files:
        return "cannot be read: ask whom it belongs to" if kept.unread else "nothing"
    size = next(
        f"{kept.size_bytes / unit:.1f} {name}"
        for unit, name in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"), (1.0, "bytes"))
        if kept.size_bytes >= unit or name == "bytes"
    ).replace(".0 bytes", " bytes")
    who = {
        True: "other users of this computer can read it",
        False: "only you can read it",
        None: "who else can read it depends on your user folder",
    }[kept.others_read]
    more = "; some of it cannot be read" if kept.unread else ""
    return (
        f"{kept.files} file{'s' * (kept.files != 1)}, {size}, since {kept.since}; {who}{more}"
    )

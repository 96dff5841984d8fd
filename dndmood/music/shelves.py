"""Which files belong to which mood; the only place that looks for music."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import zip_longest
from pathlib import Path
from random import Random
from typing import Protocol

from dndmood.errors import UserError
from dndmood.library.decisions import Decisions
from dndmood.library.index import Index
from dndmood.library.middle import MoodPlace
from dndmood.library.starters import known as known_starters
from dndmood.library.track import Track
from dndmood.music.finding import Found
from dndmood.music.own import Own, by_all_that_is_known, own_music, settle
from dndmood.music.patterns import by_patterns, place
from dndmood.music.reading import Asked, Reading, unread
from dndmood.music.shelf import Shelf
from dndmood.sound_files import printable

LISTING_S = 5.0
"""A music folder that has not been listed by then hangs, and the evening begins without it."""
READING_S = 0.25
"""So long the start waits for titles and lengths; some 200 files on a warm disk."""
_MOST_SENTENCES = 3


class Wanted(MoodPlace, Protocol):
    """What is read of a mood."""

    @property
    def folder(self) -> Path: ...
    @property
    def tracks(self) -> tuple[str, ...]: ...


class Shelves(dict[str, Shelf]):
    """The shelf of every mood by its name, and what there is to say about the music folder."""

    late: str = ""
    """Why the music folder is not there yet, as one sentence; "" when it is, or none is wanted."""
    notes: tuple[str, ...] = ()
    """What else there is to say of the music as a whole, in sentences."""
    waiting: int = 0
    """How many of the user's own tracks belong to no mood yet."""
    places: tuple[str, ...] = ()
    """Folders and playlists of the user's own music: a change there may be other music."""
    unheard: int = 0
    """How many of the user's own tracks have not been listened to by a scan."""

    def known(self) -> Iterator[Track]:
        """All that is known of the tracks, some of them in several moods."""
        for shelf in self.values():
            yield from (shelf.sounds[t.path] for t in shelf.tracks if t.path in shelf.sounds)

    def about_all(self) -> Iterator[str]:
        """What there is to say of the music folder and all that is in it."""
        if self.late:
            yield self.late
        yield from self.notes

    def announcements(self) -> Iterator[str]:
        """Whose music plays, and everything that does not, one sentence each."""
        yield self._whose()
        yield from self.about_all()
        for shelf in self.values():
            title = shelf.title.lower()
            if not shelf.tracks:
                yield f"Nothing will play in {title}: {shelf.why_empty()}."
            for sentence in shelf.skipped[0 if shelf.tracks else 1 :]:
                yield f"Left out of {title}: {sentence}."

    def counted(self) -> str:
        """How many tracks there are, and whose, as in "12 of your own and 15 starter tracks"."""
        own = sum(len(shelf.tracks) for shelf in self.values() if shelf.own)
        rest = sum(len(shelf.tracks) for shelf in self.values() if not shelf.own)
        starter = f"{rest} starter {'track' if rest == 1 else 'tracks'}"
        parts = [f"{own} of your own"] if own else []
        parts += [starter] if rest or not own else []
        empty = [shelf.title.lower() for shelf in self.values() if not shelf.tracks]
        return f"{' and '.join(parts)} for {len(self)} moods" + (
            f"; nothing yet for {', '.join(empty)}" if empty else ""
        )

    def _whose(self) -> str:
        own = [shelf.title.lower() for shelf in self.values() if shelf.own and shelf.tracks]
        if not own:
            return "The starter tracks play; --music FOLDER plays your own."
        rest = [s.title.lower() for s in self.values() if s.tracks and not s.own]
        starter = f"; the starter tracks in {', '.join(rest)}" if rest else ""
        return f"Your own music plays in {', '.join(own)}{starter}."


@dataclass(frozen=True, slots=True)
class _Listed:
    """The files of one mood before any is opened."""

    mood: Wanted
    starters: Found
    own: Found | None


def stock_all(  # noqa: PLR0913 - every source of music, and how long each is waited for
    moods: Iterable[Wanted],
    *,
    music: Path | None,
    starters: Path | None = None,
    listing_s: float = LISTING_S,
    reading_s: float = READING_S,
    index: Index | None = None,
    decisions: Decisions | None = None,
    read: bool = True,
    missing_ok: bool = False,
) -> Shelves:
    """The shelf of every mood.

    With a `music` folder a mood plays what lies in a subfolder called like it, also when that is
    nothing; what playlists called like it name; and what the person's `decisions`
    or a proposal put there. Starter tracks step in where nothing of that can be played. Other moods play the files that their patterns find, under the mood's own folder
    or anywhere when they are absolute. What lies in the folder `starters`, in a subfolder called
    like the mood, steps in for those as well when they are of the user's own.

    A folder that does not answer within `listing_s` is left out, and a note says so. Titles
    and lengths are read for `reading_s`; those of a larger collection follow while it plays.
    Without `read` no file is opened, and only what the index knows is known.
    Raises `UserError` when `music` is no folder; with `missing_ok` it is left out as well, as a
    stick may be plugged in later.
    """
    every = list(moods)
    index = index or Index()
    known = {track.path: track for track in index.tracks()}
    known |= known_starters(starters) if starters else {}
    own, late, patterns, notes = _listed_within(listing_s, every, music, missing_ok=missing_ok)
    files = _in_turns([_sorted(mood, own, patterns[mood.name], starters) for mood in every])
    reading = Reading(dict.fromkeys([*files, *(own.loose.tracks if own else ())]), index, known)
    if read:
        reading.begin(wait_s=reading_s)
    if own is not None:
        settle(
            own,
            {mood.name for mood in every},
            reading.tracks,
            decisions or Decisions(),
            by_all_that_is_known(every),
        )
        notes += own.notes
    listed = [_sorted(mood, own, patterns[mood.name], starters) for mood in every]
    shelves = Shelves((one.mood.name, _shelf(one, reading)) for one in listed)
    shelves.notes = tuple(notes)
    shelves.waiting = own.waiting if own else 0
    paths = [path for one in listed if one.own for path in one.own.tracks]
    heard = (reading.tracks.get(str(path)) for path in paths)
    shelves.unheard = shelves.waiting + sum(not (one and one.analysis) for one in heard)
    shelves.late = late
    named = (
        place(mood, one) for mood in every if mood.folder != starters for one in mood.tracks
    )
    shelves.places = (*(own.places if own else ()), *named)
    return shelves


def _own_within(
    asked: Asked[Own] | None, seconds: float, music: Path | None, *, missing_ok: bool
) -> tuple[Own | None, str]:
    """What the music folder holds; None where there is none, or it is late, and then why."""
    if asked is None:
        return None, ""
    called = f"The music folder {printable(str(music))}"
    try:
        return asked.answer(seconds), ""
    except TimeoutError:
        return None, f"{called} does not answer; until it does the starter tracks play."
    except UserError:
        if not missing_ok:
            raise
    return None, (
        f"{called} is not there: the starter tracks play until it is. Plug its drive in, or check "
        "'music' in your settings."
    )


def _listed_within(
    seconds: float, moods: list[Wanted], music: Path | None, *, missing_ok: bool
) -> tuple[Own | None, str, dict[str, Found], list[str]]:
    """What the music folder holds or why it is late, what the moods' patterns find, and notes."""
    until_s = time.monotonic() + seconds
    asked = Asked(partial(own_music, moods, music)) if music is not None else None
    each = [Asked(partial(by_patterns, mood)) for mood in moods]  # all at once, so one wait
    own, late = _own_within(asked, seconds, music, missing_ok=missing_ok)
    patterns, notes = dict[str, Found](), list[str]()
    for mood, one in zip(moods, each, strict=True):
        try:
            patterns[mood.name] = one.answer(max(until_s - time.monotonic(), 0.0))
        except TimeoutError:
            patterns[mood.name] = Found()
            title = mood.title.lower()
            notes.append(f"The tracks of {title} do not answer: they are left out.")
    return own, late, patterns, notes


def _sorted(mood: Wanted, own: Own | None, patterns: Found, starters: Path | None) -> _Listed:
    """Which of it is the user's own, and which only steps in."""
    mine = own.by_mood.get(mood.name) if own else None
    if starters is None or mood.folder == starters:
        return _Listed(mood, patterns, mine)
    along = Found()
    if (starters / mood.name).is_dir():
        along.add(starters / mood.name)
    if mine is None:
        return _Listed(mood, along, patterns)
    return _Listed(mood, along if along.tracks else patterns, mine)


def _shelf(listed: _Listed, reading: Reading) -> Shelf:
    mood, found = listed.mood, listed.own or listed.starters
    shelf = Shelf(
        mood.name,
        mood.title,
        (),
        own=listed.own is not None,
        known=reading.known,
        sounds=reading.tracks,
    )
    tracks = shelf.as_known(map(unread, found.tracks))
    broken = [reading.broken[str(p)] for p in found.tracks if str(p) in reading.broken]
    skipped = _bounded([*found.all_sentences(), *broken])
    if listed.own is None:
        return replace(shelf, tracks=tracks, skipped=skipped)
    spare = shelf.as_known(map(unread, listed.starters.tracks))
    if tracks or not spare or not found.anything:
        return replace(shelf, tracks=tracks, skipped=skipped, spare=spare if tracks else ())
    sentence = "none of your own tracks can be played, so the starter tracks are"
    return replace(shelf, tracks=spare, own=False, skipped=(*skipped, sentence))


def _bounded(sentences: list[str]) -> tuple[str, ...]:
    more = len(sentences) - _MOST_SENTENCES
    if more <= 1:
        return tuple(sentences)
    return (*sentences[:_MOST_SENTENCES], f"and {more} more")


def _in_turns(listed: list[_Listed]) -> Iterator[Path]:
    """Every track, of each mood one in turn, so that of each some are known early; spares last."""
    for founds in (
        [one.own or one.starters for one in listed],
        [one.starters for one in listed if one.own],
    ):
        orders = [list(found.tracks) for found in founds]
        for order in orders:
            Random().shuffle(order)  # noqa: S311 - not every evening the same ones first
        for turn in zip_longest(*orders):
            yield from filter(None, turn)

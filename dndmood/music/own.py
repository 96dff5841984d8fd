"""The music folder of the game master: which of its files belong to which mood.

What a person did counts before what a program thinks: a decision, then folders and playlists
called like a mood, then what names, tags and sound propose.
"""

import os
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dndmood.errors import UserError
from dndmood.library.decisions import LEFT_OUT, Decisions
from dndmood.library.middle import middle_of
from dndmood.library.names import MoodNames, Named
from dndmood.library.proposals import Given, MoodPlace, proposed, wanted
from dndmood.library.track import Track
from dndmood.music.finding import Found, entries_of, some
from dndmood.music.walking import walked
from dndmood.sound_files import printable

Propose = Callable[[list[Track], Mapping[str, Given]], list[Track]]
"""Given a collection, and by path what folders say, the other tracks with moods where any is proposed."""

_MOST_SENTENCES = 3


@dataclass(slots=True)
class Own:
    """What lies in a music folder."""

    folder: Path
    by_mood: dict[str, Found] = field(default_factory=dict)
    """What folders and playlists give to a mood; an empty folder gives it nothing, on purpose."""
    loose: Found = field(default_factory=Found)
    """What lies in no mood's folder and in no mood's playlist."""
    places: tuple[str, ...] = ()
    """Every folder that was looked into, and every playlist: a change there may be other music."""
    notes: list[str] = field(default_factory=list)
    """Sentences about the folder as a whole."""
    left_out: int = 0
    """How many tracks the person wants never to hear."""
    proposed: Counter[str] = field(default_factory=Counter)
    """Mood to how many tracks play in it by a proposal."""
    waiting: int = 0
    """How many tracks belong to no mood yet, as nobody has listened to them."""
    untold: int = 0
    """How many were listened to, and yet nothing proposes a mood, as of the shortest."""


def own_music(moods: Iterable[Named], music: Path) -> Own:
    """What lies in the folder `music`, by names alone, with what its playlists name.

    Raises `UserError` when there is no such folder.
    """
    try:
        here = music.is_dir()
    except (OSError, ValueError):  # locked, or a name that no folder can have
        here = False
    if not here:
        raise UserError(f"There is no music folder {printable(music)}: check the name.")
    names, own = MoodNames(moods), Own(music)
    unreadable: list[str] = []
    entries_of(os.fspath(music), unreadable)
    if unreadable:
        own.notes.append(f"The music folder {printable(music)}: {unreadable[0]}.")
        return own
    own.by_mood, own.loose, folders = walked(music, names)
    lists = (path for found in (*own.by_mood.values(), own.loose) for path in found.playlists)
    own.places = (*folders, *map(os.fspath, lists))
    for found in own.by_mood.values():
        found.open_playlists()
    _playlists(own, names)
    claimed = {path for found in own.by_mood.values() for path in found.tracks}
    own.loose.tracks = {p: None for p in own.loose.tracks if p not in claimed}
    return own


def _playlists(own: Own, names: MoodNames) -> None:
    """Give the tracks of playlists that are called like a mood to it."""
    strangers = []
    for path in own.loose.playlists:
        mood = names.called(path.stem) or names.mentioned(path.stem)[0]
        if not mood:
            strangers.append(path.name)
            continue
        found = Found(playlists={path: None})
        found.open_playlists()
        own.by_mood.setdefault(mood, Found()).take(found)
    own.loose.playlists.clear()
    if strangers:
        no = "this playlist is" if len(strangers) == 1 else "these playlists are"
        own.notes.append(
            f"{some(strangers)}: {no} called like no mood; rename, or put into a mood's folder."
        )


def settle(
    own: Own,
    moods: Container[str],
    known: Mapping[str, Track],
    decisions: Decisions,
    propose: Propose,
) -> None:
    """Put every file of `own` where the person's word or a proposal puts it, among `moods`."""
    loose, undecided, given = set[str](), list[Track](), dict[str, Given]()
    for mood, path in [
        *((mood, path) for mood, found in own.by_mood.items() for path in found.tracks),
        *(("", path) for path in own.loose.tracks),
    ]:
        track = _track(path, known)
        decision = decisions.of(track)
        wanted = decision.mood if decision else None
        if wanted is None or (wanted != LEFT_OUT and wanted not in moods):
            undecided.append(track)
            if mood:
                given[track.path] = Given(mood, "folder")
            else:
                loose.add(track.path)
        elif wanted != mood or not mood:
            del (own.by_mood[mood] if mood else own.loose).tracks[path]
            _give(own, wanted, path)
    whole = [track for track in undecided if not track.problem]
    if loose:
        _take_proposals(own, [t for t in propose(whole, given) if t.path in loose])
    for track in undecided:
        if track.problem and track.path in loose:
            own.loose.sentences.append(f"{printable(Path(track.path).name)} {track.problem}")
    own.notes += _notes(own)


def _take_proposals(own: Own, loose: Iterable[Track]) -> None:
    for track in loose:
        if track.mood:
            own.proposed[track.mood] += 1
            del own.loose.tracks[Path(track.path)]
            _give(own, track.mood, Path(track.path))
        elif track.analysis:
            own.untold += 1
        else:
            own.waiting += 1


def by_all_that_is_known(moods: Iterable[MoodPlace]) -> Propose:
    """Proposes what a scan has settled; what it has only listened to yet is settled here."""
    every = list(moods)
    there = {mood.name for mood in every}

    def propose(tracks: list[Track], given: Mapping[str, Given]) -> list[Track]:
        open_ones = [t for t in tracks if t.path not in given and t.mood not in there]
        if not open_ones:
            return tracks
        middle = middle_of(tracks, every, wanted(tracks, given))
        loose = [t for t in tracks if t.path not in given]
        fresh = proposed(loose, every, middle=middle)
        return [
            old if not new.mood and old.mood in there else new
            for old, new in zip(loose, fresh, strict=True)
        ]

    return propose


def _track(path: Path, known: Mapping[str, Track]) -> Track:
    return known.get(os.fspath(path)) or Track(os.fspath(path), 0, 0)


def _give(own: Own, mood: str, path: Path) -> None:
    if mood == LEFT_OUT:
        own.left_out += 1
    else:
        own.by_mood.setdefault(mood, Found()).tracks[path] = None


def _notes(own: Own) -> Iterator[str]:
    if count := own.proposed.total():
        moods = ", ".join(f"{n} {mood}" for mood, n in own.proposed.most_common())
        tracks, lie = ("1 track", "lies") if count == 1 else (f"{count} tracks", "lie")
        them = "it is" if count == 1 else "they are"
        yield (
            f"{tracks} {lie} in no folder called like a mood, and {them} played as proposed "
            f"({moods}): check with 'dndmood library review'."
        )
    if own.waiting:
        what = "1 track is" if own.waiting == 1 else f"{own.waiting} tracks are"
        them = (
            "it plays as soon as it is" if own.waiting == 1 else "they play as soon as they are"
        )
        yield (
            f"{what} in no mood's folder and not listened to yet: {them}; "
            f"'dndmood library scan {printable(own.folder)}' does it at once."
        )
    if own.untold:
        what = "1 track says" if own.untold == 1 else f"{own.untold} tracks say"
        yield f"{what} by nothing which mood fits: choose with 'dndmood library review'."
    broken = own.loose.all_sentences()
    for sentence in broken[:_MOST_SENTENCES]:
        yield f"Left out of {printable(own.folder)}: {sentence}."
    if more := len(broken[_MOST_SENTENCES:]):
        yield f"Left out of {printable(own.folder)}: {more} more; 'dndmood library check' says why."
    nothing = not own.by_mood and not own.loose.anything and not own.left_out
    if nothing and not own.notes:
        yield f"There is no music in {printable(own.folder)}: put files or folders of music there."

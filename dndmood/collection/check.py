"""What a collection lacks and what is wrong with it, in plain words, each with the way out."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from dndmood.collection.gathering import called
from dndmood.file_names import printable
from dndmood.library import Track
from dndmood.mood import Mood

_LONG_S = 60.0
_FEW = 3
_SILENT_S = 3.0
_CLIPS = 10.0
_SOFT_LUFS = -40.0
_UNSURE = 0.4
_SHORT_S = 5.0
_WAYS_OUT = {
    "is empty": ": copy it again, or delete it",
    "is silent": ": copy it again, or delete it",
    "cannot be decoded": ": it is damaged or no music; copy it again, or save it again as OGG, FLAC or MP3",
}
_NAMED = 5

Name = Callable[[Track], str]


def findings(
    tracks: Sequence[Track],
    moods: Mapping[str, Mood],
    folders: Sequence[Path],
    *,
    unheard: int = 0,
    notes: Iterable[str] = (),
) -> Iterator[str]:
    """What there is to say, the gravest first; nothing for a collection that is well.

    `unheard` files were not listened to yet; `notes` are what was found when the folders were
    looked through.
    """

    def name(track: Track) -> str:
        return called(track.path, folders)

    if unheard:
        yield f"{_tracks(unheard)} not listened to yet: run 'dndmood library scan'."
        if not tracks:  # nothing can be said of moods yet
            yield from _notes(notes)
            return
    good = [track for track in tracks if not track.problem]
    for mood in moods.values():
        yield from _of_mood(mood, [track for track in good if track.mood == mood.name], name)
    yield from _broken([track for track in tracks if track.problem], name)
    yield from _damaged(good, name)
    yield from _silences(good, name)
    yield from _twins(good, name)
    short = [track for track in good if 0.0 < (track.duration_s or 0.0) < _SHORT_S]
    if short:
        yield f"Shorter than {_SHORT_S:.0f} s, so hardly music: {_some(short, name)}. Take it out of the folder, or leave it out in 'dndmood library review'."
    soft = [track for track in good if track.lufs is not None and track.lufs < _SOFT_LUFS]
    if soft:
        yield f"So soft that lifting them lifts their hiss too: {_some(soft, name)}. Save them louder."
    unsure = [
        t
        for t in good
        if t.decided_by not in {"person", "folder", "playlist"}
        and t.mood
        and (t.confidence or 0.0) < _UNSURE
    ]
    untold = sum(not t.mood and t.decided_by != "person" for t in good)
    if untold:
        say = "says" if untold == 1 else "say"
        yield f"{_tracks(untold)} {say} by nothing which mood fits: choose with 'dndmood library review'."
    if unsure:
        yield f"{_tracks(len(unsure))} might as well belong to another mood: 'dndmood library review' plays them to you."
    yield from _notes(notes)


def _notes(notes: Iterable[str]) -> Iterator[str]:
    for sentence in notes:
        yield f"{printable(sentence).rstrip('.')}."


def _of_mood(mood: Mood, mine: list[Track], name: Name) -> Iterator[str]:
    title = printable(mood.title)
    word = title.lower()
    if not mine:
        yield (
            f"No {word} track: put some into a folder called {title}, or choose some in "
            "'dndmood library review'. Until then starter tracks play."
        )
        return
    clipped = [track for track in mine if (track.clips or 0.0) >= _CLIPS]
    said = []
    if not any((track.duration_s or 0.0) >= _LONG_S for track in mine):
        said.append(
            f"no {word} track is longer than a minute, so you will hear them come round: add longer ones"
        )
    if len(mine) < _FEW:
        said.append(
            f"only {_tracks(len(mine))} for {word}: the same music comes again soon, add more"
        )
    if clipped:
        what = (
            "it clips"
            if len(mine) == 1
            else f"{len(clipped)} of them {'clips' if len(clipped) == 1 else 'clip'}"
        )
        said.append(
            f"{len(mine)} {word} {'track' if len(mine) == 1 else 'tracks'}, {what} ({_some(clipped, name)}): "
            "distortion cannot be undone, get a copy that is not as loud"
        )
    for sentence in said:
        yield f"{sentence[0].upper()}{sentence[1:]}."


def _broken(broken: list[Track], name: Name) -> Iterator[str]:
    reasons: dict[str, list[Track]] = defaultdict(list)
    for track in broken:
        reasons[track.problem].append(track)
    for reason, mine in reasons.items():
        if len(mine) == 1:
            yield f"{name(mine[0])} {_mended(reason)}."
        else:
            yield f"{len(mine)} files ({_some(mine, name)}): each {_mended(reason)}."


def _damaged(tracks: list[Track], name: Name) -> Iterator[str]:
    kinds: dict[str, list[Track]] = defaultdict(list)
    for track in tracks:
        if track.damage:
            kinds[track.damage].append(track)
    for damage, mine in kinds.items():
        again = "save" if "values" in damage else "copy"
        if len(mine) == 1:
            yield f"{name(mine[0])} {damage}: {again} it again."
        else:
            yield f"{len(mine)} files ({_some(mine, name)}): each {damage}; {again} them again."


def _mended(problem: str) -> str:
    """`problem` with the way out, which some say themselves."""
    return printable(problem) + _WAYS_OUT.get(problem, "")


def _silences(tracks: list[Track], name: Name) -> Iterator[str]:
    for track in tracks:
        start, end = track.silence_start_s or 0.0, track.silence_end_s or 0.0
        places = [
            f"{seconds:.0f} s of silence at its {where}"
            for seconds, where in ((start, "beginning"), (end, "end"))
            if seconds >= _SILENT_S
        ]
        if places:
            yield f"{name(track)} has {' and '.join(places)}: cut it off in a sound editor."


def _twins(tracks: list[Track], name: Name) -> Iterator[str]:
    same: dict[str, list[Track]] = defaultdict(list)
    for track in tracks:
        if track.fingerprint:
            same[track.fingerprint].append(track)
    for mine in same.values():
        if len(mine) > 1:
            yield f"The same music {len(mine)} times: {_some(mine, name)}. One is enough."


def _some(tracks: Sequence[Track], name: Name) -> str:
    shown = ", ".join(name(track) for track in tracks[:_NAMED])
    more = len(tracks) - _NAMED
    return f"{shown} and {more} more" if more > 0 else shown


def _tracks(count: int) -> str:
    return "1 track" if count == 1 else f"{count} tracks"

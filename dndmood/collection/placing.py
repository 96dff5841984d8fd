"""The collection's tracks in their moods: the person's word first, then names and sound."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from dndmood.library import Decisions, Index, Track
from dndmood.library.proposals import Given, proposed
from dndmood.mood import Mood

_OF_MOOD = ("arousal", "valence", "mood", "confidence", "reason", "decided_by")


def placed(
    tracks: Sequence[Track],
    moods: Iterable[Mood],
    decisions: Decisions,
    given: Mapping[str, Given],
) -> list[Track]:
    """`tracks`, a whole collection, as they are to be played now.

    Every decision moves the borders of all that is only proposed.
    """
    every = list(moods)
    fresh = [track if track.decided_by != "person" else _undecided(track) for track in tracks]
    return proposed([decisions.settled(track) for track in fresh], every, given=given)


def kept(index: Index, before: Sequence[Track], after: Sequence[Track]) -> int:
    """Write those of `after` that differ from `before` into the index; gives how many."""
    news = [new for old, new in zip(before, after, strict=True) if new != old]
    if news:
        index.put(*news)
    return len(news)


def moods_kept(index: Index, after: Iterable[Track]) -> int:
    """Write the moods of `after` into the index, and nothing else; gives how many changed.

    What else the index knows may be newer: a scan may go on beside a review.
    """
    known = {track.path: track for track in index.tracks()}
    news = [
        replace(known[track.path], **{name: getattr(track, name) for name in _OF_MOOD})
        for track in after
        if track.path in known
    ]
    news = [track for track in news if track != known[track.path]]
    if news:
        index.put(*news)
    return len(news)


def to_review(tracks: Iterable[Track], *, everything: bool = False) -> list[Track]:
    """What a person should hear, the least sure first; `everything` also what is decided."""
    settled = {"person", "folder", "playlist"}
    queue = [
        track
        for track in tracks
        if not track.problem and (everything or track.decided_by not in settled)
    ]
    return sorted(queue, key=lambda track: (track.confidence or 0.0, track.path))


def _undecided(track: Track) -> Track:
    """Without the person's word, which `Decisions` knows; it may have been taken back."""
    return replace(track, mood="", decided_by="", confidence=None, reason="")

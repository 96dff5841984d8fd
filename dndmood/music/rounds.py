"""Rounds: every track of a mood is heard once before any is heard again, evening after evening."""

from collections.abc import Collection, Iterable, Mapping


class Rounds:
    """In which round of each mood its tracks were last heard, the last ones last."""

    def __init__(self, moods: Mapping[str, Mapping[str, int]] | None = None) -> None:
        """`moods` is what `moods` gave before: mood to track to round, in order of hearing."""
        self.moods = {mood: dict(rounds) for mood, rounds in (moods or {}).items()}
        """Mood to track to the round in which it was last heard, in order of hearing."""

    def hear(self, mood: str, track: str, *, again: bool = True) -> bool:
        """Take `track` as heard in `mood`; says whether that changed anything.

        One that was heard in this round already begins the next, unless it is the last one that
        was heard, which only goes on. Without `again` it begins none.
        """
        rounds = self.moods.setdefault(mood, {})
        now = max(rounds.values(), default=1)
        if rounds.get(track, 0) >= now:
            if not again or next(reversed(rounds)) == track:
                return False
            now += 1
        rounds.pop(track, None)
        rounds[track] = now
        return True

    def due(self, mood: str, tracks: Collection[str]) -> frozenset[str]:
        """Those of `tracks` whose turn it is: not heard in this round, or all in a new one."""
        rounds = self.moods.get(mood, {})
        now = max((rounds.get(track, 0) for track in tracks), default=0)
        due = frozenset(track for track in tracks if rounds.get(track, 0) < now)
        return due or frozenset(tracks)

    def number(self, mood: str, tracks: Iterable[str]) -> int:
        """The number of the round in which the next of `tracks` will be heard."""
        rounds = self.moods.get(mood, {})
        heard = [rounds.get(track, 0) for track in tracks]
        now = max(heard, default=0)
        return now + 1 if now == min(heard, default=0) else now

    def by_age(self, mood: str, tracks: Collection[str]) -> dict[str, int]:
        """Those of `tracks` that were ever heard, with their place from the one longest ago, 0."""
        here = set(tracks)
        heard = [track for track in self.moods.get(mood, {}) if track in here]
        return {track: place for place, track in enumerate(heard)}

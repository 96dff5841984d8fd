"""Which moods the evening has had, as the dashboard shows them."""

from dataclasses import dataclass, replace

from dndmood.events import MoodState

_STRETCHES = 240  # at 15 changes an hour enough for 16 hours


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the evening in one mood, up to the beginning of the next."""

    mood: str
    from_s: float


@dataclass(frozen=True, slots=True)
class MoodHistory:
    """Which moods there were."""

    mood: MoodState | None = None
    """The last decision; None before the first sound."""
    stretches: tuple[Stretch, ...] = ()
    """All moods in order; when they are many, short ones are merged into their neighbours."""
    spent: tuple[tuple[str, float], ...] = ()
    """Seconds spent in each mood, without the present stretch."""
    changes: int = 0
    """How often the mood has changed."""
    by_hand: int = 0
    """How many of these changes the game master made."""


def decided(history: MoodHistory, state: MoodState) -> MoodHistory:
    """The history after the decision `state`."""
    last = history.mood
    if last is not None and last.mood == state.mood:
        return replace(history, mood=state)
    spent = dict(history.spent)
    if last is not None:
        spent[last.mood] = spent.get(last.mood, 0.0) + state.since_s - last.since_s
    return MoodHistory(
        mood=state,
        stretches=_compact((*history.stretches, Stretch(state.mood, state.since_s))),
        spent=tuple(spent.items()),
        changes=history.changes + (last is not None),
        by_hand=history.by_hand + (last is not None and state.forced),
    )


def _compact(stretches: tuple[Stretch, ...]) -> tuple[Stretch, ...]:
    """At most `_STRETCHES`: the shortest one goes to its neighbour."""
    if len(stretches) <= _STRETCHES:
        return stretches
    inner = range(1, len(stretches) - 1)
    shortest = min(inner, key=lambda i: stretches[i + 1].from_s - stretches[i].from_s)
    kept = stretches[:shortest] + stretches[shortest + 1 :]
    if kept[shortest - 1].mood == kept[shortest].mood:
        kept = kept[:shortest] + kept[shortest + 1 :]
    return kept

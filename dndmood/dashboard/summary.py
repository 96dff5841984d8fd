"""The evening in a few lines, left in the terminal when it is over."""

from rich.console import Group, RenderableType
from rich.text import Text

from dndmood.dashboard.meter import bar
from dndmood.dashboard.palette import BOLD, PLAIN, QUIET, RICH, Glyphs, hues
from dndmood.dashboard.state import Screen, stays
from dndmood.events import Problem
from dndmood.mood_places import Place
from dndmood.printable import printable
from dndmood.times import hours_minutes_seconds, minutes_seconds

_BAR = 30
_PLACES = 4
"""So many places are named."""


def summary(screen: Screen, places: tuple[Place, ...], glyphs: Glyphs = RICH) -> RenderableType:
    """How long the evening was, how it was shared among the moods, and how it ended."""
    heard_s, places = screen.ear.heard_s, screen.current(places)
    changes = "1 change" if screen.history.changes == 1 else f"{screen.history.changes} changes"
    hand = f", {screen.history.by_hand} by hand" if screen.history.by_hand else ""
    lines = [
        Text.assemble(
            ("The evening ", BOLD),
            f"{hours_minutes_seconds(heard_s)}, {changes} of mood{hand}.",
        )
    ]
    spent = dict(screen.history.spent)
    if screen.history.mood is not None:
        now = screen.history.mood
        spent[now.mood] = spent.get(now.mood, 0.0) + max(heard_s - now.since_s, 0.0)
    total_s = sum(spent.values())
    lines += [
        _share(place, places, spent[place.name], spent[place.name] / total_s, glyphs)
        for place in places
        if spent.get(place.name, 0.0) > 0.0
    ]
    if screen.history.mood is not None:
        title = next(
            (p.title for p in places if p.name == screen.history.mood.mood),
            screen.history.mood.mood,
        )
        age = minutes_seconds(heard_s - screen.history.mood.since_s)
        lines.append(
            Text.assemble("It ended in ", (printable(title), BOLD), f" after {age} of it.")
        )
    if visited := _visited(screen):
        lines.append(Text(printable(visited)))
    if screen.problem:
        lines.append(Text(printable(_problems(screen.problem, screen))))
    return Group(*lines)


def _problems(last: Problem, screen: Screen) -> str:
    """How many there were, and what was left of them."""
    count = "1 problem" if screen.problems == 1 else f"{screen.problems} problems"
    relief = screen.relief
    if screen.standing:
        last, what = screen.standing[-1], "not over, since"
    elif relief and relief.at_s >= last.at_s:
        last, what = relief, "over at"
    else:
        what = "the last at"
    return f"{count}, {what} {hours_minutes_seconds(last.at_s)}: {last.text}"


def _visited(screen: Screen) -> str:
    """Where the party was and how long, the longest first; empty where nobody knew."""
    spent = sorted(stays(screen, screen.ear.heard_s), key=lambda one: -one[1])
    named = ", ".join(f"{name} {minutes_seconds(seconds)}" for name, seconds in spent[:_PLACES])
    more = len(spent) - _PLACES
    return f"Places: {named}{f', and {more} more' if more > 0 else ''}." if spent else ""


def _share(
    place: Place, places: tuple[Place, ...], seconds: float, share: float, glyphs: Glyphs
) -> Text:
    colour = hues(places)[place.name]
    return Text.assemble(
        (f"  {printable(place.title):<14.14} ", PLAIN),
        *bar(share, _BAR, glyphs, colour),
        (f" {share:4.0%}", BOLD),
        (f"{minutes_seconds(seconds):>10}", QUIET),
    )

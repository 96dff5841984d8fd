"""Numbers as a person would say them."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from dndmood.mood_places import Place
from dndmood.printable import printable
from dndmood.report.story import Change, Evening
from dndmood.times import hours_minutes, hours_minutes_seconds

SHORT_S = 1200.0
"""An evening of less than this is a rehearsal or a demo."""

_NUMBERS = re.compile(r" \(arousal [\d.]+, valence [\d.]+\)$")
"""What the screen adds to a reason; on paper the curve says it better."""


def time(at_s: float, *, fine: bool) -> str:
    """Hours and minutes of an evening, with seconds if it shall be `fine`."""
    return hours_minutes_seconds(at_s) if fine else hours_minutes(at_s)


def moment(at_s: float, evening: Evening) -> str:
    """A moment of `evening`; a short one is given to the second."""
    return time(at_s, fine=evening.length_s < SHORT_S)


def length(seconds: float) -> str:
    """How long something took.

    >>> length(42), length(150), length(1500), length(3600 * 2 + 300)
    ('42 s', '2½ min', '25 min', '2 h 5 min')
    """
    if seconds < 90.0:  # noqa: PLR2004 - below, seconds say more than minutes
        return f"{max(seconds, 0.0):.0f} s"
    if seconds < 600.0:  # noqa: PLR2004 - below, half a minute counts
        halves = round(seconds / 30.0)
        return f"{halves // 2}{'½' * (halves % 2)} min"
    hours, minutes = divmod(round(seconds / 60.0), 60)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def percent(share: float) -> str:
    """A share of 0 to 1; what is there at all is never 0 %, and what is not all never 100 %.

    >>> percent(0.5), percent(0.002), percent(0.0)
    ('50\N{NO-BREAK SPACE}%', 'under 1\N{NO-BREAK SPACE}%', '0\N{NO-BREAK SPACE}%')
    >>> percent(0.998), percent(1.0)
    ('over 99\N{NO-BREAK SPACE}%', '100\N{NO-BREAK SPACE}%')
    """
    small = 0.0 < share < 0.005  # noqa: PLR2004 - what rounds to nothing
    if 0.995 <= share < 1.0 - 1e-9:  # noqa: PLR2004 - what rounds to all, beyond a sum's own error
        return "over 99\N{NO-BREAK SPACE}%"
    return "under 1\N{NO-BREAK SPACE}%" if small else f"{share * 100:.0f}\N{NO-BREAK SPACE}%"


def count(number: int, one: str, many: str = "") -> str:
    """So many of something.

    >>> count(1, "change"), count(0, "change"), count(2, "stretch", "stretches")
    ('1 change', 'no changes', '2 stretches')
    """
    many = many or f"{one}s"
    return f"{number or 'no'} {one if number == 1 else many}"


def listed(parts: Sequence[str]) -> str:
    """Several things in one breath.

    >>> listed(["calm"]), listed(["calm", "battle", "sorrow"])
    ('calm', 'calm, battle and sorrow')
    """
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))


def short(text: str, most: int) -> str:
    """`text` in at most so many letters.

    >>> short("Lanterns on Still Water", 12)
    'Lanterns on…'
    """
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def day(moment: datetime) -> str:
    """The day of an evening.

    >>> day(datetime(2026, 11, 21, 19, 5))
    'Saturday, 21 November 2026'
    """
    return f"{moment:%A}, {moment.day} {moment:%B %Y}"


def title(evening: Evening) -> str:
    """What the evening is called: its day, else its journal's name."""
    return day(evening.began) if evening.began else evening.name


def short_title(evening: Evening) -> str:
    """The same where space is scarce."""
    return f"{evening.began.day} {evening.began:%b %Y}" if evening.began else evening.name


def mood(name: str, places: Iterable[Place]) -> str:
    """What people call the mood `name`, also when it is no longer in the book."""
    known = {place.name: printable(place.title) for place in places}
    return known.get(name) or name.replace("-", " ").replace("_", " ").capitalize()


def reason(change: Change, places: Iterable[Place]) -> str:
    """Why a mood began, without its name in front and the bare numbers at the end."""
    text = _NUMBERS.sub("", change.why.removeprefix(f"{mood(change.mood, places)}: "))
    return text[:1].upper() + text[1:] if text else "The journal does not say"

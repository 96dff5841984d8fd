"""The story as Markdown, for notes and chats."""

import re
from collections.abc import Iterable, Sequence

from dndmood.mood_places import Place
from dndmood.printable import printable
from dndmood.report import highlights, telling, words
from dndmood.report.story import Evening
from dndmood.report.telling import Card

_SIGNS = re.compile(r"([\\`*_\[\]<>|#~&])")


def text(evenings: Sequence[Evening], places: Sequence[Place]) -> str:
    """The Markdown of one evening, or of a campaign of several."""
    parts = _evening(evenings[0], places) if len(evenings) == 1 else _campaign(evenings, places)
    return "\n\n".join(filter(None, parts)) + "\n"


def _evening(evening: Evening, places: Sequence[Place]) -> Iterable[str]:
    return (
        f"# {_plain(words.title(evening))}",
        _plain(telling.summary(evening, places)),
        _cards(telling.cards(evening, places)),
        _shares([evening], places),
        _changes(evening, places),
        _list("Where the party was", telling.stays(evening)),
        _list("The pieces heard most", telling.favourites(evening)),
        _list("When nobody spoke", telling.quiets(evening)),
        _list("What was chosen by hand", telling.hand(evening, places)),
        _list("Problems on the way", telling.troubles(evening)),
        _list("Listening began again", telling.restarts(evening)),
    )


def _campaign(evenings: Sequence[Evening], places: Sequence[Place]) -> Iterable[str]:
    rows = [
        (
            words.short_title(evening),
            words.length(evening.length_s),
            str(highlights.turns(evening)),
            f"{highlights.turns_per_h(evening):.0f}",
            words.percent(highlights.hand_share(evening)),
            telling.most(highlights.shares(evening), places),
        )
        for evening in evenings
    ]
    heads = ("Evening", "Length", "Changes", "An hour", "By hand", "Mostly")
    return (
        f"# {_plain(telling.campaign_title(evenings))}",
        _plain(telling.campaign_summary(evenings, places)),
        _cards(telling.campaign_cards(evenings, places)),
        "## Evening by evening",
        _table(heads, rows),
        _shares(evenings, places),
    )


def _cards(cards: Iterable[Card]) -> str:
    return "\n".join(
        f"- {_plain(card.label)}: **{_plain(card.value)}**. {_plain(card.note)}"
        for card in cards
    )


def _shares(evenings: Sequence[Evening], places: Sequence[Place]) -> str:
    total_s = sum(stretch.length_s for evening in evenings for stretch in evening.stretches)
    rows = [
        (words.mood(name, places), words.percent(share), words.length(share * total_s))
        for name, share in highlights.campaign_shares(evenings).items()
    ]
    return f"## What played\n\n{_table(('Mood', 'Share', 'Time'), rows)}" if rows else ""


def _changes(evening: Evening, places: Sequence[Place]) -> str:
    rows = [
        (
            words.moment(change.at_s, evening),
            words.mood(change.mood, places),
            words.reason(change, places),
            change.track or "silence",
        )
        for change in evening.changes
    ]
    heads = ("Time", "Mood", "Why", "Track")
    return f"## Every change, and why\n\n{_table(heads, rows)}" if rows else ""


def _list(title: str, lines: Sequence[str]) -> str:
    if not lines:
        return ""
    return f"## {title}\n\n" + "\n".join(f"- {_plain(line)}" for line in lines)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *([_plain(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _plain(words: str) -> str:
    """`words` on one line, every sign that Markdown would read marked as plain."""
    return _SIGNS.sub(r"\\\1", " ".join(printable(words).split()))

"""The sentences of the story, the same on the page, in the text and on the picture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dndmood.mood_places import Place
from dndmood.report import highlights, words
from dndmood.report.story import Evening, Stretch

_MANY = 6
"""So many pieces are named as those heard most."""


@dataclass(frozen=True, slots=True)
class Card:
    """One thing that stood out."""

    label: str
    value: str
    note: str
    """One sentence more."""


def summary(evening: Evening, places: Sequence[Place]) -> str:
    """The evening in three or four sentences, the last how sure it was of its moods."""
    turns = words.count(highlights.turns(evening), "change")
    text = f"{words.length(evening.length_s)} at the table, {turns} of mood."
    if parts := highlights.shares(evening):
        first, last = evening.stretches[0].mood, evening.stretches[-1].mood
        text += f" Mostly {most(parts, places)}."
        text += f" It began in {words.mood(first, places)}"
        text += (
            f" and ended in {words.mood(last, places)}."
            if last != first
            else " and ended there."
        )
    if evening.sure is not None:
        text += f" While people talked it was {words.percent(evening.sure)} sure of its mood."
    return text


def most(shares: Mapping[str, float], places: Sequence[Place]) -> str:
    """The three longest moods with their shares of 0 to 1; `shares` has the longest first."""
    parts = [f"{words.mood(name, places)} ({words.percent(s)})" for name, s in shares.items()]
    return words.listed(parts[:3])


def cards(evening: Evening, places: Sequence[Place]) -> tuple[Card, ...]:
    """What stood out: the longest calm, the fiercest fight, the quiet, who ruled."""
    return (
        _calm(evening, places),
        _fight(evening, places),
        _quiet(evening),
        _rule(evening, places),
    )


def hand(evening: Evening, places: Sequence[Place]) -> tuple[str, ...]:
    """Every stretch that the game master ruled, one phrase each."""
    return tuple(_ruled(span, evening, places) for span in evening.by_hand)


def _ruled(span: Stretch, evening: Evening, places: Sequence[Place]) -> str:
    return (
        f"{words.mood(span.mood, places)} from {words.moment(span.start_s, evening)} "
        f"for {words.length(span.length_s)}"
    )


def favourites(evening: Evening) -> tuple[str, ...]:
    """The tracks that were heard longest, one phrase each."""
    heard = highlights.heard_most(evening)
    return tuple(
        f"{title}, {words.length(spent_s)}" for title, spent_s in list(heard.items())[:_MANY]
    )


def stays(evening: Evening) -> tuple[str, ...]:
    """Where the party was, and what brought it there."""
    return tuple(
        f"{words.moment(stay.start_s, evening)}: {stay.why or stay.place}"
        for stay in evening.stays
    )


def quiets(evening: Evening) -> tuple[str, ...]:
    """Every quiet stretch, one phrase each."""
    return tuple(
        f"from {words.moment(quiet.start_s, evening)} for {words.length(quiet.length_s)}"
        + (" (listening was stopped)" if quiet.paused else "")
        for quiet in evening.quiet
    )


def troubles(evening: Evening) -> tuple[str, ...]:
    """Every problem that was met, one line each."""
    return tuple(
        f"{words.moment(one.at_s, evening)}: {one.text}"
        + (f" ({one.times} times)" if one.times > 1 else "")
        for one in evening.troubles
    )


def restarts(evening: Evening) -> tuple[str, ...]:
    """Every new start within one journal, one phrase each."""
    return tuple(f"at {words.moment(at_s, evening)}" for at_s in evening.restarts_s)


def campaign_title(evenings: Sequence[Evening]) -> str:
    """What several evenings are called together."""
    return f"The campaign so far: {words.count(len(evenings), 'evening')}"


def campaign_summary(evenings: Sequence[Evening], places: Sequence[Place]) -> str:
    """All evenings in two or three sentences."""
    length_s = sum(evening.length_s for evening in evenings)
    turns = sum(map(highlights.turns, evenings))
    text = f"{words.length(length_s)} at the table and {words.count(turns, 'change')} of mood"
    days = sorted(evening.began for evening in evenings if evening.began)
    if days and days[0].date() != days[-1].date():
        text += f", from {words.day(days[0])} to {words.day(days[-1])}"
    parts = highlights.campaign_shares(evenings)
    return f"{text}. Mostly {most(parts, places)}." if parts else f"{text}."


def campaign_cards(evenings: Sequence[Evening], places: Sequence[Place]) -> tuple[Card, ...]:
    """What stood out over all evenings, each with the evening that it was."""
    calm = [(e, s) for e in evenings if (s := highlights.longest_calm(e, places))]
    fights = [(e, f) for e in evenings if (f := highlights.fiercest_fight(e, places))]
    found = []
    if calm:
        best, _ = max(calm, key=lambda pair: pair[1].length_s)
        found.append(_on(best, _calm(best, places)))
    if fights:
        best, _ = max(fights, key=lambda pair: pair[1].arousal)
        found.append(_on(best, _fight(best, places)))
    longest = max(evenings, key=lambda evening: evening.length_s)
    liveliest = max(evenings, key=highlights.turns_per_h)
    pace = f"{highlights.turns_per_h(liveliest):.0f} changes an hour"
    found.append(_on(longest, Card("Longest evening", words.length(longest.length_s), "")))
    found.append(_on(liveliest, Card("Liveliest evening", pace, "")))
    return tuple(found)


def _on(evening: Evening, card: Card) -> Card:
    note = f"{card.note} " if card.note else ""
    return Card(card.label, card.value, f"{note}{words.short_title(evening)}.")


def _calm(evening: Evening, places: Sequence[Place]) -> Card:
    stretch = highlights.longest_calm(evening, places)
    if stretch is None:
        return Card("Longest calm", "None", "The table never came to rest.")
    note = f"{words.mood(stretch.mood, places)} from {words.moment(stretch.start_s, evening)}."
    return Card("Longest calm", words.length(stretch.length_s), note)


def _fight(evening: Evening, places: Sequence[Place]) -> Card:
    fight = highlights.fiercest_fight(evening, places)
    if fight is None:
        return Card("Fiercest fight", "None", "Nobody drew a blade, or nobody raised a voice.")
    stretch, mood = fight.stretch, words.mood(fight.stretch.mood, places)
    note = f"{mood} from {words.moment(stretch.start_s, evening)}; excitement {fight.arousal * 100:.0f} of 100."
    return Card("Fiercest fight", words.length(stretch.length_s), note)


def _quiet(evening: Evening) -> Card:
    if not evening.quiet:
        return Card("Quiet stretches", "None", "Somebody always had something to say.")
    longest = max(evening.quiet, key=lambda quiet: quiet.length_s)
    note = f"The longest from {words.moment(longest.start_s, evening)} for {words.length(longest.length_s)}."
    number = words.count(len(evening.quiet), "time", "times").capitalize()
    return Card("Quiet stretches", number, note)


def _rule(evening: Evening, places: Sequence[Place]) -> Card:
    share = highlights.hand_share(evening)
    if not evening.by_hand:
        return Card(
            "Who ruled", "The table", "Every mood followed the voices; none was chosen by hand."
        )
    value = f"The table, {words.percent(1.0 - share)}"
    longest = sorted(evening.by_hand, key=lambda span: -span.length_s)[:3]
    named = [_ruled(span, evening, places) for span in sorted(longest, key=lambda s: s.start_s)]
    mostly = "mostly " if len(named) < len(evening.by_hand) else ""
    note = f"{words.percent(share)} by hand: {mostly}{words.listed(named)}."
    return Card("Who ruled", value, note)

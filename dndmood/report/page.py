"""The story as one page that needs nothing else: no network, no script, no other file."""

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from dndmood.mood_places import Place
from dndmood.report import highlights, plots, telling, words
from dndmood.report.colours import hues
from dndmood.report.story import Change, Evening
from dndmood.report.telling import Card


def html(evenings: Sequence[Evening], places: Sequence[Place]) -> str:
    """The page of one evening, or of a campaign of several; `places` are the moods in order."""
    if len(evenings) == 1:
        title = words.title(evenings[0])
        return _page(title, _evening_head(evenings[0], places), _evening(evenings[0], places))
    title = telling.campaign_title(evenings)
    return _page(title, _campaign_head(evenings, places), _campaign(evenings, places))


def _page(title: str, head: str, body: str) -> str:
    style = Path(__file__).with_name("paper.css").read_text(encoding="utf-8")
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{escape(title)}</title>
<style>
{style}</style>
</head>
<body>
<header>
{head}
</header>
<main>
{body}
</main>
<footer>
<p>Told by dndmood from the evening's numbers. Of what was said at the table nothing was written down but phrases from the lists of places, events and moods, where words were listened to.</p>
</footer>
</body>
</html>
"""


def _evening_head(evening: Evening, places: Sequence[Place]) -> str:
    began = f", from {evening.began:%H:%M}" if evening.began else ""
    return _head(
        f"The evening's story{began}",
        words.title(evening),
        telling.summary(evening, places),
        telling.cards(evening, places),
    )


def _evening(evening: Evening, places: Sequence[Place]) -> str:
    return "\n".join(
        (
            _curve(evening, places),
            '<div class="beside pair">',
            _plane(evening, places),
            _shares([evening], places),
            "</div>",
            _stays(evening),
            _changes(evening, places),
            _lists(evening, places),
        )
    )


def _curve(evening: Evening, places: Sequence[Place]) -> str:
    spoken = f"The mood curve. {telling.summary(evening, places)} Every change is in the table below."
    return _section(
        "How it went",
        "How the voices sounded, and what played to them. Where the line breaks, nobody spoke.",
        _picture(
            spoken,
            plots.curve(evening, places),
            plots.curve(evening, places, narrow=True),
            "Times count from when the listening began. A bar is a track that was heard.",
        ),
    )


def _stays(evening: Evening) -> str:
    """Where the party was, as one strip and in words; nothing where nobody said."""
    if not evening.stays:
        return ""
    known = list(dict.fromkeys(stay.place for stay in evening.stays))
    parts, at_s = [], 0.0
    for number, stay in enumerate(evening.stays):
        if stay.start_s > at_s:
            parts.append(_piece(stay.start_s - at_s, evening.length_s, "", "gap"))
        shade = f"shade{number % 2}"  # neighbours are never alike
        parts.append(_piece(stay.length_s, evening.length_s, stay.place, shade))
        at_s = stay.end_s
    return _section(
        "Where the party was",
        "As words or a key said it, from left to right.",
        f'<div class="strip" role="img" aria-label="{escape(words.listed(known))}">'
        f"{''.join(parts)}</div>\n{_list(telling.stays(evening))}",
    )


def _piece(length_s: float, whole_s: float, text: str, kind: str) -> str:
    share = length_s / max(whole_s, 1e-9) * 100.0
    return f'<span class="{kind}" style="width: {share:.2f}%">{escape(text)}</span>'


def _plane(evening: Evening, places: Sequence[Place]) -> str:
    titles = words.listed([place.title for place in places])
    spoken = (
        f"A map from drowsy to excited and from unpleasant to pleasant, with {titles} on it."
    )
    return _section(
        "Where the table was",
        "The darker the cloud, the more talk sounded like that. The thread is the way it took.",
        _picture(spoken, plots.plane(evening, places)),
    )


def _shares(evenings: Sequence[Evening], places: Sequence[Place]) -> str:
    colours = hues(places, evenings)
    parts = highlights.campaign_shares(evenings)
    total_s = sum(stretch.length_s for evening in evenings for stretch in evening.stretches)
    most = max(parts.values(), default=1.0) or 1.0
    rows = "\n".join(
        f'<tr style="--hue: {colours[name]}"><th scope="row">{_mood(name, places, colours)}</th>'
        f'<td class="meter"><span class="bar" style="width: {share / most * 100:.1f}%"></span></td>'
        f'<td class="number">{words.percent(share)}</td>'
        f'<td class="number">{words.length(share * total_s)}</td></tr>'
        for name, share in parts.items()
    )
    head = _heads("Mood", "", "#Share", "#Time")
    return _section("What played", "", f"<table>{head}<tbody>\n{rows}\n</tbody></table>")


def _changes(evening: Evening, places: Sequence[Place]) -> str:
    colours = hues(places, [evening])
    rows = "\n".join(
        f'<tr><td class="time">{words.moment(change.at_s, evening)}</td>'
        f'<th scope="row">{_mood(change.mood, places, colours)}</th>'
        f'<td class="words">{escape(words.reason(change, places))}'
        f"{_tag(change)}</td>"
        f'<td class="words">{escape(change.track) or "silence"}</td></tr>'
        for change in evening.changes
    )
    head = _heads("Time", "Mood", "Why", "Track")
    pace = f"{words.count(highlights.turns(evening), 'change')} of mood"
    if evening.length_s >= words.SHORT_S:
        pace += f", {highlights.turns_per_h(evening):.0f} an hour"
    table = f'<table class="changes">{head}<tbody>\n{rows}\n</tbody></table>'
    return _section("Every change, and why", f"{pace}.", table)


def _tag(change: Change) -> str:
    """A mark on what was chosen by hand, unless its reason says so already."""
    marked = change.by_hand and "by hand" not in change.why
    return ' <span class="tag">by hand</span>' if marked else ""


def _lists(evening: Evening, places: Sequence[Place]) -> str:
    """What was quiet, who ruled and what went wrong, as far as there is anything to tell."""
    found = (
        ("The pieces heard most", telling.favourites(evening)),
        ("When nobody spoke", telling.quiets(evening)),
        ("What was chosen by hand", telling.hand(evening, places)),
        ("Problems on the way", telling.troubles(evening)),
        ("Listening began again", telling.restarts(evening)),
    )
    return "\n".join(_section(title, "", _list(lines)) for title, lines in found if lines)


def _campaign_head(evenings: Sequence[Evening], places: Sequence[Place]) -> str:
    return _head(
        "The story of many evenings",
        telling.campaign_title(evenings),
        telling.campaign_summary(evenings, places),
        telling.campaign_cards(evenings, places),
    )


def _campaign(evenings: Sequence[Evening], places: Sequence[Place]) -> str:
    spoken = f"{telling.campaign_summary(evenings, places)} The table below has the numbers."
    picture = _picture(
        spoken,
        plots.campaign(evenings, places),
        plots.campaign(evenings, places, narrow=True),
        "Pale: nobody spoke.",
    )
    return "\n".join(
        (
            _section("Evening by evening", "Each as it went, and how it was shared.", picture),
            _nights(evenings, places),
            _shares(evenings, places),
        )
    )


def _nights(evenings: Sequence[Evening], places: Sequence[Place]) -> str:
    order = [name for name in hues(places, evenings) if _played(name, evenings)]
    order.sort(key=[*(place.name for place in places), *order].index)
    rows = []
    for evening in evenings:
        parts = highlights.shares(evening)
        cells = [
            words.length(evening.length_s),
            str(highlights.turns(evening)),
            f"{highlights.turns_per_h(evening):.0f}",
            words.percent(highlights.hand_share(evening)),
            *(words.percent(parts.get(name, 0.0)) for name in order),
        ]
        numbers = "".join(f'<td class="number">{cell}</td>' for cell in cells)
        rows.append(
            f'<tr><th scope="row">{escape(words.short_title(evening))}</th>{numbers}</tr>'
        )
    titles = (f"#{words.mood(name, places)}" for name in order)
    head = _heads("Evening", "#Length", "#Changes", "#An hour", "#By hand", *titles)
    body = "\n".join(rows)
    table = f'<div class="scroll" tabindex="0" role="region" aria-label="In numbers"><table>{head}<tbody>\n{body}\n</tbody></table></div>'
    return _section("In numbers", "", table)


def _played(name: str, evenings: Iterable[Evening]) -> bool:
    return any(stretch.mood == name for evening in evenings for stretch in evening.stretches)


def _head(kicker: str, title: str, lede: str, cards: Iterable[Card]) -> str:
    found = "\n".join(
        f'<div class="card"><dt>{escape(card.label)}</dt><dd class="value">{escape(card.value)}</dd>'
        f"<dd>{escape(card.note)}</dd></div>"
        for card in cards
    )
    return (
        f'<p class="kicker">{escape(kicker)}</p>\n<h1>{escape(title)}</h1>\n'
        f'<p class="lede">{escape(lede)}</p>\n<dl class="cards">\n{found}\n</dl>'
    )


def _section(title: str, hint: str, body: str) -> str:
    said = f'<p class="hint">{escape(hint)}</p>\n' if hint else ""
    return f"<section>\n<h2>{escape(title)}</h2>\n{said}{body}\n</section>"


def _picture(spoken: str, wide: str, narrow: str = "", caption: str = "") -> str:
    """A figure that a screen reader says as `spoken`; a telephone sees `narrow` where given."""
    drawn = (
        f'<div class="wide">{wide}</div><div class="narrow">{narrow}</div>' if narrow else wide
    )
    below = f"\n<figcaption>{escape(caption)}</figcaption>" if caption else ""
    return (
        f'<figure><div role="img" aria-label="{escape(spoken)}">{drawn}</div>{below}</figure>'
    )


def _list(lines: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul>"


def _heads(*titles: str) -> str:
    """The head of a table; a title that begins with # stands over numbers."""
    cells = "".join(
        f'<th scope="col"{" class=number" * title.startswith("#")}>{escape(title.removeprefix("#"))}</th>'
        for title in titles
    )
    return f"<thead><tr>{cells}</tr></thead>"


def _mood(name: str, places: Sequence[Place], colours: dict[str, str]) -> str:
    chip = f'<span class="chip" style="--hue: {colours[name]}" aria-hidden="true"></span>'
    return f"{chip}{escape(words.mood(name, places))}"

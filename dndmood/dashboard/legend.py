"""What the keys do and what the signs mean: the two lines at the foot, and the help."""

from collections.abc import Mapping
from functools import lru_cache

from rich.cells import cell_len

from dndmood.dashboard import keys
from dndmood.dashboard.block import (
    Block,
    Part,
    Row,
    beside,
    box,
    fit,
    folded,
    row,
    sized,
)
from dndmood.dashboard.palette import BAD, BOLD, MARKED, PLAIN, QUIET, Glyphs, hues
from dndmood.dashboard.state import Screen
from dndmood.events import Problem
from dndmood.mood_places import Place
from dndmood.printable import printable
from dndmood.times import hours_minutes_seconds

LEAVING = " press q again to end the evening "
"""What the first press of `q` says."""


def key_lines(
    screen: Screen,
    places: tuple[Place, ...],
    width: int,
    glyphs: Glyphs,
    *,
    leaving: bool = False,
    letters: Mapping[str, str] | None = None,
) -> Block:
    """Two rows: the moods with their keys, the present one marked, and the other keys.

    When `leaving`, the second row says how to end the evening instead. While a place is being
    chosen, both rows show the `letters` that choose one.
    """
    if letters:
        return _place_keys(tuple(letters.items()), width)
    return (
        _mood_keys(
            screen.history.mood.mood if screen.history.mood else "", places, width, glyphs
        ),
        row(width, (LEAVING, MARKED))
        if leaving
        else _other_keys(width, paused=screen.paused, silent=screen.music.silent),
    )


@lru_cache(maxsize=4)
def _mood_keys(current: str, places: tuple[Place, ...], width: int, glyphs: Glyphs) -> Row:
    keyed = [place for place in places if place.key]
    most = (width - 1) // max(len(keyed), 1) - 4
    parts: list[Part] = []
    for place in keyed:
        title = printable(place.title)
        title = title if cell_len(title) <= most else fit(title, most, glyphs)
        if place.name == current:
            parts.append((f" {place.key} {title} ", hues(places)[place.name] + MARKED))
        else:
            parts += [(f" {place.key}", BOLD), (f" {title} ", PLAIN)]
    return row(width, *parts)


@lru_cache(maxsize=4)
def _place_keys(letters: tuple[tuple[str, str], ...], width: int) -> Block:
    """Two rows with the letters of all places, as many as there is room for."""
    texts = [(f" {letter}", f" {printable(name)} ") for letter, name in letters]
    texts.append((f" {keys.PLACE}", " automatic "))
    rows: list[list[Part]] = [[], []]
    for letter, name in texts:
        for parts in rows:
            if sum(cell_len(text) for text, _ in parts) + cell_len(letter + name) <= width:
                parts += [(letter, BOLD), (name, QUIET)]
                break
    return tuple(row(width, *parts) for parts in rows)


@lru_cache(maxsize=4)
def _other_keys(width: int, *, paused: bool, silent: bool) -> Row:
    """What a switch would do next stands beside its key."""
    now = {
        "pause": "listen" if paused else "pause ",
        "silence": "sound  " if silent else "silence",
    }
    texts = [(f" {key}", f" {now.get(name, name)} ", key) for key, name, _ in keys.SHOWN]
    if sum(cell_len(key + name) for key, name, _ in texts) > width:
        texts = [text for text in texts if text[2] not in keys.WHERE_ROOM]
    parts = [part for key, name, _ in texts for part in ((key, BOLD), (name, QUIET))]
    return row(width, *parts)


_MEANINGS = (
    ("{on} {off}", "a lamp that is lit, or not"),
    ("{peak}", "loudest recent moment"),
    ("{here} {was}", "where the talk is, or was"),
    ("line", "the way it took to there"),
    ("lands", "where each mood would rule"),
    ("dots", "the land of the mood that rules"),
    ("Voices", "how the last words sounded"),
    ("{leads}", "what would bring a change"),
)


@lru_cache(maxsize=4)
def help_page(
    troubles: tuple[Problem, ...],
    places: tuple[Place, ...],
    width: int,
    height: int,
    glyphs: Glyphs,
) -> Block:
    """What the keys do and what the pictures mean, and `troubles` as far as there is room."""
    inner = width - 4
    half = inner // 2
    with_keys = [place.key for place in places if place.key]  # a tenth mood has none
    digits = "-".join(dict.fromkeys((*with_keys[:1], *with_keys[-1:])))
    table = ((digits, "", "choose a mood by hand"), *keys.SHOWN)
    known = [(f"{key:<7}", meaning) for key, _, meaning in table]
    signs = {
        name: getattr(glyphs, name) for name in ("on", "off", "peak", "here", "was", "leads")
    }
    seen = [(sign.format(**signs).ljust(7), meaning) for sign, meaning in _MEANINGS]
    size = max((len(known) + len(seen) + 1) // 2, len(seen))
    left, right = known[:size], seen + known[size:]  # keys that find no room stand there
    rows = beside(
        sized(tuple(row(half, (key, BOLD), (text, PLAIN)) for key, text in left), half, size),
        sized(
            tuple(row(inner - half, (key, BOLD), (text, PLAIN)) for key, text in right),
            inner - half,
            size,
        ),
    )
    room = height - 2 - len(rows)
    for one in troubles[:room]:
        text = f"{hours_minutes_seconds(one.at_s)}  {one.text}"
        lines = folded(text, inner, max(min(room // len(troubles), 3), 1), glyphs)
        rows += tuple(row(inner, (line, BAD)) for line in lines if line.strip())
    if not troubles:
        advice = "A mood stays for a while before another may follow: music needs time."
        rows += (row(inner), row(inner, (advice, QUIET)))
    return box(rows, width, height, glyphs, title="Help", note=("? closes it", QUIET))

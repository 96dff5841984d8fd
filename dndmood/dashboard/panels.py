"""The parts of the picture, one function each; what is drawn again only when it changes is kept."""

from functools import lru_cache

from rich.cells import cell_len
from rich.style import Style

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
from dndmood.dashboard.ear import FLOOR_DB, Ear
from dndmood.dashboard.lettering import lettered
from dndmood.dashboard.meter import bar, peaked
from dndmood.dashboard.palette import (
    BAD,
    BAR,
    BOLD,
    GOOD,
    PLAIN,
    QUIET,
    WARN,
    Glyphs,
    hues,
)
from dndmood.dashboard.state import Note, Screen
from dndmood.events import MoodState, Problem
from dndmood.mood_places import Place
from dndmood.printable import printable
from dndmood.times import hours_minutes_seconds, minutes_seconds

_SPEECH_S = 1.5
"""The speech lamp stays lit this long after a window of speech."""
_NEWS_S, _OLD_S = 120.0, 300.0
"""A problem is shown in full for the first of these; one that just happened goes after the other."""
_OVER_S = 20.0
"""That one is over needs nobody: so long is enough to read it."""
_LOUD_DB, _CLIPS_DB = -12.0, -1.0
_LEAST_METER = 10
"""Cells for the name of a further ear and its level."""
LEAST_MOOD = 8
"""Rows in which the mood's name, reason and outlook can be read."""


def header(screen: Screen, width: int, left: int, glyphs: Glyphs, *, stalled: bool) -> Row:
    """Lamps in the first `left` cells, then level and time, in one row."""
    ear = screen.ear
    spoken = (
        screen.talk.spoken_s is not None and ear.heard_s - screen.talk.spoken_s <= _SPEECH_S
    )
    lamps = row(
        left + 1,
        (" dndmood  ", BOLD),
        *_lamp(screen, glyphs, stalled=stalled),
        (f"{glyphs.on} speech", GOOD) if spoken else (f"{glyphs.off} quiet", QUIET),
    )
    minus = glyphs.minus if ear.level_db < 0 else " "
    number = f"{minus}{abs(ear.level_db):.0f} dB".rjust(8)
    right = ((number, PLAIN), (hours_minutes_seconds(ear.heard_s).rjust(10) + " ", BOLD))
    room = width - left - 1 - sum(len(text) for text, _ in right)
    meters = _meters(screen, room, glyphs)
    return (*lamps, *row(width - left - 1, *meters, *right))


def _meters(screen: Screen, room: int, glyphs: Glyphs) -> tuple[Part, ...]:
    """The microphone's level and, where there is room for them, that of each further ear."""
    each = room // (1 + len(screen.ears))
    further = screen.ears if each >= _LEAST_METER else ()
    parts = _meter(screen.ear, room - each * len(further), glyphs)
    for name, ear in further:
        called = fit(f" {printable(name)}", each // 2, glyphs)
        parts += ((called, PLAIN), *_meter(ear, each - each // 2, glyphs))
    return parts


def _meter(ear: Ear, width: int, glyphs: Glyphs) -> tuple[Part, ...]:
    style = BAD if ear.peak_db > _CLIPS_DB else WARN if ear.level_db > _LOUD_DB else GOOD
    level, peak = ((db - FLOOR_DB) / -FLOOR_DB for db in (ear.level_db, ear.peak_db))
    return peaked(level, peak, width, glyphs, style)


def _lamp(screen: Screen, glyphs: Glyphs, *, stalled: bool) -> tuple[Part, Part]:
    """The listening lamp, always equally wide."""
    if screen.paused:
        return (f"{glyphs.off} paused", WARN), (" " * 8, PLAIN)
    if stalled or screen.ear.heard_s == 0.0:
        return (f"{glyphs.off} hears nothing", WARN), (" ", PLAIN)
    return (f"{glyphs.on} listening", GOOD), (" " * 5, PLAIN)


def mood(
    screen: Screen, places: tuple[Place, ...], width: int, height: int, glyphs: Glyphs
) -> Block:
    """The present mood in large letters, its age, why it rules, how likely every mood is."""
    state = screen.history.mood
    age = minutes_seconds(screen.ear.heard_s - state.since_s) if state else ""
    return _mood(state, age, _where(screen, width - 8, glyphs), places, width, height, glyphs)


def _where(screen: Screen, width: int, glyphs: Glyphs) -> tuple[str, str]:
    """The place, and for a while what moved the party there; both empty while nobody knows."""
    place = screen.place
    if place is None or not place.place:
        return "", ""
    title = f"at {printable(place.place)}"
    why = "" if screen.ear.heard_s - place.at_s > _OLD_S else place.why.partition(": ")[2]
    if place.forced:
        why = "chosen by hand"
    room = max(width - cell_len(title), 1)
    return title, fit(printable(why), room, glyphs).rstrip()


@lru_cache(maxsize=4)
def _mood(
    state: MoodState | None,
    age: str,
    where: tuple[str, str],
    places: tuple[Place, ...],
    width: int,
    height: int,
    glyphs: Glyphs,
) -> Block:
    if state is None:
        waiting = row(width - 4, ("waiting for the first sound", QUIET))
        return box((waiting,), width, height, glyphs, title="Mood")
    inner = width - 4
    place = next((p for p in places if p.name == state.mood), None)
    title, style = (place.title, hues(places)[place.name]) if place else (state.mood, PLAIN)
    room = height - 2
    name = lettered(title, inner, room - 3, fine=glyphs.fine)
    rows = [row(inner)] * (room > len(name) + 6)
    rows += [row(inner, (line, style + BOLD)) for line in name]
    rows += [row(inner)] * (room > len(name) + 3)
    why = _without_title(state.why, title)
    likely = bool(state.shares) and room > LEAST_MOOD - 3
    lines = max(room - len(rows) - bool(state.outlook) - likely, 1)
    texts = folded(why, inner, min(lines, 3), glyphs)
    rows += [row(inner, (line, PLAIN)) for line in texts]
    if state.outlook:
        rows.append(row(inner, (fit(f"{glyphs.leads} {state.outlook}", inner, glyphs), BOLD)))
    if likely:
        rows = [*rows[: room - 1], *[row(inner)] * (room - 1 - len(rows))]
        rows.append(row(inner, (_likely(state, places, inner), QUIET)))
    ruler = "by hand" if state.forced else "automatic"
    note = (f"{ruler}, for {age}", BOLD if state.forced else QUIET)
    foot = (where[0], "", where[1])
    return box(rows, width, height, glyphs, title="Mood", note=note, foot=foot)


def _likely(state: MoodState, places: tuple[Place, ...], width: int) -> str:
    """Each mood and how likely it is in percent, the likeliest first, as many as there is room for."""
    titles = {place.name: printable(place.title) for place in places}
    told = ""
    for name, share in sorted(state.shares.items(), key=lambda pair: -pair[1]):
        more = f"{titles.get(name, name)} {share * 100:.0f} %"
        longer = f"{told}  {more}" if told else more
        if cell_len(longer) > width:
            break
        told = longer
    return told


def _without_title(why: str, title: str) -> str:
    """`why` without the name that stands above it in large letters."""
    for prefix in (f"stays {title}: ", f"{title}: "):
        if why.startswith(prefix):
            return why[len(prefix) :]
    return why


def voices_height(screen: Screen, height: int) -> int:
    """How many of `height` rows the bars take: one each where there is room, else two in a row.

    The mood above them keeps its `LEAST_MOOD`; where that leaves too few, the strongest are shown.
    """
    count = max(len(screen.talk.scores), 8)
    wanted = count + 2 if height >= count + 12 else (count + 1) // 2 + 2
    return max(min(wanted, height - LEAST_MOOD), 3)


@lru_cache(maxsize=4)
def voices(
    scores: tuple[tuple[str, float], ...], width: int, height: int, glyphs: Glyphs
) -> Block:
    """How the last talk sounded: one bar for each emotion."""
    inner = width - 4
    if not scores:
        waiting = (row(inner, ("nobody has spoken yet", QUIET)),)
        return box(waiting, width, height, glyphs, title="Voices")
    top = max(share for _, share in scores)
    if len(scores) > (most := 2 * (height - 2)):
        least = sorted((share for _, share in scores), reverse=True)[most - 1]
        scores = tuple(pair for pair in scores if pair[1] >= least)[:most]
    label = min(max(len(name) for name, _ in scores), 12)
    columns = 1 if len(scores) <= height - 2 else 2
    wide = (inner - 2 * (columns - 1)) // columns
    lines = [
        _score(name, share, label, wide, glyphs, leads=share == top) for name, share in scores
    ]
    if columns == 1:
        return box(lines, width, height, glyphs, title="Voices")
    half = (len(lines) + 1) // 2
    first, second = tuple(lines[:half]), sized(tuple(lines[half:]), wide, half)
    rows = beside(first, (row(inner - 2 * wide),) * half, second)
    return box(rows, width, height, glyphs, title="Voices")


def _score(
    name: str, share: float, label: int, width: int, glyphs: Glyphs, *, leads: bool
) -> Row:
    style = BOLD if leads else PLAIN
    number = f" {share * 100:3.0f}" if width > label + 16 else ""
    room = width - label - 1 - len(number)
    return row(
        width,
        (fit(name, label, glyphs) + " ", style),
        *bar(share, room, glyphs, BAR + BOLD if leads else BAR),
        (number, style),
    )


@lru_cache(maxsize=4)
def notes(every: tuple[Note, ...], width: int, height: int, glyphs: Glyphs) -> Block:
    """What happened recently, the newest last."""
    inner = width - 4
    rows = []
    for note in every[-(height - 2) :]:
        text = fit(note.text, inner - 18, glyphs)
        rows.append(
            row(
                inner,
                (f"{hours_minutes_seconds(note.at_s)}  {note.kind:<8} ", QUIET),
                (text, PLAIN),
            )
        )
    return box(rows, width, height, glyphs, title="What happened")


def problem(screen: Screen, width: int, glyphs: Glyphs) -> Block:
    """What is wrong and, while that is new, what is over: two rows where it needs them, else one.

    A problem that stands stays until it is over; one that just happened goes after a while.
    """
    over, wrong = screen.relief, _wrong(screen)
    good = over is not None and screen.ear.heard_s - over.at_s <= _OVER_S
    relief = _told(over.text, 1 if wrong else 2, GOOD, width, glyphs) if over and good else ()
    if wrong is None:
        return relief or (row(width),)
    new = screen.ear.heard_s - wrong.at_s <= _NEWS_S
    when = "" if new else f"{hours_minutes_seconds(wrong.at_s)}  "
    every = f"{len(screen.standing)} problems (? shows them): "
    text = f"! {when}{every if len(screen.standing) > 1 else ''}{wrong.text}"
    lines = 2 if new and not relief else 1
    return _told(text, lines, BAD if new else QUIET, width, glyphs) + relief


def _wrong(screen: Screen) -> Problem | None:
    """What shall be seen of all that went wrong."""
    last, heard_s = screen.problem, screen.ear.heard_s
    long_s = _NEWS_S if screen.standing else _OLD_S
    if last is not None and not last.about and heard_s - last.at_s <= long_s:
        return last
    return screen.standing[-1] if screen.standing else None


def _told(text: str, lines: int, style: Style, width: int, glyphs: Glyphs) -> Block:
    """`text` in a row, or in up to `lines` of them."""
    needed = lines if cell_len(printable(text)) > width - 2 else 1
    texts = folded(text, width - 2, needed, glyphs)
    return tuple(row(width, (f" {line}", style)) for line in texts)

"""The part of the picture that says what plays, how loud, and what comes next."""

from rich.cells import cell_len

from dndmood.dashboard import audible
from dndmood.dashboard.block import Block, Part, Row, box, fit, row
from dndmood.dashboard.meter import bar
from dndmood.dashboard.palette import BAD, BOLD, PLAIN, QUIET, WARN, Glyphs
from dndmood.dashboard.state import Music, Screen
from dndmood.events import SOFTEST_DB
from dndmood.printable import printable
from dndmood.times import minutes_seconds
from dndmood.timetable import Sounding

_STALE_S = 5.0
"""A balance older than this says nothing about now."""
_FAR_OVER_DB = 40.0
"""Music that is softer than this beside a voice is hardly in the microphone's sound: no number."""


def music(screen: Screen, width: int, glyphs: Glyphs) -> Block:
    """What plays, how far it has come, and what leaves or comes next."""
    at_s = screen.ear.heard_s
    playing, asked = screen.music.audible, screen.music.timetable
    heard = audible.heard(playing, asked, at_s)
    inner = width - 4
    labels = ("playing",) if len(heard) == 1 else ("fades in", "fades out")
    rows = [
        _sounding(one, label, inner, glyphs) for one, label in zip(heard, labels, strict=False)
    ]
    if playing.mute:
        rows = [row(inner, ("no music can be heard", WARN))]
    elif not heard:
        rows = [
            row(inner, (fit(screen.music.why or "nothing plays yet", inner, glyphs), PLAIN))
        ]
    coming = audible.coming(playing, asked, at_s)
    if len(rows) == 1 and coming and (heard or playing.mute):
        same = heard and heard[0].track.path == coming.path
        again = "again from its beginning" if same else coming.title
        label = "wanted     " if playing.mute else "then       "
        rows.append(row(inner, (label, QUIET), (fit(again, inner - 11, glyphs), QUIET)))
    note = _music_note(screen.music, at_s, glyphs, width - len("Music") - 9)
    return box(rows, width, 4, glyphs, title="Music", note=note)


def _music_note(music: Music, at_s: float, glyphs: Glyphs, room: int) -> Part:
    """How loud the music is: by hand, under talk, and against the voices at the microphone.

    And the ambience, as far as there is room for it in so many cells.
    """
    if music.silent:
        return ("silenced: x brings it back", BAD)
    parts = [f"volume {_signed(music.volume_db, glyphs)} dB"]
    if music.stepped_db < 0.0:
        parts.insert(0, f"stepped back {-music.stepped_db:.0f} dB")
    if music.over_db is not None and at_s - music.over_s <= _STALE_S:
        over = f"voice over music {_signed(music.over_db, glyphs)} dB"
        far = f"voice more than {_FAR_OVER_DB:.0f} dB over music"
        parts.insert(0, over if music.over_db <= _FAR_OVER_DB else far)
    text = ", ".join(parts)
    if music.ambience:
        level = f"{_signed(music.ambience_db, glyphs)} dB"
        level = "off" if music.ambience_db <= SOFTEST_DB else level
        for longer in (
            f"ambience {music.ambience} {level}, {text}",
            f"ambience {level}, {text}",
        ):
            if cell_len(longer) <= room:
                return (printable(longer), QUIET)
    return (text, QUIET)


def _signed(level_db: float, glyphs: Glyphs) -> str:
    whole = round(level_db)
    return f"{'+' if whole > 0 else glyphs.minus if whole < 0 else ''}{abs(whole)}"


def _sounding(one: Sounding, label: str, width: int, glyphs: Glyphs) -> Row:
    name = max(width * 2 // 5, 20)
    times = f"{minutes_seconds(one.place_s)} / {minutes_seconds(one.track.duration_s)}".rjust(
        15
    )
    share = one.place_s / one.track.duration_s if one.track.duration_s > 0 else 0.0
    style = PLAIN if label == "fades out" else BOLD
    return row(
        width,
        (f"{label:<11}", QUIET),
        (fit(one.track.title, name, glyphs) + "  ", style),
        *bar(share, width - 11 - name - 2 - len(times), glyphs),
        (times, PLAIN),
    )

"""The evening as lines of text, for pipes and logs."""

from collections.abc import Callable
from contextlib import suppress
from heapq import nlargest
from queue import Empty, SimpleQueue

from dndmood import console
from dndmood.clock import Clock
from dndmood.dashboard.state import kind_of
from dndmood.events import (
    AudioChunk,
    Balance,
    Command,
    Correction,
    Cue,
    Duck,
    EmotionEstimate,
    Event,
    Heard,
    MoodBook,
    MoodState,
    NowPlaying,
    Problem,
    SpeechWindow,
    TableScale,
)
from dndmood.pipeline import Sink
from dndmood.printable import printable
from dndmood.scene import AmbienceCue, PlaceState, SceneCue
from dndmood.times import hours_minutes_seconds, minutes_seconds

_SAID = 0.5
"""A cue for a place that is weaker moves nobody."""
_BEGINNING_S = 5.0
"""A track that is joined sooner than this is printed as one that begins."""
_MOST = 10_000
"""Lines that wait to be printed; when a terminal takes none for hours, the oldest are dropped."""
_POLL_S = 0.1
_LAST_S = 3.0
"""How long the last lines are waited for when somebody asks the evening to end."""


class Lines:
    """Lines on their way to the standard output: whoever adds one never waits for the terminal."""

    def __init__(self) -> None:
        self._waiting: SimpleQueue[str] = SimpleQueue()
        self._failed = False

    def add(self, line: str) -> None:
        """Leave a line to be printed and return at once."""
        self._waiting.put(line)
        if self._waiting.qsize() > _MOST:
            with suppress(Empty):
                self._waiting.get_nowait()

    def show(
        self,
        put: Callable[[Command | Problem], None],
        *,
        alive: Callable[[], bool],
        clock: Clock,
    ) -> None:
        """Print every line until `alive()` is False.

        Must run on the main thread. When it is interrupted, or when nobody reads the lines any
        more, `put` is asked to quit; what was to be said until then is still printed. An output that cannot be
        written is reported to `put` once, and the evening goes on.
        """
        try:
            self._print(put, alive)
        except (KeyboardInterrupt, SystemExit):
            put(Command("quit"))
            console.give_up_unread()
            end_s = clock.now_s() + _LAST_S
            self._print(put, lambda: alive() and clock.now_s() < end_s)
            raise

    def _print(
        self, put: Callable[[Command | Problem], None], alive: Callable[[], bool]
    ) -> None:
        goes_on = True
        while goes_on:
            goes_on = alive()  # asked first: what came before its end is printed as well
            with suppress(Empty):
                while True:
                    line = self._waiting.get(timeout=_POLL_S if goes_on else 0.0)
                    self._write(line, put)

    def _write(self, line: str, put: Callable[[Command | Problem], None]) -> None:
        try:
            console.line(line)
        except (OSError, ValueError) as error:
            if isinstance(error, OSError) and console.is_gone(error):
                put(Command("quit"))
            elif not self._failed:
                reason = getattr(error, "strerror", None) or str(error)
                put(Problem(0.0, f"These lines cannot be written: {reason}."))
            self._failed = True


def printer(write: Callable[[str], None]) -> Sink:
    """A sink that gives `write` one line, without its line end, for each event that is shown.

    A line has the audio time, the kind and a text. A decision to stay is printed only when its
    reason is of another kind than the last one: other numbers alone make no news.
    """
    printed = ("", "")

    def show(event: Event) -> None:
        nonlocal printed
        if isinstance(event, MoodState):
            kind = (event.mood, kind_of(event.why))
            if kind == printed:
                return
            printed = kind
        if text := line(event):
            write(text)

    return show


def line(event: Event) -> str:  # noqa: C901, PLR0911 - one return for each fact
    """`event` as one line without its line end; empty for sound itself.

    >>> line(Problem(754.0, "The microphone is gone: plug it in again."))
    ' 0:12:34  problem   The microphone is gone: plug it in again.'
    """
    match event:
        case AudioChunk() | SpeechWindow() | Balance() | Heard() | TableScale() | MoodBook():
            return ""
        case Duck(gain_db=gain_db):
            text = f"steps back {-gain_db:.0f} dB under talk" if gain_db else "comes forward"
            return _line(event.at_s, "music", text)
        case EmotionEstimate():
            whose = f" ({event.ear})" if event.ear else ""
            return _line(event.at_s, "estimate", _sound_of(event) + whose)
        case MoodState():
            outlook = f" ({event.outlook})" if event.outlook else ""
            return _line(event.at_s, "mood", event.why + outlook)
        case Cue():
            begins = event.tracks and not event.goes_on
            fade = f", fades in over {event.fade_s:g} s" if begins else ""
            return _line(event.at_s, "music", event.why + fade)
        case Correction():
            return _line(event.at_s, "noted", f"wanted {event.wanted} and not {event.taken}")
        case Command():
            return _line(event.at_s, "key", _request(event))
        case Problem(solved=solved):
            return _line(event.at_s, "better" if solved else "problem", event.text)
        case NowPlaying():
            return _line(event.at_s, "playing", _heard(event))
        case SceneCue():
            return _cue(event)
        case PlaceState():
            return _line(event.at_s, "place", event.why)
        case AmbienceCue():
            fade = f", fades in over {event.fade_s:g} s" if event.beds or event.shots else ""
            return _line(event.at_s, "ambience", event.why + fade)


def _cue(cue: SceneCue) -> str:
    """What was heard and speaks for a place or a mood; nothing for what is only talked about."""
    if not cue.phrase or (cue.what == "place" and abs(cue.strength) < _SAID):
        return ""
    return _line(cue.at_s, "heard", f"'{cue.phrase}', for {cue.name or 'leaving'}")


def _line(at_s: float, kind: str, text: str) -> str:
    return f"{hours_minutes_seconds(at_s):>8}  {kind:<8}  {printable(text)}"


def _sound_of(estimate: EmotionEstimate) -> str:
    best = nlargest(3, estimate.scores.items(), key=lambda pair: pair[1])
    shares = ", ".join(f"{label} {share * 100:.0f} %" for label, share in best)
    return f"arousal {estimate.arousal:.2f}  valence {estimate.valence:.2f}  {shares}"


def _heard(report: NowPlaying) -> str:
    if report.track is None:
        return "no music can be heard"
    joined = report.place_s >= _BEGINNING_S
    return report.track.title + (
        f", from {minutes_seconds(report.place_s)} on" if joined else ""
    )


def _request(command: Command) -> str:
    change = f" {command.change_db:+g} dB" if command.change_db else ""
    named = command.mood or command.place
    if command.verb == "place" and not named:
        named = "automatic"
    return f"{command.verb} {named}".strip() + change

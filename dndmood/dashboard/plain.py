"""The evening as lines of text, for pipes and logs."""

from collections.abc import Callable
from heapq import nlargest

from dndmood.dashboard.block import clean
from dndmood.dashboard.meter import clock
from dndmood.dashboard.state import kind_of
from dndmood.events import (
    AudioChunk,
    Balance,
    Command,
    Correction,
    Cue,
    EmotionEstimate,
    Event,
    Heard,
    Level,
    MoodBook,
    MoodState,
    NowPlaying,
    Problem,
    SpeechWindow,
    TableScale,
)
from dndmood.pipeline import Sink


def printer(write: Callable[[str], None]) -> Sink:
    """A sink that gives `write` one line, without its line end, for each event worth telling.

    A line has the audio time, the kind and a text. A decision to stay is told only when its
    reason is of another kind than the last one: other numbers alone make no news.
    """
    told = ("", "")

    def show(event: Event) -> None:
        nonlocal told
        if isinstance(event, MoodState):
            kind = (event.mood, kind_of(event.why))
            if kind == told:
                return
            told = kind
        if text := line(event):
            write(text)

    return show


def line(event: Event) -> str:  # noqa: PLR0911 - one return for each fact
    """`event` as one line without its line end; empty for sound itself.

    >>> line(Problem(754.0, "The microphone is gone: plug it in again."))
    ' 0:12:34  problem   The microphone is gone: plug it in again.'
    """
    match event:
        case AudioChunk() | SpeechWindow() | Balance() | Heard() | TableScale() | MoodBook():
            return ""
        case Level(gain_db=gain_db):
            text = f"steps back {-gain_db:.0f} dB under talk" if gain_db else "comes forward"
            return _line(event.at_s, "music", text)
        case EmotionEstimate():
            return _line(event.at_s, "estimate", _sound_of(event))
        case MoodState():
            outlook = f" ({event.outlook})" if event.outlook else ""
            return _line(event.at_s, "mood", event.why + outlook)
        case Cue():
            fade = f", fades in over {event.fade_s:g} s" if event.tracks else ""
            return _line(event.at_s, "music", event.why + fade)
        case Correction():
            return _line(event.at_s, "noted", f"wanted {event.wanted} and not {event.taken}")
        case Command():
            return _line(event.at_s, "key", _request(event))
        case Problem():
            return _line(event.at_s, "problem", event.text)
        case NowPlaying(track=track):
            return _line(event.at_s, "hears", track.title if track else "no music")


def _line(at_s: float, kind: str, text: str) -> str:
    return f"{clock(at_s):>8}  {kind:<8}  {clean(text)}"


def _sound_of(estimate: EmotionEstimate) -> str:
    best = nlargest(3, estimate.scores.items(), key=lambda pair: pair[1])
    shares = ", ".join(f"{label} {share * 100:.0f} %" for label, share in best)
    return f"arousal {estimate.arousal:.2f}  valence {estimate.valence:.2f}  {shares}"


def _request(command: Command) -> str:
    change = f" {command.change_db:+g} dB" if command.change_db else ""
    return f"{command.verb} {command.mood}".strip() + change

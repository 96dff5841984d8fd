"""Moments of an evening for the tests of the dashboard; run as a module, it writes their pictures.

python -m tests.dashboard.scenes
"""

from functools import reduce
from pathlib import Path

import numpy as np

from dndmood.dashboard.ear import Ear
from dndmood.dashboard.state import Screen, fold
from dndmood.dashboard.view import Picture, render
from dndmood.events import (
    AudioChunk,
    Command,
    Cue,
    EmotionEstimate,
    Event,
    MoodState,
    Problem,
    SpeechWindow,
    Track,
)
from dndmood.mood_places import Place

SNAPSHOTS = Path(__file__).with_name("snapshots")
SIZES = ((80, 24), (120, 40))

PLACES = (
    Place("calm", "Calm", "1", 0.32, 0.60),
    Place("merry", "Merry", "2", 0.65, 0.80),
    Place("suspense", "Suspense", "3", 0.48, 0.38),
    Place("battle", "Battle", "4", 0.82, 0.25),
    Place("sorrow", "Sorrow", "5", 0.25, 0.25),
    Place("triumph", "Triumph", "6", 0.85, 0.85),
)
TRACKS = {
    "calm": (Track("road.ogg", "The Long Road", 168.0), Track("embers.ogg", "Embers", 175.0)),
    "battle": (
        Track("steel.ogg", "Steel on the Bridge", 168.0),
        Track("initiative.ogg", "Initiative", 175.0),
    ),
    "triumph": (Track("gates.ogg", "The Gates Stand Open", 182.0),),
}
GONE = (
    "The microphone is gone; listening starts again by itself when it is back: plug it in, "
    "or choose another one with --device."
)


def screen(*events: Event) -> Screen:
    """What the screen is after `events`; nothing was lost before the first sound."""
    first = next((event.start for event in events if isinstance(event, AudioChunk)), 0)
    return reduce(fold, events, Screen(ear=Ear(heard_s=first / 16_000)))


def sound(end_s: float, level: float = 0.1, length_s: float = 0.02) -> AudioChunk:
    """A chunk that ends at `end_s` and is `level` throughout."""
    samples = round(length_s * 16_000)
    start = round(end_s * 16_000) - samples
    return AudioChunk(np.full(samples, level, dtype=np.float32), start)


def spoken(at_s: float, arousal: float, valence: float, label: str = "calm") -> EmotionEstimate:
    """A window of speech that is mostly `label`."""
    scores = {"neutral": 0.1, "calm": 0.05, "happy": 0.05, "sad": 0.02, "angry": 0.03}
    scores |= {"fearful": 0.05, "disgusted": 0.03, "surprised": 0.02, label: 0.65}
    return EmotionEstimate(at_s, arousal, valence, scores, voice=0.9, voiced=0.8)


def mood(at_s: float, name: str, why: str, **more: object) -> tuple[MoodState, Cue]:
    """The mood `name` from `at_s`, and its music."""
    tracks = TRACKS[name]
    state = MoodState(at_s, name, at_s, why, **more)  # type: ignore[arg-type]
    return state, Cue(at_s, name, tracks, 6.0, f"plays {tracks[0].title}")


def calm() -> tuple[Event, ...]:
    """Forty minutes of travel, with one fight in it, and somebody speaks."""
    way = [spoken(2250.0 + n, 0.30 + 0.004 * n, 0.70 - 0.006 * n) for n in range(30)]
    return (
        *mood(0.0, "calm", "Calm: the evening begins"),
        *mood(900.0, "battle", "Battle: ahead for 9 s, mostly angry voices"),
        *mood(1260.0, "calm", "Calm: ahead for 14 s, mostly calm voices"),
        *way,
        SpeechWindow(np.zeros(1, dtype=np.float32), 2280.0, 0.8),
        MoodState(
            2280.0,
            "calm",
            1260.0,
            "stays Calm: Battle leads by 12 points and needs 24",
            outlook="Battle if this goes on for 8 s",
        ),
        sound(2280.5),
    )


def battle() -> tuple[Event, ...]:
    """A fight has just broken out: the old track fades under the new one."""
    way = [spoken(2281.0 + n, 0.42 + 0.05 * n, 0.53 - 0.03 * n, "angry") for n in range(10)]
    why = "Battle: ahead for 7 s, mostly angry voices (arousal 0.82, valence 0.25)"
    return *calm(), *way, *mood(2290.0, "battle", why), sound(2292.3, 0.3, 11.8)


def paused() -> tuple[Event, ...]:
    """The game master rules by hand, has turned the music off, and nobody listens."""
    return (
        *calm(),
        Command("force", mood="triumph", at_s=2300.0),
        *mood(2300.0, "triumph", "Triumph: chosen by hand", forced=True),
        Command("volume", change_db=-4.0, at_s=2310.0),
        Command("silence", at_s=2310.0),
        Command("pause", at_s=2310.0),
        sound(2330.0, 0.003, 49.5),
    )


SCENES: dict[str, tuple[Event, ...]] = {
    "start": (),
    "calm": calm(),
    "battle": battle(),
    "problem": (*calm(), Problem(2280.4, GONE)),
    "paused": paused(),
    "help": calm(),
}


def picture(name: str, width: int, height: int, *, ascii: bool = False) -> Picture:  # noqa: A002
    """The scene `name` at that size."""
    return render(
        screen(*SCENES[name]),
        PLACES,
        width=width,
        height=height,
        ascii=ascii,
        helping=name == "help",
    )


def lines(picture: Picture) -> list[str]:
    """What can be read in `picture`, without the blanks at the ends."""
    return ["".join(part.text for part in row).rstrip() for row in picture.rows]


def snapshot(name: str, width: int, height: int) -> Path:
    """Where the picture of a scene is kept."""
    return SNAPSHOTS / f"{name}_{width}x{height}.txt"


def main() -> None:
    """Write every picture; look at the difference before you keep it."""
    for name in SCENES:
        for width, height in SIZES:
            text = "\n".join(lines(picture(name, width, height)))
            snapshot(name, width, height).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

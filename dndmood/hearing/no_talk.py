"""Stage `report_no_talk`: says what is heard instead when no talk is found for long."""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from dndmood.decibels import power_db
from dndmood.events import (
    RATE_HZ,
    AudioChunk,
    Balance,
    Command,
    EmotionEstimate,
    Event,
    Problem,
    Samples,
)
from dndmood.hearing.speech import Framer

_AFTER_S = 100.0
"""So much sound without talk is reported: within two minutes, also when chunks are long."""
_AT_MOST_S = 1800.0
"""A table that reads or eats is not deaf: once there was talk, the wait doubles, up to this."""
_FRAME_S = 0.1
_NO_VOICE, _VOICE = 0.4, 0.55
"""The model's word on voice: no talk below the first, talk again only above the second, as the
mood takes it (`mood.no_voice`)."""
_RECENT_S = 60.0
_LEAST_SHARE = 0.2
"""Of music, up to one window in twenty passes for a voice (the starter tracks, two minutes each);
of the scene that comes along, at least nine in ten do, down to 40 dB below its level."""
_SOFT_DB = -55.0
"""Talk at a usable level is louder than this in its louder moments: the scene that comes along,
over a noise of -65 dB, is lost when its own are at -60 dB."""
_STEADY_DB = 6.0
"""Sound whose loud and soft moments lie closer together is steady noise."""
_OURS_DB = 6.0
"""Our music makes most of the sound when it is at most so much softer than all of it."""
_OTHERS_S = 600.0
"""While others are heard through another ear, this one may be silent for longer."""
_LEAST_BALANCES = 20
_CUT_OFF = 0.999
_MUCH_CUT_OFF = 0.2
_LOUD, _USUAL, _FLOOR = 95, 50, 10  # percentiles of the levels of all frames

_OFF_DB = -120.0
"""At this `least_db` nothing is too soft to be talk."""

TALK_AGAIN = "Talk is heard again."
_ABOUT = "talk"
PERFECT_SILENCE = (
    "No talk was found, because there is no sound at all, only perfect silence: look whether the "
    "right input was chosen and is not muted."
)


@dataclass(slots=True)
class _Stretch:
    """What was heard since the last talk."""

    levels_db: list[float] = field(default_factory=list)
    """Of each tenth of a second that is not perfect silence, without its constant part."""
    cut_off: int = 0
    """How many of them reach full scale."""
    passed: int = 0
    """Windows that the model took for a voice."""
    refused: int = 0
    music_db: list[float] = field(default_factory=list)
    """Level of our own music at the microphone, while it is known."""

    @property
    def seconds(self) -> float:
        return len(self.levels_db) * _FRAME_S

    def add(self, frame: Samples) -> None:
        """Weigh one frame."""
        self.levels_db.append(_level_db(frame))
        self.cut_off += bool(np.abs(frame).max() >= _CUT_OFF)


class _Talk:
    """Whether what the model takes for voices is talk, or music that passes now and then."""

    def __init__(self) -> None:
        self._recent: deque[tuple[float, bool]] = deque()
        self._open = True

    def hears(self, estimate: EmotionEstimate) -> tuple[bool, bool]:
        """Whether this window is a voice, and whether that makes talk."""
        self._open = estimate.voice >= (_NO_VOICE if self._open else _VOICE)
        self._recent.append((estimate.at_s, self._open))
        while self._recent[0][0] < estimate.at_s - _RECENT_S:
            self._recent.popleft()
        passed = sum(voice for _, voice in self._recent)
        often = passed > 1 and passed >= _LEAST_SHARE * len(self._recent)
        return self._open, self._open and often


class _Watch:
    """Follows the tape, and has something to say at times."""

    def __init__(self, least_db: float, ear: str) -> None:
        self._least_db, self._ear = least_db, ear
        self._talk: defaultdict[str, _Talk] = defaultdict(_Talk)
        self._begin()
        self._expected = 0
        self._reported = False  # since the last talk
        self._quit = False
        self._ever = False  # somebody was heard this evening
        self._talked = False  # and it was talk
        self._wait_s = _AFTER_S
        self._explained = False  # another part has said why there is perfect silence

    def _begin(self) -> None:
        self._stretch, self._framer = _Stretch(), _framer()

    def hear(self, event: Event) -> Problem | None:
        """What is to be said after this event."""
        match event:
            case AudioChunk() if event.ear == self._ear:
                return self._sound(event)
            case EmotionEstimate():
                return self._window(event)
            case Balance() if not self._reported and event.ear == self._ear:
                self._stretch.music_db.append(event.music_db)
            case Problem(solved=False) if self._expected and not self._stretch.levels_db:
                self._explained = True
            case Command(verb="pause"):
                self._begin()
            case Command(verb="quit"):
                self._quit = True
        return None

    def _sound(self, chunk: AudioChunk) -> Problem | None:
        if chunk.start != self._expected:
            self._framer = _framer()
        self._expected = chunk.start + len(chunk.samples)
        for frame in self._framer.push(chunk.heard):
            if not self._reported and frame.any():
                self._stretch.add(frame)
        if self._reported or self._stretch.seconds < self._wait_s:
            return None
        self._reported = True
        if self._talked:
            self._wait_s = min(2.0 * self._wait_s, _AT_MOST_S)
        return Problem(chunk.end_s, _sentence(self._stretch, self._least_db), about=_ABOUT)

    def _window(self, estimate: EmotionEstimate) -> Problem | None:
        voice, talk = self._talk[estimate.ear].hears(estimate)
        if estimate.ear != self._ear:
            self._ever = self._ever or voice
            self._wait_s = max(self._wait_s, _OTHERS_S) if talk else self._wait_s
            return None
        self._stretch.passed += voice
        self._stretch.refused += not voice
        self._ever = self._ever or voice
        if not talk:
            return None
        missed, self._reported, self._talked = self._reported, False, True
        self._stretch = _Stretch()
        back = Problem(estimate.at_s, TALK_AGAIN, solved=True, about=_ABOUT)
        return back if missed else None

    def end(self) -> Iterator[Problem]:
        """What is owed when the tape is over and nobody was ever heard."""
        silence = not self._stretch.levels_db
        if (
            self._expected
            and not (self._quit or self._reported or self._ever)
            and not (silence and self._explained)
        ):
            text = PERFECT_SILENCE if silence else _sentence(self._stretch, self._least_db)
            yield Problem(self._expected / RATE_HZ, text, about=_ABOUT)


def report_no_talk(
    tape: Iterable[Event], *, least_db: float = _OFF_DB, ear: str = ""
) -> Iterator[Event]:
    """Add a `Problem` when sound goes on for `_AFTER_S` without talk; it is solved by talk.

    Once there was talk that evening, each report doubles the time until the next. One sentence: how loud it is, what it seems to be, and what to do. A tape that ends before
    anybody was heard is reported at its end. Perfect silence is not counted: the microphone
    reports it, and a paused evening is made of it. `least_db` is what `hearing.speech` was given.
    It is about the sound of `ear`; while somebody is heard through another one, it may be silent
    for longer, as a game master who listens is.
    """
    watch = _Watch(least_db, ear)
    for event in tape:
        yield event
        if problem := watch.hear(event):
            yield problem
    yield from watch.end()


def _framer() -> Framer:
    return Framer(round(_FRAME_S * RATE_HZ))


def _sentence(stretch: _Stretch, least_db: float) -> str:
    """What is heard instead of talk, and what to do about it."""
    found = "Hardly any" if stretch.passed else "No"
    length = f"{found} talk was found in {stretch.seconds:.0f} s of sound"
    return f"{length}: {_instead(stretch, least_db)}."


def _instead(stretch: _Stretch, least_db: float) -> str:
    loud = float(np.percentile(stretch.levels_db, _LOUD))
    if stretch.cut_off > _MUCH_CUT_OFF * len(stretch.levels_db):
        return "it is so loud that it is cut off; turn the microphone down"
    if least_db > _OFF_DB and loud < least_db:
        return (
            f"all of it (at most {loud:.0f} dB) is softer than least_db = {least_db:g} in the "
            "settings; lower that, or turn the microphone up"
        )
    if loud < _SOFT_DB:
        return (
            f"it is very quiet (at most {loud:.0f} dB); if somebody speaks, turn the microphone up "
            "in the system's sound settings or bring it closer"
        )
    return _sounds(stretch, loud)


def _sounds(stretch: _Stretch, loud: float) -> str:
    """What it is that can be heard well and is no talk."""
    usual, floor = map(float, np.percentile(stretch.levels_db, (_USUAL, _FLOOR)))
    if _ours(stretch, usual):
        return (
            f"it is mostly the music that plays here (about {usual:.0f} dB at the microphone); if "
            "somebody speaks, bring the microphone closer to the players or turn the music down"
        )
    if stretch.refused > stretch.passed:
        return (
            f"the voice detector hears something like speech (about {usual:.0f} dB), but to the "
            "model it is music or noise; move the microphone away from that and closer to the "
            "players"
        )
    if loud - floor < _STEADY_DB:
        return (
            f"it is steady noise (about {usual:.0f} dB); if somebody speaks, bring the microphone "
            "closer, or choose another one ('dndmood devices' lists them)"
        )
    return (
        f"there are sounds (up to {loud:.0f} dB), but none like speech; if somebody speaks, bring "
        "the microphone closer, or choose another one ('dndmood devices' lists them)"
    )


def _ours(stretch: _Stretch, usual_db: float) -> bool:
    """Whether our own music makes most of what is heard."""
    known = stretch.music_db
    return len(known) >= _LEAST_BALANCES and float(np.median(known)) >= usual_db - _OURS_DB


def _level_db(frame: Samples) -> float:
    """Level without the constant part, which some sound cards add."""
    return power_db(float(np.var(frame, dtype=np.float64)), -140.0)

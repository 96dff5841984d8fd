"""Stage `find_speech`: finds speech in the tape and cuts it into windows. Time is samples."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Protocol

import numpy as np

from dndmood.decibels import power_db, power_of
from dndmood.events import RATE_HZ, AudioChunk, Balance, Event, Samples, SpeechWindow
from dndmood.hearing.voice_over_music import VoiceOverMusic

FRAME = 320
"""Samples in one frame of the voice decision: 20 ms, a length webrtcvad accepts."""
FRAME_S = FRAME / RATE_HZ

_ENTER = (8, 10)
"""Speech begins when 8 of the last 10 frames are voiced: a dice click has fewer."""
_LEAVE = (2, 30)
"""Speech ends when at most 2 of the last 30 frames are voiced: a breath does not end it."""
_SHORTEST_S = 1.0
"""A shorter stretch of speech is not judged: too little voice for any model."""
_TELL = 25
"""Frames from one word on the balance to the next: half a second."""
_SMOOTH = FRAME_S / 0.1
_LONG_GAP_S = 1.0
"""After so long a gap the microphone may be another one, in another place."""
_OFTEN = 0.2
"""People rest in so much of the time: what is then left of the sound is left of the music."""
_TAKEN_STEP_DB = 0.1
_TAKEN_DB, _SETTLED = (-6.0, -4.0), 300
"""Once so much of our music is taken out for so many frames, six seconds, what is left is heard as
if nothing played, until less than the second is; set by hand on tuning evenings."""
_PROOFS = (15, 150)
"""Where our music is taken out, so many of the last frames, three seconds, must stand out of all that
is heard; then softer voices count too. A new note is no voice, though it has to be learnt first."""
_SILENT_DB = -120.0


class VoiceDetector(Protocol):
    """Decides frame by frame whether somebody speaks."""

    def __call__(self, frame: Samples) -> bool:
        """True when `frame`, shape `(320,)`, holds voice."""
        ...

    def reset(self) -> None:
        """Forget the past, as after a gap."""
        ...


class Echo(Protocol):
    """Takes our own music out of what the microphone hears.

    What is left says whether anybody speaks, and nothing else: cancelling harms the voice.
    """

    def __call__(self, frame: Samples, reference: Samples) -> Samples:
        """`frame` without what came from `reference`; all of shape `(320,)` at 16 kHz."""
        ...


class Framer:
    """Cuts sound that comes in pieces of any length into frames of one length.

    >>> framer = Framer(2)
    >>> [len(list(framer.push(np.zeros(n, dtype=np.float32)))) for n in (1, 1, 5)]
    [0, 1, 2]
    """

    def __init__(self, size: int = FRAME) -> None:
        self._size = size
        self._rest = np.zeros(0, dtype=np.float32)

    def push(self, samples: Samples) -> Iterator[Samples]:
        """Every frame that is complete; the remainder waits for the next call."""
        ready = np.concatenate((self._rest, samples))
        whole = len(ready) - len(ready) % self._size
        self._rest = ready[whole:]
        yield from ready[:whole].reshape(-1, self._size)


class Segmenter:
    """Follows speech through frames: begins and ends it with hysteresis, cuts windows from it.

    A window holds the last `window_s` of the present stretch of speech, or all of it while it
    is shorter. The first comes when the stretch is `window_s` long, then one every `hop_s`,
    and one at the end when at least half a hop was not judged yet.
    """

    def __init__(self, *, start: int, window_s: float, hop_s: float, ear: str = "") -> None:
        self._ear = ear
        self._position = start
        self._window = round(window_s / FRAME_S)
        self._hop = round(hop_s / FRAME_S)
        self._recent: deque[bool] = deque(maxlen=_LEAVE[1])
        self._frames: deque[Samples] = deque(maxlen=self._window)
        self._voiced: deque[bool] = deque(maxlen=self._window)
        self._speaking = False
        self._length = 0  # frames in the present stretch of speech
        self._judged = 0  # length at which it was last judged

    def push(self, frame: Samples, voiced: bool) -> Iterator[SpeechWindow]:  # noqa: FBT001
        """The window that ends with `frame`, if one is due."""
        self._position += FRAME
        self._recent.append(voiced)
        self._frames.append(frame)
        self._voiced.append(voiced)
        if not self._speaking:
            self._begin()
            return
        self._length += 1
        if sum(self._recent) <= _LEAVE[0] and len(self._recent) == _LEAVE[1]:
            yield from self.end()
        elif self._length >= self._window and self._length - self._judged >= self._hop:
            yield self._cut(quiet=0)

    def end(self) -> Iterator[SpeechWindow]:
        """Speech is over: the window that is still owed, if any."""
        quiet = next((i for i, voiced in enumerate(reversed(self._recent)) if voiced), 0)
        spoken = self._length - quiet
        if (
            self._speaking
            and spoken * FRAME_S >= _SHORTEST_S
            and spoken - self._judged >= self._hop / 2
        ):
            yield self._cut(quiet=quiet)
        self._speaking = False
        self._length = self._judged = 0

    @property
    def at_s(self) -> float:
        """Audio time of the last frame's end."""
        return self._position / RATE_HZ

    @property
    def speaking(self) -> bool:
        """True while somebody speaks."""
        return self._speaking

    def _begin(self) -> None:
        latest = list(self._recent)[-_ENTER[1] :]
        if sum(latest) >= _ENTER[0]:
            self._speaking = True
            self._length = len(latest)
            self._judged = 0

    def _cut(self, *, quiet: int) -> SpeechWindow:
        """The present window without its last `quiet` frames."""
        self._judged = self._length - quiet
        frames, voiced = list(self._frames), list(self._voiced)
        first = max(0, len(frames) - self._length)
        last = len(frames) - quiet
        return SpeechWindow(
            samples=np.concatenate(frames[first:last]),
            at_s=(self._position - quiet * FRAME) / RATE_HZ,
            voiced=sum(voiced[first:last]) / (last - first),
            ear=self._ear,
        )


class Judge:
    """Decides for each frame whether somebody speaks, whatever we play.

    Where our music was taken out of the sound, the voice detector's word on what is left is taken,
    as it is where nobody knows what plays. Where most of it is still in there, only a voice that
    stands above it counts.
    """

    def __init__(
        self, voice: VoiceDetector, *, echo: Echo | None, behind: VoiceDetector, least_db: float
    ) -> None:
        self._voice, self._behind, self._echo = voice, behind, echo
        self._least = power_of(least_db)
        self._power = 0.0
        self._frames = 0
        self._taken_out = _TakenOut()
        self._proofs: deque[bool] = deque(maxlen=_PROOFS[1])
        self.over_music = VoiceOverMusic()

    def __call__(
        self, frame: Samples, reference: Samples | None, heard: Samples | None = None
    ) -> bool:
        """True when `frame` holds a voice that is neither our music's nor too soft to count.

        `heard` is the frame as the microphone gave it, where our music was taken out of it since.
        """
        voiced = self._voice(frame)
        if reference is not None:
            self._frames += 1
            if heard is None:
                heard = frame
            else:
                self._taken_out.follow(frame, heard)
            left = self._echo(heard, reference) if self._echo else heard
            behind = self._behind(left)
            above = self.over_music.voiced(heard, left, reference, raw=voiced, behind=behind)
            self._proofs.append(above)
            clean = self._taken_out.well and not self.over_music.silent
            voiced = (voiced and sum(self._proofs) >= _PROOFS[0]) if clean else above
        self._power += (float(np.dot(frame, frame)) / len(frame) - self._power) * _SMOOTH
        return voiced and self._power >= self._least

    def balance(self, at_s: float, *, speaking: bool) -> Balance | None:
        """Voice against music, twice a second while we know what plays."""
        if self._frames < _TELL or self.over_music.silent:
            return None
        self._frames = 0
        voice_db, music_db = self.over_music.voice_db, self.over_music.music_db
        return Balance(at_s, voice_db, music_db, speaking=speaking)

    def gap(self, seconds: float) -> None:
        """Start over after sound was lost; how our music arrives is not forgotten."""
        self._voice.reset()
        if self._behind is not self._voice:
            self._behind.reset()
        if seconds > _LONG_GAP_S:
            self.over_music = self.over_music.after_gap()


class _TakenOut:
    """Whether our music is taken out so well that what is left can be believed."""

    def __init__(self) -> None:
        self._usual_db = 0.0  # a low quantile: while somebody speaks, little is taken out
        self._frame = self._heard = 0.0
        self._since = 0  # frames in which nearly nothing but the table was left

    @property
    def well(self) -> bool:
        """Whether nearly nothing but the table is left, and has been for a while."""
        return self._since >= _SETTLED

    def follow(self, frame: Samples, heard: Samples) -> None:
        """`frame` is what was left of `heard`."""
        self._frame += (float(np.dot(frame, frame)) / len(frame) - self._frame) * _SMOOTH
        self._heard += (float(np.dot(heard, heard)) / len(heard) - self._heard) * _SMOOTH
        now_db = power_db(self._frame, _SILENT_DB) - power_db(self._heard, _SILENT_DB)
        if not np.array_equal(frame, heard):  # something played
            self._usual_db += _TAKEN_STEP_DB * (_OFTEN - (now_db <= self._usual_db))
        self._since = self._since + 1 if self._usual_db < _TAKEN_DB[self.well] else 0


def find_speech(
    tape: Iterable[Event],
    *,
    voice: VoiceDetector,
    window_s: float = 3.0,
    hop_s: float = 1.0,
    echo: Echo | None = None,
    behind: VoiceDetector | None = None,
    least_db: float = -120.0,
    ear: str = "",
) -> Iterator[Event]:
    """Add a `SpeechWindow` after the sound that completes it; it holds the sound of its chunks.

    `echo` takes out what we play, where chunks carry it as their reference, and `behind` is a
    second voice detector for what is left. The two only help to decide whether anybody speaks, as
    long as most of our music is still in the sound.
    While we play, a `Balance` is added every half second. Sound softer than `least_db` is no
    speech. Only what `ear` heard is looked at, so each ear has a stage of its own. At a gap in the sound the detector and all that was collected start over, because
    frames from both sides of a gap make no window.
    """
    judge = Judge(voice, echo=echo, behind=behind or voice, least_db=least_db)
    framer, played, before = Framer(), Framer(), Framer()
    segmenter = Segmenter(start=0, window_s=window_s, hop_s=hop_s, ear=ear)
    expected = 0
    for event in tape:
        yield event
        if not isinstance(event, AudioChunk) or event.ear != ear:
            continue
        if event.start != expected:
            yield from segmenter.end()
            framer, played, before = Framer(), Framer(), Framer()
            segmenter = Segmenter(start=event.start, window_s=window_s, hop_s=hop_s, ear=ear)
            judge.gap((event.start - expected) / RATE_HZ)
        expected = event.start + len(event.samples)
        known = event.reference
        for frame, reference, heard in zip(
            framer.push(event.samples),
            played.push(np.zeros_like(event.samples) if known is None else known),
            before.push(event.heard),
            strict=True,
        ):
            voiced = judge(
                frame,
                None if known is None else reference,
                None if event.music is None else heard,
            )
            yield from segmenter.push(frame, voiced)
            if known is not None and (
                balance := judge.balance(segmenter.at_s, speaking=segmenter.speaking)
            ):
                yield replace(balance, ear=ear) if ear else balance
    yield from segmenter.end()

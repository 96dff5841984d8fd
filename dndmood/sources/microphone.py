"""The microphone at its own rate and channel count; the audio callback copies and leaves."""

import math
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Event as Flag
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dndmood.clock import Clock
from dndmood.events import RATE_HZ, AudioChunk, Problem
from dndmood.reference_tap import ReferenceTap
from dndmood.sound_devices import Device, open_stream
from dndmood.sources._reference import ReferenceAligner
from dndmood.sources._resample import Resampler
from dndmood.threads import running

_BACKLOG = 170  # blocks: five seconds the feeder may be late before sound is lost
_SILENT_AFTER_S = 10.0
_GATED_S = 180.0
"""Noise suppression gives zeros between sentences: where sound came before, so much of them."""
_SAY_AGAIN_S = 600.0
_HEARD_S = 1.0
"""So much sound is a microphone that works: less is the crackle of one being opened."""
_BEHIND_S = 0.05
"""Where the device stumbled, audio time follows the clock again when it is so far behind."""
_STOOD_STILL_S = 2.5
"""No sound server keeps so much: after such a pause sound was lost and time went on."""
_WAIT_S = 1.0

PERFECT_SILENCE = (
    "The microphone gives perfect silence: it is muted, or this program has no permission to use "
    "it. Look in the system's sound and privacy settings."
)
SILENT_NOW = (
    "The microphone has given perfect silence for minutes: it is muted, or its noise "
    "suppression lets nothing through. If somebody speaks, look in the system's sound settings."
)
SOUND_AGAIN = "The microphone gives sound again."

Put = Callable[[AudioChunk | Problem], None]


class Block(NamedTuple):
    """What crosses from the audio thread to the feeder."""

    samples: NDArray[np.float32]
    """Shape `(frames, channels)`."""
    rate_hz: int
    lost_frames: int
    """How many frames were lost just before it, as far as anybody knows."""
    at_s: float
    """When it came, by the clock."""
    first: bool
    """Whether the microphone was opened just before it."""


class Recorder:
    """Takes blocks from the audio thread; a feeder that is late loses the oldest first."""

    def __init__(self, clock: Clock, report: Put) -> None:
        self._clock = clock
        self._report = report
        self._waiting: deque[Block] = deque()
        self._lost_frames = 0
        self._rate_hz = 0
        self._first = True
        self._home = ""
        self.arrived = Flag()

    def block(self, data: NDArray[np.float32], _frames: int, _time: Any, status: Any) -> None:
        """Called by PortAudio on its own thread: copies, never waits."""
        if len(self._waiting) >= _BACKLOG:
            oldest = self._waiting.popleft()
            self._lost_frames += len(oldest.samples) + oldest.lost_frames
        # PortAudio does not say how much an overflow lost: one frame marks the gap.
        lost = int(status.input_overflow)
        first, self._first = self._first, False
        self._waiting.append(
            Block(data.copy(), self._rate_hz, lost, self._clock.now_s(), first)
        )
        self.arrived.set()

    def take(self) -> Iterator[Block]:
        """Each waiting block, oldest first."""
        while self._waiting:
            lost, self._lost_frames = self._lost_frames, 0
            block = self._waiting.popleft()
            yield block._replace(lost_frames=block.lost_frames + lost)

    def starting(self, device: Device, rate_hz: int) -> None:
        """Blocks come at `rate_hz` from now on."""
        self._home = self._home or device.name
        self._rate_hz, self._first = rate_hz, True

    def lost(self, device: Device) -> None:
        """Say that nothing comes any more."""
        self._report(Problem(0.0, gone(device)))

    def back(self, device: Device) -> None:
        """Say that sound comes again, and from where."""
        self._report(Problem(0.0, again(device, self._home), solved=True))


def gone(device: Device) -> str:
    """What to say when nothing comes from `device` any more."""
    return (
        f"No sound comes from the microphone {device.name}: was it unplugged, or did the system's "
        "sound stop? It is used again as soon as it is back."
    )


def again(device: Device, home: str) -> str:
    """What to say when sound comes again, from `device` or in its place from another."""
    if device.name == home:
        return f"The microphone {device.name} is back."
    return f"Listening to {device.name} until {home} is back."


class Watch:
    """Notices a microphone that gives perfect zeros, as a system without permission does."""

    def __init__(self) -> None:
        self._zeros = 0  # samples since the last sound
        self._sound = 0  # samples of this evening that were not silence
        self._said_at: int | None = None  # sample at which silence was last told
        self._told = False

    def over(self, events: Iterable[AudioChunk | Problem]) -> Iterator[AudioChunk | Problem]:
        """`events`, with a problem after ten seconds without a single sound.

        Once sound was heard, silence must last three minutes, and is told every ten at most.
        """
        for event in events:
            yield event
            if isinstance(event, AudioChunk) and (problem := self._hears(event)):
                yield problem

    def _hears(self, chunk: AudioChunk) -> Problem | None:
        length = len(chunk.samples)
        if chunk.samples.any():
            self._sound += length
            self._zeros = 0
            told, self._told = self._told, False
            return Problem(chunk.end_s, SOUND_AGAIN, solved=True) if told else None
        self._zeros += length
        if self._told or not self._due(chunk.start + length):
            return None
        self._told, self._said_at = True, chunk.start + length
        return Problem(chunk.end_s, SILENT_NOW if self._works else PERFECT_SILENCE)

    def _due(self, now: int) -> bool:
        """Whether the zeros up to sample `now` are worth a word."""
        long_s = _GATED_S if self._works else _SILENT_AFTER_S
        again = self._said_at is None or now - self._said_at >= _SAY_AGAIN_S * RATE_HZ
        return again and self._zeros >= long_s * RATE_HZ

    @property
    def _works(self) -> bool:
        """Whether sound was heard this evening."""
        return self._sound >= _HEARD_S * RATE_HZ


@contextmanager
def opened(
    put: Put,
    *,
    device: str,
    clock: Clock,
    ended: Callable[[], None],
    tap: ReferenceTap | None = None,
    delay_s: float = 0.0,
) -> Iterator[Device]:
    """Put what the microphone hears for as long as the block lasts.

    A microphone that goes silent for good (unplugged, computer asleep) is told as a problem and
    opened again when it comes back; meanwhile audio time goes on and the tape has a gap.
    `ended` is called when no more sound can come. What our player pours into
    `tap` goes along with each chunk as its reference; it takes `delay_s` to the microphone, or
    as long as is found out when that is 0.
    Raises `UserError` when it cannot be opened to begin with.
    """
    recorder, leave = Recorder(clock, put), Flag()

    def feed() -> None:
        aligner = ReferenceAligner(tap, delay_s=delay_s) if tap else None
        try:
            _feed(put, recorder, leave=leave, aligner=aligner)
        finally:
            ended()

    def stop() -> None:
        leave.set()
        recorder.arrived.set()

    with (
        open_stream("input", device, recorder) as chosen,
        running(feed, name="microphone", stop=stop),
    ):
        yield chosen


def _feed(
    put: Put, recorder: Recorder, *, leave: Flag, aligner: ReferenceAligner | None = None
) -> None:
    """Put blocks on the tape, resampled, until `leave` is set."""
    watch, carried = Watch(), _Carried()
    while not leave.is_set():
        if not recorder.arrived.wait(_WAIT_S):
            continue
        recorder.arrived.clear()
        for block in recorder.take():
            before = carried.position
            carried.catch_up(block)
            if aligner is not None:
                aligner.skip(carried.position - before)
            for event in watch.over(carried.resampler.push(block.samples)):
                put(_accompanied(event, aligner))


class _Carried:
    """The resampler that blocks go through, and the time that is carried on where none came."""

    def __init__(self) -> None:
        self.resampler = Resampler(RATE_HZ)
        self._rate_hz = RATE_HZ
        self._last_s: float | None = None
        self._least_s = (
            math.inf
        )  # by how much audio time lay behind the clock when it was least

    @property
    def position(self) -> int:
        return self.resampler.position

    def catch_up(self, block: Block) -> None:
        """Leave a gap for what was lost before `block`; blocks may come at another rate now."""
        if block.rate_hz != self._rate_hz:
            self._rate_hz = block.rate_hz
            self.resampler.change_rate(block.rate_hz)
        length_s = len(block.samples) / block.rate_hz
        late_s = block.at_s - self.position / RATE_HZ - length_s
        pause_s = 0.0 if self._last_s is None else block.at_s - self._last_s - length_s
        behind_s = late_s - self._least_s
        stumbled = block.first or block.lost_frames > 0 or pause_s > _STOOD_STILL_S
        if stumbled and behind_s > _BEHIND_S:
            self.resampler.skip(behind_s)
        elif block.lost_frames:
            self.resampler.skip_frames(block.lost_frames)
        self._least_s = min(self._least_s, late_s)
        self._last_s = block.at_s


def _accompanied(
    event: AudioChunk | Problem, aligner: ReferenceAligner | None
) -> AudioChunk | Problem:
    """`event` with the music that was played meanwhile, if it is sound and we know the music."""
    if aligner is None or not isinstance(event, AudioChunk):
        return event
    return replace(event, reference=aligner.draw(event.samples))

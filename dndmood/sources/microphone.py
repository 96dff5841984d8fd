"""The microphone at its own rate and channel count; the audio callback copies and leaves."""

import logging
import math
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Event as Flag
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dndmood.clock import Clock
from dndmood.events import RATE_HZ, AudioChunk, Problem, Samples
from dndmood.reference_tap import ReferenceTap
from dndmood.sound_devices import Device, open_stream
from dndmood.sources._reference import ReferenceAligner
from dndmood.sources._resample import Resampler
from dndmood.sources._silence import Watch, WatchPlayed
from dndmood.threads import running

_BACKLOG = 85  # blocks: five seconds the feeder may be late before sound is lost
_BEHIND_S = 0.05
"""Where the device stumbled, audio time follows the clock again when it is so far behind."""
_STOOD_STILL_S = 2.5
"""No sound server keeps so much: after such a pause sound was lost and time went on."""
_WAIT_S = 1.0

UNUSABLE = (
    "Some sound of the microphone could not be used ({}) and counts as lost; listening goes on. "
    "If nothing is heard any more, choose another microphone (--device)."
)
NO_REFERENCE = (
    "What plays here can no longer be told from what is said ({}); listening goes on. If the "
    "music is taken for voices, bring the microphone closer to the players or play more softly."
)

Put = Callable[[AudioChunk | Problem], None]

_log = logging.getLogger(__name__)


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

    def __init__(self, clock: Clock, report: Put, ear: str = "") -> None:
        """`ear` is the name of a further ear, empty for the microphone."""
        self._about = ear or "the microphone"
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

    def stopped(self) -> None:
        """Nothing to be done: the gap is seen when blocks come again."""

    def lost(self, device: Device | None) -> None:
        """Say that nothing comes any more."""
        if device is not None:
            self._report(Problem(0.0, gone(device), about=self._about))

    def back(self, device: Device) -> None:
        """Say that sound comes again, and from where."""
        text = again(device, self._home)
        self._report(Problem(0.0, text, solved=True, about=self._about))


def gone(device: Device) -> str:
    """What to say when nothing comes from `device` any more."""
    if device.loopback:
        return (
            f"Nothing comes from {device.name} any more: was the device unplugged that it belongs "
            "to, or did the system's sound stop? It is heard again as soon as it is back."
        )
    return (
        f"No sound comes from the microphone {device.name}: was it unplugged, or did the system's "
        "sound stop? It is used again as soon as it is back."
    )


def again(device: Device, home: str) -> str:
    """What to say when sound comes again, from `device` or in its place from another."""
    if device.loopback:
        return f"{device.name} is heard again."
    if device.name == home:
        return f"The microphone {device.name} is back."
    return f"Listening to {device.name} until {home} is back."


@contextmanager
def opened(
    put: Put,
    *,
    device: str,
    clock: Clock,
    ended: Callable[[], None],
    tap: ReferenceTap | None = None,
    delay_s: float = 0.0,
    ear: str = "",
) -> Iterator[Device]:
    """Put what the microphone hears for as long as the block lasts.

    A microphone that goes silent for good (unplugged, computer asleep) is reported as a problem and
    opened again when it comes back; meanwhile audio time goes on and the tape has a gap.
    `ended` is called when no more sound can come. What our player pours into
    `tap` goes along with each chunk as its reference; it takes `delay_s` to the microphone, or
    as long as is found out when that is 0. `ear` is the name of one more ear beside the
    microphone: what it gives carries it, and `device` may be what the computer plays.
    Raises `UserError` when it cannot be opened to begin with.
    """
    recorder, leave = Recorder(clock, put, ear), Flag()

    def feed() -> None:
        aligner = ReferenceAligner(tap, delay_s=delay_s) if tap else None
        try:
            _feed(put, recorder, leave=leave, aligner=aligner, ear=ear)
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
    put: Put,
    recorder: Recorder,
    *,
    leave: Flag,
    aligner: ReferenceAligner | None = None,
    ear: str = "",
) -> None:
    """Put blocks on the tape, resampled, until `leave` is set."""
    watch: Watch | WatchPlayed = WatchPlayed(ear) if ear else Watch()
    blocks = _Blocks(aligner)
    while not leave.is_set():
        if not recorder.arrived.wait(_WAIT_S):
            continue
        recorder.arrived.clear()
        for block in recorder.take():
            for event in watch.over(blocks.events(block)):
                put(replace(event, ear=ear) if isinstance(event, AudioChunk) else event)


class _Blocks:
    """Makes events of blocks; what fails at one of them is told once and costs no other."""

    def __init__(self, aligner: ReferenceAligner | None) -> None:
        self._carried = _Carried()
        self._aligner = aligner
        self._told = False

    def events(self, block: Block) -> Iterator[AudioChunk | Problem]:
        """What `block` brings to the tape; nothing but a gap when it could not be used."""
        before, events = self._carried.position, list[AudioChunk | Problem]()
        try:
            self._carried.catch_up(block)
            events += self._carried.resampler.push(block.samples)
        except Exception as error:  # noqa: BLE001 - one block must not end the evening
            self._carried.lose(block)
            if not self._told:
                self._told = True
                _log.exception("a block could not be used")
                text = UNUSABLE.format(str(error) or repr(error))
                events.append(Problem(self._carried.position / RATE_HZ, text))
        came = sum(len(event.samples) for event in events if isinstance(event, AudioChunk))
        yield from self._accompanied(self._carried.position - before - came, events)

    def _accompanied(
        self, gap: int, events: list[AudioChunk | Problem]
    ) -> Iterator[AudioChunk | Problem]:
        """`events`, with the music that was played meanwhile; `gap` samples of sound were lost."""
        aligner = self._aligner
        try:
            if aligner is not None:
                aligner.skip(gap)
                events = [
                    _beside(event, aligner.draw(event.samples))
                    if isinstance(event, AudioChunk)
                    else event
                    for event in events
                ]
        except Exception as error:  # noqa: BLE001 - it only helps to find the voices
            _log.exception("what is played is no longer known")
            self._aligner = None
            text = NO_REFERENCE.format(str(error) or repr(error))
            yield Problem(self._carried.position / RATE_HZ, text)
        yield from events


def _beside(chunk: AudioChunk, played: tuple[Samples, Samples] | None) -> AudioChunk:
    """`chunk` with what was played meanwhile."""
    music, side = played or (None, None)
    return replace(chunk, reference=music, side=side)


class _Carried:
    """The resampler that blocks go through, and the time that is carried on where none came."""

    def __init__(self) -> None:
        self.resampler = Resampler(RATE_HZ)
        self._rate_hz = RATE_HZ
        self._last_s: float | None = None
        self._lost = False  # the block before could not be used
        self._least_s = (
            math.inf
        )  # by how much audio time lay behind the clock when it was least

    @property
    def position(self) -> int:
        return self.resampler.position

    def catch_up(self, block: Block) -> None:
        """Leave a gap for what was lost before `block`; blocks may come at another rate now."""
        if block.rate_hz != self._rate_hz or self._lost:
            self.resampler.change_rate(block.rate_hz)
            self._rate_hz = block.rate_hz
        length_s = len(block.samples) / block.rate_hz
        late_s = block.at_s - self.position / RATE_HZ - length_s
        pause_s = 0.0 if self._last_s is None else block.at_s - self._last_s - length_s
        behind_s = late_s - self._least_s
        stumbled = (
            block.first or self._lost or block.lost_frames > 0 or pause_s > _STOOD_STILL_S
        )
        if stumbled and behind_s > _BEHIND_S:
            self.resampler.skip(behind_s)
        elif block.lost_frames:
            self.resampler.skip_frames(block.lost_frames)
        self._least_s = min(self._least_s, late_s)
        self._last_s, self._lost = block.at_s, False

    def lose(self, block: Block) -> None:
        """`block` could not be used: it is a gap, and the next goes through a fresh resampler."""
        self.resampler.count_lost(len(block.samples) / block.rate_hz)
        self._lost = True

"""The microphone at its own rate and channel count; the audio callback copies and leaves."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from threading import Event as Flag
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dndmood.clock import Clock
from dndmood.errors import UserError
from dndmood.events import RATE_HZ, AudioChunk, Problem
from dndmood.sources._alongside import Alongside
from dndmood.sources._door import Door
from dndmood.tap import Tap
from dndmood.threads import running

_BLOCK_S = 0.03
_BACKLOG = 170  # blocks: five seconds the feeder may be late before sound is lost
_MOST_CHANNELS = 8  # sound servers offer 32 or 64 that nobody has
_SILENT_AFTER_S = 10.0
_LOST_AFTER_S = 3.0
_TRY_AGAIN_S = 2.0

NO_LIBRARY = (
    "The PortAudio library is missing: install it with 'sudo apt install libportaudio2' "
    "(Debian, Ubuntu) or 'brew install portaudio' (macOS)."
)
NO_MICROPHONE = (
    "There is no microphone: plug one in or choose one in the system's sound settings, "
    "then look with 'dndmood devices'."
)
PERFECT_SILENCE = (
    "The microphone gives perfect silence: it is muted, or this program has no permission to use "
    "it. Look in the system's sound and privacy settings."
)
MICROPHONE_GONE = "The microphone is gone; it is used again as soon as it is back."

Put = Callable[[AudioChunk | Problem], None]


@dataclass(frozen=True, slots=True)
class Device:
    """One sound device as PortAudio names it."""

    index: int
    name: str
    inputs: int
    """Most channels it can record; 0 when it cannot."""
    outputs: int
    """Most channels it can play; 0 when it cannot."""
    rate_hz: int
    """Its own sample rate."""
    default_input: bool = False
    default_output: bool = False


def devices() -> tuple[Device, ...]:
    """Every sound device, inputs and outputs; raises `UserError` without PortAudio."""
    sd = _portaudio()
    default_input, default_output = sd.default.device
    return tuple(
        Device(
            index=index,
            name=str(entry["name"]),
            inputs=int(entry["max_input_channels"]),
            outputs=int(entry["max_output_channels"]),
            rate_hz=round(entry["default_samplerate"]),
            default_input=index == default_input,
            default_output=index == default_output,
        )
        for index, entry in enumerate(sd.query_devices())
    )


def pick(every: Sequence[Device], wanted: str) -> Device:
    """The input called `wanted`: an index, a part of a name in any case, or "" for the default."""
    inputs = [device for device in every if device.inputs]
    if not inputs:
        raise UserError(NO_MICROPHONE)
    if not wanted:
        return next((device for device in inputs if device.default_input), inputs[0])
    if wanted.isdecimal():
        found = [device for device in inputs if device.index == int(wanted)]
    else:
        found = [device for device in inputs if wanted.casefold() in device.name.casefold()]
        exact = [device for device in found if device.name.casefold() == wanted.casefold()]
        found = exact or found
    if not found:
        names = ", ".join(f"{device.index} {device.name}" for device in inputs)
        raise UserError(f"No microphone is called {wanted!r}; there are: {names}.")
    return found[0]


class Blocks:
    """What crosses from the audio thread to the feeder: copies of blocks, oldest lost first."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[NDArray[np.float32], bool]] = deque()
        self._lost_frames = 0
        self.arrived = Flag()

    def record(
        self, indata: NDArray[np.float32], _frames: int, _time: Any, status: Any
    ) -> None:
        """Called by PortAudio on its own thread: copies, never waits."""
        if len(self._waiting) >= _BACKLOG:
            block, _ = self._waiting.popleft()
            self._lost_frames += len(block)
        self._waiting.append((indata.copy(), bool(status.input_overflow)))
        self.arrived.set()

    def take(self) -> Iterator[tuple[NDArray[np.float32], int]]:
        """Each waiting block with the number of frames known to be lost just before it."""
        while self._waiting:
            lost, self._lost_frames = self._lost_frames, 0
            block, overflowed = self._waiting.popleft()
            # PortAudio does not say how much an overflow lost: one frame marks the gap.
            yield block, lost + (1 if overflowed else 0)


class Watch:
    """Notices a microphone that gives perfect zeros, as a system without permission does."""

    def __init__(self) -> None:
        self._zeros_s = 0.0
        self._told = False

    def over(self, events: Iterable[AudioChunk | Problem]) -> Iterator[AudioChunk | Problem]:
        """`events`, with a problem after ten seconds without a single sound, once a stretch."""
        for event in events:
            yield event
            if isinstance(event, AudioChunk) and self._zeros(event):
                yield Problem(at_s=event.end_s, text=PERFECT_SILENCE)

    def _zeros(self, chunk: AudioChunk) -> bool:
        """True when a stretch of zeros has just become too long."""
        if chunk.samples.any():
            self._zeros_s, self._told = 0.0, False
            return False
        self._zeros_s += len(chunk.samples) / RATE_HZ
        late = self._zeros_s >= _SILENT_AFTER_S and not self._told
        self._told = self._told or late
        return late


@contextmanager
def opened(
    put: Put,
    *,
    device: str,
    clock: Clock,
    ended: Callable[[], None],
    tap: Tap | None = None,
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
    sd = _portaudio()
    chosen = pick(devices(), device)
    blocks, leave = Blocks(), Flag()
    with ExitStack() as house:
        stream = house.enter_context(ExitStack())
        stream.enter_context(_stream(sd, chosen, blocks))

        def reopen() -> int:
            stream.close()
            sd._terminate()  # noqa: SLF001 - the only way to refresh PortAudio's frozen device list
            sd._initialize()  # noqa: SLF001
            try:
                found = pick(devices(), device)
                stream.enter_context(_stream(sd, found, blocks))
            except UserError:
                return 0
            return found.rate_hz

        def feed() -> None:
            door = Door(chosen.rate_hz)
            alongside = Alongside(tap, delay_s=delay_s) if tap else None
            try:
                _feed(
                    put,
                    blocks,
                    door=door,
                    leave=leave,
                    clock=clock,
                    reopen=reopen,
                    alongside=alongside,
                )
            finally:
                ended()

        def stop() -> None:
            leave.set()
            blocks.arrived.set()

        house.enter_context(running(feed, name="microphone", stop=stop))
        yield chosen


def _feed(
    put: Put,
    blocks: Blocks,
    *,
    door: Door,
    leave: Flag,
    clock: Clock,
    reopen: Callable[[], int],
    alongside: Alongside | None = None,
) -> None:
    """Carry blocks through the door until told to leave; `reopen` gives a rate in Hz or 0."""
    watch = Watch()
    heard_s, lost = clock.now_s(), False
    while not leave.is_set():
        if not blocks.arrived.wait(_LOST_AFTER_S):
            if not lost:
                put(Problem(at_s=0.0, text=MICROPHONE_GONE))
            lost = True
            leave.wait(_TRY_AGAIN_S)
            if not leave.is_set() and (rate_hz := reopen()):
                door.change_rate(rate_hz)
            continue
        blocks.arrived.clear()
        for block, lost_frames in blocks.take():
            before = door.position
            if lost:
                door.skip(clock.now_s() - heard_s)
            elif lost_frames:
                door.skip_frames(lost_frames)
            heard_s, lost = clock.now_s(), False
            if alongside is not None:
                alongside.skip(door.position - before)
            for event in watch.over(door.push(block)):
                put(_accompanied(event, alongside))


def _accompanied(
    event: AudioChunk | Problem, alongside: Alongside | None
) -> AudioChunk | Problem:
    """`event` with the music that was played meanwhile, if it is sound and we know the music."""
    if alongside is None or not isinstance(event, AudioChunk):
        return event
    return replace(event, reference=alongside.draw(event.samples))


def _stream(sd: Any, device: Device, blocks: Blocks) -> Any:
    """A running stream of `device`, which closes as a context; fewer channels when refused."""
    own = device.inputs if device.inputs <= _MOST_CHANNELS else 2
    refusal = ""
    for channels in dict.fromkeys((own, min(own, 2), 1)):
        try:
            stream = sd.InputStream(
                device=device.index,
                samplerate=device.rate_hz,
                channels=channels,
                dtype="float32",
                blocksize=round(device.rate_hz * _BLOCK_S),
                callback=blocks.record,
            )
            stream.start()
        except sd.PortAudioError as error:
            refusal = refusal or str(error)
        else:
            return stream
    raise UserError(refusal_text(device, refusal))


def refusal_text(device: Device, reason: str) -> str:
    """Why `device` could not be opened, in words that name the fix."""
    if "Invalid sample rate" in reason:
        return (
            f"The microphone {device.name} refuses its own rate of {device.rate_hz} Hz, which most "
            "often means no permission or a muted source: allow it in the sound and privacy settings."
        )
    if "unavailable" in reason or "busy" in reason.lower():
        return f"The microphone {device.name} is busy: close the program that uses it."
    return (
        f"The microphone {device.name} cannot be opened ({reason}): choose another one, "
        "'dndmood devices' lists them."
    )


def _portaudio() -> Any:
    try:
        import sounddevice
    except OSError as error:
        raise UserError(NO_LIBRARY) from error
    return sounddevice

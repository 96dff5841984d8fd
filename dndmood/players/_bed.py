"""The sound of a place: its beds in loops, all at once, and now and then one of its shots."""

import math
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from random import Random

import numpy as np

from dndmood.decibels import amplitude_of
from dndmood.errors import UserError
from dndmood.events import Track
from dndmood.file_names import printable
from dndmood.loudness import TARGET_LUFS, Level
from dndmood.players._faders import Block
from dndmood.players._loop import looped
from dndmood.players._loudness import UNHEARD, Stopped, level
from dndmood.players._playlist import Progress, Tell
from dndmood.players._tracks import OpenTrack, UnreadableError
from dndmood.scene import AmbienceCue, SoundLevel
from dndmood.sound_blocks import blocks

BED_LUFS = -30.0
"""All beds of a place together; the music is 12 dB louder."""
SHOT_LUFS = -27.0
_SHOT_PEAK_DBTP = -14.0
"""A shot is no louder than this, or a blow would be as loud as its second of sound is soft."""
OVERLAP_S = 1.5
"""The end of a bed and its beginning sound together for so long."""
_STEP = 4096
_LEAST_S, _MORE_S, _MOST_S = 7.0, 17.0, 75.0
"""From one shot to the next: never sooner than the first, on average by the second later, never
later than the third."""
_LONGEST_S = 20.0
"""A longer shot is cut off: it should have been a bed."""
_CUT_S = 0.5
_SOFTER_DB, _ASIDE = 7.0, 0.8
"""How much softer and how far to a side a shot may be."""


def bed_sound(
    cue: AmbienceCue,
    rate_hz: int,
    progress: Progress,
    tell: Tell = lambda track, text: None,  # noqa: ARG005 - nobody to tell
) -> Iterator[Block]:
    """What `cue` asks for, for ever; the same cue gives the same sound.

    A file that cannot be played is left out and told. Ends when none of the beds can be played,
    and then `progress` says why.
    """
    with ExitStack() as stack:
        try:
            layers = _layers(stack, cue, rate_hz, progress, tell)
            shots = _Shots(cue, rate_hz, tell)
            while layers or not cue.beds:
                mix = np.zeros((_STEP, 2), dtype=np.float32)
                for layer in tuple(layers):
                    if layer.add_to(mix):
                        continue
                    layers.remove(layer)
                    progress.reason = layer.failed
                    if layers:
                        tell(layer.track, f"{layer.failed}; the rest of {cue.place} goes on.")
                shots.add_to(mix)
                yield mix
                if progress.stopped:
                    return
        except Stopped:
            return


def _layers(
    stack: ExitStack, cue: AmbienceCue, rate_hz: int, progress: Progress, tell: Tell
) -> "list[_Layer]":
    softer_db = 10.0 * math.log10(max(len(cue.beds), 1))
    gain_db = BED_LUFS - TARGET_LUFS - softer_db + cue.gain_db
    layers, lost = list[_Layer](), list[tuple[str, str]]()
    for path in cue.beds:
        try:
            layers.append(
                _Layer(
                    stack, path, gain_db, rate_hz, progress, tell, known=cue.levels.get(path)
                )
            )
        except UnreadableError as error:
            lost.append((path, str(error)))
            progress.reason = str(error)
    for path, reason in lost if layers else ():
        text = f"{_called(path)} cannot be played ({reason}); the rest of {cue.place} does."
        tell(_track(path), text)
    return layers


class _Layer:
    """One bed, read forward."""

    def __init__(
        self,
        stack: ExitStack,
        path: str,
        gain_db: float,
        rate_hz: int,
        progress: Progress,
        tell: Tell,
        *,
        known: SoundLevel | None,
    ) -> None:
        self._stack, self._path, self._progress, self._tell = stack, path, progress, tell
        self._known = known
        self.track = _track(path)
        self.failed = ""
        """Why there are no more frames, in a few words."""
        self._more_db, self._rate_hz = gain_db, rate_hz
        self._blocks = self._begun(fade_in=False)
        self._rest = np.zeros((0, 2), dtype=np.float32)
        self._given = 0

    def add_to(self, mix: Block) -> bool:
        """Add the next frames to `mix`; False once there are no more."""
        place = 0
        while place < len(mix):
            if not len(self._rest):
                block = self._next()
                if block is None:
                    return False
                self._rest = block
            part = self._rest[: len(mix) - place]
            mix[place : place + len(part)] += part
            self._rest = self._rest[len(part) :]
            place += len(part)
            self._given += len(part)
        return True

    def _next(self) -> Block | None:
        try:
            return next(self._blocks)
        except UnreadableError as error:
            self.failed = f"{self.track.title} cannot be read any more: {error}"
        if self._given < OVERLAP_S * self._rate_hz:
            return None
        self._given, self._known = 0, None
        try:
            self._blocks = self._begun(fade_in=True)
        except UnreadableError:
            return None
        text = f"{self.track.title} was changed while it played; it begins again as it is now."
        self._tell(self.track, text)
        return self._next()

    def _begun(self, *, fade_in: bool) -> Iterator[Block]:
        """The file from its beginning on; raises `UnreadableError` at once when it cannot be opened."""
        track = Track(self._path, _called(self._path), 0.0, gain_db=self._gain_db())
        progress = self._progress

        def stopped() -> bool:
            # Not a method: what we read from must not hold us, or nothing would be let go of
            # before Python looks for such circles, which in an evening it hardly ever does.
            return progress.stopped

        sound = self._stack.enter_context(OpenTrack(track, self._rate_hz, stopped, whole=True))
        again = False

        def played() -> Iterator[Block]:
            nonlocal again
            if again:
                sound.rewind()
            again = True
            yield from sound.once()
            if stopped():
                raise Stopped

        return looped(played, round(OVERLAP_S * self._rate_hz), fade_in=fade_in)

    def _gain_db(self) -> float:
        try:
            loud = self._known or level(
                self._path, stopped=lambda: self._progress.stopped, brief=True
            )
        except UserError as error:
            raise UnreadableError(str(error).rstrip(".")) from error
        if loud.peak_dbtp == -np.inf or amplitude_of(loud.peak_dbtp) < UNHEARD:
            raise UnreadableError("there is only silence in it")
        return loud.gain_db + self._more_db


class _Shots:
    """Single sounds at moments, places and distances that the cue's own seed gives."""

    def __init__(self, cue: AmbienceCue, rate_hz: int, tell: Tell) -> None:
        self._paths, self._rate_hz, self._tell = list(cue.shots), rate_hz, tell
        self._known = cue.levels
        self._gain_db = SHOT_LUFS - TARGET_LUFS + cue.gain_db
        self._random = Random(f"{cue.place} {cue.at_s:.3f}")  # noqa: S311 - the same each time
        self._bag: list[str] = []
        self._wait = self._pause()
        self._sounds: list[Block] = []

    def add_to(self, mix: Block) -> None:
        """Add what of the shots falls into the next frames."""
        going, self._sounds = self._sounds, []
        for sound in going:
            self._lay(sound, mix, 0)
        while self._paths and self._wait < len(mix):
            at, drawn = self._wait, self._drawn()
            self._wait += self._pause()
            if drawn is not None:
                self._lay(drawn, mix, at)
        self._wait -= len(mix)

    def _lay(self, sound: Block, mix: Block, at: int) -> None:
        part = sound[: len(mix) - at]
        mix[at : at + len(part)] += part
        if len(sound) > len(part):
            self._sounds.append(sound[len(part) :])

    def _pause(self) -> int:
        pause_s = min(_LEAST_S + self._random.expovariate(1.0 / _MORE_S), _MOST_S)
        return round(pause_s * self._rate_hz)

    def _drawn(self) -> Block | None:
        """The next shot, each once before any comes again; None when it cannot be played."""
        if not self._bag:
            self._bag = self._random.sample(self._paths, len(self._paths))
        path = self._bag.pop()
        softer_db, side = self._random.uniform(0, _SOFTER_DB), self._random.uniform(-1, 1)
        try:
            loud = self._known.get(path) or level(path)
            sound = _shot(path, self._rate_hz, self._gain_db - softer_db, loud)
        except UserError as error:
            self._paths.remove(path)
            text = (
                f"{_called(path)} cannot be played ({str(error).rstrip('.')}) and is left out."
            )
            self._tell(_track(path), text)
            return None
        angle = (1.0 + _ASIDE * side) * math.pi / 4.0
        sides = np.array([math.cos(angle), math.sin(angle)], dtype=np.float32)
        return sound * (sides * np.float32(math.sqrt(2.0)))


def _shot(path: str, rate_hz: int, gain_db: float, loud: Level | SoundLevel) -> Block:
    """The whole of the sound file `path`, shape `(frames, 2)`; raises `UserError`."""
    gain_db = min(loud.gain_db + gain_db, _SHOT_PEAK_DBTP - loud.peak_dbtp)
    parts, frames, most = list[Block](), 0, round(_LONGEST_S * rate_hz)
    for block in blocks(path, rate_hz=rate_hz, called=_called(path)):
        parts.append(block)
        frames += len(block)
        if frames >= most:
            break
    sound = np.concatenate(parts)[:most] * np.float32(amplitude_of(gain_db))
    if frames >= most:
        cut = round(_CUT_S * rate_hz)
        sound[-cut:] *= np.linspace(1.0, 0.0, cut, dtype=np.float32)[:, np.newaxis]
    return np.asarray(sound, dtype=np.float32)


def _called(path: str) -> str:
    return printable(Path(path).name)


def _track(path: str) -> Track:
    return Track(path, _called(path), 0.0)

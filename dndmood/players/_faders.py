"""What moves a gain from frame to frame: a deck's fader, and a slow swell."""

import math
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from dndmood.decibels import amplitude_of

Block: TypeAlias = NDArray[np.float32]
"""Stereo sound, dtype float32, shape `(frames, 2)`."""


class Deck(Protocol):
    """Something that plays. None of its methods may wait."""

    def ready(self) -> bool:
        """True once the first sound is there; never when there will be none."""
        ...

    def read(self, frames: int) -> Block:
        """The next `frames`, shape `(frames, 2)`; silence where sound is late."""
        ...

    def coming(self, frames: int) -> Block:
        """About what the next reads will give, at most `frames`, as far as it lies ready."""
        ...

    def close(self) -> None:
        """Not needed any more."""
        ...


_HEAD = 0.2
"""Share of a fade that a prompt one is over with at once: what comes is 10 dB below its full level."""


class Voice:
    """One deck on its fader: a quarter sine from where it is to full or to nothing.

    A prompt fade goes the first fifth of its way within `prompt` frames, so that whoever asked for
    it hears at once that it begins; the sum of the squared gains stays as it is.
    """

    def __init__(self, deck: Deck, fade: int, *, prompt: int = 0) -> None:
        self.deck = deck
        self.leaving = False
        self.kept = True
        """Whether an undo may bring it again once it has left."""
        self._from = 0.0  # gain at which the fade under way began
        self._frames, self._prompt = max(fade, 1), prompt
        self._done = 0

    def leave(self, fade: int, *, prompt: int = 0) -> None:
        """Fade out from the present gain, however far the fade in had come."""
        self._turn(fade, prompt, leaving=True)

    def enter(self, fade: int, *, prompt: int = 0) -> None:
        """Fade in from the present gain, however far the fade out had come."""
        self._turn(fade, prompt, leaving=False)

    def gone(self) -> bool:
        """True once it has faded out."""
        return self.leaving and self._done >= self._frames

    def render(self, frames: int) -> Block:
        """The next `frames` as they are heard."""
        if self._done >= self._frames and not self.leaving:
            return self.deck.read(frames)
        gain = self._gain(np.arange(frames, dtype=np.float64))
        self._done += frames
        block: Block = self.deck.read(frames) * gain[:, np.newaxis]
        return block

    def _turn(self, fade: int, prompt: int, *, leaving: bool) -> None:
        self._from = float(self._gain(np.zeros(1))[0])
        self.leaving, self._frames, self._done = leaving, max(fade, 1), 0
        self._prompt = prompt

    def _gain(self, ahead: NDArray[np.float64]) -> NDArray[np.float32]:
        """Gain of the frames `ahead` of now, shape `(n,)`."""
        part = np.minimum((self._done + ahead) / self._frames, 1.0)
        if 0 < self._prompt < _HEAD * self._frames:
            part = np.interp(part, (0.0, self._prompt / self._frames, 1.0), (0.0, _HEAD, 1.0))
        if self.leaving:
            curve = self._from * np.cos(part * (math.pi / 2.0))
        else:
            first = math.asin(min(self._from, 1.0))
            curve = np.sin(first + part * (math.pi / 2.0 - first))
        gain: NDArray[np.float32] = curve.astype(np.float32)
        return gain


class Slide:
    """A gain that moves by at most 1 in so many frames, so that nothing clicks."""

    def __init__(self, frames: int) -> None:
        self._frames = frames
        self._gain = 1.0

    def turn(self, sound: Block, wanted: float) -> None:
        """Turn `sound` in place, on the way to the `wanted` gain."""
        if wanted != self._gain:
            sound *= self._moved(len(sound), wanted)[:, np.newaxis]
        elif wanted != 1.0:
            sound *= np.float32(wanted)

    def _moved(self, frames: int, wanted: float) -> NDArray[np.float32]:
        step = math.copysign(1.0 / self._frames, wanted - self._gain)
        ramp = self._gain + step * np.arange(1, frames + 1)
        ramp = np.minimum(ramp, wanted) if step > 0 else np.maximum(ramp, wanted)
        self._gain = float(ramp[-1]) if frames else self._gain
        gain: NDArray[np.float32] = ramp.astype(np.float32)
        return gain


class Swell:
    """A gain that goes evenly in decibels to where it is sent; counted in frames."""

    def __init__(self) -> None:
        self._from_db = self._to_db = 0.0
        self._frames = self._done = 1

    def send(self, to_db: float, frames: int) -> None:
        """From the present gain to `to_db` over so many frames."""
        share = min(self._done / self._frames, 1.0)
        self._from_db += (self._to_db - self._from_db) * share
        self._to_db, self._frames, self._done = to_db, max(frames, 1), 0

    def render(self, frames: int) -> NDArray[np.float32]:
        """Gain of the next `frames`, shape `(frames,)`."""
        if self._done >= self._frames:
            return np.full(frames, amplitude_of(self._to_db), dtype=np.float32)
        ahead = np.minimum((self._done + np.arange(1, frames + 1)) / self._frames, 1.0)
        self._done = min(self._done + frames, self._frames)
        level_db = self._from_db + (self._to_db - self._from_db) * ahead
        gain: NDArray[np.float32] = np.power(10.0, level_db / 20.0).astype(np.float32)
        return gain

    def still(self) -> bool:
        """True when the gain is 1 and stays so."""
        return self._to_db == 0.0 and self._done >= self._frames

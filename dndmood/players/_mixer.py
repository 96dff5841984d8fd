"""Decks and faders: equal-power crossfades counted in frames. Pure; it has no clock."""

import math
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

Block: TypeAlias = NDArray[np.float32]
"""Stereo sound, dtype float32, shape `(frames, 2)`."""

_SLIDE_S = 0.05
"""A turn of the volume or a press of silence takes this long, so that nothing clicks."""
_LOUDEST_DB = 12.0


class Deck(Protocol):
    """Something that plays. None of its methods may wait."""

    def ready(self) -> bool:
        """True once the first sound is there."""
        ...

    def read(self, frames: int) -> Block:
        """The next `frames`, shape `(frames, 2)`; silence where sound is late."""
        ...

    def close(self) -> None:
        """Not needed any more."""
        ...


class _Voice:
    """One deck on its fader: a quarter sine from where it is to full or to nothing."""

    def __init__(self, deck: Deck, fade: int) -> None:
        self.deck = deck
        self.leaving = False
        self.kept = True  # whether `back` may bring it again once it has left
        self._from = 0.0  # gain at which the fade under way began
        self._frames = max(fade, 1)
        self._done = 0

    def leave(self, fade: int) -> None:
        """Fade out from the present gain, however far the fade in had come."""
        self._turn(fade, leaving=True)

    def enter(self, fade: int) -> None:
        """Fade in from the present gain, however far the fade out had come."""
        self._turn(fade, leaving=False)

    def gone(self) -> bool:
        return self.leaving and self._done >= self._frames

    def render(self, frames: int) -> Block:
        gain = self._gain(np.arange(frames, dtype=np.float64))
        self._done += frames
        block: Block = self.deck.read(frames) * gain[:, np.newaxis]
        return block

    def _turn(self, fade: int, *, leaving: bool) -> None:
        self._from = float(self._gain(np.zeros(1))[0])
        self.leaving, self._frames, self._done = leaving, max(fade, 1), 0

    def _gain(self, ahead: NDArray[np.float64]) -> NDArray[np.float32]:
        """Gain of the frames `ahead` of now, shape `(n,)`."""
        part = np.minimum((self._done + ahead) / self._frames, 1.0)
        if self.leaving:
            curve = self._from * np.cos(part * (math.pi / 2.0))
        else:
            first = math.asin(min(self._from, 1.0))
            curve = np.sin(first + part * (math.pi / 2.0 - first))
        gain: NDArray[np.float32] = curve.astype(np.float32)
        return gain


class _Swell:
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
        ahead = np.minimum((self._done + np.arange(1, frames + 1)) / self._frames, 1.0)
        self._done = min(self._done + frames, self._frames)
        level_db = self._from_db + (self._to_db - self._from_db) * ahead
        gain: NDArray[np.float32] = np.power(10.0, level_db / 20.0).astype(np.float32)
        return gain

    def still(self) -> bool:
        """True when the gain is 1 and stays so."""
        return self._to_db == 0.0 and self._done >= self._frames


class Mixer:
    """Sums decks into one stereo signal.

    During a crossfade the squared gains of all decks sum to 1, so unrelated pieces keep a level
    loudness (equal-power law). A cue in mid-fade fades every sounding deck from the gain it
    has, so it makes no click. A deck that is not ready keeps what plays until it is.
    """

    def __init__(self, rate_hz: int) -> None:
        self._slide = max(1, round(_SLIDE_S * rate_hz))
        self._voices: list[_Voice] = []
        self._coming: tuple[Deck, int, bool] | None = None
        self._parked: Deck | None = None  # the piece before, where it was left
        self._volume_db = 0.0
        self._silent = False
        self._gain = 1.0  # what the volume has slid to
        self._swell = _Swell()

    def cue(self, deck: Deck | None, fade_frames: int, *, keep: bool = True) -> None:
        """Crossfade to `deck` over `fade_frames`; None fades to silence.

        Unless `keep`, `back` will not bring back what plays now, but what it would before.
        """
        keep = self._forget_coming() or keep
        if deck is None:
            self._leave(fade_frames, keep=keep)
        else:
            self._coming = (deck, fade_frames, keep)

    def back(self, fade_frames: int) -> bool:
        """Crossfade back to the piece before, where it was left; False when there is none."""
        if self._forget_coming():
            # What was cued has not sounded yet, so the piece before is the one that plays.
            self._leave(fade_frames)
        before = next((v for v in reversed(self._voices) if v.leaving and v.kept), None)
        if before is None and self._parked is not None:
            before, self._parked = _Voice(self._parked, fade_frames), None
            self._leave(fade_frames)
            self._voices.append(before)
            return True
        for voice in self._voices:
            if voice is not before:
                voice.leave(fade_frames)
        if before is not None:
            before.enter(fade_frames)
        return before is not None

    def turn(self, change_db: float) -> None:
        """Move the volume, at most to 12 dB above the first setting."""
        self._volume_db = min(self._volume_db + change_db, _LOUDEST_DB)

    def level(self, gain_db: float, over_frames: int) -> None:
        """Step back to `gain_db`, or come forward again, over so many frames."""
        self._swell.send(gain_db, over_frames)

    def silence(self) -> None:
        """Everything off at once; called again, back on. Decks play on unheard."""
        self._silent = not self._silent

    def render(self, frames: int) -> Block:
        """The next `frames` of the mix, shape `(frames, 2)`, within [-1, 1]."""
        self._start_when_ready()
        mix = np.zeros((frames, 2), dtype=np.float32)
        for voice in self._voices:
            mix += voice.render(frames)
        for voice in self._voices:
            if voice.gone():
                self._put_away(voice)
        self._voices = [voice for voice in self._voices if not voice.gone()]
        mix *= self._slid(frames)[:, np.newaxis]
        if not self._swell.still():
            mix *= self._swell.render(frames)[:, np.newaxis]
        np.clip(mix, -1.0, 1.0, out=mix)
        return mix

    def close(self) -> None:
        """Let every deck go."""
        self.cue(None, 1)
        self._park(None)
        for voice in self._voices:
            voice.deck.close()

    def _forget_coming(self) -> bool:
        """Let go what was cued and has not sounded; True when it would have been a way back."""
        if self._coming is None:
            return False
        deck, _, keep = self._coming
        self._coming = None
        deck.close()
        return keep

    def _put_away(self, voice: _Voice) -> None:
        if voice.kept:
            self._park(voice.deck)
        else:
            voice.deck.close()

    def _park(self, deck: Deck | None) -> None:
        if self._parked is not None:
            self._parked.close()
        self._parked = deck

    def _start_when_ready(self) -> None:
        if self._coming is None or not self._coming[0].ready():
            return
        deck, fade, keep = self._coming
        self._coming = None
        self._leave(fade, keep=keep)
        self._voices.append(_Voice(deck, fade))

    def _leave(self, fade: int, *, keep: bool = True) -> None:
        """Fade every sounding deck out; one that was already leaving takes the same time."""
        for voice in self._voices:
            if not voice.leaving:
                voice.kept = keep
            voice.leave(fade)

    def _slid(self, frames: int) -> NDArray[np.float32]:
        """Volume over the next `frames`, moving by at most 1 in `_SLIDE_S`."""
        wanted = 0.0 if self._silent else 10.0 ** (self._volume_db / 20.0)
        if wanted == self._gain:
            return np.full(frames, wanted, dtype=np.float32)
        step = math.copysign(1.0 / self._slide, wanted - self._gain)
        ramp = self._gain + step * np.arange(1, frames + 1)
        ramp = np.minimum(ramp, wanted) if step > 0 else np.maximum(ramp, wanted)
        self._gain = float(ramp[-1]) if frames else self._gain
        gain: NDArray[np.float32] = ramp.astype(np.float32)
        return gain

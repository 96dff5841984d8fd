"""Decks and faders: equal-power crossfades counted in frames. It has no clock."""

import math

import numpy as np

from dndmood.decibels import amplitude_of
from dndmood.events import LOUDEST_DB, SOFTEST_DB
from dndmood.players._ambience import Ambience
from dndmood.players._faders import Block, Deck, Slide, Swell, Voice
from dndmood.players._limiter import Limiter
from dndmood.players._moment import quietest
from dndmood.sample_peaks import peak

_PROMPT_S = 0.05
"""A change that must not wait is clearly heard after this, however long its fade is."""
_SLIDE_S = 0.05
"""A turn of the volume or a press of silence takes this long, so that nothing clicks."""


class _Coming:
    """A deck that was cued and does not sound yet."""

    def __init__(self, deck: Deck, fade: int, keep: bool, wait: int) -> None:  # noqa: FBT001 - as it was cued
        self.deck, self.fade, self.keep = deck, fade, keep
        self.may_wait = wait > 0
        self.wait = wait
        """Frames that are left until it must begin once it is ready."""
        self.begins: int | None = None
        """In how many frames it begins; None while it is not ready."""


class Mixer:
    """Sums decks, and the ambience below them, into one stereo signal.

    During a crossfade the squared gains of all decks sum to 1, so unrelated pieces keep a level
    loudness (equal-power law). A cue in mid-fade fades every sounding deck from the gain it
    has, so it makes no click. A deck that is not ready keeps what plays until it is.
    """

    def __init__(self, rate_hz: int) -> None:
        slide = max(1, round(_SLIDE_S * rate_hz))
        self._prompt = round(_PROMPT_S * rate_hz)
        self._slide = Slide(slide)  # what the volume does
        self.ambience = Ambience(slide)
        """The second bus: it has its own cues and volume, and shares silence, talk and limiter."""
        self._voices: list[Voice] = []
        self._rate_hz = rate_hz
        self._coming: _Coming | None = None
        self._parked: Deck | None = None  # the piece before, where it was left
        self._volume_db = 0.0
        self._silent = False
        self._swell = Swell()
        self._limiter = Limiter(rate_hz)
        self.peak = 0.0
        """Largest sample of the block before, as the decks gave it: before volume and silence."""

    def cue(
        self, deck: Deck | None, fade_frames: int, *, keep: bool = True, wait_frames: int = 0
    ) -> None:
        """Crossfade to `deck` over `fade_frames`; None fades to silence.

        The crossfade may begin up to `wait_frames` later, in a quiet moment of what plays. One
        that may not was asked for, and begins so that it is heard at once.
        Unless `keep`, `back` will not bring back what plays now, but what it would before.
        """
        keep = self._forget_coming() or keep
        if deck is None:
            self._leave(fade_frames, keep=keep)
        else:
            self._coming = _Coming(deck, fade_frames, keep, wait_frames)

    def back(self, fade_frames: int) -> bool:
        """Crossfade back to the piece `before`, where it was left; False when there is none."""
        before = self._voice_before()
        if self._forget_coming():
            self._leave(fade_frames)
        if before is not None:
            for voice in self._voices:
                if voice is not before:
                    voice.leave(fade_frames, prompt=self._prompt)
            before.enter(fade_frames, prompt=self._prompt)
            return True
        if self._parked is None or not self._parked.ready():
            return False  # what plays stays until something else is there
        before = Voice(self._parked, fade_frames, prompt=self._prompt)
        self._parked = None
        self._leave(fade_frames, prompt=self._prompt)
        self._voices.append(before)
        return True

    def before(self) -> Deck | None:
        """The deck that `back` would bring; None when there is none, or it is not ready."""
        voice = self._voice_before()
        if voice is not None:
            return voice.deck
        return self._parked if self._parked is not None and self._parked.ready() else None

    def turn(self, change_db: float) -> None:
        """Move the volume, from -40 to 12 dB against the first setting."""
        self._volume_db = max(SOFTEST_DB, min(self._volume_db + change_db, LOUDEST_DB))

    def level(self, gain_db: float, over_frames: int) -> None:
        """Step back to `gain_db`, or come forward again, over so many frames."""
        self._swell.send(gain_db, over_frames)

    def silence(self) -> None:
        """Everything off at once; called again, back on. Decks play on unheard."""
        self._silent = not self._silent

    def render(self, frames: int) -> Block:
        """The next `frames` of the mix, shape `(frames, 2)`, within [-0.8, 0.8]."""
        self._start_when_ready(frames)
        mix = np.zeros((frames, 2), dtype=np.float32)
        for voice in self._voices:
            mix += voice.render(frames)
        for voice in self._voices:
            if voice.gone():
                self._put_away(voice)
        self._voices = [voice for voice in self._voices if not voice.gone()]
        self.peak = peak(mix)
        if not math.isfinite(self.peak):  # one such value would stay in every filter after us
            np.nan_to_num(mix, copy=False, nan=0.0, posinf=0.0, neginf=0.0)
        volume = 0.0 if self._silent else amplitude_of(self._volume_db)
        self._slide.turn(mix, volume)
        stepped = None if self._swell.still() else self._swell.render(frames)
        if stepped is not None:
            mix *= stepped[:, np.newaxis]
        if not self.ambience.at_rest():
            mix += self.ambience.render(frames, silent=self._silent, stepped=stepped)
        self._limiter.limit(mix)
        return mix

    def sounding(self) -> Deck | None:
        """The deck that stays or comes; None when nothing plays or all fades to nothing."""
        return next((v.deck for v in reversed(self._voices) if not v.leaving), None)

    def at_rest(self) -> bool:
        """True when no deck is heard, not even one that fades out."""
        return not self._voices

    def open(self) -> bool:
        """True unless everything was turned off, by `silence` or as far as the volume goes."""
        return not self._silent and self._volume_db > SOFTEST_DB

    def close(self) -> None:
        """Let every deck go."""
        self.cue(None, 1)
        self._park(None)
        for voice in self._voices:
            voice.deck.close()
        self.ambience.close()

    def _voice_before(self) -> Voice | None:
        """What back would bring, as long as it is still heard."""
        # While what was cued last has not sounded yet, the piece before is the one that plays.
        plays = self._coming is not None and self._coming.keep
        return next(
            (v for v in reversed(self._voices) if (v.kept if v.leaving else plays)), None
        )

    def _forget_coming(self) -> bool:
        """Let go what was cued and has not sounded; True when it would have been a way back."""
        if self._coming is None:
            return False
        coming, self._coming = self._coming, None
        coming.deck.close()
        return coming.keep

    def _put_away(self, voice: Voice) -> None:
        if voice.kept:
            self._park(voice.deck)
        else:
            voice.deck.close()

    def _park(self, deck: Deck | None) -> None:
        if self._parked is not None:
            self._parked.close()
        self._parked = deck

    def _start_when_ready(self, frames: int) -> None:
        coming = self._coming
        if coming is None:
            return
        if not coming.deck.ready():
            coming.wait -= frames
            return
        if coming.begins is None:
            coming.begins = self._moment(coming)
        if coming.begins >= frames:
            coming.begins -= frames
            return
        self._coming = None
        # Out of silence any beginning is heard at once.
        prompt = 0 if coming.may_wait or not self._voices else self._prompt
        self._leave(coming.fade, keep=coming.keep, prompt=prompt)
        self._voices.append(Voice(coming.deck, coming.fade, prompt=prompt))

    def _moment(self, coming: "_Coming") -> int:
        """In how many frames the crossfade shall begin."""
        plays = self.sounding()
        if coming.wait <= 0 or plays is None or not self.open():
            return 0
        sound = plays.coming(coming.wait + coming.fade)
        return quietest(sound, self._rate_hz, fade=coming.fade, wait=coming.wait)

    def _leave(self, fade: int, *, keep: bool = True, prompt: int = 0) -> None:
        """Fade every sounding deck out; one that was already leaving takes the same time."""
        for voice in self._voices:
            if not voice.leaving:
                voice.kept = keep
            voice.leave(fade, prompt=prompt)

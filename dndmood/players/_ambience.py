"""The second bus: the ambience of the place, under the music. Counts frames; it has no clock."""

import logging
import math
from contextlib import suppress
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from dndmood.bounds import clamp
from dndmood.decibels import amplitude_of
from dndmood.events import LOUDEST_DB, SOFTEST_DB
from dndmood.players._faders import Block, Deck, Slide, Voice
from dndmood.sample_peaks import peak

_log = logging.getLogger(__name__)


class Bed(Deck, Protocol):
    """A deck that looks after itself."""

    def tend(self, frames: int) -> None:
        """Called before each block while it shall sound."""
        ...

    def lost(self) -> bool:
        """True while it cannot be heard and nobody knows when it can be."""
        ...


class Ambience:
    """Beds that crossfade at a level power, at a volume of their own.

    What was before goes on until the new bed is ready, or known to be lost.
    """

    def __init__(self, slide_frames: int) -> None:
        """A turn of the volume takes so many frames."""
        self._voices: list[Voice] = []
        self._coming: tuple[Bed, int] | None = None
        self._now: Bed | None = None
        self._volume_db = 0.0
        self._slide = Slide(slide_frames)
        self._silent = False

    def cue(self, bed: Bed | None, fade_frames: int) -> None:
        """Crossfade to `bed` over `fade_frames`; None fades to silence."""
        if self._coming is not None:
            self._coming[0].close()
            self._coming = None
        self._now = bed
        if bed is None:
            self._leave(fade_frames)
        else:
            self._coming = bed, fade_frames

    def turn(self, change_db: float) -> None:
        """Move the volume; as far down as it goes is off."""
        self._volume_db = clamp(self._volume_db + change_db, SOFTEST_DB, LOUDEST_DB)

    def at_rest(self) -> bool:
        """True when nothing sounds and nothing is to come."""
        return not self._voices and self._now is None

    def heard(self) -> bool:
        """True while a bed sounds and is not turned off."""
        return bool(self._voices) and self._wanted(silent=self._silent) > 0.0

    def render(
        self, frames: int, *, silent: bool, stepped: NDArray[np.float32] | None = None
    ) -> Block:
        """The next `frames`, shape `(frames, 2)`; never raises, as the music goes on without.

        `stepped` is the gain of the music that steps back under talk, shape `(frames,)`; the
        ambience steps back by half as many decibels, as it is softer to begin with.
        """
        self._silent = silent
        try:
            mix = self._mixed(frames)
        except Exception:  # noqa: BLE001 - whatever fails here, the music goes on
            _log.exception("the ambience failed and is let go")
            with suppress(Exception):
                self.close()  # or its files stay open until Python comes round to them
            self._coming, self._now, self._voices = None, None, []
            return np.zeros((frames, 2), dtype=np.float32)
        self._slide.turn(mix, self._wanted(silent=silent))
        if stepped is not None:
            mix *= np.sqrt(stepped)[:, np.newaxis]  # half as many decibels
        return mix

    def close(self) -> None:
        """Let every bed go."""
        self.cue(None, 1)
        for voice in self._voices:
            voice.deck.close()
        self._voices = []

    def _mixed(self, frames: int) -> Block:
        if self._now is not None:
            self._now.tend(frames)
        self._start_when_ready()
        mix = np.zeros((frames, 2), dtype=np.float32)
        for voice in self._voices:
            mix += voice.render(frames)
            if voice.gone():
                voice.deck.close()
        self._voices = [voice for voice in self._voices if not voice.gone()]
        if not math.isfinite(peak(mix)):
            np.nan_to_num(mix, copy=False, nan=0.0, posinf=0.0, neginf=0.0)
        return mix

    def _start_when_ready(self) -> None:
        if self._coming is None:
            return
        bed, fade = self._coming
        if bed.ready():
            self._coming = None
            self._leave(fade)
            self._voices.append(Voice(bed, fade))
        elif bed.lost():
            self._leave(fade)  # a forest must not go on below a tavern

    def _leave(self, fade: int) -> None:
        for voice in self._voices:
            if not voice.leaving:
                voice.leave(fade)

    def _wanted(self, *, silent: bool) -> float:
        off = silent or self._volume_db <= SOFTEST_DB
        return 0.0 if off else amplitude_of(self._volume_db)

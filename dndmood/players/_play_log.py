"""What is really heard, as facts: which track sounds now, and for how long one did."""

from collections.abc import Callable

from dndmood.events import Heard, NowPlaying
from dndmood.players._loudness import UNHEARD
from dndmood.players._playlist import Place

_SILENT_S = 2.0
_FIRST_S = 5.0
"""The evening's first track may take so long: a slow machine measures it before it begins."""
_JUMP_S = 1.0


class PlayLog:
    """Compares what is rendered with what should sound, block by block."""

    def __init__(self, rate_hz: int, report: Callable[[NowPlaying | Heard], None]) -> None:
        self._rate_hz, self._report = rate_hz, report
        self._place: Place | None = None
        self._for = 0  # frames for which it could be heard
        self._quiet = 0  # frames of silence where there should be music
        self._silent = False
        self._begun = False

    def note(self, place: Place | None, frames: int, *, wanted: bool, peak: float) -> None:
        """`frames` were rendered: where they come from, whether they should sound, how loud they were."""
        self._quiet = self._quiet + frames if wanted and peak < UNHEARD else 0
        self._begun = self._begun or peak >= UNHEARD
        patience_s = _SILENT_S if self._begun else _FIRST_S
        was_silent, self._silent = self._silent, self._quiet >= patience_s * self._rate_hz
        if self._silent:
            self._change(None)
            if not was_silent:
                self._report(NowPlaying(None))
            return
        if place is None or self._place is None or place.run != self._place.run:
            self._change(place)
        elif abs(place.at - self._place.at - frames) > _JUMP_S * self._rate_hz:
            self._report_place(place)
        self._place = place
        if wanted:
            self._for += frames

    def interrupt(self) -> None:
        """Nothing that was noted can be heard any more; the next note says what sounds again."""
        self._change(None)
        self._report(NowPlaying(None))

    def close(self) -> None:
        """Report what was heard last."""
        self._change(None)

    def _change(self, place: Place | None) -> None:
        if self._place is not None and self._for:
            self._report(Heard(self._place.track, self._for / self._rate_hz))
        self._place, self._for = place, 0
        if place is not None:
            self._report_place(place)

    def _report_place(self, place: Place) -> None:
        place_s = place.at / self._rate_hz
        if place.track.duration_s > 0.0:
            place_s %= place.track.duration_s
        self._report(NowPlaying(place.track, place_s))

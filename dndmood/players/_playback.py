"""Where events meet the mixer: the part that all players which mix by themselves share."""

import logging
import math
from collections import deque
from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread
from typing import TypeAlias

import numpy as np

from dndmood.events import (
    Command,
    Cue,
    Duck,
    EmotionEstimate,
    Event,
    Heard,
    NowPlaying,
    Problem,
    Track,
)
from dndmood.players import Report
from dndmood.players._bed_deck import BedDeck
from dndmood.players._cue_deck import CueDeck
from dndmood.players._decoders import Inline, Prefetching
from dndmood.players._faders import Block
from dndmood.players._intensity import Liveliness
from dndmood.players._mix_guard import MixGuard
from dndmood.players._mixer import Mixer
from dndmood.players._play_log import PlayLog
from dndmood.reference_tap import ReferenceTap
from dndmood.scene import AmbienceCue
from dndmood.timetable import SKIP_FADE_S

_LAST_REPORTS_S = 0.5
"""The last reports are given so long to be made."""
_GOOD_HZ = 32_000
"""A headset in a telephone's mode has less; what begins there should not stay so all evening."""

_Job: TypeAlias = Callable[[], None]

_log = logging.getLogger(__name__)


def _nobody(_: Problem | NowPlaying | Heard) -> None:
    """Takes reports where nobody wants them."""


class Playback:
    """Takes events on one thread and renders sound on another, neither waiting for the other.

    With `prefetch` a third thread opens decks and makes the reports: handing it a job takes no
    lock that anybody holds for longer than a few instructions, while opening a file may take for
    ever and `report` is somebody else's code. Without, all happens in step where it is rendered.
    """

    def __init__(self, rate_hz: int, *, prefetch: bool, report: Report = _nobody) -> None:
        """A playback that mixes at `rate_hz`; what it has to say goes to `report`."""
        self.rate_hz = rate_hz
        """Rate of what `render` gives."""
        self._prefetch = prefetch
        self._report = report
        self._orders: deque[_Job] = deque()  # appending and popping are atomic
        self._now: CueDeck | None = None
        self._bed: BedDeck | None = None
        self._tended: tuple[CueDeck, ...] = ()
        self._lost: set[str] = set()
        self._reported: set[str] = set()
        self._leaving = self._closed = False
        self._convert: Callable[[Block], Block] | None = None
        self._converted = np.zeros((0, 2), dtype=np.float32)
        self._tap: ReferenceTap | None = None
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._worker = Thread(target=self._work, name="playback", daemon=True)
        self._begun = False
        self._liveliness = Liveliness()
        self._guard = MixGuard(self._say, self.interrupt)
        self._mix_at(rate_hz)
        if prefetch:
            self._worker.start()

    def pour_into(self, tap: ReferenceTap) -> None:
        """From now on `tap` gets all that is rendered."""
        self._tap = tap

    def __call__(self, event: Event) -> None:
        """Obey cues of music and ambience, ducks and commands, hear how lively the talk is; every other event is passed over. Returns at once."""
        match event:
            case Duck(gain_db=gain_db, over_s=over_s):
                self._orders.append(lambda: self._mixer.level(gain_db, self._frames(over_s)))
            case Cue():
                self._orders.append(lambda: self._cue(event))
            case AmbienceCue():
                self._orders.append(lambda: self._surround(event))
            case EmotionEstimate():
                self._orders.append(lambda: self._liveliness.hear(event))
            case Command(verb="skip"):
                self._orders.append(self._skip)
            case Command(verb="volume", change_db=change_db):
                self._orders.append(lambda: self._mixer.turn(change_db))
            case Command(verb="ambience", change_db=change_db):
                self._orders.append(lambda: self._mixer.ambience.turn(change_db))
            case Command(verb="silence"):
                self._orders.append(self._silence)

    def render(self, frames: int) -> Block:
        """The next `frames` of what is heard, shape `(frames, 2)`. Never waits with `prefetch`.

        Never raises: where mixing fails there is silence, and a report once that lasts.
        """
        return self._guard.render(self._rendered, frames, self.rate_hz)

    def leave(self, over_s: float) -> None:
        """Fade everything out; cues that come later are passed over. See `silent`."""
        self._orders.append(lambda: self._leave(self._frames(over_s)))

    def interrupt(self) -> None:
        """Report that nothing is heard: the device takes no sound. The next `render` takes it back.

        Call it while nothing renders.
        """
        self._heard.interrupt()

    def silent(self) -> bool:
        """True when all has been faded out after `leave`; only goes on while `render` is called."""
        music = not self._mixer.at_rest() and self._mixer.open()
        heard = (music or self._mixer.ambience.heard()) and not self._guard.failing
        return self._leaving and not heard

    def change_rate(self, rate_hz: int) -> None:
        """From the next `render` on sound is given at `rate_hz`, at the same place in the music.

        The mix goes on at the rate that it began with and is converted, so that no deck, no
        fade and no way back is lost. Before anything was rendered it simply begins at the new
        rate, if that is good enough for an evening. Call it while nothing renders.
        """
        self._convert, self._converted = None, self._converted[:0]
        if not self._begun and rate_hz >= _GOOD_HZ:
            self._mix_at(rate_hz)
        if rate_hz != self._mix_hz:
            import soxr

            stream = soxr.ResampleStream(
                self._mix_hz, rate_hz, 2, dtype="float32", quality="HQ"
            )
            self._convert = stream.resample_chunk
        self.rate_hz = rate_hz

    def close(self) -> None:
        """Let every deck go and report what was heard last; call it when nothing renders any more.

        Does not wait for a decoder that a dead disk holds.
        """
        self._heard.close()
        if self._prefetch:
            self._jobs.put(None)
            self._worker.join(_LAST_REPORTS_S)
        self._closed = True
        if self._now is not None:
            self._now.close()
        while self._orders:
            self._orders.popleft()()
        self._mixer.close()
        self._decoders.close()
        self._bed_decoders.close()
        self._convert = None

    def _mix_at(self, rate_hz: int) -> None:
        self._mix_hz = rate_hz
        self._mixer = Mixer(rate_hz)
        self._heard = PlayLog(rate_hz, self._say)
        self._decoders = self._decoders_at(rate_hz)
        self._bed_decoders = self._decoders_at(rate_hz)  # which may hang without the music's

    def _decoders_at(self, rate_hz: int) -> Inline | Prefetching:
        if not self._prefetch:
            return Inline(rate_hz, self._report_once)
        return Prefetching(
            rate_hz, self._report_once, later=self._jobs.put, hand_over=self._orders.append
        )

    def _rendered(self, frames: int) -> Block:
        self._begun = True
        while self._orders:
            self._orders.popleft()()
        block = self._mixed(frames) if self._convert is None else self._at_rate(frames)
        if self._tap is not None:
            self._tap.pour(block, self.rate_hz)
        return block

    def _mixed(self, frames: int) -> Block:
        tended = tuple(s for s in (self._now, self._sounding()) if s is not None)
        for deck in self._tended:
            if deck not in tended:
                deck.rest()
        self._tended = tended
        for deck in dict.fromkeys(tended):
            deck.tend(frames)
        block = self._mixer.render(frames)
        sounding = self._sounding()
        self._heard.note(
            sounding.place() if sounding is not None else None,
            frames,
            wanted=self._now is not None and self._mixer.open(),
            peak=self._mixer.peak,
        )
        return block

    def _at_rate(self, frames: int) -> Block:
        """`frames` of the mix at the device's rate."""
        while len(self._converted) < frames and self._convert is not None:
            missing = (frames - len(self._converted)) * self._mix_hz / self.rate_hz
            block = self._convert(self._mixed(math.ceil(missing) + 1))
            self._converted = np.concatenate((self._converted, block))
        block, self._converted = self._converted[:frames], self._converted[frames:].copy()
        return np.clip(block, -1.0, 1.0)

    def _sounding(self) -> CueDeck | None:
        deck = self._mixer.sounding()
        return deck if isinstance(deck, CueDeck) else None

    def _cue(self, cue: Cue) -> None:
        if self._leaving:
            return
        if cue.goes_on and self._now is not None and self._now.cue.mood == cue.mood:
            self._now.go_on_with(cue)
            return
        fade = self._frames(cue.fade_s)
        # Of two quick changes the first may never have sounded: then an older piece is before.
        before = self._mixer.before() if cue.resume and cue.tracks else None
        resumes = isinstance(before, CueDeck) and before.cue.mood == cue.mood
        if resumes and self._mixer.back(fade):
            self._now = self._sounding()
        else:
            self._put_on(cue, fade, wait=self._frames(cue.wait_s))

    def _skip(self) -> None:
        """On to the next track; an undo still goes back to the music of the mood before."""
        if self._now is not None and self._now.more_than_one():
            self._put_on(self._now.following(), self._frames(SKIP_FADE_S), keep=False)

    def _silence(self) -> None:
        self._mixer.silence()  # which may be another mixer than when it was asked for

    def _put_on(self, cue: Cue, fade: int, *, keep: bool = True, wait: int = 0) -> None:
        self._now = None
        if cue.tracks or cue.spare:
            alone = self._mixer.at_rest()
            self._now = CueDeck(
                cue,
                self._mix_hz,
                self._decoders.open,
                self._say,
                lost=self._lost,
                alone=alone,
                liveliness=self._liveliness,
            )
        self._mixer.cue(self._now, fade, keep=keep, wait_frames=wait)

    def _surround(self, cue: AmbienceCue) -> None:
        """Crossfade to the ambience of another place, or to none."""
        if self._leaving:
            return
        wanted = cue.beds or cue.shots
        bed = BedDeck(cue, self._mix_hz, self._bed_decoders.open, self._say) if wanted else None
        if self._bed is not None:
            self._bed.left_behind()
        self._bed = bed
        self._mixer.ambience.cue(bed, self._frames(cue.fade_s))

    def _leave(self, fade: int) -> None:
        self._now, self._leaving = None, True
        self._mixer.cue(None, fade, keep=False)
        self._mixer.ambience.cue(None, fade)

    def _frames(self, seconds: float) -> int:
        return round(seconds * self._mix_hz)

    def _report_once(self, track: Track, text: str) -> None:
        """Report what is wrong with a track, once; on the thread that decodes it."""
        if track.path not in self._reported:
            self._reported.add(track.path)
            _log.warning("%s", text)
            self._say(Problem(at_s=0.0, text=text))

    def _say(self, fact: Problem | NowPlaying | Heard) -> None:
        if self._prefetch and not self._closed:
            self._jobs.put(lambda: self._report(fact))
        else:
            self._report(fact)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                job()
            except Exception:  # noqa: BLE001 - the thread must do the next job
                _log.exception("the playback failed at one job")

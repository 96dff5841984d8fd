"""Keyboard, player and session of a review joined."""

import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TypeVar

from dndmood import events, paths
from dndmood.clock import Clock, SystemClock
from dndmood.collection.review.excerpts import Excerpts
from dndmood.collection.review.screen import LEAST, View, render
from dndmood.collection.review.session import Session
from dndmood.dashboard import live
from dndmood.dashboard.keystrokes import Keystrokes
from dndmood.dashboard.terminal import Terminal, opened
from dndmood.errors import UserError
from dndmood.events import Cue, Problem
from dndmood.library.decisions import LEFT_OUT
from dndmood.mood_places import Place
from dndmood.players import Player, open_player
from dndmood.standing import standing
from dndmood.stderr_to_log import libraries_quiet

_FRAME_S = 0.1
_FADE_S = 0.3
_T = TypeVar("_T")
_ACCEPT = frozenset({"\r", "\n", "y"})


def run(
    session: Session,
    places: tuple[Place, ...],
    *,
    player: str,
    say: Callable[[str], None],
    clock: Clock | None = None,
) -> None:
    """Show, play and decide until `q`, Ctrl-C or the end of the terminal.

    `player` is which player was asked for, "" for the best. Every decision is on the disk as
    soon as its key was pressed. Raises `UserError` where there is no terminal to show it.
    """
    if trouble := live.usable(sys.stdout):
        raise UserError(
            trouble.replace("use --plain", "review in a larger or another terminal")
        )
    clock = clock or SystemClock()
    with ExitStack() as stack:
        stack.enter_context(libraries_quiet(paths.log_file()))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dndmood-")))
        news: SimpleQueue[tuple[str, events.Track | str]] = SimpleQueue()
        troubles: SimpleQueue[str] = SimpleQueue()
        plays = stack.enter_context(open_player(player, _reporter(troubles), live=True))
        say(plays.sentence)
        excerpts = Excerpts(folder, lambda path, what: news.put((path, what)))
        stack.callback(excerpts.end)
        screen = sys.stdout
        terminal = stack.enter_context(opened(screen, clock))
        loop = Loop(session, places, plays.player, excerpts, clock, terminal, news, troubles)
        with suppress(KeyboardInterrupt, EOFError):
            loop.run()


def _reporter(troubles: SimpleQueue[str]) -> Callable[[object], None]:
    stands: tuple[Problem, ...] = ()

    def report(what: object) -> None:
        nonlocal stands
        if isinstance(what, Problem):
            stands = standing(stands, what)
            left = stands[-1].text if stands else ""
            troubles.put(left if what.solved else what.text)

    return report


class Loop:
    """What lasts from one frame to the next."""

    def __init__(
        self,
        session: Session,
        places: tuple[Place, ...],
        player: Player,
        excerpts: Excerpts,
        clock: Clock,
        terminal: Terminal,
        news: SimpleQueue[tuple[str, events.Track | str]],
        troubles: SimpleQueue[str],
    ) -> None:
        self._session, self._player = session, player
        self._places = session.music_places(places)
        self._excerpts, self._clock, self._terminal = excerpts, clock, terminal
        self._news, self._troubles = news, troubles
        self._glyphs = live.signs(sys.stdout)
        self._keystrokes = Keystrokes()
        self._asked = ""
        self._trouble = ""
        self._since_s: float | None = None
        self._heard_s = 0.0
        self._length_s = 15.0
        self._plays: events.Track | None = None

    def run(self) -> None:
        """Draw, read keys, and again, until `q`."""
        while True:
            self._bring()
            self._draw()
            for key in self._keystrokes.push(self._terminal.read(_FRAME_S)):
                if key in {"q", "Q"}:
                    return
                self._press(key)

    def _press(self, key: str) -> None:
        place = next((one for one in self._places if one.key == key), None)
        try:
            if place:
                self._session.choose(place.name)
            elif key.lower() in _ACCEPT:
                self._session.accept()
            elif key.lower() in {"n", " "}:
                self._session.skip()
            elif key.lower() == "u":
                self._session.undo()
            elif key.lower() == "x":
                self._session.choose(LEFT_OUT)
            elif key.lower() == "p":
                self._pause()
            elif key == "\x0c":
                self._terminal.painter.forget()
        except UserError as error:  # the disk is full: what was decided before holds
            self._session.said = str(error)

    def _bring(self) -> None:
        """Ask for the excerpt of a new track, and play the one that has come."""
        track = self._session.track()
        wanted = track.path if track else ""
        if wanted != self._asked:
            self._asked, self._trouble = wanted, ""
            self._stop()
            self._plays, self._heard_s = None, 0.0
            for one in (track, self._session.next_up()):
                if one is not None:
                    self._excerpts.ask(one)
        while (arrived := _taken(self._news)) is not None:
            path, what = arrived
            if path != self._asked or self._plays is not None:
                continue
            if isinstance(what, str):
                self._trouble = what
            else:
                self._plays, self._length_s = what, what.duration_s
                self._play()
        while (text := _taken(self._troubles)) is not None:
            self._trouble = text
        if self._heard() >= self._length_s:
            self._stop()

    def _pause(self) -> None:
        if self._since_s is not None:
            self._stop()
        elif self._plays is not None:
            self._play()

    def _play(self) -> None:
        assert self._plays is not None  # noqa: S101 - asked by those who call
        self._player(Cue(0.0, "review", (self._plays,), _FADE_S, "review"))
        self._since_s, self._heard_s = self._clock.now_s(), 0.0

    def _stop(self) -> None:
        """Silence, until the next excerpt."""
        if self._since_s is not None:
            self._heard_s = min(self._heard(), self._length_s)
            self._since_s = None
            self._player(Cue(0.0, "", (), _FADE_S, "review"))

    def _heard(self) -> float:
        if self._since_s is None:
            return 0.0
        return self._clock.now_s() - self._since_s

    def _draw(self) -> None:
        width, height = self._terminal.size()
        view = View(
            track=self._session.track(),
            shares=self._session.shares(),
            number=self._session.at + 1,
            count=self._session.count,
            decided=self._session.decided,
            said=self._session.said,
            trouble=self._trouble,
            played_s=self._heard() or self._heard_s,
            length_s=self._length_s,
            playing=self._since_s is not None,
        )
        rows = render(view, self._places, width, height, self._glyphs)
        if width < LEAST[0] or height < LEAST[1]:
            rows = tuple(line[:1] for line in rows[:height])
        self._terminal.painter.paint(rows)


def _taken(queue: SimpleQueue[_T]) -> _T | None:
    try:
        return queue.get_nowait()
    except Empty:
        return None

"""The live part on a real terminal, with real keys."""

import io
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from dndmood.dashboard import live
from dndmood.events import Command
from dndmood.threads import Cell
from tests.dashboard.scenes import PLACES, calm, screen
from tests.fakes import FakeClock

ROOT = Path(__file__).parents[2]
PATIENCE_S = 30.0

pytestmark = pytest.mark.real_time
needs_tmux = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")


class Tmux:
    """A terminal of our own, with a shell in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "commands"
        self.log.touch()
        self._place = TemporaryDirectory(prefix="tmux-")  # a short path, as sockets need it
        self("-f", "/dev/null", "new-session", "-d", "-x", "80", "-y", "24", "sh -i")
        self("set-option", "-g", "remain-on-exit", "on")
        self.type(f"cd '{ROOT}'; export PYTHONPATH='{ROOT}' PS1='$ '; clear")
        self.until(lambda: self.text().strip() == "$")

    def __call__(self, *words: str) -> str:
        done = subprocess.run(
            ["tmux", "-S", f"{self._place.name}/s", *words],
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def close(self) -> None:
        self("kill-server")
        self._place.cleanup()

    def type(self, line: str) -> None:
        self("send-keys", "-l", line)
        self("send-keys", "Enter")

    def quit(self) -> None:
        self.press("q")
        self.shows("press q again to end the evening")
        end_s = time.monotonic() + 0.2  # sooner it would be the key held down
        self.until(lambda: time.monotonic() > end_s)
        self.press("q")

    def press(self, *keys: str) -> None:
        for key in keys:
            self("send-keys", key)

    def text(self) -> str:
        return self("capture-pane", "-p")

    def shows(self, *words: str) -> str:
        return self.until(lambda: all(word in self.text() for word in words))

    def until(self, true: Callable[[], bool]) -> str:
        """Ask again and again; each question to tmux takes a few milliseconds."""
        end_s = time.monotonic() + PATIENCE_S
        while not true():
            if time.monotonic() > end_s:
                raise AssertionError(f"It did not happen. The terminal shows:\n{self.text()}")
        return self.text()

    def start(self, *words: str) -> None:
        self.type(f"'{sys.executable}' -m tests.dashboard.stage '{self.log}' {' '.join(words)}")
        self.shows("listening", "Music")

    def commands(self) -> list[str]:
        return self.log.read_text().splitlines()

    def sane(self) -> None:
        """First screen, cursor, echo, and lines as usual."""
        modes = "#{alternate_on} #{cursor_flag} #{wrap_flag}"
        self.until(lambda: self("display-message", "-p", modes).split() == ["0", "1", "1"])
        settings = self.folder / "settings"
        self.type(f"stty -a > '{settings}.new' && mv '{settings}.new' '{settings}'")
        self.until(settings.exists)
        words = settings.read_text().replace(";", " ").split()
        assert {"icanon", "echo", "isig", "opost"} <= set(words)


@pytest.fixture
def tmux(tmp_path) -> Iterator[Tmux]:
    terminal = Tmux(tmp_path)
    yield terminal
    terminal.close()


@needs_tmux
def test_every_key_does_what_it_says_and_q_leaves_the_terminal_as_it_was(tmux):
    tmux.start()
    for number, key in enumerate(("4", "a", "u", "Space", "n", "+", "-"), start=1):
        tmux.press(key)
        tmux.until(lambda number=number: len(tmux.commands()) == number)
    tmux.press("Up", "x")
    tmux.shows("silenced: x brings it back", "paused")
    tmux.press("?")
    tmux.shows("Help", "twice: end the evening")
    tmux.press("?")
    tmux.shows("─ Voices")
    tmux.quit()
    tmux.shows("the evening is over")
    assert tmux.commands() == [
        "force battle",
        "release",
        "undo",
        "pause",
        "skip",
        "volume +2",
        "volume -2",
        "silence",
        "quit",
    ]
    tmux.sane()


@needs_tmux
def test_a_slip_on_q_ends_nothing_and_is_answered(tmux):
    tmux.start()
    tmux.press("q")
    tmux.shows("press q again to end the evening")
    tmux.until(lambda: "press q again" not in tmux.text())
    tmux.press("q")
    tmux.shows("press q again to end the evening")
    assert tmux.commands() == []
    tmux.quit()
    tmux.shows("the evening is over")
    assert tmux.commands() == ["quit"]


@needs_tmux
@pytest.mark.parametrize("marked", [True, False], ids=["marked", "unmarked"])
def test_pasted_text_does_nothing(tmux, marked):
    tmux.start()
    tmux("set-buffer", "roll for initiative: 14 + 3 = quite high, qq 4 a r u x\n")
    tmux("paste-buffer", *(["-p"] if marked else []))
    tmux("send-keys", "-l", "\x1b[<0;3;4M")
    for _ in range(2):  # a whole second without any key
        before = tmux.text().splitlines()[0].split()[-1]
        tmux.until(lambda now=before: tmux.text().splitlines()[0].split()[-1] != now)
    tmux.press("x")
    tmux.shows("silenced")
    assert tmux.commands() == ["silence"]


@needs_tmux
def test_pasting_is_marked_only_while_the_dashboard_is_shown(tmux):
    # tmux sends its marks only to a program that has asked for them and has not taken that back.
    seen = tmux.folder / "pasted"
    tmux("set-buffer", "some words")

    def is_marked_in_the_shell() -> bool:
        seen.unlink(missing_ok=True)
        tmux.type(f"cat > '{seen}'")
        tmux.until(seen.exists)
        tmux("paste-buffer", "-p")
        tmux.press("Enter", "C-d")
        tmux.until(lambda: "words" in seen.read_text())
        return "200~" in seen.read_text()

    tmux.start()
    tmux.press("C-z")
    tmux.sane()
    assert not is_marked_in_the_shell()
    tmux.type("fg")
    tmux.shows("listening", "Voices")
    tmux("paste-buffer", "-p")
    tmux.press("C-c")
    tmux.shows("the evening is over")
    assert not is_marked_in_the_shell()
    assert tmux.commands() == ["quit"]


@needs_tmux
def test_ctrl_s_does_not_stop_the_screen(tmux):
    tmux.start()
    tmux.press("C-s", "x")
    tmux.shows("silenced")
    tmux.press("C-c")
    tmux.shows("the evening is over")
    tmux.sane()


@needs_tmux
def test_ctrl_c_ends_the_evening_like_q(tmux):
    tmux.start()
    tmux.press("C-c")
    tmux.shows("the evening is over")
    assert tmux.commands() == ["quit"]
    tmux.sane()


@needs_tmux
def test_ctrl_z_gives_the_terminal_back_until_the_program_goes_on(tmux):
    tmux.start()
    tmux.press("C-z")
    tmux.until(lambda: tmux("display-message", "-p", "#{alternate_on}").strip() == "0")
    tmux.sane()
    tmux.type("fg")
    tmux.shows("listening", "Voices")
    tmux.press("x")
    tmux.shows("silenced")
    tmux.quit()
    tmux.shows("the evening is over")
    tmux.sane()


@needs_tmux
def test_a_crash_gives_the_terminal_back_and_keeps_its_traceback(tmux):
    tmux.start("crash")
    tmux.shows("RuntimeError: something that nobody thought of")
    tmux.sane()


@needs_tmux
@pytest.mark.parametrize("number", [1, 3, 15], ids=["hangup", "quit", "terminate"])
def test_being_asked_to_end_gives_the_terminal_back(tmux, number):
    tmux.start()
    shell = tmux("display-message", "-p", "#{pane_pid}").strip()
    child = subprocess.run(["pgrep", "-P", shell], capture_output=True, text=True, check=True)
    os.kill(int(child.stdout.split()[0]), number)
    tmux.sane()


@needs_tmux
def test_the_show_ends_when_there_is_nothing_left_to_show(tmux):
    tmux.start("over")
    tmux.shows("the evening is over")
    assert tmux.commands() == []
    tmux.sane()


@needs_tmux
def test_a_terminal_that_becomes_too_small_says_so_and_recovers(tmux):
    tmux.start()
    tmux("resize-window", "-x", "60", "-y", "18")
    text = tmux.shows("The terminal is 60 by 18; the dashboard needs 80 by 24:")
    assert "Music" not in text
    tmux("resize-window", "-x", "120", "-y", "40")
    tmux.shows("Voices", "Triumph", "q quit", "╰")
    tmux.quit()
    tmux.shows("the evening is over")


@needs_tmux
def test_a_terminal_that_is_too_small_from_the_beginning_is_refused_in_one_sentence(tmux):
    tmux("resize-window", "-x", "78", "-y", "18")
    tmux.type(f"'{sys.executable}' -m tests.dashboard.stage '{tmux.log}'")
    text = " ".join(tmux.shows("--plain.").split())
    assert (
        "The terminal is 78 by 18; the dashboard needs 80 by 24: make it larger, or use --plain."
    ) in text


def test_what_is_no_terminal_cannot_be_used():
    assert live.usable(io.StringIO()) == "The output is no terminal: use --plain."


class Keys:
    """A terminal that shows nothing and in which `typed` is typed, one text at each read."""

    def __init__(self, *typed: str) -> None:
        self.typed = list(typed)
        self.shown: list[str] = []
        self.painter = self

    def size(self) -> tuple[int, int]:
        return 100, 30

    def read(self, timeout_s: float) -> str:
        return self.typed.pop(0)

    def paint(self, rows) -> None:
        self.shown.append("\n".join("".join(part.text for part in row) for row in rows))


def pressed(clock: FakeClock, keys: Keys) -> list[Command]:
    """Every command that the show puts until it ends or nothing more is typed."""
    put: list[Command] = []
    show = live._Show(Cell(screen(*calm())), put.append, PLACES, clock, keys, poor=False)
    show.run(lambda: bool(keys.typed))
    return put


def test_q_ends_the_evening_only_when_it_comes_again_within_two_seconds():
    clock = FakeClock()

    class Slow(Keys):
        def read(self, timeout_s: float) -> str:
            clock.sleep(1.0)
            return super().read(timeout_s)

    assert pressed(clock, Slow("q", "", "q", "", "", "q")) == []
    assert pressed(clock, Slow("q", "q", "", "x")) == [Command("quit")]
    assert pressed(clock, Slow("Q", "x", "x")) == [Command("silence")] * 2
    assert pressed(clock, Keys("q", "n", "q", "")) == [Command("skip")]


def test_no_key_held_no_paste_and_no_arrow_ends_the_evening():
    clock = FakeClock()

    class Timed(Keys):
        """Each read takes as long as a frame when it brings nothing, else 0.03 s."""

        def read(self, timeout_s: float) -> str:
            typed = super().read(timeout_s)
            clock.sleep(0.03 if typed else timeout_s)
            return typed

    held = ["q", *[""] * 5, *["q"] * 20, ""]  # the system repeats it after half a second
    assert pressed(clock, Timed(*held, "", "")) == []
    for typed in ("qq", "qqq", "quick", "1d20", "11d20 qq"):
        assert pressed(clock, Timed(typed, "", "", "")) == []
    assert pressed(clock, Timed("q", "", "", "\x1b[A", "", "", "q", "", "")) == []
    assert pressed(clock, Timed("q", "", "", "\x1b[Aq", "", "")) == []
    assert pressed(clock, Timed("q", "", "", "q", "x", "")) == [Command("silence")]
    assert pressed(clock, Timed("q", "", "", "q", "", "x")) == [Command("quit")]


def test_a_picture_that_cannot_be_drawn_ends_nothing(monkeypatch, caplog):
    def fail(*_, **__):
        raise ValueError("zip() argument 2 is longer than argument 1")

    monkeypatch.setattr(live, "render", fail)
    clock = FakeClock()

    class Slow(Keys):
        def read(self, timeout_s: float) -> str:
            clock.sleep(0.2)
            return super().read(timeout_s)

    keys = Slow("n", "q", "q", "")
    assert pressed(clock, keys) == [Command("skip"), Command("quit")]
    assert "The picture cannot be drawn; listening and music go on" in keys.shown[0]
    assert "press q again to end the evening" in keys.shown[2]
    assert len(caplog.records) == 1


@pytest.mark.parametrize("stream", [None, io.StringIO()])
def test_streams_that_are_closed_or_none_are_no_terminal(stream):
    if stream is not None:
        stream.close()
    assert live.usable(stream) == "The output is no terminal: use --plain."

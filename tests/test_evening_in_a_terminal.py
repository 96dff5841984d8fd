"""The whole program on a terminal of its own: how an evening on the dashboard ends."""

import contextlib
import json
import os
import re
import signal
import struct
import subprocess
import sys
import time

import pytest

from tests.test_cli import DEMO, home

__all__ = ["home"]

pty = pytest.importorskip("pty")
pytestmark = pytest.mark.real_time


class Evening:
    """`dndmood listen` in a terminal of 80 by 24."""

    def __init__(self, home: dict[str, str], *arguments: object) -> None:
        import fcntl
        import termios

        self.terminal, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        command = ["listen", "--input", DEMO, "--player", "silent", *arguments]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "dndmood", *map(str, command)],
            env=home | {"TERM": "xterm-256color"}, stdin=theirs, stdout=theirs, stderr=theirs,
        )  # fmt: skip
        os.close(theirs)
        self.shown = b""

    def until(self, text: str) -> None:
        """Read until `text` was shown."""
        while text.encode() not in self.shown:
            found = self._read()
            assert found, self.shown.decode(errors="replace")
            self.shown += found

    def quit(self) -> None:
        """Press `q` twice, and so slowly that it is no key held down."""
        os.write(self.terminal, b"q")
        self.until("again to end the evening")
        end_s = time.monotonic() + 0.2
        while time.monotonic() < end_s:
            self.shown += self._read()
        os.write(self.terminal, b"q")

    def over(self) -> tuple[int, str]:
        """Wait for the end: the exit status, and all that was shown after the dashboard."""
        while found := self._read():
            self.shown += found
        code = self.process.wait(timeout=30)
        after = self.shown.decode(errors="replace").rpartition("\x1b[?1049l")[2]
        return code, re.sub(r"\x1b\[[\d;]*m", "", after)

    def _read(self) -> bytes:
        with contextlib.suppress(OSError):  # Linux's word for the end
            return os.read(self.terminal, 65536)
        return b""


def ends_by_quitting(journal) -> bool:
    facts = map(json.loads, journal.read_text(encoding="utf-8").splitlines())
    return any(fact.get("verb") == "quit" for fact in facts)


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 0)],
    ids=str,
)
def test_a_signal_in_mid_fade_ends_the_evening_whole(home, tmp_path, number, code):
    evening = Evening(home, "--journal", tmp_path / "j.jsonl")
    evening.until("listening")
    for _ in range(3):
        evening.process.send_signal(number)
    ended, after = evening.over()
    os.close(evening.terminal)
    assert ended == code
    assert "The evening's numbers are in" in " ".join(after.split())
    assert "Traceback" not in after and "It ended in Calm" in after
    assert "\x1b[?2004l" in evening.shown.decode(errors="replace")
    assert ends_by_quitting(tmp_path / "j.jsonl")


def test_a_terminal_that_is_closed_ends_the_evening_whole(home, tmp_path):
    evening = Evening(home, "--journal", tmp_path / "j.jsonl")
    evening.until("listening")
    os.close(evening.terminal)
    assert evening.process.wait(timeout=30) == 0
    assert ends_by_quitting(tmp_path / "j.jsonl")


def test_the_summary_has_only_signs_that_the_console_knows(home, tmp_path):
    for encoding in ("ascii", "cp1252"):
        evening = Evening(
            home | {"PYTHONIOENCODING": encoding}, "--journal", tmp_path / "j.jsonl"
        )
        evening.until("listening")
        evening.quit()
        code, after = evening.over()
        os.close(evening.terminal)
        assert code == 0
        assert "Traceback" not in after and "It ended in Calm" in after
        assert "Calm           ====" in after


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")  # noqa: PTH110
def test_a_full_disk_leaves_the_screen_alone_and_the_summary_comes_all_the_same(home):
    evening = Evening(home, "--journal", "/dev/full")
    evening.until("0:00:04")
    evening.quit()
    _, after = evening.over()
    os.close(evening.terminal)
    assert "It ended in Calm" in after
    assert "Traceback" not in evening.shown.decode(errors="replace")
    assert "Logging error" not in evening.shown.decode(errors="replace")


@pytest.mark.parametrize("how", [["--plain"], []], ids=["plain", "dashboard"])
def test_a_terminal_that_was_stopped_holds_up_neither_the_evening_nor_its_end(
    home, tmp_path, how
):
    import termios

    journal = tmp_path / "j.jsonl"
    evening = Evening(home, "--journal", journal, *how)
    evening.until("Calm")
    termios.tcflow(evening.terminal, termios.TCOOFF)  # as Ctrl-S does

    def estimates() -> int:
        found = journal.read_text(encoding="utf-8") if journal.exists() else ""
        return found.count('"estimate"')

    while estimates() < 3:
        assert evening.process.poll() is None
    evening.process.send_signal(signal.SIGTERM)
    assert evening.process.wait(timeout=30) == 143
    os.close(evening.terminal)
    assert ends_by_quitting(journal)

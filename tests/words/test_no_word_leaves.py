"""A live evening on a terminal, with a page, a hook and a report: no word of it is anywhere.

The recogniser is played by a text full of words that are on no list, so that the test runs where
none was fetched; the engines have tests of their own.
"""

import contextlib
import os
import re
import struct
import subprocess
import sys
import threading
import urllib.request

import pytest

from tests.remote.evening import free_port
from tests.test_cli import DEMO, home, run

__all__ = ["home"]

pty = pytest.importorskip("pty")
pytest.importorskip("starlette")
pytestmark = [pytest.mark.real_time, pytest.mark.slow]

SECRETS = "marzipan|porcupine|umbrella|swordfish"
PLAY = """
import contextlib, sys
from dndmood.words import engines

SAID = [
    "My secret word is marzipan, you walk into the dark forest.",
    "The porcupine says: everyone roll for initiative!",
    "The umbrella is at the tavern.",
]

@contextlib.contextmanager
def opened(folder, language, hints):
    said = iter(SAID * 2)
    def recogniser(samples):
        text = next(said, "")
        if not text:
            raise ValueError("swordfish could not be understood")
        return text
    yield recogniser

engines.opened = opened
sys.argv = ["dndmood", *sys.argv[1:]]
from dndmood.cli import main
main()
"""
HOOK = "#!/bin/sh\nenv >> {folder}/hook.txt\n"


class Evening:
    """`dndmood listen` in a terminal, with a page that somebody looks at."""

    def __init__(self, home: dict[str, str], folder, *arguments) -> None:
        import fcntl
        import termios

        (folder / "play.py").write_text(PLAY)
        self.terminal, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        self.process = subprocess.Popen(
            [sys.executable, str(folder / "play.py"), *map(str, arguments)],
            env=home | {"TERM": "xterm-256color"}, stdin=theirs, stdout=theirs, stderr=theirs,
        )  # fmt: skip
        os.close(theirs)
        self.shown = self.page = b""

    def until(self, text: str) -> None:
        while text.encode() not in self.shown:
            found = self.read()
            assert found, self.shown.decode(errors="replace")
            self.shown += found

    def read(self) -> bytes:
        with contextlib.suppress(OSError):  # Linux's word for the end
            return os.read(self.terminal, 65536)
        return b""

    def look(self, address: str) -> None:
        """Read the page's news to the end of the evening."""
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}events") as news:  # noqa: S310 - our own page
            for line in news:
                self.page += line


def test_no_word_that_is_on_no_list_leaves_a_live_evening(home, tmp_path):
    hook = tmp_path / "hook.sh"
    hook.write_text(HOOK.format(folder=tmp_path))
    hook.chmod(0o755)
    port, journal = free_port(), tmp_path / "evening.jsonl"
    evening = Evening(
        home, tmp_path, "listen", "--input", DEMO, "--player", "silent", "--words",
        "--journal", journal, "--remote", port, "--tell", f"hook:{hook}", "--for", 20,
    )  # fmt: skip
    evening.until("http://")
    evening.until("\r\n")
    (address,) = set(re.findall(rf"http://[^ \x1b]*:{port}/[\w-]+/", evening.shown.decode()))
    looking = threading.Thread(target=evening.look, args=(address,))
    looking.start()
    evening.until("Any key closes this")
    os.write(evening.terminal, b" ")
    while found := evening.read():
        evening.shown += found
    evening.process.wait(timeout=30)
    looking.join(timeout=30)
    os.close(evening.terminal)
    report = run(home, "report", journal, "--out", tmp_path / "report.html")
    paper = run(home, "report", journal, "--markdown", "--out", tmp_path / "report.md")
    assert report.returncode == paper.returncode == 0, report.stderr + paper.stderr

    places = {
        "terminal": re.sub(
            r"\x1b\[[\d;?]*[a-zA-Z]", "", evening.shown.decode(errors="replace")
        ),
        "page": evening.page.decode(errors="replace"),
        "said": report.stdout + report.stderr + paper.stdout + paper.stderr,
    } | {
        str(path): path.read_bytes().decode("latin-1")
        for path in tmp_path.rglob("*")
        if path.is_file() and path.name != "play.py"
    }
    for name in ("terminal", "page", str(journal), str(tmp_path / "report.html")):
        assert "roll for initiative" in places[name], name  # what is said is seen there
    assert "DNDMOOD_MOOD=battle" in places[str(tmp_path / "hook.txt")]
    assert "has failed and is left out" in places[str(journal)]
    for name, text in places.items():
        assert not re.search(SECRETS, text, re.IGNORECASE), name

"""`dndmood` as a person starts it: in a terminal, or as lines of text."""

import contextlib
import os
import re
import shlex
import signal
import subprocess
import threading
import time
from pathlib import Path


class Lines:
    """What a pipe gives, line by line, each with the time at which it came."""

    def __init__(self, stream) -> None:
        self.lines: list[tuple[float, str]] = []
        self._thread = threading.Thread(target=self._read, args=(stream,), daemon=True)
        self._thread.start()

    def _read(self, stream) -> None:
        with contextlib.suppress(ValueError, OSError):
            for raw in stream:
                text = raw.decode("utf-8", "replace").rstrip("\n")
                self.lines.append((time.monotonic(), text))

    def text(self) -> str:
        return "\n".join(text for _, text in list(self.lines))

    def whole(self) -> None:
        """Wait until everything has been read."""
        self._thread.join(2)


class Plain:
    """`dndmood listen --plain`, its lines read by a pipe."""

    screened = False
    good_codes = (0, 130)

    def __init__(self, command: list[str], environment: dict[str, str], folder: Path) -> None:
        self.process = subprocess.Popen(
            command,
            env=environment,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        self.out, self.err = Lines(self.process.stdout), Lines(self.process.stderr)
        self.pid = self.process.pid

    def alive(self) -> bool:
        return self.process.poll() is None

    def signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def quit(self) -> None:
        self.signal(signal.SIGINT)

    def ended(self, within_s: float) -> int | None:
        """Its exit code; None when it did not end in time."""
        try:
            code = self.process.wait(within_s)
        except subprocess.TimeoutExpired:
            return None
        self.out.whole()
        self.err.whole()
        return code

    def screen(self) -> str:
        return ""

    def text(self) -> str:
        """Everything it wrote."""
        return f"{self.out.text()}\n{self.err.text()}"

    def given_back(self) -> str:
        return ""

    def close(self) -> None:
        if self.alive():
            self.process.kill()
            self.process.wait()


class OnTerminal:
    """`dndmood` typed into a shell in a terminal of its own (tmux)."""

    screened = True
    good_codes = (0,)

    def __init__(
        self,
        command: list[str],
        environment: dict[str, str],
        folder: Path,
        *,
        size: tuple[int, int] = (100, 30),
    ) -> None:
        self._folder, self._environment = folder, environment | {"LANG": "C.UTF-8"}
        self._socket = folder / "run" / "terminal"
        self._codes, self._raw = folder / "codes", folder / "terminal.raw"
        self._raw.touch()
        start = folder / "start"
        start.write_text(f"#!/bin/sh\nexec {shlex.join(command)}\n")
        start.chmod(0o755)
        rc = folder / "shell.rc"
        rc.write_text(
            f"PS1='table$ '\nPROMPT_COMMAND='echo $? >> {shlex.quote(str(self._codes))}'\n"
        )
        shell = f"exec bash --noprofile --rcfile {shlex.quote(str(rc))} -i"
        width, height = size
        self.tmux(
            *("new-session", "-d", "-s", "table", "-x", str(width), "-y", str(height), shell),
            *(";", "set-option", "-g", "status", "off"),
            *(";", "set-option", "-g", "history-limit", "5000"),
        )
        self.tmux("pipe-pane", "-t", "table", f"cat >> {shlex.quote(str(self._raw))}")
        self._shell = int(self.tmux("display-message", "-p", "-t", "table", "#{pane_pid}"))
        self._wait_for(self._codes.exists)
        self.type("./start")
        self.pid = 0
        self._wait_for(lambda: bool(self._child()))
        self.pid = self._child()

    def tmux(self, *words: str) -> str:
        done = subprocess.run(
            ["tmux", "-u", "-S", str(self._socket), "-f", "/dev/null", *words],
            env=self._environment,
            cwd=self._folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=10,
        )
        return done.stdout.strip("\n")

    def press(self, keys: str) -> None:
        """Press keys one after the other, in tmux's names ("C-z", "Enter") or letters."""
        self.tmux("send-keys", "-t", "table", *keys.split(" "))

    def type(self, line: str) -> None:
        """Type a line into the shell."""
        self.tmux("send-keys", "-t", "table", "-l", line)
        self.press("Enter")

    def paste(self, text: str) -> None:
        """Paste as a terminal does: in brackets when the program has asked for them."""
        self.tmux("set-buffer", "-b", "pasted", text)
        self.tmux("paste-buffer", "-p", "-b", "pasted", "-t", "table")

    def resize(self, width: int, height: int) -> None:
        self.tmux("resize-window", "-t", "table", "-x", str(width), "-y", str(height))

    def close_window(self) -> None:
        """What a window manager does when the terminal is closed."""
        self.tmux("kill-session", "-t", "table")

    def alive(self) -> bool:
        return _lives(self.pid)

    def signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def quit(self) -> None:
        """`q`, and once more where one is taken for a slip."""
        self.press("q")
        end = time.monotonic() + 1.5
        while self.alive() and time.monotonic() < end:
            time.sleep(0.1)
        if self.alive():
            self.press("q")

    def ended(self, within_s: float) -> int | None:
        end = time.monotonic() + within_s
        while self.alive():
            if time.monotonic() > end:
                return None
            time.sleep(0.05)
        time.sleep(0.5)
        codes = self._codes.read_text().split()
        return int(codes[-1]) if len(codes) > 1 else None

    def screen(self) -> str:
        return self.tmux("capture-pane", "-p", "-t", "table", "-S", "-200")

    def text(self) -> str:
        return self._raw.read_bytes().decode("utf-8", "replace")

    def given_back(self) -> str:
        """ "yes" when the shell has its screen, cursor and line editing back, else what is not."""
        state = self.tmux(
            "display-message", "-p", "-t", "table", "#{alternate_on} #{cursor_flag}"
        )
        tty = self.tmux("display-message", "-p", "-t", "table", "#{pane_tty}")
        if not tty:
            return ""
        modes = subprocess.run(
            ["stty", "-a", "-F", tty], capture_output=True, text=True, check=False
        ).stdout.split()
        wrong = [
            word
            for word, bad in (
                ("second screen", not state.startswith("0")),
                ("no cursor", not state.endswith("1")),
                # bash edits lines itself: only signals and output handling must be back
                ("no signals", "-isig" in modes),
                ("no line ends", "-opost" in modes),
            )
            if bad
        ]
        return ", ".join(wrong) or "yes"

    def close(self) -> None:
        if self.pid and self.alive():
            self.signal(signal.SIGKILL)
        self.tmux("kill-server")

    def _child(self) -> int:
        found = subprocess.run(
            ["pgrep", "-P", str(self._shell)], capture_output=True, text=True, check=False
        ).stdout.split()
        return int(found[0]) if found else 0

    def _wait_for(self, true) -> None:
        end = time.monotonic() + 10
        while not true():
            if time.monotonic() > end:
                raise RuntimeError("the terminal does not start")
            time.sleep(0.05)


def last_word(text: str) -> str:
    """The last line of what a program wrote that says why it ended."""
    lines = [line.strip() for line in text.splitlines()]
    telling = [line for line in lines if re.match(r"\w*(?:Error|Exception)\b|dndmood:", line)]
    return (telling or [line for line in lines if line] or [""])[-1][:160]


def _lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return False
    return state not in ("Z", "X")

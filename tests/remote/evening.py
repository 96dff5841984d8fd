"""The program itself, serving its page, and a network that can go away."""

import json
import os
import re
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import soundfile

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as any_port:
        return any_port.getsockname()[1]


class Evening:
    """`dndmood listen` with a page, over a quarter of an hour in which nobody says anything."""

    def __init__(self, folder: Path, *words: str, port: int | None = None) -> None:
        self.folder, self.port = folder, port or free_port()
        self.journal = folder / f"{time.monotonic_ns()}.jsonl"
        quiet = folder / "quiet.flac"
        if not quiet.exists():
            soundfile.write(quiet, np.zeros(900 * 16_000, np.int16), 16_000)
        command = ["listen", "--input", str(quiet), "--player", "silent", "--plain", "--guests"]
        command += ["--remote", str(self.port), "--journal", str(self.journal), *words]
        kinds = {
            f"XDG_{kind}_HOME": str(folder / kind) for kind in ("CONFIG", "STATE", "CACHE")
        }
        path = os.pathsep.join((str(ROOT), str(ROOT / "train")))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "dndmood", *command],
            env=os.environ | kinds | {"HOME": str(folder), "PYTHONPATH": path},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.said = ""
        while "The players' page" not in self.said:
            line = self.process.stderr.readline()
            assert line, self.said
            self.said += line
        self.page, self.guests = re.findall(r"page: (http\S+)", self.said)

    def commands(self) -> list[dict]:
        """Every command that the journal has."""
        lines = self.journal.read_text(encoding="utf-8").splitlines()
        facts = [json.loads(line) for line in lines]
        return [fact for fact in facts if fact["event"] == "command"]

    def until(self, condition) -> None:
        """Wait for what the program does."""
        end_s = time.monotonic() + 20
        while not condition(self.commands()):
            assert time.monotonic() < end_s, self.commands()
            time.sleep(0.02)

    def quit(self, how: int = signal.SIGINT) -> None:
        """End the program, and see that it had nothing to complain about."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        _, rest = self.process.communicate(timeout=30)
        assert "Traceback" not in self.said + rest, rest


class Air:
    """A network between phone and program that can go away without a word, as behind thick walls."""

    def __init__(self, port: int) -> None:
        self._port, self.gone, self._over = port, False, False
        self._waiting = socket.create_server(("127.0.0.1", 0))
        self.port = self._waiting.getsockname()[1]
        self._thread = threading.Thread(target=self._carry, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._over = True
        self._thread.join()
        self._waiting.close()

    def _carry(self) -> None:
        other: dict[socket.socket, socket.socket] = {}
        while not self._over:
            if self.gone:
                time.sleep(0.02)  # what is sent now stays where it is
                continue
            for one in select.select([self._waiting, *other], [], [], 0.02)[0]:
                if one is self._waiting:
                    phone, _ = one.accept()
                    program = socket.create_connection(("127.0.0.1", self._port))
                    other |= {phone: program, program: phone}
                elif one in other:
                    self._pass_on(one, other)
        for one in other:
            one.close()

    def _pass_on(self, one: socket.socket, other: dict[socket.socket, socket.socket]) -> None:
        try:
            content = one.recv(65536)
            other[one].sendall(content)
        except OSError:
            content = b""
        if not content:
            for side in (other.pop(one), one):
                other.pop(side, None)
                side.close()

"""What the page for phones costs, how fast its keys are heard, and what strangers get.

python tests/benchmarks/remote.py cost --minutes 2       # four pages open, share of one core
python tests/benchmarks/remote.py keys --presses 40      # from a POST to the fade in the speaker
python tests/benchmarks/remote.py strangers --requests 100000
"""

import argparse
import http.client
import json
import os
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import soundfile

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "train")]

from tests.fuzz._inputs import mutated  # noqa: E402 - after the path is known

_TICKS = os.sysconf("SC_CLK_TCK")
_TALK = ROOT / "dndmood" / "demo.ogg"
_PAGES = 4
_AT_ONCE = 12
_WAITS_S = 0.3
"""A stranger who sent half a request ends it after so long."""


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["cost", "keys", "strangers"])
    parser.add_argument("--minutes", type=float, default=2.0)
    parser.add_argument("--presses", type=int, default=40)
    parser.add_argument("--requests", type=int, default=100_000)
    chosen = parser.parse_args()
    if chosen.what == "cost":
        print_cost(chosen.minutes)
    elif chosen.what == "keys":
        print_keys(chosen.presses)
    else:
        print_strangers(chosen.requests)


# --- cost


def print_cost(minutes: float) -> None:
    """Processor time of the server's thread, of the whole program, and of one without a page.

    The talk goes on all the time: every second brings a decision to every page.
    """
    with tempfile.TemporaryDirectory() as folder:
        talk = _endless(Path(folder), minutes * 60 + 60)
        for pages in (None, 0, _PAGES):
            with _evening(Path(folder), talk, page=pages is not None) as (process, address):
                readers = [_Reader(address) for _ in range(pages or 0)]
                time.sleep(10)
                begin, begun_s = _spent(process.pid), time.monotonic()
                heard = sum(one.heard for one in readers)
                time.sleep(minutes * 60)
                took_s, end = time.monotonic() - begun_s, _spent(process.pid)
                share = {name: (end[name] - begin.get(name, 0)) / took_s for name in end}
                messages = (sum(one.heard for one in readers) - heard) / took_s
                what = "no page" if pages is None else f"{pages} pages open"
                print(
                    f"{what}: program {sum(share.values()):.2%} of a core, its server "
                    f"{share.get('remote', 0.0):.2%}, listener {share.get('listener', 0.0):.2%}; "
                    f"{messages:.1f} messages a second"
                )
                for one in readers:
                    one.close()


class _Reader:
    """A page that reads what it is told."""

    def __init__(self, address: str) -> None:
        self._connection = http.client.HTTPConnection(address.split("/")[2], timeout=60)
        self._connection.request("GET", f"/{address.split('/')[3]}/events")
        self._answer, self.heard = self._connection.getresponse(), 0
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        with suppress(OSError, ValueError, AttributeError, http.client.HTTPException):
            while line := self._answer.readline():
                self.heard += line.startswith(b"data: {")

    def close(self) -> None:
        if self._connection.sock:
            with suppress(OSError):
                self._connection.sock.shutdown(socket.SHUT_RDWR)


def _spent(pid: int) -> dict[str, float]:
    """Processor seconds of each thread, by its name; others are one."""
    spent: dict[str, float] = {}
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(OSError):
            name, rest = task.joinpath("stat").read_text().split("(", 1)[1].rsplit(")", 1)
            fields = rest.split()
            seconds = (int(fields[11]) + int(fields[12])) / _TICKS
            spent[name] = spent.get(name, 0.0) + seconds
    return spent


def _endless(folder: Path, seconds: float) -> Path:
    """The scene that comes along, over and over."""
    path = folder / "talk.flac"
    if not path.exists():
        sound, rate_hz = soundfile.read(_TALK, dtype="float32")
        times = int(seconds * rate_hz / len(sound)) + 1
        soundfile.write(path, np.tile(sound, times), rate_hz)
    return path


@contextmanager
def _evening(folder: Path, talk: Path, *, page: bool, player: str = "silent"):
    """The program over `talk`, and the address of its page."""
    kinds = {f"XDG_{kind}_HOME": str(folder / kind) for kind in ("CONFIG", "STATE", "CACHE")}
    path = os.pathsep.join((str(ROOT), str(ROOT / "train")))
    environment = os.environ | kinds | {"HOME": str(folder), "PYTHONPATH": path}
    command = ["listen", "--plain", "--input", str(talk), "--player", player]
    command += ["--remote", "0", "--kenku", "0"] if page else []
    program = (
        _NAMED + "import sys; sys.argv[0] = 'dndmood'; from dndmood.cli import main; main()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program, *command],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    said = ""
    until = "As Kenku FM's remote" if page else "Music goes to"
    while until not in said:
        said += process.stderr.readline()
    found = re.search(r"page: (http\S+)", said)
    kenku = re.search(r"remote: ([\d.]+:\d+)", said)
    try:
        yield process, (found.group(1) + " " + kenku.group(1) if found and kenku else "")
    finally:
        process.terminate()
        _, rest = process.communicate(timeout=30)
        if "Traceback" in rest:
            sys.exit(rest)


# Python 3.11 does not tell the system what its threads are called.
_NAMED = """
import ctypes, threading
begin = threading.Thread.run
libc = ctypes.CDLL(None)
bootstrap = threading.Thread._bootstrap_inner
def named(self):
    libc.prctl(15, self.name[:15].encode(), 0, 0, 0)
    bootstrap(self)
threading.Thread._bootstrap_inner = named
"""


# --- keys


def print_keys(presses: int) -> None:
    """Milliseconds from the POST of a mood's button to the fade in the player's mix."""
    from dndmood.events import Command, Cue, MoodState, Track
    from dndmood.inbox import Inbox
    from dndmood.mood_places import Place
    from dndmood.pipeline import Reader, play_out
    from dndmood.players._playback import Playback
    from dndmood.remote import server
    from dndmood.remote.links import Links
    from dndmood.threads import running

    moods = (Place("low", "Low", "1", 0.3, 0.6), Place("high", "High", "2", 0.8, 0.2))
    with tempfile.TemporaryDirectory() as folder:
        tracks = {}
        for mood, hz in (("low", 300.0), ("high", 3000.0)):
            path = Path(folder) / f"{mood}.wav"
            sine = 0.3 * np.sin(2 * np.pi * hz * np.arange(48_000 * 120) / 48_000)
            soundfile.write(path, sine.astype(np.float32), 48_000)
            tracks[mood] = Track(str(path), mood, 120.0)

        def following(tape):
            for event in tape:
                yield event
                if isinstance(event, Command) and event.verb == "force":
                    yield MoodState(event.at_s, event.mood, event.at_s, "by hand", forced=True)
                    yield Cue(event.at_s, event.mood, (tracks[event.mood],), 6.0, "plays")

        inbox, playback = Inbox(), Playback(48_000, prefetch=True)
        speaker = _Speaker(playback)
        with server.opened(inbox.put, remote="0", links=Links("m" * 22), moods=moods) as served:
            readers = [Reader("The player", playback), Reader("The page", served.desk.shown)]
            work = running(
                lambda: play_out(following(inbox), *readers, report=lambda _: None),
                name="listener", stop=inbox.close,
            )  # fmt: skip
            with work, running(speaker.work, name="speaker", stop=speaker.end):
                pages = [_Reader(served.page) for _ in range(_PAGES)]
                found = [_press(served.page, speaker, n) for n in range(presses + 2)][2:]
                for one in pages:
                    one.close()
        playback.close()
    ordered = sorted(found)
    print(
        f"{presses} presses, blocks of 10 ms: median {statistics.median(ordered) * 1e3:.0f} ms, "
        f"nine of ten below {ordered[int(0.9 * len(ordered))] * 1e3:.0f} ms, "
        f"worst {ordered[-1] * 1e3:.0f} ms from POST to the new mood in the mix"
    )


class _Speaker:
    """Asks for blocks as a sound device does, every 10 ms, and knows when a tone is first heard."""

    def __init__(self, playback) -> None:
        self._playback, self._over = playback, threading.Event()
        self.wanted_hz, self.heard_at = 0.0, threading.Event()
        self.heard_s = 0.0

    def work(self) -> None:
        frames, next_s = 480, time.monotonic()
        phase = np.arange(frames) / 48_000
        while not self._over.is_set():
            block = self._playback.render(frames)[:, 0]
            hz = self.wanted_hz
            if hz and not self.heard_at.is_set():
                strength = abs(np.exp(-2j * np.pi * hz * phase) @ block) / frames * 2
                if strength > 1e-4:  # 70 dB below the tone: the fade has begun
                    self.heard_s = time.monotonic()
                    self.heard_at.set()
            next_s += frames / 48_000
            time.sleep(max(next_s - time.monotonic(), 0.0))

    def end(self) -> None:
        self._over.set()


def _press(page: str, speaker: _Speaker, number: int) -> float:
    """Press a mood's button on a page, and give the seconds until it is heard."""
    mood, hz = (("low", 300.0), ("high", 3000.0))[number % 2]
    time.sleep(random.uniform(7.0, 7.5))  # the fade before is over, at no certain moment
    speaker.heard_at.clear()
    begun_s = time.monotonic()
    speaker.wanted_hz = hz
    connection = http.client.HTTPConnection(page.split("/")[2], timeout=10)
    connection.request(
        "POST", f"/{page.split('/')[3]}/do", json.dumps({"do": "force", "mood": mood}),
        {"Content-Type": "application/json"},
    )  # fmt: skip
    assert connection.getresponse().status == 204
    assert speaker.heard_at.wait(10)
    speaker.wanted_hz = 0.0
    connection.close()
    return speaker.heard_s - begun_s


# --- strangers


def print_strangers(requests: int) -> None:
    """What so many requests of strangers get, through real connections to the real program."""
    from collections import Counter

    chance, got = random.Random(20), Counter()
    with tempfile.TemporaryDirectory() as folder:
        quiet = Path(folder) / "quiet.flac"
        soundfile.write(quiet, np.zeros(3600 * 16_000, np.int16), 16_000)
        journal = Path(folder) / "STATE" / "dndmood" / "journals"
        with _evening(Path(folder), quiet, page=True) as (process, addresses):
            page, kenku = addresses.split(" ")
            host, token = page.split("/")[2], page.split("/")[3]
            seeds = _seeds(host, kenku, token)
            begun_s = time.monotonic()
            sent = [
                (where, content if exact else _no_way_in(mutated(content, chance), token))
                for number in range(requests)
                for where, content, exact in [seeds[number % len(seeds)]]
            ]
            with ThreadPoolExecutor(_AT_ONCE) as clients:
                got.update(clients.map(lambda one: _status(*one), sent, chunksize=50))
            took_s = time.monotonic() - begun_s
            assert process.poll() is None
            lines = [
                json.loads(line)
                for path in journal.glob("*.jsonl")
                for line in path.read_text().splitlines()
            ]
            kinds = Counter(line["event"] for line in lines)
        log = Path(folder) / "STATE" / "dndmood" / "dndmood.log"
        told = log.read_text(errors="replace") if log.exists() else ""
    moods = kinds["mood"], kinds["command"]
    print(f"{requests:,} requests in {took_s:.0f} s: {dict(sorted(got.items()))}")
    print(f"moods stated {moods[0]} (1 is the beginning), commands {moods[1]}, ", end="")
    print(f"tracebacks in the log {told.count('Traceback')}")
    if moods != (1, 0) or "Traceback" in told or any(key[:1] in ("2", "3", "5") for key in got):
        sys.exit("Somebody got in, or something failed.")


def _seeds(host: str, kenku: str, token: str) -> list[tuple[str, bytes, bool]]:
    """Where to, what, and whether exactly that: a stranger with the token has another's name."""
    force = '{"do": "force", "mood": "battle"}'
    play = '{"id": "battle"}'
    guessed = "A" * len(token)

    def raw(line: str, name: str, body: str = "", *more: str) -> bytes:
        lines = [line + " HTTP/1.1", f"Host: {name}", *more]
        if body:
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        return ("\r\n".join([*lines, "Connection: close"]) + "\r\n\r\n" + body).encode()

    evil, rebound = "Origin: http://evil.example", "evil.example:8333"
    return [
        (host, raw(f"POST /{guessed}/do", host, force), False),
        (host, raw("GET /", host), False),
        (host, raw(f"GET /{guessed}/events", host), False),
        (host, raw("GET /../../etc/passwd", host), False),
        (host, raw("POST /v1/playlist/play", host, play), False),
        (host, raw(f"POST /{token}/do", rebound, force), True),
        (host, raw(f"POST /{token}/do", host, force, evil), True),
        (kenku, raw("PUT /v1/playlist/play", rebound, play), True),
        (kenku, raw("PUT /v1/playlist/play", kenku, play, evil), True),
        (kenku, raw("POST /v1/stop-all", kenku, "", "Origin: null"), True),
        (kenku, raw("GET /v2/nothing", kenku), False),
    ]


def _no_way_in(content: bytes, token: str) -> bytes:
    """No mutation may be the token itself, or one of Kenku's own addresses."""
    return content.replace(token.encode(), b"").replace(b"/v1/", b"/v3/")


def _status(host: str, content: bytes) -> str:
    """The status that comes back; "closed" without any, as for half a request."""
    name, _, port = host.partition(":")
    with socket.create_connection((name, int(port)), timeout=10) as connection:
        try:
            connection.sendall(content)
            connection.settimeout(_WAITS_S)
            try:
                begin = connection.recv(64)
            except TimeoutError:  # the rest is waited for
                connection.shutdown(socket.SHUT_WR)
                connection.settimeout(10)
                begin = connection.recv(64)
        except OSError:
            return "closed"
    return begin[9:12].decode("latin-1") if begin else "closed"


if __name__ == "__main__":
    main()

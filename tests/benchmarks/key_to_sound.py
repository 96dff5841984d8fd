"""From a key on the phone to what a speaker's monitor records: how late, and how loud.

python tests/benchmarks/key_to_sound.py --presses 30             # the real program, page and PulseAudio
python tests/benchmarks/key_to_sound.py --presses 30 --busy 2    # beside so many busy loops

Two moods play one tone each, so that a recording says to the millisecond when the new one begins
and how loud it is against the old one. The monitor is asked for blocks of 10 ms: a sink that is
asked for nothing adds up to one block of our own.
"""

import argparse
import http.client
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import soundfile

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "train")]

from tests.real_table import started_server  # noqa: E402 - after the path is known

_RATE_HZ = 48_000
_TONES_HZ = {"calm": 300.0, "battle": 3000.0}
_STEP = 240  # samples: 5 ms
_LOOK_S = 0.02
_BEGUN_DB = -50.0
"""So far below its full level a tone counts as begun."""
_HOLE, _SILENT = 96, 1e-4
"""So many samples below this are a gap in what sounds: 2 ms, more than half a wave of either tone."""
_AFTER_S = 0.3
_BETWEEN_S = 8.0
"""Until the next press: a fade of 6 s is over by then."""


def main() -> None:
    """Press, record, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--presses", type=int, default=30)
    parser.add_argument("--busy", type=int, default=0, help="busy loops at nice 0 beside it")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="key-to-sound-") as name:
        folder = Path(name)
        environment = started_server(folder) | {"HOME": name}
        try:
            with (
                _busy(chosen.busy),
                _recorded(environment) as tape,
                _evening(folder, environment) as address,
            ):
                presses = _pressed(address, chosen.presses)
        finally:
            subprocess.run(["pactl", "exit"], env=environment, check=False)
        _print(tape, presses, _underflows(folder))


class Tape:
    """What the monitor gave, and when."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self._count = 0
        self._offset_s = np.inf

    def take(self, part: bytes) -> None:
        """One more piece, as it came."""
        self.parts.append(part)
        self._count += len(part) // 2
        self._offset_s = min(self._offset_s, time.monotonic() - self._count / _RATE_HZ)

    def sound(self) -> np.ndarray:
        """All of it, shape `(n,)`."""
        whole = b"".join(self.parts)
        return np.frombuffer(whole[: len(whole) // 2 * 2], "<i2") / np.float32(32768.0)

    def index(self, at_s: float) -> int:
        """The sample that the monitor gave at `at_s` of the monotonic clock."""
        return round((at_s - self._offset_s) * _RATE_HZ)


@contextmanager
def _recorded(environment: dict[str, str]) -> Iterator[Tape]:
    command = ["parec", "--device=room.monitor", "--format=s16le", "--channels=1"]
    command += [f"--rate={_RATE_HZ}", "--latency-msec=10", "--process-time-msec=10"]
    recorder = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)
    tape = Tape()

    def read() -> None:
        while part := os.read(recorder.stdout.fileno(), 65_536):
            tape.take(part)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        yield tape
    finally:
        recorder.terminate()
        reader.join(10)
        recorder.wait(10)


@contextmanager
def _evening(folder: Path, environment: dict[str, str]) -> Iterator[str]:
    """The program, and the address of its page."""
    for mood, hz in _TONES_HZ.items():
        (folder / "music" / mood).mkdir(parents=True)
        sine = 0.2 * np.sin(2 * np.pi * hz * np.arange(_RATE_HZ * 90) / _RATE_HZ)
        with soundfile.SoundFile(
            folder / "music" / mood / "tone.ogg", "w", _RATE_HZ, 2
        ) as file:
            for part in np.array_split(sine.astype("f4"), 90):  # Vorbis takes no more at once
                file.write(np.stack((part, part), axis=1))
    path = os.pathsep.join((str(ROOT), str(ROOT / "train")))
    scan = [sys.executable, "-m", "dndmood", "library", "scan", str(folder / "music")]
    environment |= {"PYTHONPATH": path}
    subprocess.run(scan, env=environment, check=True, stdout=subprocess.DEVNULL)
    command = ["listen", "--plain", "--remote", "0", "--player", "speaker", "--no-ambience"]
    process = subprocess.Popen(
        [sys.executable, "-m", "dndmood", *command, "--music", str(folder / "music")],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    said = ""
    while "page: " not in said:
        line = process.stderr.readline()
        if not line:
            sys.exit(said)
        said += line
    threading.Thread(target=process.stderr.read, daemon=True).start()
    try:
        time.sleep(6)
        yield re.search(r"page: (http\S+)", said).group(1)
    finally:
        process.terminate()
        process.wait(30)


def _pressed(page: str, presses: int) -> list[tuple[float, str]]:
    """When each key was pressed, and which."""
    found = []
    for number in range(presses + 1):
        mood = ("battle", "calm")[number % 2]
        time.sleep(_BETWEEN_S + random.uniform(0.0, 0.4))  # at no certain moment
        connection = http.client.HTTPConnection(page.split("/")[2], timeout=10)
        connection.connect()  # as a page has one already
        found.append((time.monotonic(), mood))
        connection.request(
            "POST", f"/{page.split('/')[3]}/do", json.dumps({"do": "force", "mood": mood}),
            {"Content-Type": "application/json"},
        )  # fmt: skip
        assert connection.getresponse().status == 204
        connection.close()
    time.sleep(_BETWEEN_S)
    return found[1:]  # before the first nothing of the sort had ever been opened


def _print(tape: Tape, presses: list[tuple[float, str]], underflows: int) -> None:
    sound = tape.sound()
    if folder := os.environ.get("KEEP"):
        soundfile.write(Path(folder) / "room.flac", sound, _RATE_HZ)
    late_ms, against_db, below_db = [], [], []
    for at_s, mood in presses:
        first = tape.index(at_s)
        other = next(name for name in _TONES_HZ if name != mood)
        part = sound[first : first + _RATE_HZ * int(_BETWEEN_S)]
        new, old = (_levels_db(part, _TONES_HZ[name]) for name in (mood, other))
        full_db = float(np.median(new[-100:]))
        begun = int(np.argmax(new > full_db + _BEGUN_DB))
        late_ms.append(begun * _STEP / _RATE_HZ * 1e3)
        there = round((_AFTER_S) * _RATE_HZ / _STEP)
        below_db.append(new[there] - full_db)
        against_db.append(new[there] - old[there])
    print(
        f"{len(presses)} presses: the new tone begins after {statistics.median(late_ms):.0f} ms "
        f"(median), {sorted(late_ms)[int(0.9 * len(late_ms))]:.0f} (nine of ten), "
        f"{max(late_ms):.0f} (worst), {min(late_ms):.0f} (best)"
    )
    print(
        f"300 ms after the press: {statistics.median(below_db):.1f} dB of its full level (median), "
        f"{min(below_db):.1f} (worst); against the old tone {statistics.median(against_db):.1f} dB"
    )
    print("one after the other:", " ".join(f"{one:.0f}" for one in late_ms), "ms")
    loud = np.abs(sound[tape.index(presses[0][0]) : tape.index(presses[-1][0] + _BETWEEN_S)])
    parts = loud[: len(loud) // _HOLE * _HOLE].reshape(-1, _HOLE).max(axis=1)
    silent_ms = (parts < _SILENT).sum() * _HOLE / _RATE_HZ * 1e3
    print(
        f"underflows {underflows}, silence {silent_ms:.0f} ms in {len(loud) / _RATE_HZ:.0f} s"
    )


def _levels_db(sound: np.ndarray, hz: float) -> np.ndarray:
    """Level of the tone in stretches of 20 ms that begin every 5 ms; each stands for its end."""
    size = round(_LOOK_S * _RATE_HZ)
    rows = np.lib.stride_tricks.sliding_window_view(sound, size)[::_STEP]
    wave = np.exp(-2j * np.pi * hz * np.arange(size) / _RATE_HZ) * np.hanning(size)
    levels = 20 * np.log10(np.abs(rows @ wave) / (size / 4) + 1e-9)
    return np.concatenate((np.full(size // _STEP, levels[0]), levels))


def _underflows(folder: Path) -> int:
    log = folder / "state" / "dndmood" / "dndmood.log"
    text = log.read_text(errors="replace") if log.exists() else ""
    found = re.findall(r"ran out of sound (\d+) times", text)
    return int(found[-1]) if found else 0


@contextmanager
def _busy(count: int) -> Iterator[None]:
    """So many loops that never rest, at nice 0."""
    loop = "import os; os.setpriority(os.PRIO_PROCESS, 0, 0)\nwhile True: pass"
    loops = [subprocess.Popen([sys.executable, "-c", loop]) for _ in range(count)]
    try:
        yield
    finally:
        for one in loops:
            one.kill()
            one.wait()


if __name__ == "__main__":
    main()

"""Being asked to end, by real signals and by what stands in for Windows."""

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
import zipfile
from pathlib import Path
from threading import Thread

import pytest

from dndmood.ending import signals_obeyed, window_closing
from tests.fakes import FakeClock
from tests.programs import Program
from tests.test_cli import DEMO, home

__all__ = ["home"]

posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")


@posix
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_being_asked_to_end_raises_the_shells_number_for_it(number):
    with pytest.raises(SystemExit) as end, signals_obeyed():
        signal.raise_signal(number)
    assert end.value.code == 128 + number


@posix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_voices_of_an_unpacked_zip_are_gone_however_a_rehearsal_ends(
    home, tmp_path, number
):
    recording = tmp_path / "craig.zip"
    with zipfile.ZipFile(recording, "w") as packed:
        packed.write(DEMO, "1-ann.ogg")
    with Program(
        [sys.executable, "-m", "dndmood", "rehearse", str(recording)],
        env=home, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
    ) as program:  # fmt: skip
        next(line for line in program.stderr if line.startswith("One track for each"))
        cache = Path(home["HOME"]) / ".cache" / "dndmood"
        assert list(cache.glob("tracks-*/*/*.ogg"))
        program.send_signal(number)
        program.stderr.read()
    assert program.returncode == 128 + number
    assert not list(cache.glob("tracks-*"))


@posix
def test_a_program_that_does_not_end_does_not_hold_up_the_test_that_started_it():
    started = []

    def disappointed() -> None:
        with Program([sys.executable, "-c", "import signal; signal.pause()"]) as program:
            started.append(program)
            program.wait(timeout=0.0)

    with pytest.raises(subprocess.TimeoutExpired):
        disappointed()
    assert started[0].returncode == -signal.SIGKILL


def test_ctrl_c_is_a_keyboard_interrupt():
    with pytest.raises(KeyboardInterrupt), signals_obeyed():
        signal.raise_signal(signal.SIGINT)


@posix
def test_nothing_interrupts_the_end_but_after_ten_seconds_it_may():
    clock, closed = FakeClock(), []

    def evening() -> None:
        try:
            signal.raise_signal(signal.SIGTERM)
        finally:
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
                signal.raise_signal(number)
                closed.append(number)
            clock.sleep(10.0)
            signal.raise_signal(signal.SIGINT)
            closed.append("never")

    with pytest.raises(KeyboardInterrupt), signals_obeyed(clock):
        evening()
    assert len(closed) == 4


@posix
def test_an_evening_that_ends_by_itself_is_put_away_whole_as_well():
    with signals_obeyed(FakeClock()) as ending:
        ending.close()
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGTERM)


@posix
def test_a_signal_that_was_ignored_stays_ignored_and_every_handler_is_given_back():
    before = signal.getsignal(signal.SIGTERM)
    hangup = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with signals_obeyed():
            signal.raise_signal(signal.SIGHUP)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        assert signal.getsignal(signal.SIGTERM) is before
    finally:
        signal.signal(signal.SIGHUP, hangup)


def test_on_another_thread_nothing_is_touched():
    done = []

    def work() -> None:
        with signals_obeyed():
            done.append(True)

    thread = Thread(target=work)
    thread.start()
    thread.join()
    assert done == [True]


class Kernel32:
    """Windows' console, which calls those that asked to be told."""

    def __init__(self) -> None:
        self.routines = []

    def SetConsoleCtrlHandler(self, routine, add) -> int:  # noqa: N802 - Windows' name
        (self.routines.append if add else self.routines.remove)(routine)
        return 1


@pytest.mark.parametrize("kind", [2, 5, 6], ids=["close", "logoff", "shutdown"])
def test_a_window_that_windows_closes_ends_the_evening_and_is_held_up_until_then(kind):
    kernel32, told = Kernel32(), []
    with window_closing(lambda: told.append("asked"), kernel32):
        (routine,) = kernel32.routines
        thread = Thread(target=lambda: told.append(routine(kind)))
        thread.start()
        while not told:
            pass
        assert thread.is_alive()  # as long as the evening is being put away
        told.append("put away")
    thread.join(4.0)
    assert told == ["asked", "put away", 1]
    assert kernel32.routines == []


@pytest.mark.parametrize("kind", [0, 1], ids=["ctrl-c", "ctrl-break"])
def test_other_events_of_the_windows_console_are_left_to_python(kind):
    kernel32, told = Kernel32(), []
    with window_closing(lambda: told.append("asked"), kernel32):
        (routine,) = kernel32.routines
        assert routine(kind) == 0
    assert told == []


def test_on_windows_a_closed_window_is_heeded_like_being_asked_to_terminate(monkeypatch):
    from dndmood import ending

    kernel32 = Kernel32()
    windll = type("WinDll", (), {"kernel32": kernel32})
    monkeypatch.setattr(ctypes, "windll", windll, raising=False)
    monkeypatch.setattr(ending.os, "name", "nt")

    def evening() -> None:
        Thread(target=kernel32.routines[0], args=(2,)).start()
        while True:
            pass

    with pytest.raises(SystemExit) as end, signals_obeyed():
        evening()
    assert end.value.code == 128 + signal.SIGTERM


@posix
@pytest.mark.parametrize(
    ("numbers", "code"),
    [
        ([signal.SIGTERM], 143),
        ([signal.SIGHUP], 129),
        ([signal.SIGINT], 130),
        ([signal.SIGINT, signal.SIGINT], 130),
        ([signal.SIGTERM, signal.SIGTERM, signal.SIGTERM], 143),
    ],
    ids=str,
)
def test_a_plain_evening_that_is_asked_to_end_ends_whole(home, tmp_path, numbers, code):
    journal = tmp_path / "j.jsonl"
    command = [
        "listen",
        "--plain",
        "--input",
        DEMO,
        "--player",
        "wav:" + str(tmp_path / "x.wav"),
    ]
    with Program(
        [sys.executable, "-m", "dndmood", *map(str, command), "--journal", journal],
        env=home, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as evening:  # fmt: skip
        # Then the first fade in has just begun.
        next(line for line in evening.stdout if "music" in line)
        for number in numbers:
            evening.send_signal(number)
        printed, told = evening.communicate(timeout=60)
    assert evening.returncode == code
    assert "Traceback" not in told and "The evening's numbers are in" in told
    assert printed.rstrip().endswith("quit")
    facts = [json.loads(line) for line in journal.read_text(encoding="utf-8").splitlines()]
    assert any(fact.get("verb") == "quit" for fact in facts)


@posix
def test_an_output_that_nobody_takes_holds_up_neither_the_evening_nor_its_end(home, tmp_path):
    journal = tmp_path / "j.jsonl"
    ours, theirs = os.pipe()
    os.set_blocking(theirs, False)
    with contextlib.suppress(BlockingIOError):
        while os.write(theirs, b"x" * 4096):
            pass  # a pipe takes only so much from a program whose reader stands still
    os.set_blocking(theirs, True)
    with Program(
        [sys.executable, "-m", "dndmood", "listen", "--plain", "--input", str(DEMO),
         "--player", "silent", "--journal", str(journal)],
        env=home, stdout=theirs, stderr=theirs,
    ) as evening:  # fmt: skip
        while not journal.exists() or journal.read_text(encoding="utf-8").count("estimate") < 3:
            assert evening.poll() is None
        evening.send_signal(signal.SIGTERM)
        assert evening.wait(timeout=20) == 143
    os.close(ours)
    os.close(theirs)
    assert '"verb": "quit"' in journal.read_text(encoding="utf-8")

"""The other process that is asked for devices: its answer, however long, and its absence."""

import sys
from dataclasses import asdict

from dndmood.sound_devices import Device
from dndmood.sound_devices import _probe as module
from dndmood.sound_devices._probe import Probe

MIC = Device(0, "Webcam", inputs=1, outputs=0, rate_hz=16_000, default_input=True)


def answer(probe):
    """What `probe` says in the end; the process is waited for by the system, not by a clock."""
    assert probe.look(0.0) is None
    probe._process.wait(timeout=30)
    return probe.look(1.0)


def asking(code):
    return Probe([sys.executable, "-c", code])


def test_an_answer_that_is_longer_than_a_pipe_holds_comes_whole():
    mic = asdict(MIC)
    code = f"import json; print(json.dumps([{mic!r} | {{'index': i}} for i in range(2000)]))"
    devices = answer(asking(code))
    assert len(devices) == 2_000 and devices[7].index == 7


def test_a_process_that_fails_means_that_there_are_none():
    assert answer(asking("raise SystemExit(1)")) == ()


def test_a_process_that_takes_too_long_is_ended_and_asked_anew():
    probe = asking("import time; time.sleep(60)")
    assert probe.look(0.0) is None
    first = probe._process
    assert probe.look(5.0) is None and probe._process is first
    assert probe.look(11.0) is None and probe._process is None
    assert first.poll() is not None
    probe.close()


def test_a_program_that_cannot_be_started_is_no_answer():
    probe = Probe(["/nowhere/python"])
    assert probe.look(0.0) is None and probe.look(1.0) is None
    probe.close()


def test_a_program_in_one_piece_does_not_start_itself_anew(monkeypatch):
    assert module.command()[1:] == ["-m", "dndmood.sound_devices"]
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert module.command() is None
    monkeypatch.setattr(sys, "frozen", False, raising=False)
    monkeypatch.setattr(sys, "executable", None)
    assert module.command() is None
    probe = Probe()
    assert probe.look(0.0) is None and probe._process is None

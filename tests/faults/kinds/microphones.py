"""The microphone goes, stalls, changes, gives nothing, or is an odd one."""

import os
import signal
import threading
import time
from pathlib import Path

import numpy as np
import soundfile

from tests.faults.fault import fault, with_both_players
from tests.faults.table import Table

GONE = r"(?i)microphone|sound (?:has )?stopped"
SILENT = r"(?i)silen|zeros|mute|soft|quiet|hears? (?:no|only|nothing)|no voice|gain"


@with_both_players(
    "microphone-removed", "microphone pulled out, none left, back after 10 s", says=GONE
)
def removed(table: Table, player: str) -> None:
    table.sound()
    # What is left is a microphone that never gives a block.
    table.sounds.load("module-null-source source_name=nothing")
    table.sounds.control("suspend-source", "nothing", "1")
    table.listen(player=player)
    table.settle()
    table.hush()
    table.sounds.control("set-default-source", "nothing")
    table.sounds.drop_streams("source-output")
    table.sounds.remove_sink("table")
    table.wait(10)
    table.sounds.add_sink("table")
    table.talk()
    table.seen.back_within_s = table.new_sink_s
    table.returned("estimate")
    table.wait(7)
    table.finish()


@with_both_players(
    "microphone-dropped", "the sound server drops the microphone's stream", says=GONE
)
def dropped(table: Table, player: str) -> None:
    table.listen(player=player)
    table.settle()
    table.wait(8)  # by then it knows how the music arrives, as in mid evening
    table.expect(table.sounds.drop_streams("source-output"), "it had no stream to drop")
    # Three seconds of nothing are needed to notice.
    table.seen.back_within_s = 8.0
    table.returned("estimate")
    table.wait(10)
    table.finish()


@fault("microphone-default-changed", "another microphone becomes the default, and back")
def default_changed(table: Table) -> None:
    table.sound()
    table.sounds.load("module-null-sink sink_name=other rate=44100")
    table.listen()
    table.settle()
    table.sounds.control("set-default-source", "other.monitor")
    table.wait(5)
    table.sounds.control("set-default-source", "table.monitor")
    table.returned("estimate")
    table.wait(8)
    table.finish()


def _wired(table: Table) -> "Wire":
    """A microphone that gives no block when nobody writes into its pipe."""
    table.sound()
    pipe = table.folder / "run" / "wire"
    table.sounds.load(
        f"module-pipe-source source_name=wire file={pipe} rate=16000 channels=1 format=s16le"
    )
    wire = Wire(pipe, table.speech)
    table.closing(wire.close)
    table.sounds.control("set-default-source", "wire")
    return wire


def _piped(table: Table, player: str, stall_s: float) -> None:
    wire = _wired(table)
    table.listen(player=player)
    table.settle()
    table.wait(8)  # as in mid evening, see `dropped`
    wire.stalled.set()
    table.wait(stall_s)
    wire.stalled.clear()
    table.returned("estimate")
    table.wait(7)
    table.finish()


@with_both_players("microphone-stalls-5s", "no block from the microphone for 5 s", says=GONE)
def stalls_5s(table: Table, player: str) -> None:
    _piped(table, player, 5.0)


@fault("microphone-stalls-30s", "no block from the microphone for 30 s", says=GONE)
def stalls_30s(table: Table) -> None:
    _piped(table, "speaker", 30.0)


@fault("microphone-suspended", "microphone suspended by the sound server for 10 s", says=GONE)
def suspended(table: Table) -> None:
    _wired(table)
    table.listen()
    table.settle()
    table.sounds.control("suspend-source", "wire", "1")
    table.wait(10)
    table.sounds.control("suspend-source", "wire", "0")
    table.returned("estimate")
    table.wait(7)
    table.finish()


@fault(
    "talker-stopped-30s",
    "who feeds the microphone stops for 30 s: zeros, as noise suppression gives them",
    lies=r"(?i)perfect silence|muted|permission",
)
def talker_stopped(table: Table) -> None:
    table.listen()
    table.settle()
    table.talk_signal(signal.SIGSTOP)
    table.wait(30)
    table.talk_signal(signal.SIGCONT)
    table.returned("estimate")
    table.wait(8)
    table.finish()


@fault("zeros-200s", "perfect zeros for 200 s", says=SILENT)
def zeros(table: Table) -> None:
    table.listen()
    table.settle()
    table.hush()
    table.wait(200)
    table.talk()
    table.returned("estimate")
    table.wait(8)
    table.finish()


@fault(
    "microphone-antiphase",
    "stereo microphone whose channels cancel",
    lies=r"(?i)perfect silence|muted|permission",
)
def antiphase(table: Table) -> None:
    sound, rate_hz = soundfile.read(table.speech, dtype="float32")
    path = table.folder / "antiphase.wav"
    soundfile.write(path, np.stack((sound, -sound), 1), rate_hz)
    _heard_or_told(table, path)


@fault("microphone-soft", "microphone 50 dB too soft")
def soft(table: Table) -> None:
    sound, rate_hz = soundfile.read(table.speech, dtype="float32")
    rng = np.random.default_rng(3)
    quiet = sound * 10 ** (-50 / 20) + 1e-5 * rng.standard_normal(len(sound))
    path = table.folder / "soft.wav"
    soundfile.write(path, quiet.astype(np.float32), rate_hz, subtype="FLOAT")
    _heard_or_told(table, path)


def _heard_or_told(table: Table, speech: Path) -> None:
    """Within two minutes it hears talk, or says that it does not."""
    table.sound(speech=speech)
    table.listen()
    table.settle(estimates=0)
    began = time.monotonic()
    table.wait(125, until=lambda: len(table.estimates()) >= 5 or table.told())
    table.expect(
        len(table.estimates()) >= 5 or table.told(), "deaf for two minutes without a word"
    )
    heard = (
        f"hears talk after {table.estimates()[0] - began:.0f} s" if table.estimates() else ""
    )
    table.seen.notes += [heard or f"told after {time.monotonic() - began:.0f} s"]
    table.finish()


def _odd(table: Table, microphone: str, speaker: str) -> None:
    table.sound(microphone=microphone, speaker=speaker)
    table.listen()
    table.settle()
    table.wait(8)
    table.finish()


@fault("odd-8k-mono", "microphone at 8 kHz mono, speaker at 96 kHz with 6 channels")
def narrow(table: Table) -> None:
    _odd(table, "rate=8000 channels=1", "rate=96000 channels=6")


@fault("odd-96k-six", "microphone at 96 kHz with 6 channels, speaker at 8 kHz mono")
def wide(table: Table) -> None:
    _odd(table, "rate=96000 channels=6", "rate=8000 channels=1")


class Wire:
    """Writes talk into the pipe of a microphone at its own speed, and stalls when told to."""

    def __init__(self, pipe: Path, speech: Path) -> None:
        sound, self._rate_hz = soundfile.read(speech, dtype="int16")
        self._bytes = sound.tobytes()
        self.stalled = threading.Event()
        self._open = True
        # Also for reading, so that neither side ever sees an end.
        self._pipe = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
        self._thread = threading.Thread(target=self._write, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._open = False
        self._thread.join(2)
        os.close(self._pipe)

    def _write(self) -> None:
        step, place = self._rate_hz // 50 * 2, 0
        due = time.monotonic()
        while self._open:
            due += 0.02
            time.sleep(max(0.0, due - time.monotonic()))
            if self.stalled.is_set():
                continue
            try:
                place += os.write(self._pipe, self._bytes[place : place + step])
            except BlockingIOError:
                continue
            if place >= len(self._bytes):
                place = 0

"""A microphone, a call and a virtual cable at a sound server of their own."""

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

import dndmood
from tests.real_table import started_server

pytestmark = [
    pytest.mark.device,
    pytest.mark.skipif(not shutil.which("pulseaudio"), reason="needs PulseAudio"),
]
SCENE = Path(dndmood.__file__).with_name("demo.ogg")
_LONGEST_S = 60.0


@pytest.fixture
def server(tmp_path):
    """The environment of a server with `table` (the microphone), `room`, a call and a cable."""
    environment = started_server(tmp_path) | {"HOME": str(tmp_path)}

    def pactl(*words):
        return subprocess.run(
            ["pactl", *words], env=environment, check=True, capture_output=True, text=True
        ).stdout

    pactl("load-module", "module-rescue-streams")
    pactl("load-module", "module-null-sink", "sink_name=cable")
    call = (
        "load-module",
        "module-null-sink",
        "sink_name=call",
        "sink_properties=device.description=Discord",
    )
    number = pactl(*call).strip()
    yield environment, pactl, number, call
    subprocess.run(["pactl", "exit"], env=environment, check=False, capture_output=True)


def facts(journal):
    if not journal.exists():
        return []
    return [json.loads(line) for line in journal.read_text().splitlines() if line.endswith("}")]


def until(journal, wanted):
    """The facts of the journal as soon as `wanted` holds for one of them."""
    end = time.monotonic() + _LONGEST_S
    while time.monotonic() < end:
        found = facts(journal)
        if any(map(wanted, found)):
            return found
        time.sleep(0.2)
    raise AssertionError([fact for fact in found if fact["event"] in ("problem", "estimate")])


def says(words):
    return lambda fact: fact["event"] == "problem" and words in fact["text"]


def test_a_call_is_heard_beside_the_microphone_and_music_goes_into_a_cable(server, tmp_path):
    environment, pactl, number, call = server
    listed = subprocess.run(
        [sys.executable, "-m", "dndmood", "devices"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "Monitor of Discord" in listed and "loopback" in listed and "--also-hear" in listed
    journal, record = tmp_path / "evening.jsonl", tmp_path / "cable.wav"
    recorder = subprocess.Popen(["parecord", "--device=cable.monitor", record], env=environment)
    listen = ["listen", "--plain", "--also-hear", "discord", "--player", "speaker:cable"]
    listener = subprocess.Popen(
        [sys.executable, "-m", "dndmood", *listen, "--journal", journal], env=environment
    )
    scenes = [
        subprocess.Popen(["paplay", f"--device={sink}", SCENE], env=environment)
        for sink in ("table", "call")
    ]
    try:
        for ear in (None, "discord"):
            until(journal, lambda e, ear=ear: e["event"] == "estimate" and e.get("ear") == ear)
        pactl("unload-module", number)  # headphones pulled out: the call's streams are moved
        scenes[1].kill()
        gone = until(journal, says("Nothing comes from Monitor of Discord any more"))
        pactl(*call)
        lost_s = gone[-1]["at_s"]
        until(journal, says("Monitor of Discord is heard again"))
        after = until(
            journal,
            lambda e: e["event"] == "estimate" and "ear" not in e and e["at_s"] > lost_s + 1.0,
        )
        assert sum(map(says("Nothing comes from"), after)) == 1
        playing = until(journal, lambda e: e["event"] == "playing" and e["track"])
        began_s = max(f["at_s"] for f in playing if f["event"] == "playing")
        until(journal, lambda e: e["event"] == "estimate" and e["at_s"] > began_s + 4.0)
        assert not [f for f in after if says("microphone")(f) and "perfect" not in f["text"]]
    finally:
        for process in (*scenes, listener):
            process.terminate()
            process.wait(timeout=20)
        recorder.terminate()
        recorder.wait(timeout=20)
    sound, _ = soundfile.read(record)
    assert float(np.sqrt(np.square(sound[-3 * 44_100 :]).mean())) > 0.003


def test_a_name_that_nobody_has_is_told_with_those_there_are(server):
    environment, *_ = server
    done = subprocess.run(
        [sys.executable, "-m", "dndmood", "listen", "--plain", "--also-hear", "teamspeak"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1 and "Monitor of Discord" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_microphone_is_not_heard_twice(server):
    environment, *_ = server
    done = subprocess.run(
        [
            *(sys.executable, "-m", "dndmood", "listen", "--plain"),
            *("--device", "table.monitor", "--also-hear", "table"),
        ],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1 and "would be heard twice" in done.stderr

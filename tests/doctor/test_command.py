"""`dndmood doctor` as a person types it, in a process of its own."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from tests.real_table import started_server

PRIVATE = ("elminster", "Shadowdale")


@pytest.fixture
def home(tmp_path):
    """The home of somebody with a name, in an environment without any sound."""
    folder = tmp_path / "home" / PRIVATE[0]
    folder.mkdir(parents=True)
    names = {"USER": PRIVATE[0], "LOGNAME": PRIVATE[0], "USERNAME": PRIVATE[0]}
    places = {
        "HOME": str(folder),
        "USERPROFILE": str(folder),
        "XDG_CONFIG_HOME": str(folder / ".config"),
        "XDG_STATE_HOME": str(folder / ".local" / "state"),
        "XDG_RUNTIME_DIR": str(folder / "run"),
    }
    nowhere = {"PULSE_SERVER": "unix:/nowhere", "SDL_AUDIODRIVER": "nothing"}
    return os.environ | names | places | nowhere


def run(environment, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "dndmood", "doctor", *map(str, arguments)],
        env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def by_check(page):
    found = {}
    for finding in page["findings"]:
        found.setdefault(finding["check"], []).append(finding)
    return found


def test_without_any_sound_it_says_so_and_everything_else_is_well(home):
    done = run(home, "--json", "--quick")
    page = json.loads(done.stdout)
    assert done.stderr == "" and done.returncode == 1
    found = by_check(page)
    assert page["wrong"] == sum(finding["mark"] == "!!" for finding in page["findings"]) > 0
    wrong = {name for name, some in found.items() if any(one["mark"] == "!!" for one in some)}
    assert wrong <= {"permissions", "devices", "microphone"}
    assert {"model", "speed", "moods", "disk", "settings"} <= found.keys()
    assert "phrase" not in found


def test_nothing_private_stands_on_the_page_whatever_is_broken(home, tmp_path):
    folder = tmp_path / "home" / PRIVATE[0]
    config = folder / ".config" / "dndmood"
    (config / "playlists").mkdir(parents=True)
    (config / "settings.toml").write_text(f'music = "{(folder / PRIVATE[1]).as_posix()}"\n')
    page = run(home, "--json", "--quick").stdout
    assert "There is no music folder ~" in page
    (config / "playlists" / "awe.toml").write_text("[broken")
    page += run(home, "--json", "--quick").stdout
    assert "~" in page and "awe.toml" in page
    (config / "settings.toml").write_text("[broken")
    page += run(home, "--quick").stdout
    assert PRIVATE[0] not in page.lower() and str(tmp_path / "home") not in page


def test_the_bare_command_points_to_the_doctor_when_something_is_missing(home):
    done = subprocess.run(
        [sys.executable, "-m", "dndmood"], env=home, capture_output=True, text=True, check=False
    )
    assert "not yet" in done.stdout and "dndmood doctor" in done.stdout


@pytest.mark.device
@pytest.mark.skipif(not shutil.which("pulseaudio"), reason="needs PulseAudio")
@pytest.mark.parametrize(
    ("source", "mark", "words"),
    [("room", "ok", "ms later"), ("table", "--", "did not hear it")],
)
def test_a_phrase_is_heard_again_where_the_microphone_hears_the_speaker(
    tmp_path, source, mark, words
):
    environment = started_server(tmp_path) | {"HOME": str(tmp_path)}
    pactl = ("pactl", "set-default-source", f"{source}.monitor")
    subprocess.run(pactl, env=environment, check=True)
    try:
        page = json.loads(run(environment, "--json").stdout)
    finally:
        subprocess.run(["pactl", "exit"], env=environment, check=False, capture_output=True)
    found = by_check(page)
    (phrase,) = found["phrase"]
    assert phrase["mark"] == mark and words in phrase["text"]
    assert "hears what the computer plays" in found["sound_server"][0]["text"]
    assert {one["mark"] for one in found["devices"]} == {"ok"}

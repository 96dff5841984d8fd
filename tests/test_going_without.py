"""What only the settings file names may be away: the evening begins, and says what it lacks."""

import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from dndmood import ears
from dndmood.clock import SystemClock
from dndmood.errors import UserError
from dndmood.going_without import going_without
from dndmood.inbox import Inbox
from dndmood.settings import Settings
from dndmood.sound_devices import Device

DEMO = Path(__file__).parents[1] / "dndmood" / "demo.ogg"
AWAY = """
model = "/media/stick/model"
player = "flute"
tell = ["nobody", "hook:/media/stick/lamp"]
remote = "192.0.2.1:9000"
words = true
recogniser = "/media/stick/words"
playlists = "/media/stick/moods"
place = "Atlantis"
opening = "Battle"
"""


@pytest.fixture
def home(tmp_path):
    """An environment in which nothing of the person who runs the tests is seen or touched."""
    names = ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR", "XDG_CACHE_HOME", "HOME")
    folders = {name: str(tmp_path / name.lower()) for name in names}
    nothing = {"PULSE_SERVER": "unix:/nowhere", "SDL_AUDIODRIVER": "nothing"}
    return os.environ | folders | nothing


def listened(home, *arguments, settings=""):
    folder = Path(home["XDG_CONFIG_HOME"]) / "dndmood"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "settings.toml").write_text(settings)
    order = ["listen", "--input", str(DEMO), "--plain", "--for", "1", *arguments]
    return subprocess.run(
        [sys.executable, "-m", "dndmood", *order],
        env=home, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def test_an_evening_begins_without_all_that_its_settings_name_and_that_is_away(home):
    evening = listened(home, settings=AWAY)
    assert evening.returncode == 0, evening.stderr
    for sentence in (
        "There is no model folder /media/stick/model",
        "hearth listens in its place",
        "There is no player 'flute': use pygame, silent, speaker, wav. Music goes to",
        "Nobody called 'nobody' can be told",
        "no command '/media/stick/lamp' for the hook: check its name. The evening goes on without",
        "There is no recogniser of words in /media/stick/words",
    ):
        assert evening.stdout.count(sentence) == 1, sentence
    assert "The playlists folder /media/stick/moods is not there" in evening.stderr
    assert "There is no place 'Atlantis' while your playlists folder is away" in evening.stderr
    assert "Battle: the evening begins" in evening.stdout
    # Which of the two it is depends on what is installed.
    page = ("this computer has no such address", "needs an extra that is not installed")
    assert any(sentence in evening.stdout for sentence in page)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (("--model", "nowhere"), "There is no model folder"),
        (("--player", "flute"), "There is no player 'flute'"),
        (("--tell", "nobody"), "Nobody called 'nobody' can be told"),
        (("--words", "--recogniser", "nowhere"), "There is no recogniser of words"),
        (("--place", "Atlantis"), "There is no place 'Atlantis': use forest"),
    ],
)
def test_what_was_typed_is_meant_to_be_there(home, typed, sentence):
    evening = listened(home, *typed)
    assert evening.returncode == 1 and evening.stdout == ""
    assert sentence in evening.stderr.splitlines()[-1]


def test_a_part_that_was_typed_is_an_error_and_another_one_a_problem_that_stands():
    problems = []
    with going_without(problems.append, "the lamp", typed=False):
        raise UserError("There is no lamp.")
    (problem,) = problems
    assert (problem.about, problem.solved) == ("the lamp", False)
    assert problem.text == "There is no lamp. The evening goes on without it."
    with (
        pytest.raises(UserError, match="no lamp"),
        going_without(problems.append, "the lamp", typed=True),
    ):
        raise UserError("There is no lamp.")


@pytest.mark.parametrize("missing_ok", [True, False])
def test_the_microphone_is_heard_though_a_further_ear_is_away(monkeypatch, missing_ok):
    table, opened = Device(0, "Table", inputs=1, outputs=0, rate_hz=16_000), []

    @contextmanager
    def microphone(_put, *, device, **_more):
        opened.append(device)
        yield table

    monkeypatch.setattr(ears, "devices", lambda: (table,))
    monkeypatch.setattr(ears.microphone, "opened", microphone)
    inbox, said = Inbox(), []
    evening = ears.opened(
        inbox,
        Settings(device="Table", also_hear=("Discord",)),
        clock=SystemClock(),
        say=said.append,
        taps=(None, None),
        missing_ok=missing_ok,
    )
    if not missing_ok:
        with (
            pytest.raises(UserError, match="Nothing that can be heard is called 'Discord'"),
            evening,
        ):
            pass
        return
    with evening:
        inbox.close()
        (problem,) = inbox
    assert opened == ["Table"] and len(said) == 1
    assert "'Discord'; there are: 0 Table. The evening goes on without it." in problem.text

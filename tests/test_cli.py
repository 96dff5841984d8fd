"""The commands as a person types them, in a process of their own."""

import json
import os
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import numpy as np
import pytest
import soundfile
from typer.testing import CliRunner

from dndmood import cli, paths, rehearsal, status
from dndmood.settings import Settings
from tests.programs import Program

DEMO = Path(__file__).parents[1] / "dndmood" / "demo.ogg"


@pytest.fixture
def home(tmp_path):
    """An environment in which nothing of the person who runs the tests is seen or touched."""
    folders = {
        name: str(tmp_path / name.lower())
        for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR", "HOME")
    }
    return (
        os.environ | folders | {"PULSE_SERVER": "unix:/nowhere", "SDL_AUDIODRIVER": "nothing"}
    )


def run(home, *arguments, **more):
    return subprocess.run(
        [sys.executable, "-m", "dndmood", *map(str, arguments)],
        env=home, capture_output=True, text=True, timeout=120, check=False, **more,
    )  # fmt: skip


def sentence(done) -> str:
    """What a person is told when something is wrong: one line, no traceback."""
    assert done.returncode == 1
    (line,) = done.stderr.strip().splitlines()[-1:]
    assert line.startswith("dndmood: ")
    assert "Traceback" not in done.stderr
    return line


def test_help_fits_one_screen_and_names_the_commands(home):
    for command in ([], ["listen"], ["rehearse"], ["demo"]):
        done = run(home, *command, "--help")
        assert done.returncode == 0
        assert len(done.stdout.splitlines()) <= 24
        assert max(map(len, done.stdout.splitlines())) <= 80
    text = run(home, "--help").stdout
    assert all(name in text for name in ("listen", "demo", "rehearse", "devices", "moods"))
    assert all(name in text for name in ("evaluate", "corpora", "compare", "train-distill"))


@pytest.mark.parametrize(
    ("tone", "words", "hears"),
    [
        (True, False, "It hears the tone of voice at your table"),
        (True, True, "It hears the tone of voice and the words at your table"),
        (False, True, "It hears the words at your table"),
        (False, False, "only the keys do"),
    ],
)
def test_the_greeting_says_what_is_listened_to(tone, words, hears):
    assert hears in next(iter(status.greeting(Settings(tone=tone, words=words))))


def test_version_is_that_of_the_package(home):
    done = run(home, "--version")
    assert done.stdout == f"dndmood {metadata.version('dndmood')}\n"
    assert done.returncode == 0


@pytest.mark.parametrize("group", ["", "words", "midi", "library"])
def test_every_command_is_explained_in_a_whole_line(home, group):
    lines = run(home, *filter(None, [group]), "--help").stdout.splitlines()
    assert len(lines) > 8 and not [line for line in lines[1:] if line.endswith("...")]


def test_without_a_command_it_greets_and_says_what_to_type(home):
    done = run(home)
    assert done.returncode == 0
    assert "dndmood listen" in done.stdout and "model" in done.stdout


def test_moods_lists_every_mood_with_its_tracks(home):
    text = run(home, "moods").stdout
    for path in paths.data("playlists").glob("*.toml"):
        assert path.stem.capitalize() in text


def test_the_scene_that_comes_along_goes_through_at_least_three_moods(home, tmp_path):
    done = run(home, "rehearse", DEMO, "--json", "--journal", tmp_path / "j.jsonl")
    rows = json.loads(done.stdout)
    assert len({row["mood"] for row in rows}) >= 3
    assert all(row["why"] and row["track"] for row in rows)
    facts = [json.loads(line) for line in (tmp_path / "j.jsonl").read_text().splitlines()]
    assert {fact["event"] for fact in facts} >= {"estimate", "mood", "cue"}
    assert 60 <= soundfile.info(str(DEMO)).duration <= 90


def test_listening_to_a_file_ends_by_itself_and_leaves_a_whole_journal(home, tmp_path):
    done = run(
        home, "listen", "--input", DEMO, "--plain", "--for", "4", "--journal", tmp_path / "j.jsonl"
    )  # fmt: skip
    assert done.returncode == 0
    assert "Music goes to speaker as soon as it works" in done.stderr
    assert "music" in done.stdout and "mood" in done.stdout
    facts = [json.loads(line) for line in (tmp_path / "j.jsonl").read_text().splitlines()]
    assert facts[-1]["at_s"] <= 4.2
    assert any(fact["event"] == "problem" for fact in facts)


def test_without_a_microphone_one_sentence_says_so(home):
    assert "microphone" in sentence(run(home, "listen", "--plain"))


def test_a_file_that_is_not_sound_is_one_sentence(home, tmp_path):
    (tmp_path / "words.wav").write_text("words")
    assert "not a sound file" in sentence(run(home, "rehearse", tmp_path / "words.wav"))
    assert "no sound file" in sentence(run(home, "rehearse", tmp_path / "nowhere.wav"))


def test_the_command_line_itself_never_looks_at_a_recording(monkeypatch, tmp_path):
    """Its drive may hang: only the thread that opens the file may wait for that."""
    looked, asked, stat = [], [], os.stat

    def look(path, **more):
        looked.append(str(path))
        return stat(path, **more)

    def rehearsed(_settings, recording, **_more):
        asked.append(str(recording))
        yield from ()

    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr(rehearsal, "rehearse", rehearsed)
    monkeypatch.setattr(os, "stat", look)
    assert CliRunner().invoke(cli.app, ["rehearse", "/share/table.wav"]).exit_code == 0
    assert asked == ["/share/table.wav"] and "/share/table.wav" not in looked


def test_a_mood_file_with_a_wrong_key_is_one_sentence(home, tmp_path):
    text = (paths.data("playlists") / "calm.toml").read_text()
    for with_it in (
        "volume = 3\n" + text,
        text + "\nvolume = 3\n",
    ):  # the last one is under [words]
        (tmp_path / "calm.toml").write_text(with_it)
        assert "unknown key 'volume'" in sentence(run(home, "moods", "--playlists", tmp_path))


def test_a_mood_with_an_unknown_emotion_is_one_sentence(home, tmp_path):
    text = (paths.data("playlists") / "calm.toml").read_text().replace("neutral =", "smug =")
    (tmp_path / "calm.toml").write_text(text)
    assert "'smug'" in sentence(run(home, "rehearse", DEMO, "--playlists", tmp_path))


def test_an_unknown_player_and_a_bad_window_are_one_sentence(home):
    assert "no player 'flute'" in sentence(run(home, "rehearse", DEMO, "--player", "flute"))
    done = run(home, "listen", "--input", DEMO, "--window", "90", "--plain")
    assert "--window between 1 and 10" in sentence(done)


def test_a_settings_file_with_a_wrong_key_is_one_sentence(home, tmp_path):
    folder = Path(home["XDG_CONFIG_HOME"]) / "dndmood"
    folder.mkdir(parents=True)
    (folder / "settings.toml").write_text("marginn = 0.1\n")
    assert "unknown key 'marginn'" in sentence(run(home, "rehearse", DEMO))


def test_an_empty_own_folder_says_that_nothing_plays(home, tmp_path):
    (tmp_path / "music" / "calm").mkdir(parents=True)
    done = run(
        home, "rehearse", DEMO, "--music", tmp_path / "music", "--journal", tmp_path / "j"
    )
    assert done.returncode == 0
    cue = next(
        fact
        for line in (tmp_path / "j").read_text().splitlines()
        if (fact := json.loads(line))["event"] == "cue"
    )
    empty = "nothing plays in calm: its folder of yours is empty; put music there"
    assert cue["why"] == empty


def test_silence_is_rehearsed_to_calm_and_nothing_else(home, tmp_path):
    soundfile.write(tmp_path / "silence.wav", np.zeros(16_000 * 20), 16_000)
    done = run(home, "rehearse", tmp_path / "silence.wav", "--json")
    assert [row["mood"] for row in json.loads(done.stdout)] == ["calm"]


def test_a_recording_in_which_nobody_is_heard_says_so_at_its_end(home, tmp_path):
    sound, rate_hz = soundfile.read(DEMO, dtype="float32")
    soundfile.write(tmp_path / "soft.wav", sound * 10 ** (-70 / 20), rate_hz, subtype="FLOAT")
    done = run(home, "rehearse", tmp_path / "soft.wav", "--json")
    assert [row["mood"] for row in json.loads(done.stdout)] == ["calm"]
    model, line = done.stderr.splitlines()
    assert model.startswith("The model hearth (")
    assert line.startswith("No talk was found in 73 s of sound: it is very quiet (at most -")


@pytest.mark.real_time
def test_what_is_read_aloud_breaks_between_words(home):
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    command = [
        sys.executable,
        "-m",
        "dndmood",
        "calibrate",
        "--input",
        DEMO,
        "--profile",
        "new",
    ]
    with Program(command, env=home | {"COLUMNS": "60"}, stderr=theirs):
        os.close(theirs)
        shown = b"".join(iter(lambda: _rest(ours), b"")).decode()
    lines = [line.split("\r")[-1] for line in shown.replace("\r\n", "\n").split("\n")]
    assert all(len(line) <= 60 for line in lines if "/" not in line)
    assert "    The gate breaks! They are through, they are everywhere!" in lines
    assert any(line.startswith("    Hold the line") for line in lines)


def _rest(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # Linux's word for the end
        return b""


def test_a_reader_that_goes_away_is_no_error(home):
    with Program(
        [sys.executable, "-m", "dndmood", "moods"],
        env=home,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as moods:
        moods.stdout.close()
        assert moods.stderr.read() == b""


def test_an_evening_becomes_a_page_beside_its_journal_and_nothing_is_overwritten(
    home, tmp_path
):
    folder = Path(home["XDG_STATE_HOME"]) / "dndmood" / "journals"
    folder.mkdir(parents=True)
    night = folder / "2026-11-21T19-00-00.jsonl"
    run(home, "rehearse", DEMO, "--journal", night)
    first, second = (Path(run(home, "report", "--last").stdout.strip()) for _ in range(2))
    assert first == night.with_suffix(".html") and second.stem.endswith("-2")
    assert "<svg" in first.read_text() and "http-equiv" not in first.read_text()
    text = Path(run(home, "report", night, "--markdown").stdout.strip()).read_text()
    assert "Battle" in text
    picture = tmp_path / "night.png"  # its name says what it shall be
    run(home, "report", night, "--out", picture)
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_a_report_to_a_minus_goes_to_standard_output_and_into_no_file(home, tmp_path):
    night = tmp_path / "night.jsonl"
    run(home, "rehearse", DEMO, "--journal", night)
    before = sorted(tmp_path.iterdir())
    page = run(home, "report", night, "--out", "-")
    assert page.stdout.lower().startswith("<!doctype html>") and "<svg" in page.stdout
    text = run(home, "report", night, "--markdown", "--out", "-").stdout
    assert text.startswith("#") and "Battle" in text
    with (tmp_path / "night.png").open("wb") as picture:
        order = [sys.executable, "-m", "dndmood", "report", str(night), "--png", "--out", "-"]
        subprocess.run(order, env=home, stdout=picture, timeout=120, check=True)
    assert (tmp_path / "night.png").read_bytes().startswith(b"\x89PNG")
    assert sorted(tmp_path.iterdir()) == sorted([*before, tmp_path / "night.png"])
    assert not Path("-").exists()


def test_without_a_journal_the_report_says_how_to_get_one(home):
    assert "There is no journal" in sentence(run(home, "report", "--last"))
    assert "nowhere.jsonl" in sentence(run(home, "report", "nowhere.jsonl"))
    assert "The journal . cannot be read (Is a directory)" in sentence(run(home, "report", "."))


def test_a_model_named_with_an_equals_sign_is_the_one_that_is_evaluated(home, tmp_path):
    (tmp_path / "clips.csv").write_text(f"path,emotion,speaker\n{DEMO.name},happy,somebody\n")
    # What usually listens does not matter then, not even when it is not there.
    settings = Path(home["XDG_CONFIG_HOME"]) / "dndmood" / "settings.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text('model = "/nowhere/at/all"')
    done = run(
        home, "evaluate", "--manifest", tmp_path / "clips.csv", "--root", DEMO.parent,
        f"--model={tmp_path / 'mine'}",
    )  # fmt: skip
    assert done.returncode != 0
    assert "mine" in done.stderr


def test_a_recording_is_never_written_to_as_a_journal(home, tmp_path):
    mine = tmp_path / "mine.ogg"
    mine.write_bytes(DEMO.read_bytes())
    for command in (
        ("rehearse", mine, "--journal", mine),
        ("listen", "--plain", "--input", DEMO, "--for", "2", "--journal", mine),
    ):
        assert "is no journal" in sentence(run(home, *command))
        assert mine.read_bytes() == DEMO.read_bytes()


def test_a_cache_that_cannot_be_written_is_no_word_in_the_terminal(home, tmp_path):
    (tmp_path / "cache").write_text("a file")
    fact = '{"event": "mood", "at_s": %d.0, "mood": "calm"}\n'
    (tmp_path / "night.jsonl").write_text(fact % 1 + fact % 99)
    where = home | {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    done = run(where, "report", tmp_path / "night.jsonl")
    assert done.returncode == 0 and done.stderr == "" and (tmp_path / "night.html").exists()


@pytest.mark.parametrize(
    "command",
    [
        ("listen", "--input", DEMO, "--plain", "--player", "silent", "--for", "2"),
        ("rehearse", DEMO),
        ("moods",),
    ],
)
def test_what_a_library_thinks_of_a_damaged_track_is_no_word_in_the_terminal(
    home, tmp_path, command
):
    music = tmp_path / "music" / "Combat"
    music.mkdir(parents=True)
    noise = np.random.default_rng(0).normal(0, 0.1, 20 * 44_100)
    soundfile.write(music / "a.mp3", noise, 44_100, bitrate_mode="VARIABLE")
    content = (music / "a.mp3").read_bytes()
    (music / "a.mp3").write_bytes(content[: len(content) // 2])
    done = run(home, *command, "--music", str(music.parent))
    assert done.returncode == 0
    assert "Warning" not in done.stderr and "fuzzy" not in done.stderr


def test_a_mistyped_ambience_folder_leaves_no_sound_file_in_the_way_of_the_next_try(
    home, tmp_path
):
    out = tmp_path / "out.wav"
    evening = ("--input", DEMO, "--plain", "--player", f"wav:{out}", "--for", "3")
    done = run(home, "listen", *evening, "--ambience", str(tmp_path / "nothere"))
    assert "There is no ambience folder" in sentence(done) and not out.exists()
    assert run(home, "listen", *evening).returncode == 0 and out.exists()

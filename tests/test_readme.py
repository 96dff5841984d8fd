"""Every command and every link in the README is tried, as somebody types it on a machine without sound."""

import os
import re
import shlex
import signal
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import soundfile

from tests.programs import Program

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = sorted(
    {" ".join(words.split()) for words in re.findall(r"`(dndmood(?: [^`]*)?)`", README)}
)
OPTIONS = sorted(set(re.findall(r"`(--[a-z-]+(?: [^`]+|:[^`]+)?)`", README)))
GO_ON = {"demo", "listen"}
"""These go on until somebody ends them, where there is a sound device or none is needed."""


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("home")
    kinds = {f"XDG_{kind}_HOME": str(folder / kind) for kind in ("CONFIG", "STATE", "CACHE")}
    nothing = {"PULSE_SERVER": "unix:/nowhere", "SDL_AUDIODRIVER": "nothing"}
    with zipfile.ZipFile(folder / "craig.zip", "w") as craig:
        craig.write(ROOT / "dndmood" / "demo.ogg", "1-ann_0.ogg")
    (folder / "FOLDER" / "Battle").mkdir(parents=True)
    sound, rate_hz = soundfile.read(ROOT / "dndmood" / "demo.ogg", frames=480_000)
    soundfile.write(folder / "session.wav", sound, rate_hz)
    soundfile.write(folder / "FOLDER" / "Battle" / "a.wav", sound, rate_hz)
    path = os.pathsep.join((str(ROOT), str(ROOT / "train")))
    environment = os.environ | kinds | nothing | {"HOME": str(folder), "PYTHONPATH": path}
    run(environment, folder, "rehearse", "session.wav", "--journal", journal(folder))
    run(environment, folder, "library", "scan", "FOLDER")
    return environment, folder


def journal(folder: Path) -> Path:
    path = folder / "STATE" / "dndmood" / "journals" / "2026-11-25T20-00-00.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def run(environment, folder, *words):
    with Program(
        [sys.executable, "-m", "dndmood", *map(str, words)],
        env=environment,
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        if GO_ON & set(words) and "--help" not in words:
            assert process.stderr.readline()
            process.send_signal(signal.SIGINT)
        out, err = process.communicate("", timeout=120)
    return process.returncode, out, err


def tried(home, words):
    code, out, err = run(*home, *words)
    assert "Traceback" not in out + err
    if code == 1 and words[0] != "doctor":  # there is no sound here, and that is one sentence
        assert re.search(
            r"^dndmood: .*(microphone|speaker|sound|nothing to review|in a terminal)",
            err,
            re.MULTILINE,
        ), err
    else:
        assert code in (0, 1, 130), err
    return out


def test_the_readme_has_commands():
    assert len(COMMANDS) >= 14 and len(README.splitlines()) <= 170


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_does_what_it_can(home, command):
    words = shlex.split(command)[1:]
    if not words:
        assert "Type 'dndmood listen'" in run(*home)[1]
        return
    tried(home, words)


@pytest.mark.parametrize("option", OPTIONS)
def test_every_option_is_known(home, option):
    name = option.split(" ")[0].split(":")[0]
    commands = ("listen", "rehearse", "tune", "privacy", "report", "doctor")
    assert any(name in run(*home, command, "--help")[1] for command in commands)


def test_every_link_leads_somewhere():
    for page in (ROOT / "README.md", *(ROOT / part / "README.md" for part in
                 ("models", "playlists", "train", "tests", "tests/benchmarks",
                  "dndmood/sources", "dndmood/followers"))):  # fmt: skip
        for link in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
            if "://" not in link:
                assert (page.parent / link).exists(), f"{page.parent.name}: {link}"


def test_the_drawing_of_the_house_is_what_the_contracts_hold():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    contracts = contracts["importlinter"]["contracts"]
    layers = next(one["layers"] for one in contracts if one["name"] == "One direction")
    depth = {
        module.strip(" ()"): number
        for number, layer in enumerate(layers)
        for module in re.split(r"[|:]", layer)
    }
    drawing = re.search(r"```text\n(.*?)```", README, re.DOTALL).group(1)
    lines = [
        [word for word in line.split("   ")[0].split() if word in depth]
        for line in drawing.splitlines()
    ]
    drawn = [[depth[module] for module in line] for line in lines]
    assert all(len(set(line)) == 1 for line in drawn)
    assert [line[0] for line in drawn] == sorted({line[0] for line in drawn})
    rooms = {path.parent.name for path in (ROOT / "dndmood").glob("*/__init__.py")}
    assert rooms <= {module for line in lines for module in line}


def test_the_make_targets_are_there():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"\bmake ([a-z]+)", README)):
        assert target == "and" or f"\n{target}:" in makefile

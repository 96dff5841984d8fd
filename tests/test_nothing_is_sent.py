"""Every command, run in a home of its own, opens no way to the network and no file elsewhere.

Two witnesses: Python's audit hook, which sees what Python code does, and strace where it is
there and allowed, which sees what libraries do behind Python's back.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from dndmood import paths

ROOT = Path(__file__).parents[1]
SYSTEMS_OWN = ("/dev/", "/proc/", "/memfd:")
SOUND_SERVER = "pulse"
"""Its client library makes folders that begin with this, for its cookie and its socket."""

HOOK = """
import json, os, runpy, sys
seen = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT

def note(kind, what):
    os.write(seen, (json.dumps([kind, os.fsdecode(what)]) + "\\n").encode())

def watch(event, args):
    if event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "socket.bind"):
        note("network", f"{event} {args[-1]!r}")
    elif event == "socket.connect" and isinstance(args[1], tuple):
        note("network", f"{event} {args[1]!r}")
    elif event == "open" and isinstance(args[0], (str, bytes, os.PathLike)):
        if (args[2] or 0) & WRITES:
            note("file", args[0])
    elif event in ("os.mkdir", "os.symlink", "os.link", "sqlite3.connect"):
        note("file", args[0])
    elif event == "os.rename":
        note("file", args[1])

sys.addaudithook(watch)
sys.argv = sys.argv[2:]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
"""

# With a question mark where not every machine has the call of that name.
_CALLS = "openat,mkdirat,renameat2,linkat,symlinkat," + ",".join(
    f"?{name}" for name in ("open", "creat", "mkdir", "rename", "renameat", "link", "symlink")
)
_MADE = re.compile(r"^\d+ +((?:open|creat|mkdir|rename|link|symlink)\w*)\((.*)$")
_PATHS = re.compile(r'"((?:[^"\\]|\\.)*)"')


def tracing() -> list[str]:
    """How strace watches here; empty without strace, and where it may not (as in some containers).

    With a filter in the kernel, which older ones lack, calls that nobody asked for cost nothing.
    """
    for faster in (["--seccomp-bpf"], []):
        words = ["strace", *faster, "-f", "-qq", "-s", "4096", "-e", f"trace=%network,{_CALLS}"]
        if (
            shutil.which("strace")
            and not subprocess.run(
                [*words, "true"], check=False, capture_output=True
            ).returncode
        ):
            return words
    return []


STRACE = tracing()


class Home:
    """A home nobody has lived in, and what a command did in it and beyond it."""

    def __init__(self, folder: Path) -> None:
        self.home, self.out = folder / "home", folder / "out"
        self._hook, self._trace = self.out / "seen.jsonl", folder / "trace"
        self.home.mkdir()
        self.out.mkdir()

    def run(self, *words: str | Path, module: str = "dndmood", **more: str) -> None:
        """`python -m module words` under both witnesses; what they see is held against it."""
        command = [sys.executable, "-c", HOOK, str(self._hook), module, *map(str, words)]
        done = subprocess.run(
            [*(STRACE and [*STRACE, "-o", str(self._trace)]), *command],
            env=self._environment() | more,
            cwd=self.out,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        network, files = self._seen_by_hook()
        if STRACE:
            beyond, made = self._seen_by_strace()
            network, files = network + beyond, files + made
        assert network == []
        assert [path for path in files if not self._ours(path)] == []
        assert [str(path) for path in self._strangers()] == []

    def _environment(self) -> dict[str, str]:
        kept = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH")
        return {key: os.environ[key] for key in kept if key in os.environ} | {
            "HOME": str(self.home),
            "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "train"))),
            "PYTHONDONTWRITEBYTECODE": "1",
            "COLUMNS": "100",
            "TMPDIR": str(self.out),  # what vanishes again is nobody's trace
            # Whoever switched reporting on for another program has not asked for it here.
            "ORT_DISABLE_TELEMETRY": "0",
        }

    def _ours(self, path: str) -> bool:
        whole = (self.out / path).resolve()
        if whole.is_relative_to(self.out) or str(path).startswith(SYSTEMS_OWN):
            return True
        if any(part.startswith(SOUND_SERVER) for part in whole.parts):
            return True
        if not whole.is_relative_to(self.home):
            return False
        inside = whole.relative_to(self.home)
        # The folders in which every program has one of its own may be made on the way.
        return "dndmood" in inside.parts or (whole.is_dir() and len(inside.parts) <= 2)

    def _strangers(self) -> list[Path]:
        files = (path for path in self.home.rglob("*") if not path.is_dir())
        return [path for path in files if not self._ours(str(path))]

    def _seen_by_hook(self) -> tuple[list[str], list[str]]:
        lines = [json.loads(line) for line in self._hook.read_text().splitlines()]
        return tuple([what for kind, what in lines if kind == k] for k in ("network", "file"))

    def _seen_by_strace(self) -> tuple[list[str], list[str]]:
        network, files = [], []
        for line in self._trace.read_text(errors="replace").splitlines():
            if re.search(r"\bAF_INET6?\b", line):
                network.append(line)
            made = _MADE.search(line)
            if made is None or " = -1 " in line:
                continue
            opening = made.group(1) in ("open", "openat")
            if not opening or re.search(r"O_CREAT|O_WRONLY|O_RDWR", line):
                files.extend(_PATHS.findall(made.group(2))[-1:])
        return network, files


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path.resolve())


@pytest.fixture(scope="session")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first forty seconds of the scene that comes along."""
    scene = paths.data("playlists").parent / "dndmood" / "demo.ogg"
    sound, rate_hz = soundfile.read(scene, dtype="float32")
    path = tmp_path_factory.mktemp("talk") / "talk.wav"
    soundfile.write(path, sound[: 40 * rate_hz], rate_hz)
    return path


def test_an_evening_and_its_report_send_nothing_and_write_nothing_elsewhere(home, talk):
    home.run("rehearse", talk, "--journal", "evening.jsonl")
    evening = ("listen", "--plain", "--input", talk, "--for", "2")
    home.run(*evening, "--player", "silent")
    home.run(*evening, "--player", "pygame", SDL_AUDIODRIVER="dummy")
    home.run("report", "evening.jsonl", "--out", "evening.html")


def test_what_is_looked_at_before_an_evening_sends_nothing(home, talk):
    home.run("calibrate", "--input", talk)
    home.run("moods")
    home.run("tune")
    home.run()


def test_an_exam_sends_nothing(home):
    pytest.importorskip("onnx")
    from tests.train.evaluation.graphs import loudness_model
    from tests.train.evaluation.test_evaluate import LEVEL, table

    rows = [
        (emotion, level, who, sex)
        for who, sex in (("anna", "f"), ("carl", "m"))
        for emotion, level in LEVEL.items()
    ]
    asked = ("evaluate", "--manifest", table(home.out, rows), "--root", home.out)
    asked += ("--model", loudness_model(home.out / "model"), "--rounds", "20")
    home.run(*asked, "--plots", home.out / "plots", "--predictions", home.out / "each.csv")
    home.run(*asked, module="dndmood_train")


@pytest.mark.slow
def test_training_sends_nothing(home):
    pytest.importorskip("torch")
    pytest.importorskip("onnxscript")
    from tests.train.distillation.test_distill import RECIPE, voices

    shelf, random = home.out / "corpora" / "evening", np.random.default_rng(0)
    shelf.mkdir(parents=True)
    lines = ["path,emotion,speaker"]
    for speaker in (*voices("train", 4), *voices("develop", 1)):
        for take in range(8):
            emotion, level = ("anger", 0.4) if take % 2 else ("sadness", 0.02)
            sound = level * random.standard_normal(11_000 + 500 * take)
            soundfile.write(shelf / f"{speaker}-{take}.wav", sound.clip(-1, 1), 16_000)
            lines.append(f"{speaker}-{take}.wav,{emotion},{speaker}")
    (shelf / "manifest.csv").write_text("\n".join(lines))
    (home.out / "tiny.toml").write_text(RECIPE)
    asked = ("train-distill", "--corpora", home.out / "corpora", "--out", home.out / "taught")
    asked += ("--teacher", "toy", "--recipe", home.out / "tiny.toml", "--device", "cpu")
    home.run(*asked)


@pytest.mark.parametrize(
    "first",
    [
        "dndmood",
        "dndmood.cli",
        "dndmood.app",
        "dndmood.hearing.model",
        "dndmood_train",
        "dndmood_train.__main__",
        "dndmood_train.teachers",
    ],
)
def test_whatever_is_imported_first_reporting_is_off(first):
    script = (
        f"import {first}, os; print(os.environ['ORT_DISABLE_TELEMETRY'], "
        "os.environ['HF_HUB_DISABLE_TELEMETRY'], os.environ['DO_NOT_TRACK'])"
    )
    environment = os.environ | {"ORT_DISABLE_TELEMETRY": "0"}
    environment["PYTHONPATH"] = os.pathsep.join((str(ROOT), str(ROOT / "train")))
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["1", "1", "1"]


def test_reporting_is_off_in_these_tests_as_well():
    assert os.environ["ORT_DISABLE_TELEMETRY"] == "1"


def test_the_hub_understands_that_nothing_shall_be_told():
    constants = pytest.importorskip("huggingface_hub.constants")
    assert constants.HF_HUB_DISABLE_TELEMETRY

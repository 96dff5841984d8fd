"""The house rules that a machine can check."""

import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).parent
HEAVY = (
    "numpy",
    "sounddevice",
    "onnxruntime",
    "soundfile",
    "soxr",
    "pygame",
    "rich.live",
    "torch",
)


def loaded_by(code: str) -> set[str]:
    script = f"{code}\nimport sys\nprint('\\n'.join(sys.modules))"
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return set(run.stdout.split())


def test_importing_the_command_line_loads_nothing_heavy():
    assert loaded_by("import dndmood.cli").isdisjoint(HEAVY)


def test_the_listening_path_never_loads_torch():
    loaded = loaded_by("import dndmood.app, dndmood.hearing.model, dndmood.players.wav")
    assert loaded.isdisjoint(
        {"torch", "transformers", "scipy", "matplotlib", "pandas", "pygame"}
    )


def test_importing_the_house_opens_no_device_and_no_model():
    loaded = loaded_by("import dndmood.app")
    assert loaded.isdisjoint({"sounddevice", "onnxruntime", "soundfile", "soxr", "webrtcvad"})


def test_what_opens_a_terminal_or_a_sound_server_is_marked_as_in_real_time():
    """Two at once on different workers would disturb each other."""
    openers = ("Tmux(", "openpty(", "started_server(")
    for path in TESTS.rglob("test_*.py"):
        text = path.read_text(encoding="utf-8")
        if path != Path(__file__) and any(opener in text for opener in openers):
            assert "mark.real_time" in text or "mark.device" in text, path

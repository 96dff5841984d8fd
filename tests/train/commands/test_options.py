"""The training commands are commands like the rest: light, completed, one way to write help."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from dndmood.errors import UserError
from dndmood_train import __main__ as door
from dndmood_train.commands._options import for_people, spelt_out

TRAINING = ("train-distill", "evaluate", "corpora")


def said(*words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from dndmood.cli import main; main()", *words],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), **more},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("command", ["committee", "label", "music-mood", *TRAINING])
def test_help_needs_nothing_that_only_training_needs(command: str) -> None:
    script = (
        "import sys\nfrom dndmood_train.__main__ import main\n"
        f"code = main(['{command}', '--help'])\n"
        "heavy = {'numpy', 'torch', 'scipy', 'onnx', 'rich.console'} & set(sys.modules)\n"
        "sys.exit(code or len(heavy))"
    )
    run = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert "Usage:" in run.stdout


@pytest.mark.parametrize("command", TRAINING)
def test_a_training_command_is_the_same_inside_the_program_and_outside(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert door.main([command, "--help"]) == 0
    outside = capsys.readouterr().out.splitlines()[1:]
    assert said(command, "--help").stdout.splitlines()[1:] == outside


def test_options_of_the_training_commands_are_completed() -> None:
    words = {"COMP_WORDS": "dndmood train-distill --ev", "COMP_CWORD": "2"}
    run = subprocess.run(
        [sys.executable, "-c", "from dndmood.cli import app; app(prog_name='dndmood')"],
        env={
            **os.environ,
            **words,
            "_DNDMOOD_COMPLETE": "complete_bash",
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stdout.split() == ["--everyday"]


def test_only_options_for_several_values_take_several() -> None:
    words = ["--corpora", "a", "b", "--corpora", "c", "--out", "o", "p", "--dry-run"]
    assert spelt_out(words, {"--corpora"}) == [
        *("--corpora", "a", "--corpora", "b", "--corpora", "c"),
        *("--out", "o", "p", "--dry-run"),
    ]
    assert spelt_out(["--corpora=a", "b"], {"--corpora"}) == ["--corpora=a", "b"]


def test_two_folders_after_one_option_are_both_looked_into(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "one").mkdir()
    arguments = ["committee", "--weights", str(tmp_path), "--corpora", str(tmp_path / "one")]
    assert door.main([*arguments, "/nowhere/at/all"]) == 2
    assert "There is no folder /nowhere/at/all" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["corpora", "/nowhere/at/all"], 2, "There is no folder"),
        (["train-distill"], 2, "--corpora"),
        (["evaluate", "--manifest", "a", "--root", "b", "--at-most", "-1"], 2, "--at-most"),
        (["train-distill", "--help"], 0, ""),
    ],
)
def test_exit_codes_say_what_they_always_said(
    words: list[str], code: int, sentence: str
) -> None:
    run = said(*words)
    assert (run.returncode, sentence in run.stderr) == (code, True)
    assert "Traceback" not in run.stderr


def test_without_the_program_around_it_evaluate_asks_for_a_model(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert door.main(["evaluate", "--manifest", "a", "--root", "b"]) == 2
    assert "--model NAME" in capsys.readouterr().err


def test_without_a_model_the_one_that_listens_is_evaluated(tmp_path: Path) -> None:
    settings = tmp_path / "dndmood" / "settings.toml"
    settings.parent.mkdir()
    settings.write_text('model = "/nowhere/at/all"')
    words = ("evaluate", "--manifest", "a", "--root", "b")
    run = said(*words, XDG_CONFIG_HOME=str(tmp_path))
    assert run.returncode != 0
    assert "/nowhere/at/all" in run.stderr


def test_a_library_that_is_missing_is_said_with_how_to_get_it() -> None:
    @for_people
    def command() -> None:
        raise ModuleNotFoundError("No module named 'onnx'", name="onnx")

    with pytest.raises(UserError, match=r"needs onnx: install it with .*dndmood\[train\]"):
        command()

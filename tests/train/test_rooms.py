"""The picture of the training house is the house, and its commands are those that it has."""

import ast
import re
import shlex
from pathlib import Path

import pytest

from dndmood_train import __main__ as door

TRAIN = Path(__file__).parents[2] / "train"
HOUSE = TRAIN / "dndmood_train"
README = (TRAIN / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def imported_by(file: Path) -> set[str]:
    """Rooms that a file imports, at its top or within a function."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "dndmood_train":
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and str(node.module).startswith("dndmood_train."):
            found.add(str(node.module).split(".")[1])
        elif isinstance(node, ast.Import):
            found |= {n.name.split(".")[1] for n in node.names if "dndmood_train." in n.name}
    return found


def arrows() -> dict[str, set[str]]:
    rooms = {path.stem: path for path in HOUSE.iterdir() if not path.stem.startswith("__")}
    return {
        name: set().union(*map(imported_by, path.rglob("*.py") if path.is_dir() else [path]))
        - {name}
        for name, path in rooms.items()
    }


def test_the_drawn_arrows_are_the_imports() -> None:
    (picture,) = blocks("text")
    drawn = {}
    for line in picture.splitlines():
        room, _, below = line.partition("▶")
        drawn[room.strip(" ─")] = {name.strip() for name in below.split(",") if name.strip()}
    assert drawn == arrows()


def test_every_arrow_points_down() -> None:
    (picture,) = blocks("text")
    order = [line.split()[0] for line in picture.splitlines()]
    assert all(
        order.index(room) < order.index(below)
        for room, rooms in arrows().items()
        for below in rooms
    )


def test_no_room_reaches_for_what_another_keeps_to_itself() -> None:
    inside = re.compile(
        r"(?:from|import) dndmood_train\.(\w+)(?:\.\w+)*?\.?(?: import )?\b_[a-z]"
    )
    for path in HOUSE.rglob("*.py"):
        room = path.relative_to(HOUSE).parts[0]
        found = set(inside.findall(path.read_text(encoding="utf-8")))
        assert found <= {room}, path


@pytest.mark.parametrize("line", [c for block in blocks("sh") for c in block.splitlines()])
def test_every_command_is_understood_up_to_the_first_thing_that_is_not_there(
    line: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    if "evaluate" not in line:
        pytest.importorskip("torch")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "train").symlink_to(TRAIN)
    words = [word for word in shlex.split(line) if word not in {"python", "-m"}][1:]
    assert door.main(words) == 2
    missing = capsys.readouterr().err
    assert re.search(
        r"There is no (folder CORPORA|model in OUT/model|file EMOPIA_MIDI.zip)", missing
    ), missing


def test_every_module_is_short() -> None:
    lines = sorted(
        len(path.read_text(encoding="utf-8").splitlines()) for path in HOUSE.rglob("*.py")
    )
    assert lines[len(lines) // 2] <= 100
    assert lines[-1] <= 300

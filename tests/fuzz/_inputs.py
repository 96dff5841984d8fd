"""Where inputs come from: seeds, what was found before, and simple mutations of both."""

import os
import random
import tempfile
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType

FOUND = Path(__file__).parent / "found"
_SIGNS = (
    b"\xff",
    b"\x00",
    b"\xef\xbb\xbf",
    b"nan",
    b"-inf",
    b"1e999",
    b"[",
    b"{",
    b'"',
    b"\\",
    b"\n",
)


def names() -> tuple[str, ...]:
    """Every target: the modules of the folder `targets`."""
    return tuple(m.name for m in iter_modules([str(Path(__file__).parent / "targets")]))


def target(name: str) -> ModuleType:
    """The target `name`."""
    return import_module(f"tests.fuzz.targets.{name}")


def kept(name: str) -> Iterator[bytes]:
    """The seeds of a target and all that was found wrong with it before."""
    yield from target(name).SEEDS
    for path in sorted((FOUND / name).glob("*")):
        yield path.read_bytes()


def mutated(data: bytes, chance: random.Random) -> bytes:
    """`data` with a few bytes changed, cut out, doubled, or replaced by what often hurts."""
    out = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        at, length = chance.randint(0, len(out)), chance.randint(0, 12)
        match chance.randint(0, 4):
            case 0:
                out[at : at + 1] = bytes([chance.randint(0, 255)])
            case 1:
                del out[at : at + length]
            case 2:
                out[at:at] = out[at : at + length]
            case 3:
                out[at:at] = chance.choice(_SIGNS)
            case _:
                del out[at:]
    return bytes(out)


@cache
def scratch() -> Path:
    """A folder in memory for this process, which the system clears away."""
    memory = Path("/dev/shm")  # noqa: S108 - a fresh folder of our own inside it
    root = str(memory) if memory.is_dir() and os.access(memory, os.W_OK) else None
    return Path(tempfile.mkdtemp(prefix="dndmood-fuzz-", dir=root))


def placed(name: str, data: bytes) -> Path:
    """A file called `name` in the scratch folder that holds `data`."""
    path = scratch() / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path

"""What is broken before the evening begins: model, profile, settings, libraries."""

from collections.abc import Callable, Iterable
from pathlib import Path

from tests.faults.fault import fault
from tests.faults.files import garbage
from tests.faults.kinds.process import model_of
from tests.faults.table import Table

Break = Callable[[Path], object]


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _one_byte(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)


MODELS: dict[str, Break] = {
    "graph cut": lambda m: [_cut(p) for p in m.glob("*.onnx")],
    "one byte of the graph changed": lambda m: [_one_byte(p) for p in m.glob("*.onnx")],
    "graph gone": lambda m: [p.unlink() for p in m.glob("*.onnx")],
    "card cut": lambda m: _cut(m / "card.toml"),
    "card garbage": lambda m: garbage(m / "card.toml", 3000),
    "card gone": lambda m: (m / "card.toml").unlink(),
}


@fault(
    "model-broken", f"model broken before the start, {len(MODELS)} ways", says=r"(?i)model|card"
)
def model_broken(table: Table) -> None:
    for name, broken in MODELS.items():
        folder = model_of(table)
        broken(folder)
        code, text = _tried(table, "--model", str(folder))
        table.expect(code == 1, f"{name}: exit code {code}")
        table.expect(text.isprintable(), f"{name}: raw bytes in the sentence")
        _one_sentence(table, name, text)
        folder.rename(table.folder / f"model-{name.replace(' ', '-')}")


@fault("model-broken-while-running", "model overwritten and card deleted while running")
def model_broken_while_running(table: Table) -> None:
    folder = model_of(table)
    table.listen("--model", str(folder))
    table.settle()
    for graph in folder.glob("*.onnx"):
        garbage(graph, graph.stat().st_size)
    (folder / "card.toml").unlink()
    table.returned("estimate")
    table.wait(8)
    table.finish()


ZERO = "version = 1\nevenings = 3\n[zero]\narousal = 0.5\n"
PROFILES: dict[str, bytes] = {
    "binary": bytes(range(256)),
    "JSON": b'{"version": 1}',
    "empty": b"",
    "cut in the middle": b"version = 1\nevenings = 3\n[zero]\narousal = 0.",
    "nan": b"version = 1\narousal_shift = nan\n[zero]\narousal = nan\n",
    "of the future": b"version = 99\n",
    "UTF-16": ZERO.encode("utf-16"),
    "wrong types": b'version = "one"\nevenings = []\ntilts = 3\n',
}


@fault(
    "profile-broken",
    f"profile broken, {len(PROFILES) + 1} ways",
    says=r"(?i)profile|table|calibrat",
)
def profile_broken(table: Table) -> None:
    profile = table.state / "dndmood" / "profiles" / "table"
    profile.mkdir(parents=True)
    for name, content in PROFILES.items():
        (profile / "zero.toml").write_bytes(content)
        _refused_or_told(table, name)
        table.expect(
            any(path.read_bytes() == content for path in profile.iterdir() if path.is_file()),
            f"{name}: the file was lost",
        )
        for path in profile.iterdir():
            path.unlink()
    (profile / "corrections.jsonl").write_bytes(
        b'\xff\xfe{"event": 3}\n[]\nnull\n{"event": "corr'
    )
    code, text = _tried(table)
    table.expect(code == 0, f"corrections: exit code {code}: {text[-120:]}")


SETTINGS: dict[str, tuple[bytes, str]] = {
    "unknown key": (b"lvely = 0.5\n", "lvely"),
    "out of range": (b"lively = 7\n", "lively"),
    "wrong kind": (b'fade_s = "long"\n', "fade_s"),
    "nan": (b"fade_s = nan\n", "fade_s"),
    "syntax": (b"lively = \n", "line 1"),
    "binary": (bytes(range(256)), "settings"),
    "UTF-16": ("lively = 0.5\n".encode("utf-16"), "UTF"),
    "unknown mood": (b'opening = "chaos"\n', "chaos"),
    "table": (b"[lively]\na = 1\n", "lively"),
}


@fault(
    "settings-broken", f"settings with mistakes, {len(SETTINGS) + 1} ways", says="(?i)settings"
)
def settings_broken(table: Table) -> None:
    path = table.config / "dndmood" / "settings.toml"
    path.parent.mkdir(parents=True)
    for name, (content, word) in SETTINGS.items():
        path.write_bytes(content)
        code, text = _tried(table)
        table.expect(code == 1, f"{name}: exit code {code}")
        table.expect(word.lower() in text.lower(), f"{name}: the sentence does not say {word}")
        _one_sentence(table, name, text)
    path.write_bytes(b"\xef\xbb\xbflively = 0.5\n")
    code, text = _tried(table)
    table.expect(code == 0, f"BOM: exit code {code}: {text}")


@fault(
    "portaudio-missing", "PortAudio missing", says=r"(?i)portaudio.*install|install.*portaudio"
)
def portaudio_missing(table: Table) -> None:
    table.sound()
    hidden = _hidden_portaudio(table)
    environment = table.environment | {"PYTHONPATH": hidden}
    code, text = table.run("listen", "--plain", "--for", "3", env=environment)
    table.seen.said.append(text.strip().splitlines()[-1] if text.strip() else "")
    table.expect(code == 1, f"listen: exit code {code}")
    _one_sentence(table, "listen", text)
    _, text = table.run("demo", "--plain", timeout=14, env=environment)
    music = sum(b.music for b in table.room.blocks) * 0.05
    table.seen.notes.append(f"the demo plays {music:.0f} s in 14 s")
    table.expect(music > 6, f"the demo plays {music:.1f} s of music")
    table.expect("Traceback" not in text, "demo: a traceback")
    code, text = table.run(
        "listen", "--plain", "--player", "speaker", "--for", "3", env=environment
    )
    table.expect(code == 1 and "install" in text, "--player speaker: no word what to do")
    table.expect(
        not list(table.state.rglob("*.jsonl")) or _facts(table), "an empty journal is left"
    )


def _facts(table: Table) -> bool:
    return all(path.stat().st_size for path in table.state.rglob("*.jsonl"))


def _hidden_portaudio(table: Table) -> str:
    folder = table.folder / "hidden"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(
        "import ctypes.util as u\n"
        "find = u.find_library\n"
        "u.find_library = lambda name: None if 'portaudio' in name else find(name)\n"
    )
    return f"{folder}:{table.environment['PYTHONPATH']}"


def _tried(table: Table, *options: str) -> tuple[int | None, str]:
    """A short evening of the demo's scene; exit code and what it wrote to people."""
    scene = str(table.tree / "dndmood" / "demo.ogg")
    code, text = table.run(
        "listen", "--plain", "--player", "silent", "--input", scene, "--for", "1", *options
    )
    told = [line for line in text.splitlines() if line.startswith("dndmood:") or _warns(line)]
    table.seen.said += told
    return code, "\n".join(told) if code == 1 and told else text


def _warns(line: str) -> bool:
    usual = ("starter tracks", "evening's numbers", "silent", "Listening", "plays")
    return bool(line.strip()) and line[:1] != " " and not any(word in line for word in usual)


def _one_sentence(table: Table, name: str, text: str) -> None:
    table.expect("Traceback" not in text, f"{name}: a traceback")
    lines: Iterable[str] = [line for line in text.splitlines() if line.startswith("dndmood:")]
    table.expect(len(list(lines)) == 1, f"{name}: not one sentence")


def _refused_or_told(table: Table, name: str) -> None:
    before = len(table.seen.said)
    code, text = _tried(table)
    table.expect(code in (0, 1), f"{name}: exit code {code}")
    table.expect("Traceback" not in text, f"{name}: a traceback")
    told = " ".join(table.seen.said[before:])
    table.expect("profile" in told or "zero.toml" in told, f"{name}: not a word")

"""Disks that are full, folders that are gone, homes that nobody may write to."""

import shutil
import signal
import subprocess
import time
from pathlib import Path

from tests.faults.fault import fault
from tests.faults.files import NotHereError
from tests.faults.table import Table

FULL = r"(?i)no space|full|(?:no longer|not|cannot be) (?:be )?(?:written|kept)"


def _fill(folder: Path) -> Path:
    path = folder / "filler"
    with path.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)):
                pass
        except OSError:
            pass
    return path


@fault("disk-full-plain", "disk full for 10 s, --plain", says=FULL, needs=("root", "mount"))
def full_plain(table: Table) -> None:
    table.mounted(table.state, "256k")
    table.listen()
    table.settle()
    filler = _fill(table.state)
    table.wait(12)
    filler.unlink()
    freed = time.monotonic()
    table.wait(9)
    table.expect(
        [at for at, _ in table.facts if at > freed], "the journal is not taken up again"
    )
    table.finish()


@fault(
    "disk-full-screen",
    "disk full to the end, dashboard",
    needs=("root", "mount", "tmux"),
)
def full_on_the_dashboard(table: Table) -> None:
    table.mounted(table.state, "256k")
    table.listen(screen=True)
    table.settle()
    _fill(table.state)
    table.wait(10)
    table.expect(table.shown(r"(?i)no space|disk|full"), "not a word on the screen")
    table.seen.journal_may_end = True
    table.finish()


@fault("disk-full-at-start", "disk full before the start", says=FULL, needs=("root", "mount"))
def full_at_start(table: Table) -> None:
    table.mounted(table.state, "64k")
    _fill(table.state)
    table.sound()
    table.listen()
    table.settle()
    table.seen.fault_from = 0.0
    table.wait(4)
    table.seen.journal_may_end = True
    table.finish()
    table.expect(
        "evening's numbers are in" not in table.program.text() or table.journal.bytes(),
        "an empty journal is announced",
    )


@fault(
    "journal-folder-removed",
    "folder of the journals removed while running",
    says=r"(?i)journal|numbers",
)
def folder_removed(table: Table) -> None:
    table.listen()
    table.settle()
    folder = table.state / "dndmood" / "journals"
    shutil.rmtree(folder)
    table.wait(8)
    table.finish()
    kept = sorted(folder.glob("*.jsonl")) if folder.is_dir() else []
    said = "evening's numbers are in" in table.program.text()
    table.expect(kept or not said, "a journal is announced that does not exist")
    table.expect(kept, "no journal is left")
    # The lines before are lost by the hand of who removed them.
    table.seen.kept = b""


@fault(
    "home-not-writable",
    "nothing in HOME may be written (uid 65534)",
    says=r"(?i)cannot be written|permission",
    needs=("root", "setpriv"),
)
def home_not_writable(table: Table) -> None:
    table.sound()
    for folder in (table.state, table.config, table.home, table.folder / "cache"):
        folder.chmod(0o555)
    # Everybody may pass to the sound server and its cookie, and no further up than this run's own.
    for folder in (table.folder, table.folder.parent):
        folder.chmod(folder.stat().st_mode | 0o055)
    (table.folder / "run").chmod(0o777)
    for path in (table.folder / "run").iterdir():
        path.chmod(0o777)
    nobody = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
    if subprocess.run(
        [*nobody, *table.command("--help")],
        env=table.environment,
        cwd=table.folder,
        capture_output=True,
        check=False,
    ).returncode:
        raise NotHereError("nobody else may run this Python")
    table.listen(before=nobody)
    table.settle()
    table.seen.fault_from = 0.0
    table.wait(4)
    table.finish()


@fault(
    "journal-half-line",
    "--journal FILE that ends in half a line",
)
def half_line(table: Table) -> None:
    path = table.folder / "old.jsonl"
    old = b'{"event": "problem", "at_s": 1.0, "text": "an old line"}\n{"event": "est'
    path.write_bytes(old)
    table.listen("--journal", str(path))
    table.settle()
    table.wait(2)
    table.program.signal(signal.SIGINT)
    table.ended(0, 130)
    new = path.read_bytes()[len(old) :]
    table.expect(path.read_bytes().startswith(old), "old lines were lost")
    table.expect(new.startswith(b"\n"), "the first new line is glued to the half one")

"""The terminal shrinks, closes, is suspended, is none at all, or pastes."""

import os
import signal
import subprocess
from pathlib import Path

from tests.faults.fault import fault
from tests.faults.table import Table


@fault("terminal-small", "terminal 20x5, 2x2, 1x1, 300x100 and back", needs=("tmux",))
def small(table: Table) -> None:
    table.listen(screen=True)
    table.settle()
    for width, height, seconds in (
        (20, 5, 3),
        (2, 2, 1),
        (1, 1, 1),
        (300, 100, 2),
        (100, 30, 2),
    ):
        table.terminal.resize(width, height)
        table.wait(seconds)
    table.expect(
        any("make it" in " ".join(screen.split()) for screen in table.screens),
        "not a word about the size",
    )
    table.expect(
        "volume" in table.program.screen().lower() or "vol" in table.program.screen(),
        "the dashboard is not back",
    )
    table.finish()


@fault("terminal-closed", "terminal closed (SIGHUP)", needs=("tmux",))
def closed(table: Table) -> None:
    table.listen(screen=True)
    table.settle()
    table.terminal.close_window()
    table.ended(within_s=5)
    # Nobody is left who could see its exit code.
    table.seen.codes = ()
    table.expect("evening's numbers" in table.program.text() or table.facts, "no journal")


@fault("terminal-suspended", "Ctrl-Z for 10 s, then fg", lies=r"(?i)is gone", needs=("tmux",))
def suspended(table: Table) -> None:
    table.listen(screen=True)
    table.settle()
    with table.standstill():
        table.terminal.press("C-z")
        table.wait(1)
        table.expect(
            table.program.given_back() == "yes", f"stopped with {table.program.given_back()}"
        )
        table.wait(9)
        table.terminal.type("fg")
    table.returned("estimate", "music")
    table.wait(10)
    table.finish()


@fault("pasted-text", "a sentence pasted on the dashboard", needs=("tmux",))
def pasted(table: Table) -> None:
    table.listen(screen=True)
    table.settle()
    table.terminal.paste("Next the quiet knight rolls 4: x + q = 20, all run away!")
    table.wait(4)
    obeyed = [fact for at, fact in table.facts if fact.get("event") == "command"]
    table.expect(not obeyed, f"{len(obeyed)} keys were obeyed")
    table.terminal.press("4")
    table.wait(2)
    forced = [fact for at, fact in table.facts if fact.get("event") == "command"]
    table.expect(len(forced) > len(obeyed), "keys are dead after it")
    table.finish()


@fault("no-terminal", "dashboard asked for, output is no terminal", says=r"(?i)terminal")
def none(table: Table) -> None:
    table.sound()
    code, text = table.run("listen", "--player", "speaker", "--for", "3")
    table.seen.said += text.strip().splitlines()
    table.expect(code == 0, f"exit code {code}")


@fault("all-closed", "stdin and stdout closed, then all three")
def all_closed(table: Table) -> None:
    table.sound()
    for name, closing in (("two", "0<&- 1>&-"), ("three", "0<&- 1>&- 2>&-")):
        for plain in ((), ("--plain",)):
            # The player's own recording shows that it went on.
            soundtrack = table.folder / f"{name}{len(plain)}.wav"
            words = table.command(
                "listen", *plain, "--for", "3", "--player", f"wav:{soundtrack}"
            )
            errors = table.folder / f"{name}{len(plain)}.err"
            done = subprocess.run(
                ["sh", "-c", f'exec 2>"$0"; exec "$@" {closing}', str(errors), *words],
                env=table.environment,
                cwd=table.folder,
                check=False,
                timeout=30,
                start_new_session=True,
            )
            told = f"{name} closed{' with --plain' if plain else ''}"
            table.expect(done.returncode == 0, f"{told}: exit code {done.returncode}")
            table.expect(
                soundtrack.exists() and soundtrack.stat().st_size > 100_000,
                f"{told}: no music was made",
            )
            table.expect("Traceback" not in errors.read_text(), f"{told}: a traceback")


@fault("output-full", "--plain > /dev/full")
def output_full(table: Table) -> None:
    table.sound()
    with Path("/dev/full").open("w") as full:
        code, text = table.run(
            "listen", "--plain", "--player", "speaker", "--for", "6", stdout=full
        )
    table.seen.said += text.strip().splitlines()[-2:]
    table.expect(code == 0, f"exit code {code}")
    music = sum(b.music for b in table.room.blocks) * 0.05
    table.expect(music > 4, f"only {music:.1f} s of music")


@fault("reader-gone", "whoever reads --plain goes away after 3 lines")
def reader_gone(table: Table) -> None:
    table.sound()
    words = table.command("listen", "--plain", "--player", "speaker", "--for", "8")
    errors = (table.folder / "errors").open("w+")
    process = subprocess.Popen(
        words,
        env=table.environment,
        cwd=table.folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=errors,
        start_new_session=True,
    )
    table.closing(lambda: _killed(process))
    assert process.stdout is not None
    for _ in range(3):
        process.stdout.readline()
    process.stdout.close()
    code = process.wait(25)
    errors.seek(0)
    text = errors.read()
    table.seen.said += text.strip().splitlines()[-2:]
    table.expect(code == 0, f"exit code {code}")


def _killed(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)

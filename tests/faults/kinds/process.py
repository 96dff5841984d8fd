"""The program itself stands still, is ended, is starved, sees the clock jump, or is not alone."""

import os
import signal
import subprocess
import time
from pathlib import Path

from tests.faults.fault import fault, with_both_players
from tests.faults.files import NotHereError
from tests.faults.table import Table

NO_DEVICE_IS_GONE = r"(?i)\b(?:microphone|speaker) is gone"


def _stopped(table: Table, player: str, seconds: float) -> None:
    table.listen(player=player)
    table.settle()
    with table.standstill():
        table.program.signal(signal.SIGSTOP)
        table.wait(seconds)
        table.program.signal(signal.SIGCONT)
    table.returned("estimate", "music")
    table.wait(7)
    table.finish()


@with_both_players("stopped-5s", "program stopped for 5 s", lies=NO_DEVICE_IS_GONE)
def stopped_5s(table: Table, player: str) -> None:
    _stopped(table, player, 5.0)


@fault("stopped-30s", "program stopped for 30 s", lies=NO_DEVICE_IS_GONE)
def stopped_30s(table: Table) -> None:
    _stopped(table, "speaker", 30.0)


@fault("clock-jumps", "wall clock jumps forward an hour, and back by 1.5 h", needs=("cc",))
def clock_jumps(table: Table) -> None:
    library, jump = table.folder / "jump.so", table.folder / "jump"
    source = table.folder / "jump.c"
    source.write_text(_JUMP)
    jump.write_bytes(bytes(8))
    if subprocess.run(
        ["cc", "-shared", "-fPIC", "-O1", "-o", str(library), str(source), "-ldl"],
        check=False,
        capture_output=True,
    ).returncode:
        raise NotHereError("the C compiler makes no library of a clock that jumps")
    table.listen(LD_PRELOAD=str(library), JUMP=str(jump))
    table.settle()
    for seconds in (3600, -1800):
        # In place: the program has this file in its memory.
        with jump.open("r+b") as file:
            file.write(seconds.to_bytes(8, "little", signed=True))
        table.returned("estimate")
        table.wait(7)
    table.finish()


# libfaketime makes time.sleep fail (EINVAL), so a few lines of our own do it.
_JUMP = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
static volatile long *jump;
__attribute__((constructor)) static void begin(void) {
  char *path = getenv("JUMP");
  int file = path ? open(path, O_RDONLY) : -1;
  void *page = file < 0 ? MAP_FAILED : mmap(0, 8, PROT_READ, MAP_SHARED, file, 0);
  if (page != MAP_FAILED) jump = page;
}
int clock_gettime(clockid_t id, struct timespec *at) {
  static int (*real)(clockid_t, struct timespec *);
  if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
  int failed = real(id, at);
  if (!failed && jump && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE)) at->tv_sec += *jump;
  return failed;
}
time_t time(time_t *out) {
  struct timespec at;
  clock_gettime(CLOCK_REALTIME, &at);
  if (out) *out = at.tv_sec;
  return at.tv_sec;
}
int gettimeofday(struct timeval *out, void *zone) {
  struct timespec at;
  clock_gettime(CLOCK_REALTIME, &at);
  out->tv_sec = at.tv_sec;
  out->tv_usec = at.tv_nsec / 1000;
  return 0;
}
"""


@fault("terminated-in-fade", "SIGTERM in mid-fade, dashboard", needs=("tmux",))
def terminated_on_the_dashboard(table: Table) -> None:
    table.listen(screen=True)
    table.settle()
    table.terminal.press("4")
    table.wait(3)
    table.program.signal(signal.SIGTERM)
    table.ended(143, within_s=5)
    _says_where(table)


@fault("terminated-plain", "SIGTERM in mid-fade, --plain")
def terminated_plain(table: Table) -> None:
    table.listen("--fade", "30")
    table.settle()
    table.program.signal(signal.SIGTERM)
    table.ended(143, within_s=5)
    _says_where(table)


@fault("hung-up-plain", "SIGHUP, --plain")
def hung_up_plain(table: Table) -> None:
    table.listen()
    table.settle()
    table.program.signal(signal.SIGHUP)
    table.ended(129, within_s=5)
    _says_where(table)


def _says_where(table: Table) -> None:
    table.expect("evening's numbers" in table.program.text(), "no word where the journal is")


@fault("killed", "killed (-9), then `report --last` and the next evening")
def killed(table: Table) -> None:
    table.listen()
    table.settle()
    table.wait(3)
    table.seen.kept = table.journal.bytes()
    table.program.signal(signal.SIGKILL)
    table.ended(-9, within_s=5)
    code, text = table.run("report", "--last", "--out", str(table.folder / "report.html"))
    table.expect(code == 0, f"report --last ends with {code}: {text[-200:]}")
    again = table.listen("--for", "4")
    table.expect(again.ended(25) == 0, "the next evening does not begin")


@fault("two-at-once", "two started in the same second")
def two_at_once(table: Table) -> None:
    table.sound()
    time.sleep(1.02 - time.time() % 1.0)
    table.listen()
    table.listen()
    table.settle()
    table.wait(5)
    found = sorted(table.state.glob("dndmood/journals/*.jsonl"))
    table.seen.notes.append(f"{len(found)} journals")
    table.expect(len(found) == 2, f"{len(found)} journal for two evenings")
    second = table.programs[1]
    table.expect(second.alive(), "the second one ended")
    second.quit()
    table.finish()
    table.expect(second.ended(10) in second.good_codes, "the second one ended badly")


def _starved(table: Table, percent: int) -> float:
    table.listen()
    table.settle()
    if not percent:
        needed = _percent(table.program.pid, 6.0)
        percent = max(1, round(needed / 2))
        table.seen.notes.append(f"{percent} % of a core instead of {needed:.0f} %")
    limit = subprocess.Popen(
        ["cpulimit", "-p", str(table.program.pid), "-l", str(percent)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    table.closing(limit.kill)
    table.wait(40)
    limit.terminate()
    limit.wait(5)
    table.program.signal(signal.SIGCONT)
    table.wait(1)
    table.finish()
    late_s, stutter_s = _late_s(table), _stutter_s(table)
    table.seen.notes.append(f"at most {late_s:.1f} s late, {stutter_s:.1f} s of 40 s stuttered")
    # A window that waits for its turn is told when it is no longer true.
    table.expect(late_s <= 3.0, f"estimates up to {late_s:.1f} s late")
    return stutter_s


def _late_s(table: Table) -> float:
    """By how much an estimate lagged behind the sound, more than before the fault."""
    lags = [
        (at, at - fact["at_s"]) for at, fact in table.facts if fact.get("event") == "estimate"
    ]
    before = [lag for at, lag in lags if at < table.seen.fault_from]
    during = [lag for at, lag in lags if at >= table.seen.fault_from]
    return max(during, default=0.0) - min(before, default=0.0)


def _stutter_s(table: Table) -> float:
    """Seconds in which the speaker had run out of sound."""
    seen = table.seen
    during = [b for b in table.room.blocks if seen.fault_from <= b.at <= seen.fault_to]
    return sum(block.zero_s for block in during)


@fault("fifth-of-a-core", "a fifth of a core for 40 s", needs=("cpulimit",))
def fifth(table: Table) -> None:
    stutter_s = _starved(table, 20)
    table.expect(stutter_s < 0.2, "the music stutters")


@fault(
    "half-of-what-it-needs",
    "half of the processor time that it needs, for 40 s",
    says=r"(?i)slow|busy|keep up|late|too much|left out|behind",
    needs=("cpulimit",),
)
def half(table: Table) -> None:
    # What a tenth of a core still does depends on the core; half of the need is too little on any.
    _starved(table, 0)


def _percent(pid: int, seconds: float) -> float:
    """Share of a core that the process `pid` takes."""
    before = _ticks(pid)
    time.sleep(seconds)
    return 100.0 * (_ticks(pid) - before) / os.sysconf("SC_CLK_TCK") / seconds


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def model_of(table: Table) -> Path:
    """A copy of the model that a row may break."""
    folder = table.folder / "model"
    source = next((table.tree / "models").glob("*/card.toml")).parent
    folder.mkdir()
    for path in source.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    return folder

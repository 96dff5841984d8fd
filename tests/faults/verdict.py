"""Measures of one row, and whether they are right."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from tests.faults.evidence import Evidence
from tests.faults.fault import Fault
from tests.faults.recorder import BLOCK_S, Block
from tests.faults.table import Table

SHORTEST_GAP_S = 0.3
"""Shorter ones belong to the music."""
LONGEST_GAP_S = 2.0
_TOLD, _LONGEST = 3, 200
TRACEBACK = re.compile(
    r"Traceback \(most recent call last\)|--- Logging error|Fatal Python error"
)


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    name: str
    what: str
    survived: str
    said: str
    gap_s: float | None
    back: str
    kept: str
    end: str
    verdict: str
    took_s: float = 0.0

    @property
    def good(self) -> bool:
        return self.verdict == "ok"


def longest_gap_s(
    blocks: Sequence[Block], since: float, until: float, excused: Sequence[tuple[float, float]]
) -> float:
    """Longest time without music, outside of what is excused; 0 for what is no gap.

    >>> blocks = [Block(n * 0.05, 0.0 if 10 <= n < 30 else 0.1, 0.0) for n in range(100)]
    >>> longest_gap_s(blocks, 0.0, 5.0, [])
    1.0
    >>> longest_gap_s(blocks, 0.0, 5.0, [(0.5, 0.99)])
    0.5
    >>> longest_gap_s(blocks, 0.0, 5.0, [(0.5, 1.3)])
    0.0
    """
    longest = silent = 0
    for block in blocks:
        if not since <= block.at <= until:
            continue
        pardoned = any(a <= block.at <= b for a, b in excused)
        silent = 0 if block.music or pardoned else silent + 1
        longest = max(longest, silent)
    gap_s = round(longest * BLOCK_S, 2)
    return gap_s if gap_s >= SHORTEST_GAP_S else 0.0


def journal_faults(kept: bytes, now: bytes, *, may_end: bool) -> str:
    r"""Empty when every line is whole and all that was there is there, else what is not.

    >>> journal_faults(b'{"a": 1}\n', b'{"a": 1}\n{"b": 2}\n', may_end=False)
    ''
    >>> journal_faults(b'{"a": 1}\n', b'{"b": 2}\n', may_end=False)
    'lines lost'
    >>> journal_faults(b'', b'{"a": 1}\n{"b"', may_end=False)
    'torn line'
    """
    if not now.startswith(kept):
        return "lines lost"
    for number, line in enumerate(lines := now.split(b"\n")):
        if number == len(lines) - 1:
            if line:
                return "torn line"
            break
        try:
            json.loads(line)
        except ValueError:
            return "torn line"
    return "" if now or may_end else "empty"


def _first_after(seen: Evidence, table: Table, what: str, at: float) -> float | None:
    """Seconds from `at` until `what` was there again; None when it never was."""
    if what == "estimate":
        stamps = [stamp for stamp in table.estimates() if stamp >= at]
    elif what == "own music":
        stamps = [b.at for b in table.room.blocks if b.at >= at and b.marked > 0.5]
    else:
        stamps = [b.at for b in table.room.blocks if b.at >= at and b.music]
    return round(stamps[0] - at, 1) if stamps and stamps[0] <= seen.fault_to + 0.5 else None


def judged(fault: Fault, table: Table, took_s: float) -> Row:
    """The row of `fault` as `table` saw it."""
    seen, wrong = table.seen, list(table.seen.wrong)
    survived = {None: "", True: "yes", False: "no"}[seen.alive]
    if seen.alive is False:
        wrong.append("it ended")
    back, gap_s = _returned(seen, table, wrong), None
    if table.server is not None and seen.fault_from:
        gap_s = longest_gap_s(table.room.blocks, seen.fault_from, seen.fault_to, seen.excused)
        if gap_s > LONGEST_GAP_S:
            wrong.append(f"{gap_s:.1f} s without music")
        if not all(block.finite for block in table.room.blocks):
            wrong.append("the room heard what is not finite")
    told = table.told()
    _told(fault, told, wrong)
    kept = _kept(seen, table, wrong)
    if TRACEBACK.search(table.everything()):
        wrong.append("a traceback")
    end = "" if seen.code is None else f"rc {seen.code}"
    if (
        seen.codes
        and seen.code not in seen.codes
        and not (seen.code is None and table.programs and table.program.alive())
    ):
        wrong.append("no exit code" if seen.code is None else f"exit code {seen.code}")
    if seen.given_back not in ("", "yes"):
        wrong.append(f"the terminal was left with {seen.given_back}")
    if seen.given_back != "":
        end += f", terminal {'back' if seen.given_back == 'yes' else seen.given_back}"
    return Row(
        fault.name,
        fault.what,
        survived,
        _short(told, seen.notes),
        gap_s,
        back,
        kept,
        end,
        "; ".join(dict.fromkeys(wrong)) or "ok",
        took_s,
    )


def _returned(seen: Evidence, table: Table, wrong: list[str]) -> str:
    """When everything that could come back was back; stretches without a speaker end then."""
    texts = []
    for what, at in seen.returns:
        after_s = _first_after(seen, table, what, at)
        if after_s is None:
            wrong.append(f"{what} never came back")
            texts.append(f"{what} never")
        else:
            texts.append(f"{what} {after_s:.1f} s")
            if after_s > seen.back_within_s:
                wrong.append(f"{what} came back after {after_s:.1f} s")
        if what == "music":
            until = seen.fault_to if after_s is None else at + after_s
            seen.excused.append((at, until))
    return ", ".join(texts) or ""


def _told(fault: Fault, told: list[str], wrong: list[str]) -> None:
    if fault.says and not any(re.search(fault.says, text) for text in told):
        wrong.append("not a word" if not told else "not the word that is needed")
    if fault.lies and (untrue := [text for text in told if re.search(fault.lies, text)]):
        wrong.append(f"untrue: {untrue[0]!r}")


def _kept(seen: Evidence, table: Table, wrong: list[str]) -> str:
    if table.journal.path is None and not seen.kept:
        return ""
    torn = journal_faults(seen.kept, table.journal.bytes(), may_end=seen.journal_may_end)
    if torn:
        wrong.append(f"journal: {torn}")
    return torn or "whole"


def _short(told: list[str], notes: list[str]) -> str:
    """Notes and the first sentences, without long folders."""
    texts = [re.sub(r"(?<=\s)/\S+/", ".../", text) for text in told[:_TOLD]]
    texts = [text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..." for text in texts]
    more = [f"{len(told) - _TOLD} more"] if len(told) > _TOLD else []
    return " / ".join((*notes, *texts, *more))

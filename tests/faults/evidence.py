"""What a row saw."""

from dataclasses import dataclass, field


@dataclass
class Evidence:
    """What a row saw, for the verdict; times by `time.monotonic`."""

    fault_from: float = 0.0
    """When the program was well under way and the fault came."""
    fault_to: float = 0.0
    """When the row had seen enough."""
    excused: list[tuple[float, float]] = field(default_factory=list)
    """Stretches in which there could be no music: no speaker, or the program stood still."""
    returns: list[tuple[str, float]] = field(default_factory=list)
    """What ("music", "estimate", "own music") was possible again, and when."""
    kept: bytes = b""
    """The journal when the fault came."""
    alive: bool | None = None
    """Whether the program still ran at the end of the fault; None when it was meant to end."""
    code: int | None = None
    """Its exit code; None when it never ended."""
    codes: tuple[int, ...] = ()
    """Which exit codes are right; empty for the program's own good ones."""
    given_back: str = ""
    wrong: list[str] = field(default_factory=list)
    """What else was not as it should be, one clause each."""
    said: list[str] = field(default_factory=list)
    """Sentences of programs that ran to their end (`Table.run`)."""
    notes: list[str] = field(default_factory=list)
    """What the table should tell beside the measures."""
    journal_may_end: bool = False
    """True when the fault itself keeps the journal from being written."""
    back_within_s: float = 5.0

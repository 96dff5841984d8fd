"""The table as Markdown, and where it stands in a page."""

from collections.abc import Sequence
from pathlib import Path

from tests.faults.verdict import Row

BEGIN, END = "<!-- faults: begin -->", "<!-- faults: end -->"
_HEAD = (
    "fault",
    "survives",
    "what it says",
    "longest gap in the music",
    "back after",
    "journal",
    "end",
    "verdict",
)


def table(rows: Sequence[Row]) -> str:
    """The rows as a Markdown table."""
    lines = [f"| {' | '.join(_HEAD)} |", f"|{'---|' * len(_HEAD)}"]
    for row in rows:
        gap = "" if row.gap_s is None else f"{row.gap_s:.1f} s" if row.gap_s else "none"
        verdict = row.verdict if row.good else f"**{row.verdict}**"
        cells = (
            row.what,
            row.survived,
            row.said,
            gap,
            row.back,
            row.kept,
            row.end,
            verdict,
        )
        lines.append(f"| {' | '.join(_cell(cell) for cell in cells)} |")
    return "\n".join(lines)


def written(page: Path, text: str) -> None:
    """Put `text` between the markers of `page`; at its end when it has none."""
    before = page.read_text(encoding="utf-8") if page.exists() else ""
    head, begun, rest = before.partition(BEGIN)
    tail = rest.partition(END)[2] if begun else "\n"
    page.write_text(f"{head}{BEGIN}\n{text}\n{END}{tail}", encoding="utf-8")


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split()) or "-"

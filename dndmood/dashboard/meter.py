"""Lines that show how much: level, progress, shares."""

from rich.style import Style

from dndmood.bounds import clamp
from dndmood.dashboard.block import Part
from dndmood.dashboard.palette import BAR, BOLD, QUIET, Glyphs


def bar(share: float, width: int, glyphs: Glyphs, style: Style = BAR) -> tuple[Part, ...]:
    """A line of `width` cells of which `share` (0 to 1) is heavy, in steps of half a cell."""
    halves = round(clamp(share) * width * 2)
    done = glyphs.full * (halves // 2) + glyphs.half * (halves % 2)
    return (done, style), (glyphs.rest * (width - len(done)), QUIET)


def peaked(
    share: float, peak: float, width: int, glyphs: Glyphs, style: Style
) -> tuple[Part, ...]:
    """A bar with a mark at `peak` (0 to 1), which is never left of the bar's end."""
    (done, _), (rest, _) = bar(share, width, glyphs, style)
    mark = min(round(clamp(peak) * width), width - 1)
    if peak <= 0.0 or mark < len(done):
        return (done, style), (rest, QUIET)
    before, after = rest[: mark - len(done)], rest[mark - len(done) + 1 :]
    return (done, style), (before, QUIET), (glyphs.peak, BOLD), (after, QUIET)

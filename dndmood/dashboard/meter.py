"""Lines that show how much: level, progress, shares. And how times are written."""

from rich.style import Style

from dndmood.dashboard.block import Part
from dndmood.dashboard.palette import BAR, BOLD, QUIET, Glyphs


def bar(share: float, width: int, glyphs: Glyphs, style: Style = BAR) -> tuple[Part, ...]:
    """A line of `width` cells of which `share` (0 to 1) is heavy, in steps of half a cell."""
    halves = round(_within(share) * width * 2)
    done = glyphs.full * (halves // 2) + glyphs.half * (halves % 2)
    return (done, style), (glyphs.rest * (width - len(done)), QUIET)


def peaked(
    share: float, peak: float, width: int, glyphs: Glyphs, style: Style
) -> tuple[Part, ...]:
    """A bar with a mark at `peak` (0 to 1), which is never left of the bar's end."""
    (done, _), (rest, _) = bar(share, width, glyphs, style)
    mark = min(round(_within(peak) * width), width - 1)
    if peak <= 0.0 or mark < len(done):
        return (done, style), (rest, QUIET)
    before, after = rest[: mark - len(done)], rest[mark - len(done) + 1 :]
    return (done, style), (before, QUIET), (glyphs.peak, BOLD), (after, QUIET)


def clock(seconds: float) -> str:
    """Hours, minutes and seconds of the evening.

    >>> clock(2530.9)
    '0:42:10'
    """
    whole = _whole(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"


def length(seconds: float) -> str:
    """Minutes and seconds, with hours only where there are any.

    >>> length(134.2), length(3725)
    ('2:14', '1:02:05')
    """
    whole = _whole(seconds)
    return f"{whole // 60}:{whole % 60:02}" if whole < 3600 else clock(seconds)  # noqa: PLR2004


def _within(share: float) -> float:
    """`share` within 0 to 1; 0 for what is no number, which loses every comparison."""
    return min(max(0.0, share), 1.0)


def _whole(seconds: float) -> int:
    """Whole seconds from 0 to a hundred days; 0 for what is no number."""
    return int(min(max(0.0, seconds), 8_640_000.0))

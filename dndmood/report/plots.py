"""Whole pictures: SVG to stand in a page, PNG to send around. matplotlib draws, no window opens."""

import io
import logging
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from textwrap import fill
from typing import Any

from dndmood.errors import UserError
from dndmood.library_environment import keep_matplotlib_here
from dndmood.mood_places import Place
from dndmood.report import panels, telling, words
from dndmood.report.colours import hues
from dndmood.report.places_strip import places_strip
from dndmood.report.story import Evening

_log = logging.getLogger(__name__)

_PAPER = "#fbf7ee"
_DPI = 160
_POSTER_IN = 11.0
_EVENING_IN = 8.5
"""So wide the evening is drawn at least, beside the names of tracks and moods."""
_STRIP_IN = 0.2


def curve(evening: Evening, places: Sequence[Place], *, narrow: bool = False) -> str:
    """The mood curve with the tracks under it, as SVG; `narrow` is for a telephone's width."""
    rows = max(len(panels.lanes(evening, places)), 1)
    high, lane = (2.3, 0.3) if narrow else (2.7, 0.185)
    size = (4.3 if narrow else 9.8), high + lane * (rows + 1) + 0.6
    with _figure(size) as fig:
        _curve_over_tracks(fig, evening, places, ratio=(high, lane * (rows + 1)), narrow=narrow)
        return _svg(fig, "curve-narrow" if narrow else "curve")


def plane(evening: Evening, places: Sequence[Place]) -> str:
    """The arousal/valence map with the way that the talk took, as SVG."""
    with _figure((4.6, 4.4)) as fig:
        panels.plane(fig.subplots(), evening, places, hues(places, [evening]))
        return _svg(fig, "plane")


def campaign(
    evenings: Sequence[Evening], places: Sequence[Place], *, narrow: bool = False
) -> str:
    """Every evening's moods, as they came and as shares, as SVG."""
    high = 0.34 * len(evenings) + 0.9
    with _figure((4.3, 2 * high) if narrow else (9.8, high)) as fig:
        _campaign(fig, evenings, places, narrow=narrow)
        return _svg(fig, "campaign-narrow" if narrow else "campaign")


def png(evenings: Sequence[Evening], places: Sequence[Place]) -> bytes:
    """One picture of one evening, or of a campaign of several, for the group chat."""
    fill = _evening_poster if len(evenings) == 1 else _campaign_poster
    with _figure((_POSTER_IN, 1.0)) as fig:
        fill(fig, evenings, places)
        file = io.BytesIO()
        fig.savefig(
            file,
            format="png",
            dpi=_DPI,
            bbox_inches="tight",
            pad_inches=0.35,
            facecolor=_PAPER,
            metadata={"Software": None},
        )
    return file.getvalue()


def _evening_poster(fig: Any, evenings: Sequence[Evening], places: Sequence[Place]) -> None:
    (evening,) = evenings
    lane = 0.185 * (max(len(panels.lanes(evening, places)), 1) + 1)
    strip_in = _STRIP_IN if evening.stays else 0.0
    heights = (1.0, 1.05, 3.2 + strip_in + lane, 3.9)
    fig.set_size_inches(_POSTER_IN, sum(heights))
    head, cards, upper, lower = fig.subfigures(4, height_ratios=heights)
    _headline(head, words.title(evening), telling.summary(evening, places))
    _cards(cards, telling.cards(evening, places))
    _curve_over_tracks(
        upper, evening, places, ratio=(2.7, lane), narrow=False, strip_in=strip_in
    )
    left, right = lower.subfigures(1, 2)
    colours = hues(places, evenings)
    panels.totals(left.subplots(), evening, places, colours)
    panels.plane(right.subplots(), evening, places, colours)


def _campaign_poster(fig: Any, evenings: Sequence[Evening], places: Sequence[Place]) -> None:
    heights = (1.1, 1.05, 0.34 * len(evenings) + 1.0)
    fig.set_size_inches(_POSTER_IN, sum(heights))
    head, cards, body = fig.subfigures(3, height_ratios=heights)
    _headline(
        head, telling.campaign_title(evenings), telling.campaign_summary(evenings, places)
    )
    _cards(cards, telling.campaign_cards(evenings, places))
    _campaign(body, evenings, places, narrow=False)


def _cards(fig: Any, cards: Sequence[telling.Card]) -> None:
    panels.said(fig.add_axes((0.008, 0.0, 0.98, 0.9)), cards)


def _headline(fig: Any, title: str, summary: str) -> None:
    fig.text(
        0.008,
        0.62,
        words.short(title, 60),
        fontsize=22,
        family="serif",
        fontweight="bold",
        va="center",
    )
    # matplotlib's own wrapping takes a $ in a name for a formula, whatever the style says.
    fig.text(0.008, 0.2, fill(summary, 140), fontsize=10.5, va="center")


def _curve_over_tracks(
    fig: Any,
    evening: Evening,
    places: Sequence[Place],
    *,
    ratio: tuple[float, float],
    narrow: bool,
    strip_in: float = 0.0,
) -> None:
    """The curve, the tracks, and between them, where `strip_in` is its height in inches, the places."""
    colours = hues(places, [evening])
    heights = (ratio[0], strip_in, ratio[1]) if strip_in else ratio
    upper, *between, lower = fig.subplots(len(heights), 1, height_ratios=heights)
    for ax in between:
        places_strip(ax, evening, width_in=_EVENING_IN)
    panels.mood_curve(upper, evening, places, colours, named=0.13 if narrow else 0.055)
    upper.set_xticks([])
    panels.tracks(lower, evening, places, colours, inside=narrow)


def _campaign(
    fig: Any, evenings: Sequence[Evening], places: Sequence[Place], *, narrow: bool
) -> None:
    colours = hues(places, evenings)
    first, second = (
        fig.subplots(2, 1) if narrow else fig.subplots(1, 2, width_ratios=(1.5, 1.0))
    )
    panels.ribbons(first, evenings, places, colours, columns=3 if narrow else 6)
    panels.shares(second, evenings, places, colours, names=narrow)


@contextmanager
def _figure(size: tuple[float, float]) -> Iterator[Any]:
    """An empty figure of `size` in inches, in the report's hand."""
    keep_matplotlib_here()
    import matplotlib as mpl
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    style = {
        "axes.edgecolor": panels.INK,
        "axes.labelcolor": panels.INK,
        "axes.spines.left": False,
        "axes.spines.right": False,
        "axes.spines.top": False,
        "axes.linewidth": 0.6,
        "figure.facecolor": "none",
        "axes.facecolor": "none",
        "font.family": "sans-serif",
        "font.sans-serif": ["DejaVu Sans"],
        "font.serif": ["DejaVu Serif"],
        "font.size": 9.5,
        "hatch.color": panels.INK,
        "hatch.linewidth": 0.7,
        "svg.fonttype": "none",
        "text.color": panels.INK,
        "text.parse_math": False,  # a track may be called $1 or 2$
        "xtick.color": panels.INK,
        "ytick.color": panels.INK,
    }
    with mpl.rc_context(style), warnings.catch_warnings():
        # A title in another alphabet: the reader's own fonts will know its letters.
        warnings.filterwarnings("ignore", message="Glyph")
        try:
            yield Figure(figsize=size, layout=ConstrainedLayoutEngine(w_pad=0.08, h_pad=0.06))
        except Exception as error:
            _log.exception("The picture cannot be drawn")
            raise UserError(
                f"The picture cannot be drawn ({type(error).__name__}; dndmood.log says more): "
                "'dndmood report --markdown' tells the evening without one."
            ) from error


def _svg(fig: Any, name: str) -> str:
    """`fig` as an element for a page: its colour is the text's, and its ids begin with `name`."""
    import matplotlib as mpl

    file = io.StringIO()
    nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    with mpl.rc_context({"svg.hashsalt": name}):
        fig.savefig(file, format="svg", metadata=nothing)
    text = file.getvalue()
    text = re.sub(r"<style.*?</style>", "", text[text.index("<svg") :], flags=re.DOTALL)
    head, body = text.split(">", 1)
    box = re.search(r'viewBox="[^"]*"', head)
    body = body.replace(panels.INK, "currentColor")
    body = re.sub(r'( id="| xlink:href="#|url\(#)', rf"\1{name}-", body)
    return f'<svg aria-hidden="true" {box.group() if box else ""}>{body.strip()}'

"""Where the party was, as one strip of the picture."""

from typing import Any

from dndmood.report.panels import INK, SMALL
from dndmood.report.story import Evening

_SHADES = (0.16, 0.3)
_LETTER_IN = 0.072
"""A small letter takes so much of an inch; a name that does not fit into its piece is left out."""


def places_strip(ax: Any, evening: Evening, *, width_in: float) -> None:
    """One bar from left to right, each place in it with its name; no bar where nobody said.

    `width_in` is how wide the whole evening is drawn, in inches.
    """
    whole_s = max(evening.length_s, 1.0)
    for number, stay in enumerate(evening.stays):
        shade = _SHADES[number % len(_SHADES)]  # neighbours are never alike
        ax.barh(0.0, stay.length_s, left=stay.start_s, height=1.0, color=INK, alpha=shade, lw=0)
        if stay.length_s / whole_s * width_in >= _LETTER_IN * (len(stay.place) + 1):
            middle_s = (stay.start_s + stay.end_s) / 2.0
            ax.text(
                middle_s, 0.0, stay.place, ha="center", va="center_baseline", fontsize=SMALL
            )
    ax.set(xlim=(0.0, whole_s), ylim=(-0.5, 0.5))
    ax.set_xticks([])
    ax.set_yticks([0.0], ["place"])
    ax.tick_params(length=0, labelsize=SMALL + 1)
    ax.spines["bottom"].set_visible(False)

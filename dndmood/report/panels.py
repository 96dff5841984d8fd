"""The pictures' panels, each drawn on axes that somebody else laid out."""

from collections.abc import Mapping, Sequence
from textwrap import fill
from typing import Any, TypeAlias

import numpy as np

from dndmood.mood_places import Place
from dndmood.report import curve, highlights, words
from dndmood.report.story import Evening
from dndmood.report.telling import Card

Axes: TypeAlias = Any
Hues: TypeAlias = Mapping[str, str]
Places: TypeAlias = Sequence[Place]

INK = "#010203"
"""Stands for the colour of the text around the picture; a page sets its own."""

SMALL = 8.0
"""Size of the smallest letters, in points."""

_SOFT = 0.65
_LANES = 20
_FEW_BARS = 4
"""Fewer bars than these are no thicker: a single mood is no black board."""


def mood_curve(ax: Axes, evening: Evening, places: Places, hues: Hues, *, named: float) -> None:
    """How excited and how pleasant the voices were, over the moods that played to them.

    A band says its mood where it takes at least the share `named` of the picture's width.
    """
    for mood, spans in _spans(evening).items():
        ax.broken_barh(
            spans, (0.0, 1.0), color=hues[mood], alpha=0.2, lw=0,
            transform=ax.get_xaxis_transform(),
        )  # fmt: skip
    for stretch in evening.stretches:
        if stretch.length_s >= named * evening.length_s:
            ax.text(
                (stretch.start_s + stretch.end_s) / 2.0, 0.02, _mood(stretch.mood, places),
                ha="center", fontsize=SMALL, alpha=_SOFT, transform=ax.get_xaxis_transform(),
            )  # fmt: skip
    line = curve.smoothed(evening)
    ax.plot(line.at_s, line.arousal, color=INK, lw=1.7, label="excited")
    ax.plot(line.at_s, line.valence, color=INK, lw=1.2, ls=(0, (2.5, 1.5)), label="pleasant")
    ax.axhline(0.5, color=INK, lw=0.6, alpha=0.35)
    _restarts(ax, evening)
    heard = np.concatenate([line.arousal, line.valence])
    heard = heard[np.isfinite(heard)]
    reach = max(float(np.abs(heard - 0.5).max(initial=0.0)) + 0.06, 0.25)
    ax.set(xlim=(0.0, max(evening.length_s, 1.0)), ylim=(0.5 - reach, 0.5 + reach))
    ax.set_yticks([0.5 - 0.85 * reach, 0.5, 0.5 + 0.85 * reach], ["low", "even", "high"])
    ax.tick_params(length=0)
    _by_hand(ax, evening)
    ax.legend(
        loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=3, frameon=False, fontsize=SMALL + 1,
        handlelength=2.6, borderaxespad=0.2, columnspacing=1.6,
    )  # fmt: skip


def tracks(ax: Axes, evening: Evening, places: Places, hues: Hues, *, inside: bool) -> None:
    """One lane for each track, lanes of one mood together; `inside` writes titles into them."""
    rows = lanes(evening, places)
    for number, (mood, title) in enumerate(rows):
        spans = [
            (p.start_s, p.length_s)
            for p in evening.played
            if (p.mood, p.title) == (mood, title)
        ]
        ax.axhline(number, color=INK, lw=0.5, alpha=0.18, zorder=0)
        height = 0.34 if inside else 0.62
        ax.broken_barh(spans, (number - height / 2, height), color=hues.get(mood, INK), lw=0)
        if inside:
            ax.text(
                0.0,
                number - 0.26,
                words.short(title or "silence", 30),
                fontsize=SMALL,
                va="bottom",
                color=INK,
            )
    _restarts(ax, evening)
    ax.set(xlim=(0.0, max(evening.length_s, 1.0)), ylim=(max(len(rows), 1) - 0.4, -0.8))
    ax.set_yticks(
        [] if inside else range(len(rows)),
        [] if inside else [words.short(t or "silence", 30) for _, t in rows],
    )
    ax.tick_params(axis="y", length=0, labelsize=SMALL)
    _group_names(ax, rows, places)
    hours(ax, evening.length_s)


def lanes(evening: Evening, places: Places) -> list[tuple[str, str]]:
    """Mood and title of the tracks that get a lane: the most played, in the moods' order."""
    spent: dict[tuple[str, str], float] = {}
    for p in evening.played:
        spent[p.mood, p.title] = spent.get((p.mood, p.title), 0.0) + p.length_s
    most = sorted(spent, key=lambda lane: -spent[lane])[:_LANES]
    rank = {place.name: number for number, place in enumerate(places)}
    first = {(p.mood, p.title): p.start_s for p in reversed(evening.played)}
    return sorted(most, key=lambda lane: (rank.get(lane[0], len(rank)), lane[0], first[lane]))


def plane(ax: Axes, evening: Evening, places: Places, hues: Hues) -> None:
    """Where the talk dwelt, the way it took, and where the moods have their places."""
    _cloud(ax, evening)
    _way(ax, evening, hues)
    for place in places:
        spot = (place.valence, place.arousal)
        ax.plot(*spot, "o", ms=10, color=hues[place.name], mec="white", mew=1)
        ax.annotate(
            words.short(place.title, 14), spot, (0, -9), textcoords="offset points", ha="center",
            va="top", fontsize=SMALL + 1.5, fontweight="bold", color=INK,
        )  # fmt: skip
    talk = [(abs(one.arousal - 0.5), abs(one.valence - 0.5)) for one in evening.talk]
    heard = np.quantile(talk or [(0.0, 0.0)], 0.98, axis=0).tolist()
    far = [abs(one - 0.5) for place in places for one in (place.arousal, place.valence)]
    reach = max(0.2, *heard, *far) + 0.12
    low, high = 0.5 - reach, 0.5 + reach
    ax.set(xlim=(low, high), ylim=(low, high), aspect="equal")
    ax.axhline(0.5, color=INK, lw=0.6, alpha=0.35, zorder=0)
    ax.axvline(0.5, color=INK, lw=0.6, alpha=0.35, zorder=0)
    ax.set_xticks([low, high], ["unpleasant", "pleasant"])
    ax.set_yticks([low, high], ["drowsy", "excited"], rotation=90)
    for label, side in zip(ax.get_xticklabels(), ("left", "right"), strict=True):
        label.set_ha(side)
    for label, side in zip(ax.get_yticklabels(), ("bottom", "top"), strict=True):
        label.set_va(side)
    ax.tick_params(length=0, labelsize=SMALL + 1)


def ribbons(
    ax: Axes, evenings: Sequence[Evening], places: Places, hues: Hues, *, columns: int
) -> None:
    """Every evening as a ribbon of its moods, one below the other, and which mood is which.

    The names of the moods stand above in so many `columns`.
    """
    for row, evening in enumerate(evenings):
        for mood, spans in _spans(evening).items():
            ax.broken_barh(spans, (row - 0.34, 0.68), color=hues[mood], lw=0)
        quiet = [(one.start_s, one.length_s) for one in evening.quiet]
        ax.broken_barh(quiet, (row - 0.34, 0.68), color="white", alpha=0.55, lw=0)
    longest_s = max(evening.length_s for evening in evenings)
    ax.set(xlim=(0.0, max(longest_s, 1.0)))
    _rows(ax, evenings, names=True)
    hours(ax, longest_s)
    for mood in highlights.campaign_shares(evenings):
        # A label that begins with an underscore would be left out: a blank stands before it.
        ax.barh(0.0, 0.0, color=hues[mood], label=f" {_mood(mood, places)}")
    if not ax.get_legend_handles_labels()[0]:
        return
    ax.legend(
        loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=columns,
        frameon=False, fontsize=SMALL + 1, handlelength=1.0, columnspacing=1.2,
    )  # fmt: skip


def shares(
    ax: Axes, evenings: Sequence[Evening], places: Places, hues: Hues, *, names: bool
) -> None:
    """Every evening's moods as shares of a bar, in the moods' order."""
    order = [place.name for place in places]
    for row, evening in enumerate(evenings):
        parts = highlights.shares(evening)
        start = 0.0
        for mood in sorted(
            parts, key=lambda m: (order.index(m) if m in order else len(order), m)
        ):
            ax.barh(row, parts[mood], left=start, height=0.68, color=hues[mood], lw=0)
            if parts[mood] >= 0.17:  # noqa: PLR2004 - narrower, the word would not fit
                ax.text(
                    start + parts[mood] / 2, row, _mood(mood, places), color="white",
                    ha="center", va="center", fontsize=SMALL, clip_on=True,
                )  # fmt: skip
            start += parts[mood]
    ax.set(xlim=(0.0, 1.0))
    ax.set_xticks([0.0, 0.5, 1.0], ["0 %", "50 %", "100 %"])
    ax.tick_params(axis="x", length=3, width=0.6, labelsize=SMALL)
    _rows(ax, evenings, names=names)


def totals(ax: Axes, evening: Evening, places: Places, hues: Hues) -> None:
    """How long each mood lasted, one bar each."""
    parts = highlights.shares(evening)
    labels = [_mood(name, places) for name in parts]
    ax.barh(range(len(parts)), parts.values(), height=0.5, color=[hues[name] for name in parts])
    for row, share in enumerate(parts.values()):
        ax.text(share, row, f" {words.percent(share)}", va="center", fontsize=SMALL + 1.5)
    ax.set_yticks(range(len(parts)), labels, fontsize=SMALL + 1.5)
    ax.set(
        xlim=(0.0, 1.15 * (max(parts.values(), default=1.0) or 1.0)),
        ylim=(max(len(parts), _FEW_BARS) - 0.4, -0.6),
    )
    ax.set_xticks([])
    ax.tick_params(length=0)
    ax.spines["bottom"].set_visible(False)


def said(ax: Axes, cards: Sequence[Card]) -> None:
    """What stood out, in words, side by side."""
    ax.set_axis_off()
    for number, card in enumerate(cards):
        start = number / len(cards)
        ax.text(start, 1.0, card.label, fontsize=SMALL + 1.5, va="top", alpha=_SOFT)
        ax.text(
            start, 0.78, card.value, fontsize=14, va="top", family="serif", fontweight="bold"
        )
        ax.text(
            start, 0.46, fill(card.note, 36), fontsize=SMALL + 0.5, va="top", linespacing=1.4
        )


def hours(ax: Axes, length_s: float) -> None:
    """The evening's time along the lower edge, about six steps of a round length."""
    steps = (10, 30, 60, 300, 600, 1200, 1800, 3600, 7200, 14_400, 86_400)
    step = next((s for s in steps if length_s / s <= 8.0), steps[-1])  # noqa: PLR2004
    at_s = np.arange(0.0, length_s + 1.0, step)
    fine = length_s < words.SHORT_S
    ax.set_xticks(at_s, [words.time(one, fine=fine) for one in at_s.tolist()])
    ax.tick_params(axis="x", length=3, width=0.6, labelsize=SMALL)


def _spans(evening: Evening) -> dict[str, list[tuple[float, float]]]:
    """Mood to beginnings and lengths: drawn at once, thousands of them take no minute."""
    spans: dict[str, list[tuple[float, float]]] = {}
    for stretch in evening.stretches:
        spans.setdefault(stretch.mood, []).append((stretch.start_s, stretch.length_s))
    return spans


def _cloud(ax: Axes, evening: Evening) -> None:
    """Where the talk dwelt, the darker the longer."""
    field = curve.density(evening)
    centres = (np.arange(len(field)) + 0.5) / len(field)
    if field.any():
        ink = [(1 / 255, 2 / 255, 3 / 255, alpha) for alpha in (0.05, 0.1, 0.16, 0.23)]
        ax.contourf(centres, centres, field, levels=[0.06, 0.22, 0.45, 0.7, 1.01], colors=ink)


def _way(ax: Axes, evening: Evening, hues: Hues) -> None:
    """The way that the talk took, in the colours of the moods that played to it."""
    from matplotlib.collections import LineCollection

    line = curve.smoothed(evening, points=600, breadth=1.8)
    ways: list[Any] = []
    for stretch in evening.stretches:
        # One point more, so that the way does not break where the mood changes.
        first, last = np.searchsorted(line.at_s, (stretch.start_s, stretch.end_s))
        own = slice(max(first - 1, 0), last)
        ways.append(np.column_stack((line.valence[own], line.arousal[own])))
    colours = [hues[stretch.mood] for stretch in evening.stretches]
    ax.add_collection(LineCollection(ways, colors=colours, lw=1.1, alpha=0.75))


def _by_hand(ax: Axes, evening: Evening) -> None:
    """A hatched bar along the upper edge wherever the game master ruled."""
    spans = [(span.start_s, span.length_s) for span in evening.by_hand]
    if spans:
        ax.broken_barh(
            spans, (0.955, 0.045), facecolor="none", edgecolor=INK, hatch="/////", lw=0.6,
            label="chosen by hand", transform=ax.get_xaxis_transform(),
        )  # fmt: skip


def _restarts(ax: Axes, evening: Evening) -> None:
    for at_s in evening.restarts_s:
        ax.axvline(at_s, color=INK, lw=0.8, ls=":", alpha=_SOFT)


def _group_names(ax: Axes, rows: Sequence[tuple[str, str]], places: Places) -> None:
    """Each mood's name to the right of its lanes."""
    for mood in dict.fromkeys(mood for mood, _ in rows):
        own = [number for number, (other, _) in enumerate(rows) if other == mood]
        ax.text(
            1.008, sum(own) / len(own), _mood(mood, places), va="center", fontsize=SMALL + 1,
            fontweight="bold", color=INK, transform=ax.get_yaxis_transform(),
        )  # fmt: skip


def _rows(ax: Axes, evenings: Sequence[Evening], *, names: bool) -> None:
    labels = (
        [words.short(words.short_title(evening), 22) for evening in evenings] if names else []
    )
    ax.set_yticks(range(len(evenings)) if names else [], labels)
    ax.set(ylim=(len(evenings) - 0.4, -0.6))
    ax.tick_params(axis="y", length=0, labelsize=SMALL + 1)


def _mood(name: str, places: Places) -> str:
    return words.short(words.mood(name, places), 14)

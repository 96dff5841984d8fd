"""An evening as its journal has it: facts in, frozen stretches and changes out.

Journals are taken as they come: cut off, with keys missing, or with several evenings' worth of
listening written to the same file one after the other, which becomes one evening in parts.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise, takewhile
from pathlib import PurePath

from dndmood.bounds import clamp
from dndmood.errors import UserError
from dndmood.printable import printable
from dndmood.report.lines import Fact, Line, in_order
from dndmood.report.played import REPORT, Playing, Span, played
from dndmood.report.quiet import Quiet, quiet


@dataclass(frozen=True, slots=True)
class Talk:
    """How one window of speech sounded."""

    at_s: float
    arousal: float
    valence: float
    weight: float
    """How sure it is that this was a human voice, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Stretch(Span):
    """A piece of the evening in one mood."""

    mood: str


@dataclass(frozen=True, slots=True)
class Stay(Span):
    """A piece of the evening in one place."""

    place: str
    why: str
    """What brought the party there."""


@dataclass(frozen=True, slots=True)
class Change:
    """The moment at which another mood began."""

    at_s: float
    mood: str
    before: str
    """The mood that ended; empty for the first of the evening."""
    why: str
    track: str
    """What began to play; empty when nothing did."""
    by_hand: bool


@dataclass(frozen=True, slots=True)
class Trouble:
    """A problem that was met, once or many times."""

    at_s: float
    """When it was first met."""
    text: str
    times: int


@dataclass(frozen=True, slots=True)
class Evening:
    """Everything that a journal holds."""

    name: str
    began: datetime | None
    """When it began by the clock on the wall, as far as it stands in the journal's name."""
    length_s: float
    talk: tuple[Talk, ...]
    stretches: tuple[Stretch, ...]
    changes: tuple[Change, ...]
    """The first entry is how the evening began."""
    played: tuple[Playing, ...]
    quiet: tuple[Quiet, ...]
    by_hand: tuple[Stretch, ...]
    """When the game master ruled, and with which mood."""
    sure: float | None
    """How likely the mood that ruled was on average while people talked, 0 to 1; None when the
    journal does not say."""
    troubles: tuple[Trouble, ...]
    restarts_s: tuple[float, ...]
    """When somebody began to listen again in the same journal."""
    stays: tuple[Stay, ...] = ()
    """Where the party was, as far as anybody said."""


def evening(facts: Iterable[Fact], *, name: str) -> Evening:
    """The evening that `facts` make; `name` is the journal's file name or any other.

    Raises `UserError` when the journal cannot be read or has no evening in it.
    """
    lines, restarts_s = in_order(facts, name)
    length_s = lines[-1].at_s if lines else 0.0
    moods = [one for one in lines if one.kind == "mood" and one.text("mood")]
    talk = tuple(_talk(lines))
    if not (moods or talk):
        raise UserError(
            f"The journal {name} has no evening in it yet: run `dndmood listen` while the table "
            "talks, then ask for the report again."
        )
    cues = [one for one in lines if one.kind == "cue"]
    return Evening(
        name=printable(PurePath(name).stem),
        began=_began(PurePath(name).stem),
        length_s=length_s,
        talk=talk,
        stretches=_stretches(moods, length_s),
        changes=_changes(moods, cues, [one for one in lines if one.kind == REPORT]),
        played=played(lines, length_s),
        quiet=quiet([one.at_s for one in talk], lines, restarts_s, length_s),
        by_hand=_by_hand(moods, restarts_s, length_s),
        sure=_sure(moods, {one.at_s for one in lines if one.kind == "estimate"}),
        troubles=_troubles(lines),
        restarts_s=restarts_s,
        stays=_stays([one for one in lines if one.kind == "place"], length_s),
    )


def gathered(
    journals: Iterable[tuple[str, Iterable[Fact]]],
) -> tuple[tuple[Evening, ...], tuple[str, ...]]:
    """The evenings in `journals` (file name, facts) by day, and why others were left out.

    Evenings whose name tells no day come last, in the order given. Raises the first journal's
    `UserError` when none of them has an evening in it.
    """
    evenings: list[Evening] = []
    errors: list[UserError] = []
    for name, facts in journals:
        try:
            evenings.append(evening(facts, name=name))
        except UserError as error:
            errors.append(error)
    if not evenings:
        raise (
            errors[0]
            if errors
            else UserError(
                "There is no journal yet: run `dndmood listen` for an evening first."
            )
        )
    evenings.sort(key=lambda one: one.began or datetime.max)  # noqa: DTZ901 - only compared
    return tuple(evenings), tuple(map(str, errors))


def _talk(lines: Iterable[Line]) -> Iterator[Talk]:
    for one in lines:
        arousal, valence = one.number("arousal"), one.number("valence")
        if one.kind == "estimate" and arousal is not None and valence is not None:
            voice = one.number("voice")
            weight = 1.0 if voice is None else clamp(voice)
            yield Talk(one.at_s, clamp(arousal), clamp(valence), weight)


def _stretches(moods: Sequence[Line], length_s: float) -> tuple[Stretch, ...]:
    begun = _begun(moods)
    ends_s = [later.at_s for later in begun[1:]] + [length_s]
    return tuple(
        Stretch(one.at_s, end_s, one.text("mood"))
        for one, end_s in zip(begun, ends_s, strict=False)
    )


def _stays(places: Sequence[Line], length_s: float) -> tuple[Stay, ...]:
    begun = [
        one
        for before, one in zip([None, *places], places, strict=False)
        if before is None or before.text("place") != one.text("place")
    ]
    ends_s = [later.at_s for later in begun[1:]] + [length_s]
    return tuple(
        Stay(one.at_s, end_s, one.text("place"), one.text("why"))
        for one, end_s in zip(begun, ends_s, strict=False)
        if one.text("place") and end_s > one.at_s
    )


def _begun(moods: Sequence[Line]) -> list[Line]:
    """The facts that bring another mood."""
    later = [b for a, b in pairwise(moods) if a.text("mood") != b.text("mood")]
    return [*moods[:1], *later]


def _changes(
    moods: Sequence[Line], cues: Sequence[Line], reports: Sequence[Line]
) -> tuple[Change, ...]:
    begun = _begun(moods)
    ends_s = [later.at_s for later in begun[1:]] + [float("inf")]
    befores = ["", *(one.text("mood") for one in begun)]
    cues_s, reports_s = [one.at_s for one in cues], [one.at_s for one in reports]
    return tuple(
        Change(
            at_s=one.at_s,
            mood=one.text("mood"),
            before=before,
            why=one.text("why"),
            track=_reported(_from(reports, reports_s, one.at_s), end_s)
            or _track(one.text("mood"), _from(cues, cues_s, one.at_s), end_s),
            by_hand=one.fact.get("forced") is True,
        )
        for one, before, end_s in zip(begun, befores, ends_s, strict=False)
    )


def _from(lines: Sequence[Line], at_s: Sequence[float], start_s: float) -> Iterator[Line]:
    """Those of `lines`, which are `at_s`, that are not before `start_s`."""
    return map(lines.__getitem__, range(bisect_left(at_s, start_s), len(lines)))


def _reported(reports: Iterable[Line], end_s: float) -> str:
    """The first track of `reports` before `end_s`; empty when there is none."""
    soon = takewhile(lambda one: one.at_s < end_s, reports)
    return next(filter(None, (one.text("track") for one in soon)), "")


def _track(mood: str, cues: Iterable[Line], end_s: float) -> str:
    """What the cue for `mood` puts on; it may come a moment after the change, never earlier."""
    for cue in takewhile(lambda one: one.at_s <= end_s, cues):
        if cue.text("mood") == mood:
            return next(iter(cue.texts("tracks")), "")
    return ""


def _by_hand(
    moods: Sequence[Line], restarts_s: Sequence[float], length_s: float
) -> tuple[Stretch, ...]:
    """Every stretch in which the mood was chosen by hand, neighbours in one mood joined."""
    edges_s = sorted([*(one.at_s for one in moods), *restarts_s, length_s])
    spans: list[Stretch] = []
    for one in moods:
        if one.fact.get("forced") is not True:
            continue
        mood = one.text("mood")
        later = bisect_right(edges_s, one.at_s)
        end_s = edges_s[later] if later < len(edges_s) else length_s
        if spans and spans[-1].mood == mood and spans[-1].end_s >= one.at_s:
            spans[-1] = Stretch(spans[-1].start_s, end_s, mood)
        else:
            spans.append(Stretch(one.at_s, end_s, mood))
    return tuple(spans)


def _sure(moods: Iterable[Line], spoken_s: Container[float]) -> float | None:
    """The mean probability of what was chosen by itself while somebody spoke, at `spoken_s`.

    How the evening begins, a silence and a key are stated as well, and say nothing of that.
    """
    said = [
        clamp(float(share))
        for one in moods
        if one.at_s in spoken_s
        and isinstance(shares := one.fact.get("shares"), dict)
        and one.fact.get("forced") is not True
        and isinstance(share := shares.get(one.text("mood")), int | float)
        and not isinstance(share, bool)
    ]
    return sum(said) / len(said) if said else None


def _troubles(lines: Iterable[Line]) -> tuple[Trouble, ...]:
    met: dict[str, Trouble] = {}
    for one in lines:
        if one.fact.get("solved") is True:
            continue
        if one.kind == "problem" and (text := one.text("text")):
            known = met.get(text, Trouble(one.at_s, text, 0))
            met[text] = Trouble(known.at_s, text, known.times + 1)
    return tuple(met.values())


def _began(stem: str) -> datetime | None:
    """The moment that `dndmood listen` writes into a journal's name."""
    try:
        return datetime.strptime(stem, "%Y-%m-%dT%H-%M-%S")  # noqa: DTZ007 - the user's own evening
    except ValueError:
        return None

"""Stage `surround`: ambience follows place, as music follows mood."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from dndmood.events import Event
from dndmood.scene import AmbienceCue, PlaceState, SoundLevel

_FIRST_FADE_S, _FADE_S = 2.0, 4.0


@dataclass(frozen=True, slots=True)
class Sounds:
    """What is heard at one place."""

    beds: tuple[str, ...] = ()
    """Sound files that are heard all the time, all at once."""
    shots: tuple[str, ...] = ()
    """Sound files of which one is heard now and then."""
    gain_db: float = 0.0
    """What they are turned up by."""
    levels: Mapping[str, SoundLevel] = field(default_factory=dict, hash=False)
    """How loud those are of which it is known before they are opened."""

    @property
    def anything(self) -> bool:
        """True unless it is silence."""
        return bool(self.beds or self.shots)


def surround(
    tape: Iterable[Event], *, sounds: Mapping[str, Sounds], gain_db: float = 0.0
) -> Iterator[Event]:
    """Add an `AmbienceCue` after each `PlaceState` that brings another place.

    A place without sounds, and no place at all, is silence; no `sounds` at all mean that it is
    off. `gain_db` is what every bed is turned up by, on top of its own gain.
    """
    place = ""
    surrounded = False
    for event in tape:
        yield event
        if not isinstance(event, PlaceState) or event.place == place:
            continue
        place = event.place
        found = sounds.get(place, Sounds())
        yield AmbienceCue(
            event.at_s,
            place,
            found.beds,
            found.shots,
            fade_s=_FADE_S if surrounded else _FIRST_FADE_S,
            gain_db=gain_db + found.gain_db,
            why=_why(place, found) if sounds else "no ambience: it is turned off",
            levels=found.levels,
        )
        surrounded = surrounded or found.anything


def _why(place: str, found: Sounds) -> str:
    if not place:
        return "no ambience: nobody knows where the party is"
    if not found.anything:
        return f"no ambience: there are no sounds for {place}"
    return f"the ambience of {place}"

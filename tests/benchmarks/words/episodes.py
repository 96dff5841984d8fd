"""The captions of the recorded campaign, with mood, places and events; read where they lie."""

import csv
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[4] / "shared/corpora/dnd_words"
NAMES = (1, 2, 3, 4, 5, 6)


@dataclass(frozen=True, slots=True)
class Line:
    start_s: float
    duration_s: float
    text: str
    valence: int
    arousal: int


@dataclass(frozen=True, slots=True)
class Stretch:
    start_s: float
    end_s: float
    place: str
    sure: float


@dataclass(frozen=True, slots=True)
class Episode:
    name: int
    lines: tuple[Line, ...]
    places: tuple[Stretch, ...]
    events: tuple[tuple[float, str], ...]

    @property
    def end_s(self) -> float:
        return self.lines[-1].start_s + self.lines[-1].duration_s

    @property
    def fights(self) -> list[tuple[float, float]]:
        """From each first call for initiative to the end of that fight."""
        found, since = [], None
        for at_s, event in self.events:
            if event == "initiative" and since is None:
                since = at_s
            elif event == "combat_end" and since is not None:
                found.append((since, at_s))
                since = None
        return [*found, (since, self.end_s)] if since is not None else found


def folder(argument: str | None = None) -> Path:
    return Path(argument) if argument else FOLDER


def read(where: Path, number: int) -> Episode:
    lines = tuple(
        Line(
            float(row["start"]),
            float(row["duration"]),
            row["text"],
            int(row["valence"]),
            int(row["arousal"]),
        )
        for row in _rows(where / f"captions_ep{number}.csv")
    )
    places = tuple(
        Stretch(float(row["start_s"]), float(row["end_s"]), row["place"], float(row["sure"]))
        for row in _rows(where / f"places_ep{number}.csv")
    )
    events = tuple(
        (float(row["at_s"]), row["event"]) for row in _rows(where / f"events_ep{number}.csv")
    )
    return Episode(number, lines, places, events)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))

"""Game masters with a taste, who correct the music as the real one would, and how pleased they are.

    python -m tests.mood.masters

prints, for each taste, the share of talk in which the music was what the master wanted, before
and after ten corrections, over evenings that the lessons were not learnt from.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from dndmood.events import Command, Correction, EmotionEstimate, Event, MoodState
from dndmood.mood import book
from dndmood.mood.book import Mood
from dndmood.mood.corrections import Lesson, Lessons
from dndmood.mood.follow import follow
from dndmood.paths import data
from tests.mood.tables import Table, evening

MOODS: dict[str, Mood] = book.load(data("playlists"))
_SCENES = ("calm", "suspense", "battle", "sorrow", "merry")
_PATIENCE_S = 4.0
"""So long a master hears unwanted music before a key is pressed."""

Wish = Callable[[str, float, int], tuple[str, ...]]
"""The moods accepted in a scene, the best first, so many seconds after its beginning, at the
master's n-th wish."""


@dataclass(frozen=True)
class Taste:
    """What a master wants, and how it is said."""

    wish: Wish
    key: str = "digit"
    """"digit" says what it should have been, "r" that it came at the wrong time."""
    forgiven_s: float = 20.0
    """Talk so soon after a scene's beginning pleases or displeases nobody."""


def _dread(scene: str, _since_s: float, _number: int) -> tuple[str, ...]:
    return ("suspense",) if scene == "sorrow" else (scene,)


def _late(scene: str, since_s: float, _number: int) -> tuple[str, ...]:
    early = scene == "battle" and since_s < 30.0
    return ("suspense", "calm", "sorrow", "merry", "triumph") if early else (scene,)


def _sober(scene: str, _since_s: float, _number: int) -> tuple[str, ...]:
    return ("calm",) if scene == "merry" else (scene,)


def _fickle(_scene: str, _since_s: float, number: int) -> tuple[str, ...]:
    return (("battle", "calm", "sorrow", "suspense", "merry")[number % 5],)


TASTES = {
    "by the book": Taste(lambda scene, _since_s, _number: (scene,)),
    "dread where the book has grief": Taste(_dread),
    "no early battle": Taste(_late, key="r", forgiven_s=0.0),
    "calm where the table laughs": Taste(_sober),
    "another wish each time": Taste(_fickle),
}


@dataclass
class Night:
    """An evening of talk of which the truth is known."""

    told: list[tuple[EmotionEstimate, str]]
    began_s: list[float]

    @classmethod
    def drawn(cls, seed: int, *, scenes: int = 30, table: Table | None = None) -> "Night":
        rng = np.random.default_rng(seed)
        names, lengths = [], rng.uniform(90.0, 260.0, scenes).round()
        while len(names) < scenes:
            name = str(rng.choice(_SCENES))
            if not names or names[-1] != name:
                names.append(name)
        told = evening(table or Table(), zip(names, lengths, strict=True), seed=seed)
        began, since = [], 0.0
        for number, (_, name) in enumerate(told):
            if number and told[number - 1][1] != name:
                since = float(number)
            began.append(since)
        return cls(told, began)


def pleased(night: Night, taste: Taste, lessons: Lessons | None = None) -> float:
    """The share of talk in which the music, left alone, was what `taste` wants."""
    tape = [estimate for estimate, _ in night.told]
    follow_ = partial(follow, moods=MOODS, opening="calm", resting="calm")
    states = [e for e in follow_(tape, lessons=lessons) if isinstance(e, MoodState)]
    verdicts = []
    for state, (_, scene), began_s in zip(states, night.told, night.began_s, strict=True):
        since_s = state.at_s - began_s
        if since_s > taste.forgiven_s:
            verdicts.append(state.mood in taste.wish(scene, since_s, 0))
    return sum(verdicts) / len(verdicts)


def corrected(nights: Sequence[Night], taste: Taste, *, most: int = 10) -> list[Lesson]:
    """The lessons of a master who corrects automatic changes, until there are `most`."""
    lessons: list[Lesson] = []
    for number, night in enumerate(nights):
        known = Lessons(lessons, evening=number)
        out = _hearing(night, taste, known, most - len(lessons), len(lessons))
        lessons += [Lesson(e, number) for e in list(out) if isinstance(e, Correction)]
        if len(lessons) >= most:
            return lessons
    return lessons


def _hearing(
    night: Night, taste: Taste, lessons: Lessons, most: int, wishes: int
) -> Iterator[Event]:
    """The evening with the master at the keys: a digit soon after a wrong change, later `a`."""
    pressed: list[Command] = []
    state: MoodState | None = None
    changed_s, release_s, count = -1e9, 1e9, 0

    def tape() -> Iterator[Event]:
        for estimate, _ in night.told:
            yield estimate
            while pressed:
                yield pressed.pop()

    out = follow(tape(), moods=MOODS, opening="calm", resting="calm", lessons=lessons)
    for event in out:
        yield event
        count += isinstance(event, Correction)
        if not isinstance(event, MoodState):
            continue
        if state and event.mood != state.mood and not event.forced:
            changed_s = event.at_s
        state, at = event, int(event.at_s)
        scene, began_s = night.told[at][1], night.began_s[at]
        wanted = taste.wish(scene, event.at_s - began_s, wishes + count)
        if event.at_s >= release_s:
            pressed.append(Command("release", at_s=event.at_s))
            release_s = 1e9
        elif _PATIENCE_S <= event.at_s - changed_s < _PATIENCE_S + 1.5 and count < most:
            if event.mood in wanted or event.forced:
                continue
            changed_s = -1e9  # said once
            if taste.key == "r":
                pressed.append(Command("reject", at_s=event.at_s))
            else:
                pressed.append(Command("force", mood=wanted[0], at_s=event.at_s))
                release_s = event.at_s + 40.0


def judged(
    taste: Taste, *, nights: int = 6, exams: int = 3, scenes: int = 30
) -> tuple[float, float, list[Lesson]]:
    """Pleased before and after, and the corrections that were made."""
    lessons = corrected([Night.drawn(100 + n, scenes=scenes) for n in range(nights)], taste)
    evenings = max((lesson.evening for lesson in lessons), default=0) + 1
    before: list[float] = [0.0] * (not exams)
    after = list(before)
    for seed in range(exams):
        night = Night.drawn(seed, scenes=scenes)
        before.append(pleased(night, taste))
        after.append(pleased(night, taste, Lessons(lessons, evening=evenings)))
    return float(np.mean(before)), float(np.mean(after)), lessons


if __name__ == "__main__":
    for name, taste in TASTES.items():
        before, after, lessons = judged(taste)
        print(
            f"{name:<31} {before:.3f} -> {after:.3f}  ({len(lessons)} corrections)", flush=True
        )
    night = Night.drawn(0)
    plain, book_taste = pleased(night, TASTES["by the book"]), TASTES["by the book"]
    left = pleased(night, book_taste, Lessons(lessons, evening=1))
    print(f"by the book after a contradictory master: {plain:.3f} -> {left:.3f}")

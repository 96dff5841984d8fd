"""Whole evenings in which a third of the sentences is acted and the others are captions: what do
tone, words and both make of them?

    python -m tests.benchmarks.words.evenings --corpora FOLDER [--cache FOLDER] [--evenings 6]
        [--first 6] [--recogniser FOLDER [--voices en-us,en-gb]]

The evenings are those of `night`: the moods of a real campaign, acted clips for the sentences that
carry the mood, a room and its noises. Plain sentences say what the captions of that moment say. With
`--recogniser` they are spoken, each seat with a voice of its own, and what is heard counts for tone
and words alike; without it tone hears everyday speech in their place, and the words are read.

The words of each episode are weighed by what the five others teach. Lists and what events say were
written after reading the episodes that are reported here; how much words count was chosen on the
evenings of the other side.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias
from unittest import mock

import numpy as np

from dndmood import paths
from dndmood.events import EmotionEstimate, Samples
from dndmood.mood.corrections import Lessons
from dndmood.mood.editor import Editor
from dndmood.places import book
from dndmood.scene import SceneCue
from dndmood.scene_assembly import mood_words
from dndmood.settings import Settings
from dndmood.words import engines, feeling, phrase_list
from dndmood.words.attention import Attention
from dndmood.words.captions import Caption
from dndmood.words.feeling import FeelingTable
from dndmood.words.heed import Recogniser
from tests.benchmarks.night import composer, shelf, stage, timeline
from tests.benchmarks.night.composer import Evening, Table, Utterance
from tests.benchmarks.night.printing import show
from tests.benchmarks.night.scoring import Moods, row
from tests.benchmarks.night.stage import Stage
from tests.benchmarks.night.timeline import Quadrant, Side
from tests.benchmarks.night.voices import Line
from tests.benchmarks.words import conditions, episodes, spoken
from tests.benchmarks.words.learn_feeling import learned

PLAIN = 0.65
"""Share of the sentences that do not carry the scene's emotion."""
_KNOWN_S = 1.5
"""So long after it was said what is read counts, as recognising takes time."""
_TAKEN_S = 0.4
"""So long a piece of talk is worked on before its words are known."""
_TICK_S = 0.5
Tables: TypeAlias = Mapping[int, FeelingTable]
"""Episode to the table that the other episodes teach."""
_FIRST = {"tuning": 1000, "reporting": 2000}


@dataclass(frozen=True, slots=True)
class Witnesses:
    """What an evening was heard by."""

    evening: Evening
    estimates: tuple[EmotionEstimate, ...]
    cues: tuple[SceneCue, ...]
    """With the times at which they were known."""


def spans_of(
    corpora: Path, side: Side, seed: int, *, length_s: float
) -> Iterator[tuple[int, float, float]]:
    """Episode, begin and end, as `timeline.planned` has them in an evening."""
    chance = np.random.default_rng([seed, 1])
    order = [int(one) for one in chance.permutation(timeline.EPISODES[side])]
    lengths = {one: timeline.episode(corpora / "dnd_moods", one)[-1].end_s for one in order}
    at_s = -float(chance.uniform(0.0, 0.5)) * lengths[order[0]]
    for number in order:
        if at_s < length_s:
            yield number, at_s, at_s + lengths[number] + timeline.BREAK_S
        at_s += lengths[number] + timeline.BREAK_S


def captions_of(
    corpora: Path, number: int, begin_s: float, *, length_s: float
) -> list[Caption]:
    """The captions of an episode that begins at `begin_s` of an evening."""
    lines = episodes.read(corpora / "dnd_words", number).lines
    moved = [(line, line.start_s - lines[0].start_s + begin_s) for line in lines]
    return [
        Caption(start_s, line.duration_s, line.text)
        for line, start_s in moved
        if 0.0 <= start_s < length_s - line.duration_s
    ]


def said(captions: Sequence[Caption], utterances: Sequence[Utterance]) -> Iterator[Caption]:
    """The captions that are said: those of a moment in which a plain sentence begins or goes on."""
    starts = np.array([one.start_s for one in utterances])
    for caption in captions:
        number = int(np.searchsorted(starts, caption.start_s, side="right")) - 1
        if utterances[max(number, 0)].kind == "plain":
            yield caption


def read(house: Stage, evening: Evening, side: Side, tables: Tables) -> Witnesses:
    """Tone hears the evening as it is composed, and the captions are read."""
    length_s, found = evening.length_s, list[SceneCue]()
    for number, begin_s, _ in spans_of(house.corpora, side, evening.seed, length_s=length_s):
        every = captions_of(house.corpora, number, begin_s, length_s=length_s)
        with mock.patch.object(feeling, "read", return_value=tables[number]):
            attention = Attention({}, mood_words(house.moods), language="en")
            found += [
                replace(cue, at_s=caption.end_s + _KNOWN_S)
                for caption in said(every, evening.spoken)
                for cue in attention.hear(
                    caption.text, caption.start_s, caption.end_s, last=True
                )
            ]
    return Witnesses(evening, house.played(evening).estimates, tuple(found))


def heard(
    house: Stage,
    evening: Evening,
    side: Side,
    tables: Tables,
    recogniser: Recogniser,
    voices: Sequence[str],
) -> Witnesses:
    """Plain sentences are captions that are spoken; tone and words hear the same sound."""
    name = f"said-{evening.name}-{'-'.join(voices)}"
    spans = list(spans_of(house.corpora, side, evening.seed, length_s=evening.length_s))

    def compose() -> Evening:
        house.tell(f"composing {name}")
        captions = [
            caption
            for number, begin_s, _ in spans
            for caption in captions_of(house.corpora, number, begin_s, length_s=3600.0)
        ]
        people = shelf.kept_cast(house.cache, house.corpora, side)
        voiced = _Voiced(captions, voices)
        with mock.patch.object(composer, "_Talk", partial(_Reader, voiced=voiced)):
            whole = composer.composed(
                house.corpora, people, side, seed=evening.seed, table=Table(plain=PLAIN)
            )
        return replace(whole, name=name)

    spoken_one = shelf.kept_evening(house.cache, name, compose)
    kept = house.cache / f"written-{shelf.digest(spoken_one.name)}.json"
    written = conditions.kept(kept, recogniser, lambda: (spoken_one.table, None)).written
    found: list[SceneCue] = []
    for number, begin_s, end_s in spans:
        pieces = [one for one in written if begin_s <= one.start_s < end_s]
        with mock.patch.object(feeling, "read", return_value=tables[number]):
            attention = Attention({}, mood_words(house.moods), language="en")
            found += [
                replace(cue, at_s=piece.known_s + _TAKEN_S)
                for piece, cues in spoken.heard(pieces, attention)
                for cue in cues
            ]
    return Witnesses(spoken_one, house.played(spoken_one).estimates, tuple(found))


def decided(house: Stage, witnesses: Witnesses, *, tone: bool, words: bool) -> Moods:
    """The moods by the witnesses that are listened to."""
    editor = Editor(
        house.moods,
        opening=house.settings.opening,
        resting=house.settings.resting,
        pacing=stage.pacing(house.settings),
        lessons=Lessons(),
        evidence=house.evidence,
    )
    told: list[EmotionEstimate | SceneCue] = []
    told += witnesses.estimates if tone else ()
    told += witnesses.cues if words else ()
    told.sort(key=lambda one: one.at_s)
    found, waited_s = [(0.0, house.settings.opening)], 0.0
    for one in told:
        while tone and waited_s + _TICK_S <= one.at_s:  # who hears no tone hears no silence
            waited_s += _TICK_S
            editor.wait(waited_s)
            _note(found, editor.mood, waited_s)
        if isinstance(one, SceneCue):
            editor.hear_words(one, one.at_s)
        else:
            editor.hear(one)
        _note(found, editor.mood, one.at_s)
    return found


def _note(found: list[tuple[float, str]], mood: str, at_s: float) -> None:
    if mood != found[-1][1]:
        found.append((at_s, mood))


class _Reader(composer._Talk):
    """Talk whose plain sentences are the captions of their moment."""

    def __init__(self, canvas: Samples, seats: Any, *, voiced: "_Voiced", **rest: Any) -> None:
        super().__init__(canvas, seats, **rest)
        self._voiced, self._now, self._kind = voiced, ("", 0.0), ""
        self._own, self._mouth = self._mouth, self

    def speak(self, line: Line, others: Iterable[Line]) -> Samples:
        """`line` by its own voice, or the caption of this moment."""
        plainly = self._voiced(*self._now) if self._kind == "plain" else None
        return self._own.speak(line, others) if plainly is None else plainly

    def _say(self, seat: Any, stretch: Any, at_s: float) -> Utterance:
        self._now = seat.speaker, at_s
        return super()._say(seat, stretch, at_s)

    def _drawn(self, scene: Quadrant) -> Any:
        drawn = super()._drawn(scene)
        self._kind = drawn[0]
        return drawn


class _Voiced:
    """Speaks what the captions of a moment say, in place of everyday speech."""

    def __init__(self, captions: Sequence[Caption], voices: Sequence[str]) -> None:
        self._captions, self._voices = captions, voices
        self._starts = np.array([one.start_s for one in captions])
        self._seats: dict[str, str] = {}
        self._next = 0

    def __call__(self, speaker: str, at_s: float) -> Samples | None:
        """The next sentence of about this moment, mean level 1; None where nothing is said."""
        number = max(int(np.searchsorted(self._starts, at_s)), self._next)
        if number >= len(self._captions) or self._captions[number].start_s > at_s + 15.0:
            return None
        self._next = number + 1
        voice = self._seats.setdefault(
            speaker, self._voices[len(self._seats) % len(self._voices)]
        )
        sound = spoken.said(self._captions[number].text, voice, 6.0)
        loud = np.sqrt(np.mean(np.square(sound[np.abs(sound) > 0.01]))) if sound.any() else 0.0
        return sound / np.float32(loud) if loud > 0.0 else None


def main(argv: Sequence[str] | None = None) -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--corpora", type=Path, required=True)
    options.add_argument(
        "--cache", type=Path, default=Path(tempfile.gettempdir()) / "dndmood-nights"
    )
    options.add_argument("--side", choices=("reporting", "tuning"), default="reporting")
    options.add_argument("--evenings", type=int, default=6)
    options.add_argument("--first", type=int, default=6)
    options.add_argument("--recogniser", type=Path)
    options.add_argument("--voices", default="en-us,en-gb,en-us+f3,en-gb-scotland,en-us+m3")
    asked = options.parse_args(argv)
    side: Side = asked.side
    first = _FIRST[side] + asked.first

    def tell(sentence: str) -> None:
        print(sentence, file=sys.stderr, flush=True)

    captions = {one: episodes.read(asked.corpora / "dnd_words", one) for one in episodes.NAMES}
    tables = {
        one: learned([other for other in captions.values() if other.name != one])
        for one in captions
    }
    with ExitStack() as stack:
        house = stack.enter_context(
            stage.opened(asked.corpora, asked.cache, settings=Settings(), tell=tell)
        )
        witness: Callable[[Evening], Witnesses] = partial(read, house, side=side, tables=tables)
        if asked.recogniser:
            places = book.load(paths.places())
            recogniser = stack.enter_context(
                engines.opened(asked.recogniser, "en", phrase_list.hints(places))
            )
            witness = partial(
                heard,
                house,
                side=side,
                tables=tables,
                recogniser=recogniser,
                voices=asked.voices.split(","),
            )
        every = [
            witness(house.evening(side, seed, Table(plain=PLAIN)))
            for seed in range(first, first + asked.evenings)
        ]
        rows = [
            row(
                f"{title}, 35% acted",
                [
                    house.judged(decided(house, one, tone=tone, words=words), one.evening)
                    for one in every
                ],
            )
            for title, tone, words in (
                ("tone", True, False),
                ("words", False, True),
                ("tone and words", True, True),
            )
        ]
    show(rows, markdown=True)


if __name__ == "__main__":
    main()

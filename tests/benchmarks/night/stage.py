"""Evenings on the stage: each is composed once, played through once per condition, and scored."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Literal, TypeAlias

from dndmood import assembly
from dndmood.events import EmotionEstimate
from dndmood.hearing.model import Model, open_model
from dndmood.hearing.speech import VoiceDetector
from dndmood.hearing.webrtc import WebRtcEcho, WebRtcVoice
from dndmood.mood import evidence_file
from dndmood.mood.book import Mood
from dndmood.mood.evidence import Evidence
from dndmood.mood.pacing import Pacing
from dndmood.mood.profile import Profile
from dndmood.music.shelf import Shelf
from dndmood.settings import Settings
from tests.benchmarks.night import book_reading, composer, loop, own, rivals, shelf
from tests.benchmarks.night.composer import Evening, Table
from tests.benchmarks.night.loop import Played
from tests.benchmarks.night.scoring import Moods, Score, score
from tests.benchmarks.night.timeline import Quadrant, Side, quadrant

Gate: TypeAlias = Literal["webrtc", "open", "true"]
"""`webrtc` as shipped, `open` takes everything for speech, `true` knows when somebody speaks."""


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """Everything an evening needs besides itself."""

    corpora: Path
    cache: Path
    settings: Settings
    moods: Mapping[str, Mood]
    shelves: Mapping[str, Shelf]
    model: Model
    model_sha: str
    evidence: Evidence
    """What the model's estimates say about the mood."""
    tell: Callable[[str], None] = field(default=lambda _sentence: None)

    def evening(self, side: Side, seed: int, table: Table | None = None) -> Evening:
        """An evening of `side`; the same seed gives the same evening."""
        name = f"{side}-{seed}" + (f"-{shelf.digest(table)}" if table else "")
        name += f"-plain{table.plain * 100:.0f}" if table else ""

        def compose() -> Evening:
            self.tell(f"composing {name}")
            people = shelf.kept_cast(self.cache, self.corpora, side)
            return composer.composed(self.corpora, people, side, seed=seed, table=table)

        # The name tells tapes apart, so other voices need another name.
        return shelf.kept_evening(self.cache, name, compose)

    def deserted(self, seed: int) -> Evening:
        """An hour in which nobody speaks."""
        compose = partial(composer.deserted, self.corpora, seed=seed)
        return shelf.kept_evening(self.cache, f"deserted-{seed}", compose)

    def reading(self, seed: int) -> Evening:
        """An hour in which one friendly voice reads a book."""
        compose = partial(book_reading.composed, self.corpora, seed=seed)
        return shelf.kept_evening(self.cache, f"reading-{seed}", compose)

    def with_own_mood(self, side: Side, seed: int, plain: float, mood: Mood) -> Evening:
        """An evening with scenes of `mood`, which is the user's own."""
        name = f"own-{mood.name}-{side}-{seed}-plain{plain * 100:.0f}"

        def compose() -> Evening:
            self.tell(f"composing {name}")
            people = shelf.kept_cast(self.cache, self.corpora, side)
            return own.composed(self.corpora, people, side, seed=seed, plain=plain, mood=mood)

        return shelf.kept_evening(self.cache, name, compose)

    def played(
        self,
        evening: Evening,
        *,
        level_db: float | None = None,
        gate: Gate = "webrtc",
        echo: bool = True,
        recentre: bool = True,
    ) -> Played:
        """What came of `evening`; `echo` and `recentre` switch those parts of the program."""
        echo = echo and level_db is not None and gate == "webrtc"
        key: list[object] = [evening.name, gate, level_db, self.model_sha, echo, recentre]
        key += shelf.evening_sources() + shelf.hearing_sources()
        if level_db is not None:  # what plays depends on what was decided
            key += [self.settings, self.moods, *shelf.deciding_sources()]
            key.append(evidence_file.text(self.evidence))

        def play() -> Played:
            self.tell(f"{evening.name}: {level_db=} {gate=} {echo=} {recentre=}")
            return self._play(
                evening, level_db=level_db, gate=gate, echo=echo, recentre=recentre
            )

        return shelf.kept_tape(self.cache, key, play)

    def decided(
        self,
        estimates: tuple[EmotionEstimate, ...],
        length_s: float,
        *,
        evidence: Evidence | None = None,
    ) -> Moods:
        """What our engine makes of `estimates`; `evidence` is that of another model than ours."""
        return rivals.paced(
            estimates,
            moods=self.moods,
            pacing=pacing(self.settings),
            opening=self.settings.opening,
            resting=self.settings.resting,
            length_s=length_s,
            evidence=evidence or self.evidence,
        )

    def judged(self, moods: Moods, evening: Evening) -> Score:
        """The score of `moods` on `evening`."""
        return score(
            moods,
            evening.truth,
            [(each.start_s, each.end_s) for each in evening.spoken],
            quadrants=self.quadrants(),
            length_s=evening.length_s,
        )

    def quadrants(self) -> dict[str, Quadrant]:
        """Every mood's quadrant."""
        return {
            mood.name: quadrant(mood.name, arousal=mood.arousal, valence=mood.valence)
            for mood in self.moods.values()
        }

    def _play(
        self,
        evening: Evening,
        *,
        level_db: float | None,
        gate: Gate,
        echo: bool,
        recentre: bool,
    ) -> Played:
        voice: VoiceDetector = WebRtcVoice(self.settings.strictness)
        if gate != "webrtc":
            voice = loop.TrueSpeech(evening) if gate == "true" else loop.EveryoneSpeaks()
        return loop.play(
            evening,
            settings=replace(self.settings, recentre=recentre),
            moods=self.moods,
            shelves=self.shelves,
            voice=voice,
            model=self.model,
            level_db=level_db,
            known=echo,
            stages=partial(
                assembly.stages,
                echo=WebRtcEcho() if echo else None,
                evidence=self.evidence,
                scale=assembly.fitted(Profile(), self.model, lambda _: None)[1],
            ),
        )


def pacing(settings: Settings) -> Pacing:
    """The pacing that `settings` ask for."""
    return Pacing(quiet_s=settings.quiet_s).at(settings.lively)


@contextmanager
def opened(
    corpora: Path, cache: Path, *, settings: Settings, tell: Callable[[str], None]
) -> Iterator[Stage]:
    """The stage with the model that `settings` name."""
    cache.mkdir(parents=True, exist_ok=True)
    moods = assembly.mood_book(settings)
    with open_model(assembly.model_folder(settings)) as model:
        yield Stage(
            corpora=corpora,
            cache=cache,
            settings=settings,
            moods=moods,
            shelves=assembly.music(settings, moods),
            model=model,
            model_sha=model.card.sha256,
            evidence=assembly.learned_evidence(settings, model),
            tell=tell,
        )

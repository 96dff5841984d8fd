"""What is learned from a few voices must hold for others."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from dndmood.events import EmotionEstimate
from dndmood.mood.evidence import Evidence
from tests.benchmarks.night import learning
from tests.benchmarks.night.composer import Evening, Utterance
from tests.benchmarks.night.learning import Lesson
from tests.benchmarks.night.loop import Played
from tests.benchmarks.night.timeline import FIGHT, JOY, LOW
from tests.fakes import LABELS, heard

SILENT = Evening("e", 1, np.zeros(16_000, np.float32), (), (), np.ones(1, np.float32))
SAID = {
    emotion: Utterance(0.0, 3.0, emotion, where, said=where)
    for emotion, where in (("sad", LOW), ("angry", FIGHT), ("happy", JOY))
}


def voice(chance: np.random.Generator) -> Iterator[tuple[EmotionEstimate, Utterance]]:
    """Windows of somebody who colours every emotion in one way, and has more to say of some."""
    habit, often = chance.normal(0.0, 1.5, len(LABELS)), chance.dirichlet((1.0, 1.0, 1.0))
    for at_s in range(1, 81):
        emotion = list(SAID)[chance.choice(3, p=often)]
        loud = habit + chance.normal(0.0, 0.5, len(LABELS))
        loud[LABELS.index(emotion)] += 1.0
        scores = np.exp(loud) / np.exp(loud).sum()
        heard_as = dict(zip(LABELS, scores.tolist(), strict=True))
        yield replace(heard(float(at_s), emotion, 0.5, 0.5), scores=heard_as), SAID[emotion]


def lesson(chance: np.random.Generator) -> Lesson:
    estimates, said = zip(*voice(chance), strict=True)
    return Lesson(SILENT, Played(estimates, (), 300.0), said)


def surprise(evidence: Evidence, lessons: Sequence[Lesson]) -> float:
    """At the tone of a window, in nats."""
    tones = list(evidence.tones)
    found = [
        -math.log(float(evidence.felt(estimate)[tones.index(said.emotion)]))
        for each in lessons
        for estimate, said, _ in each.windows()
    ]
    return sum(found) / len(found)


def test_habits_of_few_voices_are_not_taken_for_what_an_emotion_sounds_like(monkeypatch):
    chance = np.random.default_rng(3)
    taught, others = [lesson(chance) for _ in range(8)], [lesson(chance) for _ in range(12)]
    found = surprise(learning.learned(taught, LABELS, model=""), others)
    monkeypatch.setattr(learning, "_PENALTY", 0.5)
    assert found < surprise(learning.learned(taught, LABELS, model=""), others) - 0.05

"""Who else might choose the music: simple baselines, and the same program with a perfect part."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from dndmood.events import EmotionEstimate
from dndmood.mood.book import Mood
from dndmood.mood.corrections import Lessons
from dndmood.mood.follow import Editor
from dndmood.mood.evidence import Evidence
from dndmood.mood.pacing import Pacing
from tests.benchmarks.night.averaging import Averages, evidence
from tests.benchmarks.night.composer import Utterance
from tests.benchmarks.night.timeline import Quadrant, Stretch, quadrant

Timed = list[tuple[float, str]]
_TICK_S = 0.5
_WINDOW_S = 3.0


def paced(
    estimates: Iterable[EmotionEstimate],
    *,
    moods: Mapping[str, Mood],
    pacing: Pacing,
    opening: str,
    resting: str,
    length_s: float,
    evidence: Evidence | None = None,
) -> Timed:
    """What stage `follow` decides on `estimates`, without the sentences it would write."""
    editor = Editor(
        moods,
        opening=opening,
        resting=resting,
        pacing=pacing,
        lessons=Lessons(),
        evidence=evidence,
    )
    found: Timed = [(0.0, opening)]
    waited_s = 0.0

    def note(at_s: float) -> None:
        if editor.mood != found[-1][1]:
            found.append((at_s, editor.mood))

    for estimate in estimates:
        while waited_s + _TICK_S <= estimate.at_s:
            waited_s += _TICK_S
            if editor.wait(waited_s):
                note(waited_s)
        editor.hear(estimate)
        note(estimate.at_s)
    while waited_s + _TICK_S <= length_s:
        waited_s += _TICK_S
        if editor.wait(waited_s):
            note(waited_s)
    return found


def unsmoothed(
    estimates: Iterable[EmotionEstimate], moods: Mapping[str, Mood], opening: str
) -> Timed:
    """The mood that each single estimate speaks for most."""
    found: Timed = [(0.0, opening)]
    for estimate in estimates:
        shares = evidence(estimate, moods)
        _follow(found, estimate.at_s, max(shares, key=lambda name: shares[name]))
    return found


def smoothed(
    estimates: Iterable[EmotionEstimate], moods: Mapping[str, Mood], opening: str
) -> Timed:
    """The mood that leads after averaging, followed at once: no margin, stay or budget."""
    averages = Averages(moods)
    found: Timed = [(0.0, opening)]
    for estimate in estimates:
        averages.push(estimate)
        shares = averages.shares()
        _follow(found, estimate.at_s, max(shares, key=lambda name: shares[name]))
    return found


def perfectly_paced(
    estimates: Sequence[EmotionEstimate],
    moods: Mapping[str, Mood],
    truth: Iterable[Stretch],
    opening: str,
) -> Timed:
    """Told when every stretch begins, it plays what the estimates of that whole stretch say.

    It knows the future of a stretch but not its mood: what it still gets wrong is the model's.
    """
    found: Timed = [(0.0, opening)]
    for stretch in truth:
        within = [e for e in estimates if stretch.start_s < e.at_s <= stretch.end_s]
        totals = dict.fromkeys(moods, 0.0)
        for estimate in within:
            for name, share in evidence(estimate, moods).items():
                totals[name] += estimate.voiced * estimate.voice * math.log(share)
        if within:
            _follow(found, stretch.start_s, _best(totals, moods))
    return found


def _best(totals: Mapping[str, float], moods: Mapping[str, Mood]) -> str:
    """The mood with the most evidence."""
    return max(totals, key=lambda name: totals[name])


def foreseen(
    estimates: Iterable[EmotionEstimate],
    spoken: Sequence[Utterance],
    moods: Mapping[str, Mood],
) -> list[EmotionEstimate]:
    """The same windows judged by a perfect model.

    It says what the book says about the mood of the clip that fills most of the window: its
    place in the plane and its foremost emotion. Where nobody spoke it hears no voice.
    """
    readings = {
        (each.quadrant, each.emotion): _reading(each.quadrant, each.emotion, moods)
        for each in spoken
    }
    return [_judged(estimate, spoken, readings) for estimate in estimates]


def _judged(
    estimate: EmotionEstimate,
    spoken: Sequence[Utterance],
    readings: Mapping[tuple[Quadrant, str], Mood],
) -> EmotionEstimate:
    start_s, end_s = estimate.at_s - _WINDOW_S, estimate.at_s
    heard: dict[tuple[Quadrant, str], float] = {}
    for each in spoken:
        if each.start_s < end_s and each.end_s > start_s:
            part_s = min(each.end_s, end_s) - max(each.start_s, start_s)
            key = (each.quadrant, each.emotion)
            heard[key] = heard.get(key, 0.0) + part_s
    if not heard:
        return replace(estimate, voice=0.0)
    mood = readings[max(heard, key=lambda key: heard[key])]
    foremost = max(mood.emotions, key=lambda label: mood.emotions[label])
    scores = dict.fromkeys(estimate.scores, 0.0) | {foremost: 1.0}
    return replace(
        estimate, arousal=mood.arousal, valence=mood.valence, scores=scores, voice=1.0
    )


def _reading(where: Quadrant, emotion: str, moods: Mapping[str, Mood]) -> Mood:
    """The mood of a quadrant for which an emotion speaks most."""
    fitting = [
        mood
        for mood in moods.values()
        if quadrant(mood.name, arousal=mood.arousal, valence=mood.valence) == where
    ]
    return max(fitting, key=lambda mood: mood.emotions.get(emotion, 0.0))


def _follow(found: Timed, at_s: float, mood: str) -> None:
    if mood != found[-1][1]:
        found.append((at_s, mood))

"""Who else might choose the music: simple baselines, and the same program with a perfect part."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from dndmood.events import EmotionEstimate
from dndmood.mood.book import Mood
from dndmood.mood.corrections import Lessons
from dndmood.mood.editor import Editor
from dndmood.mood.evidence import PLACES, Evidence, Likelihood
from dndmood.mood.pacing import Pacing
from dndmood.mood.time_step import PLAIN_SHARES
from tests.benchmarks.night.averaging import Averages, evidence
from tests.benchmarks.night.composer import Utterance
from tests.benchmarks.night.timeline import Quadrant, Stretch, quadrant

Timed = list[tuple[float, str]]
_TICK_S = 0.5
_WINDOW_S = 3.0
_LEAST_VOICE = 0.4


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


def perfectly_edited(
    estimates: Sequence[EmotionEstimate],
    moods: Mapping[str, Mood],
    truth: Iterable[Stretch],
    opening: str,
    known: Evidence,
) -> Timed:
    """Told when every stretch begins, it plays what the estimates of that whole stretch say.

    It knows the future of a stretch but not its mood: what it still gets wrong is the model's.
    """
    likelihood = Likelihood(known, moods.values(), PLAIN_SHARES)
    names = list(moods)
    found: Timed = [(0.0, opening)]
    for stretch in truth:
        total = np.zeros((len(PLAIN_SHARES), len(names)))
        for each in estimates:
            if stretch.start_s < each.at_s <= stretch.end_s and each.voice >= _LEAST_VOICE:
                total += np.log(likelihood.of(each)) * known.weight(each, 1.0, None)
        if total.any():
            whole = np.exp(total - total.max()).sum(axis=0)
            _follow(found, stretch.start_s, names[int(whole.argmax())])
    return found


def foreseen(
    estimates: Iterable[EmotionEstimate],
    spoken: Sequence[Utterance],
    moods: Mapping[str, Mood],
) -> list[EmotionEstimate]:
    """The same windows judged by a perfect model.

    It says which emotion the clip has that fills most of the window, and puts it at the place of
    the mood that the clip speaks for; plain talk at that of ordinary talk. Where nobody spoke it
    hears no voice.
    """
    readings = {
        (each.said, each.emotion): _place(each.said, each.emotion, moods) for each in spoken
    }
    return [_judged(estimate, spoken, readings) for estimate in estimates]


_Said = tuple[Quadrant | None, str]


def _judged(
    estimate: EmotionEstimate,
    spoken: Sequence[Utterance],
    places: Mapping[_Said, tuple[float, float]],
) -> EmotionEstimate:
    start_s, end_s = estimate.at_s - _WINDOW_S, estimate.at_s
    heard: dict[_Said, float] = {}
    for each in spoken:
        if each.start_s < end_s and each.end_s > start_s:
            part_s = min(each.end_s, end_s) - max(each.start_s, start_s)
            key = (each.said, each.emotion)
            heard[key] = heard.get(key, 0.0) + part_s
    if not heard:
        return replace(estimate, voice=0.0)
    foremost = max(heard, key=lambda key: heard[key])
    scores = dict.fromkeys(estimate.scores, 0.0) | {foremost[1]: 1.0}
    arousal, valence = places[foremost]
    return replace(estimate, arousal=arousal, valence=valence, scores=scores, voice=1.0)


def _place(
    where: Quadrant | None, emotion: str, moods: Mapping[str, Mood]
) -> tuple[float, float]:
    """The place of the mood of a quadrant for which an emotion speaks most."""
    fitting = [
        mood
        for mood in moods.values()
        if quadrant(mood.name, arousal=mood.arousal, valence=mood.valence) == where
    ]
    if not fitting:
        return PLACES["neutral"]
    best = max(fitting, key=lambda mood: mood.emotions.get(emotion, 0.0))
    return best.arousal, best.valence


def _follow(found: Timed, at_s: float, mood: str) -> None:
    if mood != found[-1][1]:
        found.append((at_s, mood))

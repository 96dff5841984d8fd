"""What the talk of the last seconds was like: for the sentences that say why, and for corrections."""

import math
from collections import deque
from collections.abc import Mapping

from dndmood.events import EmotionEstimate
from dndmood.mood.book import Mood
from dndmood.mood.evidence import PLAIN
from dndmood.mood.word_evidence import speaks_for
from dndmood.scene import SceneCue

_HALF_LIFE_S = 8.0
_SENTENCE_S = 3.0
"""A sentence at a table takes about so long."""
_SPANS_S = (20.0, 60.0)
_COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_SURELY, _HARDLY = 1.5, 1.0
_MOST = 99
_KEPT = 20


class Recently:
    """A running average of the talk, and what was felt in its last minute."""

    def __init__(self) -> None:
        self.arousal = 0.5
        """Running average, half of it the last 8 s of talk, 0 to 1."""
        self.valence = 0.5
        self.scores: dict[str, float] = {}
        """The same for each emotion."""
        self._felt: deque[tuple[float, float, str]] = deque()  # at, seconds of talk, emotion

    def push(self, estimate: EmotionEstimate, *, step_s: float, felt: str) -> None:
        """Take a window in that stands for `step_s` of talk and was most likely `felt`."""
        part = 1.0 - math.exp2(-step_s / _HALF_LIFE_S) if self.scores else 1.0
        self.arousal += (estimate.arousal - self.arousal) * part
        self.valence += (estimate.valence - self.valence) * part
        for label, score in estimate.scores.items():
            before = self.scores.get(label, 0.0)
            self.scores[label] = before + (score - before) * part
        self._felt.append((estimate.at_s, step_s, "plain" if felt in PLAIN else felt))
        while self._felt[0][0] < estimate.at_s - _SPANS_S[-1]:
            self._felt.popleft()

    def heard(self, mood: Mood, at_s: float) -> str:
        """What of the mood's own talk was heard lately, in words; empty when none was.

        "three angry sentences in the last 20 s", or of 60 s when the last 20 had none.
        """
        own = {"plain" if label in PLAIN else label for label, w in mood.emotions.items() if w}
        for span_s in _SPANS_S:
            spoken: dict[str, float] = {}
            for then_s, step_s, emotion in self._felt:
                if emotion in own and then_s > at_s - span_s:
                    spoken[emotion] = spoken.get(emotion, 0.0) + step_s
            if spoken:
                foremost = max(spoken, key=lambda emotion: spoken[emotion])
                count = max(round(spoken[foremost] / _SENTENCE_S), 1)
                said = f"{_word(count)} {foremost} sentence{'s' * (count != 1)}"
                return f"{said} in the last {span_s:.0f} s"
        return ""


class Words:
    """The last few things that were said or reported."""

    def __init__(self) -> None:
        self._cues: deque[SceneCue] = deque(maxlen=_KEPT)
        self._plain: SceneCue | None = None  # of plain talk, which says something all the time
        self.any = False
        """Whether there is a second witness this evening."""

    def push(self, cue: SceneCue) -> None:
        """Take note of `cue`."""
        self.any = True
        if cue.moods:
            self._plain = cue
        else:
            self._cues.append(cue)

    def heard(self, mood: Mood, at_s: float) -> tuple[str, str]:
        """Who said last what speaks for `mood`, and what it was, in words; empty when nobody did.

        ("words", "'roll initiative' 2 s ago")
        """
        for cue in (*reversed(self._cues), *filter(None, (self._plain,))):
            ago_s = at_s - cue.at_s
            if ago_s <= _SPANS_S[0] and speaks_for(cue, mood):
                said = f"'{cue.phrase}'" if cue.phrase else cue.name.replace("_", " ")
                said = f"words as in {said}" if cue.moods else said
                when = "just now" if ago_s < 1.0 else f"{ago_s:.0f} s ago"
                return cue.witness, f"{said} {when}"
        return "", ""


def witnesses(recently: Recently, words: Words, mood: Mood, at_s: float) -> str:
    """Which witnesses speak for `mood`, and what they say, in words.

    Where only the tone of voice is heard it need not be named.
    """
    tone = recently.heard(mood, at_s)
    witness, said = words.heard(mood, at_s)
    if said:
        both = f"by tone and {witness}, {tone} and {said}"
        return both if tone else f"by {witness}, {said}"
    tone = tone or f"the talk of the last {_SPANS_S[-1]:.0f} s fits it best"
    return f"by tone, {tone}" if words.any else tone


def odds(shares: Mapping[str, float], mood: str) -> str:
    """How sure `mood` is, as people say it.

    >>> odds({"battle": 0.9, "calm": 0.1}, "battle"), odds({"battle": 0.5, "calm": 0.5}, "calm")
    ('nine to one', 'about even')
    >>> odds({"battle": 0.4, "calm": 0.3, "merry": 0.3}, "battle")
    'likeliest, at 40 %'
    >>> odds({"suspense": 0.4, "sorrow": 0.25, "calm": 0.35}, "sorrow")
    'at 25 %'
    """
    likely = shares[mood]
    against = likely / max(1.0 - likely, 1e-9)
    if against >= _SURELY:
        count = min(round(against), _MOST)
        return f"{_word(count)} to one" if against <= _MOST else f"more than {_MOST} to one"
    if against >= _HARDLY:
        return "about even"
    least = "likeliest, " if likely >= max(shares.values()) else ""
    return f"{least}at {likely * 100:.0f} %"


def _word(count: int) -> str:
    return _COUNTS[count] if count < len(_COUNTS) else str(count)

"""IEMOCAP: ten actors in five sessions of English dialogue, scripted and improvised.

10,039 turns, 12.4 hours, five women and five men; needs a licence. Busso et al., "IEMOCAP:
Interactive emotional dyadic motion capture database", 2008. Layout:
`Session1/sentences/wav/Ses01F_impro01/Ses01F_impro01_F000.wav` with the judgements in
`Session1/dialog/EmoEvaluation/Ses01F_impro01.txt`: emotion, then [valence, activation,
dominance] on 1 to 5, then the listeners' own words (`C-E1:` and so on).

Excitement counts as happy, as in nearly every paper. Frustration, other and no agreement have
no place among our emotions: those turns keep label, votes and dimensions.
"""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from dndmood_train.corpora._clip import Clip, Drop, shares
from dndmood_train.corpora._files import (
    MISSING,
    by_stem,
    folder_named,
    matching,
    sounds,
    text_of,
    unnamed,
)

TITLE = "IEMOCAP"
LICENCE = "academic licence of the University of Southern California; no redistribution"
LINK = "https://sail.usc.edu/iemocap/"
LANGUAGES = ("en",)
EMOTION = {
    "neu": "neutral",
    "hap": "happy",
    "exc": "happy",
    "sad": "sad",
    "ang": "angry",
    "fea": "fearful",
    "dis": "disgusted",
    "sur": "surprised",
}
EXAMPLE = "Session1/sentences/wav/Ses01F_impro01/Ses01F_impro01_F000.wav"
BESIDE = {
    "Session1/dialog/EmoEvaluation/Ses01F_impro01.txt": (
        "% [START_TIME - END_TIME] TURN_NAME EMOTION [V, A, D]\n\n"
        "[6.2901 - 8.2357]\tSes01F_impro01_F000\tneu\t[2.5000, 2.5000, 2.5000]\n"
        "C-E2:\tNeutral;\t()\nC-E3:\tNeutral;\t()\nC-E4:\tNeutral; Anger;\t()\n"
        "C-F1:\tNeutral;\t()\nA-E3:\tval 3; act 2; dom  2;\t()\n"
    ),
}

_TURN = re.compile(
    r"\[[\d.]+ - [\d.]+\]\s+(Ses\d\d[FM]_\w+)\s+(\w+)\s+\[([\d.]+), ([\d.]+), ([\d.]+)\]"
)
_VOTE = re.compile(r"C-E\d+:\s*([^(]*)")


def here(folder: Path) -> bool:
    """Whether `folder` holds sessions with an `EmoEvaluation`."""
    return any(True for _ in _reports(folder))


def clips(root: Path) -> Iterator[Clip | Drop]:
    """Every turn that the evaluations name."""
    lying = [path for place in _places(root, "sentences/wav") for path in sounds(place)]
    found = by_stem(lying)
    named: set[Path] = set()
    for report in _reports(root):
        # Every turn's block begins at its time stamp.
        for block in re.split(r"\n(?=\[\d)", text_of(report, remarks=True)):
            if match := _TURN.search(block):
                path = found.get(match[1].casefold())
                if path is None:
                    yield Drop(root / f"{match[1]}.wav", MISSING)
                else:
                    named.add(path)
                    yield _clip(path, match, block)
    yield from unnamed(lying, named)


def _places(root: Path, inside: str) -> Iterator[Path]:
    """The folder called `inside` of each session, whatever their case."""
    for number in range(1, 6):
        place = folder_named(root, f"Session{number}")
        for name in inside.split("/"):
            place = folder_named(place, name) if place else None
        if place:
            yield place


def _reports(root: Path) -> Iterator[Path]:
    for place in _places(root, "dialog/EmoEvaluation"):
        yield from matching(place, "Ses*.txt")


def _clip(path: Path, match: re.Match[str], block: str) -> Clip:
    turn, label, valence, arousal, dominance = match.groups()
    # The letter before the turn's number says who of the two speaks.
    who = turn.rsplit("_", 1)[1][0]
    return Clip(
        path=path,
        corpus="iemocap",
        speaker=f"iemocap:{turn[:5]}{who}",
        emotion=EMOTION.get(label),
        label=label,
        votes=shares(_votes(block)),
        arousal=_scaled(arousal),
        valence=_scaled(valence),
        dominance=_scaled(dominance),
        sex="female" if who == "F" else "male",
        language="en",
        sentence="_".join(turn.split("_")[1:-1]),
        part=f"Session{int(turn[3:5])}",
    )


def _scaled(cell: str) -> float:
    # 1 to 5 with 3 in the middle becomes 0 to 1 with 0.5 in the middle.
    return min(1.0, max(0.0, (float(cell) - 1) / 4))


def _votes(block: str) -> Counter[str]:
    heard: Counter[str] = Counter()
    for words in _VOTE.findall(block):
        for word in words.split(";"):
            key = word.strip().lower()[:3]
            if key in EMOTION:
                heard[EMOTION[key]] += 1
    return heard

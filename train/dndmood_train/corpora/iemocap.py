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
from dndmood_train.corpora._files import sound_named

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
    return any(folder.glob("Session[1-5]/dialog/EmoEvaluation"))


def clips(root: Path) -> Iterator[Clip | Drop]:
    """Every turn that the evaluations name."""
    for report in sorted(root.glob("Session[1-5]/dialog/EmoEvaluation/Ses*.txt")):
        wav = report.parents[2] / "sentences" / "wav" / report.stem
        # Every turn's block begins at its time stamp.
        for block in re.split(
            r"\n(?=\[\d)", report.read_text(encoding="utf-8-sig", errors="replace")
        ):
            if match := _TURN.search(block):
                yield _clip(wav, match, block)


def _clip(wav: Path, match: re.Match[str], block: str) -> Clip | Drop:
    turn, label, valence, arousal, dominance = match.groups()
    path = sound_named(wav, turn)
    if path is None:
        return Drop(wav / f"{turn}.wav", "missing file")
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

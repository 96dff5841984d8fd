"""MSP-IMPROV: twelve actors improvise scenes towards one sentence, judged by many listeners.

8,438 turns, 9.6 hours, six women and six men in six sessions of two; needs a licence. Busso et al.,
"MSP-IMPROV: An Acted Corpus of Dyadic Interactions to Study Emotion Perception", IEEE Trans.
Affective Computing 2017. Layout: `session1/S01A/P/MSP-IMPROV-S01A-F01-P-FM01.wav` (sentence and
target emotion, speaker, scenario: P natural, R target read, S target improvised, T other), in
`Audio` in some releases. The judgements are in `Evalution.txt` (so spelt; `Evaluation.txt` in
others): one `UTD-IMPROV-S01A-F01-P-FM01.avi; N; A:3.0; V:3.5; D:3.0 ; N:4.2;` a turn, the
listeners' lines below it. Other and no agreement have no place among our emotions.

Ratings are 1 to 5. Of activation 1 is excited and 5 is calm, so that code of others which reads it
turns it round; EMO-SUPERB's tables of it are turned already. It is the anger in the table itself
that says which end is excited, and where nobody is angry or plain, 1 is.

Known defects: some listeners' lines are there twice, and count once.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from statistics import mean

from dndmood_train.corpora._clip import Clip, Drop, shares
from dndmood_train.corpora._files import (
    MISSING,
    by_stem,
    first_file,
    folder_named,
    has_sound,
    sounds,
    text_of,
    unnamed,
)

TITLE = "MSP-IMPROV"
LICENCE = "academic licence of the University of Texas at Dallas; no redistribution"
LINK = "https://ecs.utdallas.edu/research/researchlabs/msp-lab/MSP-Improv.html"
LANGUAGES = ("en",)
EMOTION = {"A": "angry", "H": "happy", "N": "neutral", "S": "sad"}
EXAMPLE = "session1/S01A/P/MSP-IMPROV-S01A-F01-P-FM01.wav"
BESIDE = {
    "Evalution.txt": (
        "UTD-IMPROV-S01A-F01-P-FM01.avi; N; A:3.000000; V:3.500000; D:3.000000 ; N:4.000000;\n"
        "EV01; Neutral; A:3.000; V:3.000; D:3.000; N:4.000;\n"
        "EV02; Happiness; A:3.000; V:4.000; D:3.000; N:4.000;\n\n"
    )
}

_TURN = re.compile(r"(?:UTD|MSP)-IMPROV-(S\d\d[A-Z]-([FM]\d\d)-[A-Z]-\w+)", re.IGNORECASE)
_RATING = re.compile(r"([AVD]):\s*([\d.]+)")
_WORDS = {
    "anger": "angry",
    "angry": "angry",
    "happiness": "happy",
    "happy": "happy",
    "neutral": "neutral",
    "neutral state": "neutral",
    "sad": "sad",
    "sadness": "sad",
}
_TABLES = ("Evalution.txt", "Evaluation.txt")


def here(folder: Path) -> bool:
    """Whether `folder` holds the evaluation and sessions, themselves or in `Audio`."""
    if _table(folder) is None:
        return False
    audio = folder_named(folder, "Audio", "Audios")
    for place in (folder, audio):
        sessions = (folder_named(place, f"session{n}") for n in range(1, 7)) if place else ()
        if any(
            _TURN.fullmatch(path.stem)
            for inside in filter(None, sessions)
            for path in sounds(inside)
        ) or (place and has_sound(place, "MSP-IMPROV-S*")):
            return True
    return False


def clips(root: Path) -> Iterator[Clip | Drop]:
    """Every turn that the evaluation names."""
    table = _table(root) or root / _TABLES[0]
    lying = sounds(root)
    found = {_key(stem): path for stem, path in by_stem(lying).items()}
    named: set[Path] = set()
    turns = list(_turns(text_of(table, remarks=True)))
    turned = _calm_is_high(head for head, _ in turns)
    for head, judgements in turns:
        fields = [field.strip() for field in head.split(";")]
        key = _key(fields[0].rsplit(".", 1)[0])
        match = _TURN.fullmatch(fields[0].rsplit(".", 1)[0])
        path = found.get(key)
        if path is None or match is None:
            yield Drop(root / fields[0], MISSING)
            continue
        named.add(path)
        # The rating of naturalness, also called N, is none of the three.
        rated = dict(_RATING.findall(head))
        yield Clip(
            path=path,
            corpus="msp_improv",
            speaker=f"msp_improv:{match[2].upper()}",
            emotion=EMOTION.get(fields[1]),
            label=fields[1],
            votes=shares(_votes(judgements)),
            arousal=_scaled(rated.get("A"), turned=turned),
            valence=_scaled(rated.get("V")),
            dominance=_scaled(rated.get("D")),
            sex="female" if match[2][0].upper() == "F" else "male",
            language="en",
            sentence=match[1][1:3],
        )
    yield from unnamed(lying, named)


def _table(root: Path) -> Path | None:
    # Some keep it in a folder of labels.
    folders = (root, *sorted(path for path in root.glob("*") if path.is_dir()))
    return next((found for one in folders if (found := first_file(one, *_TABLES))), None)


def _key(stem: str) -> str:
    # The labels say UTD where the sounds say MSP.
    return stem.upper().removeprefix("UTD-").removeprefix("MSP-")


def _turns(text: str) -> Iterator[tuple[str, list[str]]]:
    head, judgements = "", list[str]()
    for line in text.splitlines():
        if _TURN.match(line.strip()) and ";" in line:
            if head:
                yield head, judgements
            head, judgements = line.strip(), []
        elif line.strip():
            judgements.append(line)
    if head:
        yield head, judgements


def _calm_is_high(heads: Iterable[str]) -> bool:
    """Whether activation is 1 where it is excited: unless anger has more of it than plain talk."""
    heard: dict[str, list[float]] = {"A": [], "N": []}
    for head in heads:
        label, rated = head.split(";")[1].strip(), dict(_RATING.findall(head))
        if label in heard and "A" in rated:
            heard[label].append(float(rated["A"]))
    if not all(heard.values()):
        return True
    return mean(heard["A"]) < mean(heard["N"])


def _votes(judgements: list[str]) -> Counter[str]:
    heard: Counter[str] = Counter()
    for line in dict.fromkeys(line.strip() for line in judgements):
        fields = [field.strip() for field in line.split(";")]
        # Not the first letter alone: somebody's own word may be "surprised".
        word = _WORDS.get(fields[1].lower()) if len(fields) > 1 else None
        if word:
            heard[word] += 1
    return heard


def _scaled(cell: str | None, *, turned: bool = False) -> float | None:
    # 1 to 5 with 3 in the middle becomes 0 to 1 with 0.5 in the middle.
    if cell is None:
        return None
    share = min(1.0, max(0.0, (float(cell) - 1) / 4))
    return 1.0 - share if turned else share

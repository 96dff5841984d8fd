"""FAU-AIBO: 51 German children command a robot dog, which does not always obey.

18,216 chunks, 9.2 hours, children of 10 to 13 years from two schools; needs a licence. Steidl,
"Automatic Classification of Emotion-Related User States in Spontaneous Children's Speech", 2009;
Schuller, Steidl and Batliner, "The Interspeech 2009 Emotion Challenge". Layout:
`wav/Ohm_01_000_00.wav` (school, child, turn, chunk) with the challenge's labels in
`labels/IS2009EmotionChallenge/chunk_labels_5cl_corpus.txt` and `chunk_labels_2cl_corpus.txt`, one
`Ohm_01_000_00 N 0.67` a line: chunk, class, share of the labellers' words that agree. autrainer
wants the same tables in the root and the sounds in `default`; that is read as well. The five
labellers' single verdicts are not in these tables, so that there are no soft labels.

Five classes: anger (angry, touchy, reprimanding), emphatic, neutral, positive (motherese, joyful),
rest. Emphatic and rest have no place among our emotions; positive counts as happy. The two classes
of the challenge, NEG and IDL, are each clip's `coarse`. The schools are the split: Ohm teaches,
Mont tests.

Known defects: two thirds of the chunks are neutral; chunks are cut by syntax and may be one word.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from dndmood_train.corpora._clip import Clip, Drop
from dndmood_train.corpora._files import (
    MISSING,
    by_stem,
    first_file,
    folder_named,
    sounds,
    text_of,
    unnamed,
)

TITLE = "FAU-AIBO"
LICENCE = "scientific licence of the University of Erlangen; no redistribution"
LINK = "https://www5.cs.fau.de/en/our-team/steidl-stefan/fau-aibo-emotion-corpus/"
LANGUAGES = ("de",)
EMOTION = {"A": "angry", "N": "neutral", "P": "happy"}
EXAMPLE = "wav/Ohm_01_000_00.wav"
_TABLES = "labels/IS2009EmotionChallenge"
BESIDE = {
    f"{_TABLES}/chunk_labels_5cl_corpus.txt": "Ohm_01_000_00 N 0.6667\n",
    f"{_TABLES}/chunk_labels_2cl_corpus.txt": "Ohm_01_000_00 IDL 0.6667\n",
}

_NAME = re.compile(r"((Ohm|Mont)_\d+)_\d+_\d+")
_WORDS = {"A": "A", "E": "emphatic", "N": "N", "P": "P", "R": "rest"}
_PART = {"Ohm": "train", "Mont": "test"}


def here(folder: Path) -> bool:
    """Whether `folder` holds the five classes of the challenge, or at least the two."""
    return any(_table(folder, classes) is not None for classes in (5, 2))


def clips(root: Path) -> Iterator[Clip | Drop]:
    """Every chunk that the tables name."""
    five, two = (_labels(_table(root, classes)) for classes in (5, 2))
    place = _sounds(root)
    lying = sounds(place)
    found = by_stem(lying)
    named: set[Path] = set()
    for chunk in sorted(five.keys() | two.keys()):
        path = found.get(chunk.casefold())
        match = _NAME.fullmatch(chunk)
        if path is None:
            yield Drop(place / f"{chunk}.wav", MISSING)
            continue
        named.add(path)
        if match is None:
            yield Drop(path, "unreadable name")
        else:
            child, school = match.groups()
            label = five.get(chunk, "")
            yield Clip(
                path=path,
                corpus="fau_aibo",
                speaker=f"fau_aibo:{child}",
                emotion=EMOTION.get(label),
                label=_WORDS.get(label, label) or two.get(chunk, ""),
                language="de",
                coarse=two.get(chunk, ""),
                part=_PART[school],
            )
    yield from unnamed(lying, named)


def _table(folder: Path, classes: int) -> Path | None:
    name = f"chunk_labels_{classes}cl_corpus.txt"
    labels = folder_named(folder, "labels")
    inner = folder_named(labels, "IS2009EmotionChallenge") if labels else None
    places = (first_file(place, name) for place in (inner, labels, folder) if place)
    return next((path for path in places if path), None)


def _sounds(root: Path) -> Path:
    inner = folder_named(root, "IS2009EmotionChallenge")
    found = folder_named(root, "wav", "default") or (inner and folder_named(inner, "wav"))
    return found or root


def _labels(table: Path | None) -> dict[str, str]:
    if table is None:
        return {}
    lines = (line.split() for line in text_of(table).splitlines())
    return {fields[0]: fields[1] for fields in lines if len(fields) > 1}

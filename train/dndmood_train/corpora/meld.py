"""MELD: lines of the television series Friends, judged by three annotators.

13,708 utterances, 12.1 hours, six main characters and some 250 others. Poria et al., "MELD: A
Multimodal Multi-Party Dataset for Emotion Recognition in Conversations", ACL 2019. Layout, as
`MELD.Raw` unpacks: `train/train_splits/dia0_utt0.mp4` with `train/train_sent_emo.csv`, and
`dev_splits_complete` with `dev_sent_emo.csv`, `output_repeated_splits_test` with
`test_sent_emo.csv`, each beside the other or one folder deeper. The sound is read from the films,
which needs ffmpeg.

Known defects: dia125_utt3 of the training part is broken and left out; studio laughter lies under
many lines; characters occur in all three parts, so that the corpus' own split shares voices.
"""

from collections.abc import Iterator
from pathlib import Path

from dndmood_train.corpora._clip import Clip, Drop
from dndmood_train.corpora._files import (
    MISSING,
    by_stem,
    first_file,
    folder_named,
    rows,
    sounds,
    unnamed,
)

TITLE = "MELD"
LICENCE = "GPL-3.0 for the annotations; the sound is Warner's, for research only"
LINK = "https://github.com/declare-lab/MELD"
LANGUAGES = ("en",)
EMOTION = {
    "anger": "angry",
    "disgust": "disgusted",
    "fear": "fearful",
    "joy": "happy",
    "neutral": "neutral",
    "sadness": "sad",
    "surprise": "surprised",
}
EXAMPLE = "train/train_splits/dia0_utt0.mp4"
BESIDE = {
    "train/train_sent_emo.csv": (
        "Sr No.,Utterance,Speaker,Emotion,Sentiment,Dialogue_ID,Utterance_ID,Season,Episode,"
        "StartTime,EndTime\n"
        '1,"also I was the point person",Chandler,neutral,neutral,0,0,8,21,'
        '"00:16:16,059","00:16:21,731"\n'
    )
}

_PARTS = {
    "train": "train_splits",
    "dev": "dev_splits_complete",
    "test": "output_repeated_splits_test",
}
_BROKEN = frozenset({("train", "dia125_utt3")})
_SEX = {"Monica": "female", "Rachel": "female", "Phoebe": "female"} | dict.fromkeys(
    ("Chandler", "Joey", "Ross"), "male"
)


def here(folder: Path) -> bool:
    """Whether `folder` holds a part's films and its table."""
    return any(_films(folder, part) and _table(folder, part) for part in _PARTS)


def clips(root: Path) -> Iterator[Clip | Drop]:
    """Every line that the tables name, of the parts that are there."""
    for part in _PARTS:
        films, table = _films(root, part), _table(root, part)
        if films is None or table is None:
            continue
        lying = sounds(films, films=True)
        found = by_stem(lying)
        named: set[Path] = set()
        for row in rows(table):
            name = f"dia{row['Dialogue_ID']}_utt{row['Utterance_ID']}"
            path = found.get(name)
            if path is None:
                yield Drop(films / f"{name}.mp4", MISSING)
                continue
            named.add(path)
            if (part, name) in _BROKEN:
                yield Drop(path, "broken")
            else:
                yield Clip(
                    path=path,
                    corpus="meld",
                    speaker=f"meld:{row['Speaker']}",
                    emotion=EMOTION.get(row["Emotion"].lower()),
                    label=row["Emotion"].lower(),
                    sex=_SEX.get(row["Speaker"]),
                    language="en",
                    part=part,
                )
        yield from unnamed(lying, named)


def _films(root: Path, part: str) -> Path | None:
    inner = folder_named(root, part)
    places = (folder_named(place, _PARTS[part]) for place in (root, inner) if place)
    return next((place for place in places if place), None)


def _table(root: Path, part: str) -> Path | None:
    name = f"{part}_sent_emo.csv"
    inner = folder_named(root, part)
    places = (first_file(place, name) for place in (root, inner) if place)
    return next((place for place in places if place), None)

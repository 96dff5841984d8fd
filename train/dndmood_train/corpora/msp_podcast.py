"""MSP-Podcast: natural speech from podcasts, judged by five or more listeners; needs a licence.

Release 1.12: 324 hours, 4,100 speakers. Lotfian and Busso, "Building Naturalistic Emotionally
Balanced Speech Corpus by Retrieving Emotional Speech from Existing Podcast Recordings", IEEE
Trans. Affective Computing 2019. Layout: `Audios/MSP-PODCAST_0001_0008.wav` with
`Labels/labels_consensus.csv` (spelt `concensus` in old releases) and, for the votes,
`Labels/labels_detailed.csv`. Old releases have both tables as JSON as well, `Audio` for `Audios`,
`label` for `Labels` and `Validation` for `Development`; archives unpacked into a folder of their own
name (`Audios/Audios`) are entered. The corpus' own split is by speaker and kept: only `Train`
teaches. Arousal, valence and dominance come as 1 to 7.

Known defects: segments of unknown speakers are dropped, as they would leak over any split;
MSP-PODCAST_1023_0235 is a stereo file at another rate in old releases. Contempt, other and no
agreement have no place among our emotions: those clips keep label, votes and dimensions.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dndmood.errors import UserError
from dndmood_train.corpora._clip import Clip, Drop, shares
from dndmood_train.corpora._files import (
    EMPTY,
    MISSING,
    by_stem,
    first_file,
    folder_named,
    has_sound,
    number,
    rows,
    sounds,
    text_of,
    unnamed,
)
from dndmood_train.corpora._splits import in_part

TITLE = "MSP-Podcast"
LICENCE = "academic licence of the University of Texas at Dallas; no redistribution"
LINK = "https://ecs.utdallas.edu/research/researchlabs/msp-lab/MSP-Podcast.html"
LANGUAGES = ("en",)
EMOTION = {
    "A": "angry",
    "S": "sad",
    "H": "happy",
    "U": "surprised",
    "F": "fearful",
    "D": "disgusted",
    "N": "neutral",
}
EXAMPLE = "Audios/MSP-PODCAST_0001_0008.wav"
BESIDE = {
    "Labels/labels_consensus.csv": (
        "FileName,EmoClass,EmoAct,EmoVal,EmoDom,SpkrID,Gender,Split_Set\n"
        "MSP-PODCAST_0001_0008.wav,N,2.2,4.0,4.0,127,Male,Train\n"
    ),
    "Labels/labels_detailed.csv": (
        "FileName,Worker,EmoClass_Major,EmoClass_Second,EmoAct,EmoDom,EmoVal\n"
        "MSP-PODCAST_0001_0008.wav,W1,Neutral,Neutral,2,4,4\n"
        "MSP-PODCAST_0001_0008.wav,W2,Sad,Sad,2,4,4\n"
    ),
}

_WORDS = {
    "angry": "angry",
    "sad": "sad",
    "happy": "happy",
    "surprise": "surprised",
    "fear": "fearful",
    "disgust": "disgusted",
    "neutral": "neutral",
}
_CONSENSUS = tuple(
    f"labels_{word}.{kind}" for kind in ("csv", "json") for word in ("consensus", "concensus")
)
_DETAILED = ("labels_detailed.csv", "labels_detailed.json")
_NOBODY = EMPTY | {"unknown"}


def here(folder: Path) -> bool:
    """Whether `folder` holds sounds of the podcasts and the consensus labels."""
    return (
        first_file(_labels(folder), *_CONSENSUS) is not None
        and (place := _sounds(folder)) is not None
        and has_sound(place, "MSP-PODCAST_*")
    )


def clips(root: Path) -> Iterator[Clip | Drop]:
    """Every segment that the labels name."""
    heard = _votes(first_file(_labels(root), *_DETAILED))
    audios = _sounds(root) or root
    lying = sounds(audios)
    found = by_stem(lying)
    named: set[Path] = set()
    for name, row in _consensus(first_file(_labels(root), *_CONSENSUS)):
        stem = Path(name).stem
        path = found.get(stem.casefold())
        if path is None:
            yield Drop(audios / name, MISSING)
            continue
        named.add(path)
        if row.get("SpkrID", "").lower() in _NOBODY:
            yield Drop(path, "unknown speaker")
        else:
            yield _clip(path, row, heard.get(stem))
    yield from unnamed(lying, named)


def _clip(path: Path, row: dict[str, str], votes: Counter[str] | None) -> Clip:
    sex = row.get("Gender", "").lower()
    return Clip(
        path=path,
        corpus="msp_podcast",
        speaker=f"msp_podcast:{in_part(row['SpkrID'], row.get('Split_Set', ''))}",
        emotion=EMOTION.get(row["EmoClass"]),
        label=row["EmoClass"],
        votes=shares(votes) if votes else None,
        arousal=_scaled(row["EmoAct"]),
        valence=_scaled(row["EmoVal"]),
        dominance=_scaled(row["EmoDom"]),
        sex=sex if sex in {"female", "male"} else None,
        language="en",
        part=row.get("Split_Set", ""),
    )


def _labels(root: Path) -> Path:
    return folder_named(root, "Labels", "label") or root


def _sounds(root: Path) -> Path | None:
    return folder_named(root, "Audios", "Audio")


def _scaled(cell: str) -> float | None:
    # 1 to 7 with 4 in the middle becomes 0 to 1 with 0.5 in the middle.
    rated = number(cell)
    return None if rated is None else min(1.0, max(0.0, (rated - 1) / 6))


def _consensus(table: Path | None) -> Iterator[tuple[str, dict[str, str]]]:
    if table is None:
        return
    if table.suffix.lower() == ".json":
        for name, row in _read(table).items():
            yield name, {key: str(value).strip() for key, value in row.items()}
    else:
        for row in rows(table):
            yield row["FileName"], row


def _votes(table: Path | None) -> dict[str, Counter[str]]:
    heard: dict[str, Counter[str]] = defaultdict(Counter)
    if table is None:
        return heard
    if table.suffix.lower() == ".json":
        said = (
            (name, str(verdict.get("EmoClass_Major", "")))
            for name, workers in _read(table).items()
            for verdict in workers.values()
        )
    else:
        said = ((row["FileName"], row.get("EmoClass_Major", "")) for row in rows(table))
    for name, word in said:
        if word.lower() in _WORDS:
            heard[Path(name).stem][_WORDS[word.lower()]] += 1
    return heard


def _read(table: Path) -> dict[str, dict[str, Any]]:
    try:
        content = json.loads(text_of(table))
    except ValueError as error:
        raise UserError(f"The table {table} is damaged: {error}.") from error
    return dict(content)

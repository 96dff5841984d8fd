"""Emozionalmente: 431 amateurs say eighteen Italian sentences in seven emotions at home.

6,902 clips, 7.3 hours, recorded on the speakers' own devices; five listeners judged each clip
and agree with the speaker on two of three. Catania et al., "Emozionalmente: A Crowdsourced
Corpus of Simulated Emotional Speech in Italian", 2023. Layout: `audio/*.wav` with
`metadata/samples.csv`, `metadata/users.csv` and `metadata/evaluations.csv` beside that folder, in
later releases with a split by speaker in `metadata/split/train.csv` and its like. `votes` are the
listeners' shares.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from dndmood_train.corpora._clip import Clip, Drop, shares
from dndmood_train.corpora._files import (
    MISSING,
    by_stem,
    first_file,
    folder_named,
    matching,
    rows,
    rows_named,
    sounds,
    unnamed,
)

TITLE = "Emozionalmente"
LICENCE = "CC BY 4.0"
LINK = "https://zenodo.org/records/6569824"
LANGUAGES = ("it",)
EMOTION = {
    "anger": "angry",
    "disgust": "disgusted",
    "fear": "fearful",
    "joy": "happy",
    "neutrality": "neutral",
    "sadness": "sad",
    "surprise": "surprised",
}
EXAMPLE = "audio/1621357_anna.wav"
BESIDE = {
    "metadata/samples.csv": (
        "file_name,actor,sentence,emotion_expressed\n1621357_anna.wav,anna,Buongiorno,joy\n"
    ),
    "metadata/users.csv": "username,age,gender,mother_tongue\nanna,31,f,it\n",
    "metadata/evaluations.csv": (
        "file_name,evaluator,emotion_recognized\n"
        "1621357_anna.wav,bruno,joy\n1621357_anna.wav,carla,surprise\n"
    ),
}

_SEX = {"f": "female", "female": "female", "m": "male", "male": "male"}


def here(folder: Path) -> bool:
    """Whether `folder` holds `audio` and a `metadata/samples.csv` that speaks of emotions."""
    metadata = folder_named(folder, "metadata")
    table = first_file(metadata, "samples.csv") if metadata else None
    if table is None or folder_named(folder, "audio") is None:
        return False
    # Whatever its encoding; `clips` says what is wrong.
    with table.open("rb") as lines:
        return b"emotion_expressed" in lines.readline().replace(b"\0", b"")


def clips(root: Path) -> Iterator[Clip | Drop]:
    """Every clip named in `samples.csv`, and a drop for every sound file that is not."""
    metadata = folder_named(root, "metadata") or root
    audio = folder_named(root, "audio") or root
    lying = sounds(audio)
    found = by_stem(lying)
    sex = {
        row["username"]: _SEX.get(row.get("gender", "").lower())
        for row in rows_named(metadata, "users.csv")
    }
    heard: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows_named(metadata, "evaluations.csv"):
        if (word := row.get("emotion_recognized", "").lower()) in EMOTION:
            heard[row["file_name"]][EMOTION[word]] += 1
    parts = {
        row["file_name"]: table.stem.lower()
        for table in matching(metadata, "split/*.csv")
        for row in rows(table)
    }
    named: set[Path] = set()
    for row in rows_named(metadata, "samples.csv"):
        path = found.get(Path(row["file_name"]).stem.casefold())
        if path is None:
            yield Drop(audio / row["file_name"], MISSING)
            continue
        named.add(path)
        yield Clip(
            path=path,
            corpus="emozionalmente",
            speaker=f"emozionalmente:{row['actor']}",
            emotion=EMOTION.get(row["emotion_expressed"].lower()),
            label=row["emotion_expressed"].lower(),
            votes=shares(heard[row["file_name"]]),
            sex=sex.get(row["actor"]),
            language="it",
            sentence=row.get("sentence", ""),
            part=parts.get(row["file_name"], ""),
        )
    yield from unnamed(lying, named)

"""MSP-Podcast: natural speech from podcasts, judged by five or more listeners; needs a licence.

Release 1.12: 324 hours, 4,100 speakers. Lotfian and Busso, "Building Naturalistic Emotionally
Balanced Speech Corpus by Retrieving Emotional Speech from Existing Podcast Recordings", IEEE
Trans. Affective Computing 2019. Layout: `Audios/MSP-PODCAST_0001_0008.wav` with
`Labels/labels_consensus.csv` (spelt `consensus` in old releases) and, for the votes,
`Labels/labels_detailed.csv`. Arousal, valence and dominance come as 1 to 7.

Known defects: segments of unknown speakers are dropped, as they would leak over any split;
MSP-PODCAST_1023_0235 is a stereo file at another rate in old releases. Contempt, other and no
agreement have no place among our emotions: those clips keep label, votes and dimensions.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from dndmood_train.corpora._clip import Clip, Drop, shares
from dndmood_train.corpora._files import rows, sound_named

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
_CONSENSUS = ("labels_consensus.csv", "labels_concensus.csv")


def here(folder: Path) -> bool:
    """Whether `folder` holds `Audios` and the consensus labels."""
    labels = folder / "Labels"
    return (folder / "Audios").is_dir() and any((labels / n).is_file() for n in _CONSENSUS)


def clips(root: Path) -> Iterator[Clip | Drop]:
    """Every segment that the labels name."""
    heard = _votes(root / "Labels" / "labels_detailed.csv")
    table = next(
        rows(root / "Labels" / n) for n in _CONSENSUS if (root / "Labels" / n).is_file()
    )
    for row in table:
        stem = Path(row["FileName"]).stem
        path = sound_named(root / "Audios", stem)
        if path is None:
            yield Drop(root / "Audios" / row["FileName"], "missing file")
        elif not row.get("SpkrID", "").strip().isdigit():
            yield Drop(path, "unknown speaker")
        else:
            yield _clip(path, row, heard.get(stem))


def _clip(path: Path, row: dict[str, str], votes: Counter[str] | None) -> Clip:
    sex = row.get("Gender", "").lower()
    return Clip(
        path=path,
        corpus="msp_podcast",
        speaker=f"msp_podcast:{row['SpkrID']}",
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


def _scaled(cell: str) -> float | None:
    # 1 to 7 with 4 in the middle becomes 0 to 1 with 0.5 in the middle.
    return (float(cell) - 1) / 6 if cell else None


def _votes(path: Path) -> dict[str, Counter[str]]:
    heard: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows(path):
        word = row.get("EmoClass_Major", "").lower()
        if word in _WORDS:
            heard[Path(row["FileName"]).stem][_WORDS[word]] += 1
    return heard

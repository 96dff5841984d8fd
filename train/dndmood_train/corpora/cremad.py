"""CREMA-D: 91 actors say twelve English sentences in six emotions; crowds judged every clip.

7,442 clips, 5.3 hours, 43 female and 48 male actors aged 20 to 74. Cao et al., "CREMA-D:
Crowd-sourced Emotional Multimodal Actors Dataset", IEEE Trans. Affective Computing 2014.
Layout: `AudioWAV/1001_DFA_ANG_XX.wav` (actor, sentence, emotion, level), with
`VideoDemographics.csv` and `processedResults/tabulatedVotes.csv` beside that folder; `AudioMP3`
holds the same clips and is read where `AudioWAV` is missing.

The acted emotion is often not what people hear: of the voice alone, listeners agree with the
actor on 42 % of the clips. `emotion` is the acted one, as all published figures use it; `votes`
are the shares of the listeners who heard only the voice (row ids beginning with 1), and
`intensity` is the strength that they felt.

Known defects: 1076_MTI_SAD_XX is digital silence; three pairs of files are the same recording
under different emotions.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from dndmood_train.corpora._clip import Clip, Drop, shares
from dndmood_train.corpora._copies import CONTRADICTORY
from dndmood_train.corpora._files import (
    folder_named,
    has_sound,
    number,
    rows_named,
    sounds,
)

TITLE = "CREMA-D"
LICENCE = "ODbL 1.0 and DbCL 1.0"
LINK = "https://github.com/CheyneyComputerScience/CREMA-D"
LANGUAGES = ("en",)
EMOTION = {
    "ANG": "angry",
    "DIS": "disgusted",
    "FEA": "fearful",
    "HAP": "happy",
    "NEU": "neutral",
    "SAD": "sad",
}
EXAMPLE = "AudioWAV/1001_DFA_ANG_XX.wav"
BESIDE: dict[str, str] = {}

_NAME = re.compile(r"(\d{4})_([A-Z]{3})_([A-Z]{3})_([A-Z]{2})", re.IGNORECASE)
_FOLDERS = ("AudioWAV", "AudioMP3")
_LEVEL = {"LO": 1 / 3, "MD": 2 / 3, "HI": 1.0}
_VOTES = {
    "A": "angry",
    "D": "disgusted",
    "F": "fearful",
    "H": "happy",
    "N": "neutral",
    "S": "sad",
}
_SILENT = frozenset({"1076_MTI_SAD_XX"})
_SAME = frozenset(
    {
        "1006_TIE_HAP_XX",
        "1006_TIE_NEU_XX",
        "1013_WSI_DIS_XX",
        "1013_WSI_SAD_XX",
        "1017_IWW_ANG_XX",
        "1017_IWW_FEA_XX",
    }
)


def here(folder: Path) -> bool:
    """Whether `folder` holds `AudioWAV` or `AudioMP3` with names such as `1001_DFA_ANG_XX`."""
    place = folder_named(folder, *_FOLDERS)
    return place is not None and has_sound(place, "[0-9]*_???_???_??.*")


def clips(root: Path) -> Iterator[Clip | Drop]:
    """Every clip; listeners' votes and intensity where the tables are there."""
    sex = {
        row["ActorID"]: row["Sex"].lower() for row in rows_named(root, "VideoDemographics.csv")
    }
    results = folder_named(root, "processedResults") or root
    votes = _voice_votes(rows_named(results, "tabulatedVotes.csv"))
    for path in sounds(folder_named(root, *_FOLDERS) or root):
        yield _clip(path, sex, votes)


def _clip(path: Path, sex: dict[str, str], votes: dict[str, dict[str, str]]) -> Clip | Drop:
    name = path.stem.upper()
    match = _NAME.fullmatch(name)
    if match is None or match[3] not in EMOTION:
        return Drop(path, "unreadable name")
    if name in _SILENT:
        return Drop(path, "silent")
    if name in _SAME:
        return Drop(path, CONTRADICTORY)
    actor, sentence, label, level = match.groups()
    row = votes.get(name)
    return Clip(
        path=path,
        corpus="cremad",
        speaker=f"cremad:{actor}",
        emotion=EMOTION[label],
        label=label,
        votes=shares({_VOTES[key]: number(row[key]) or 0.0 for key in _VOTES}) if row else None,
        intensity=_felt(row) if row else _LEVEL.get(level),
        sex=sex.get(actor),
        language="en",
        sentence=sentence,
    )


def _felt(row: dict[str, str]) -> float | None:
    felt = number(row["meanEmoResp"])
    return None if felt is None or felt < 0 else felt / 100


def _voice_votes(table: list[dict[str, str]]) -> dict[str, dict[str, str]]:
    # The column of row ids, the first, has no name.
    heard = (row for row in table if next(iter(row.values())).startswith("1"))
    return {row["fileName"].upper(): row for row in heard}

"""nEMO: nine actors say ninety Polish sentences in six emotions.

4,481 clips, 3.1 hours, four women and five men. Christop, "nEMO: Dataset of Emotional Speech in
Polish", LREC-COLING 2024. Layout: `samples/SK0_anger_1.wav` (speaker, emotion, sentence) with
`data.tsv` beside that folder.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from dndmood_train.corpora._clip import Clip, Drop
from dndmood_train.corpora._files import first_file, folder_named, has_sound, rows, sounds

TITLE = "nEMO"
LICENCE = "CC BY-NC-SA 4.0"
LINK = "https://huggingface.co/datasets/amu-cai/nEMO"
LANGUAGES = ("pl",)
EMOTION = {
    "anger": "angry",
    "fear": "fearful",
    "happiness": "happy",
    "neutral": "neutral",
    "sadness": "sad",
    "surprised": "surprised",
}
EXAMPLE = "samples/SK0_anger_1.wav"
BESIDE: dict[str, str] = {}

_NAME = re.compile(r"([A-Z]+\d+)_([a-z]+)_(\d+)", re.IGNORECASE)


def here(folder: Path) -> bool:
    """Whether `folder` holds `samples` with names such as `SK0_anger_1`."""
    place = folder_named(folder, "samples")
    return place is not None and any(has_sound(place, f"*_{word}_[0-9]*.*") for word in EMOTION)


def clips(root: Path) -> Iterator[Clip | Drop]:
    """Every clip; the sex of the speakers where `data.tsv` is there."""
    table = first_file(root, "data.tsv")
    said = rows(table, delimiter="\t") if table else []
    sex = {row["speaker_id"]: row["gender"] for row in said}
    for path in sounds(folder_named(root, "samples") or root):
        match = _NAME.fullmatch(path.stem)
        if match is None or match[2].lower() not in EMOTION:
            yield Drop(path, "unreadable name")
            continue
        speaker, label, sentence = match[1].upper(), match[2].lower(), match[3]
        yield Clip(
            path=path,
            corpus="nemo",
            speaker=f"nemo:{speaker}",
            emotion=EMOTION[label],
            label=label,
            sex=sex.get(speaker),
            language="pl",
            sentence=sentence,
        )

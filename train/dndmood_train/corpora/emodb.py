"""EMO-DB: ten actors say ten German sentences in seven emotions.

535 clips, 0.4 hours, five women and five men. Burkhardt et al., "A database of German emotional
speech", Interspeech 2005. Layout: `wav/03a01Fa.wav`: speaker, text, emotion letter, version;
some copies call the folder `wav_corpus`, or have none. Listeners' votes are not published, only how
many of them heard what was meant. Boredom (L) has no place among our emotions: those clips keep their label, without an emotion.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from dndmood_train.corpora._clip import Clip, Drop
from dndmood_train.corpora._files import folder_named, has_sound, sounds

TITLE = "EMO-DB"
LICENCE = "free of charge for research; CC0 in its second edition"
LINK = "http://emodb.bilderbar.info"
LANGUAGES = ("de",)
EMOTION = {
    "W": "angry",
    "E": "disgusted",
    "A": "fearful",
    "F": "happy",
    "T": "sad",
    "N": "neutral",
}
EXAMPLE = "wav/03a01Fa.wav"
BESIDE: dict[str, str] = {}

_NAME = re.compile(r"(\d\d)([ab]\d\d)([A-Z])([a-z])", re.IGNORECASE)
_WOMEN = frozenset({"08", "09", "13", "14", "16"})
_WORDS = {"L": "boredom"}


def here(folder: Path) -> bool:
    """Whether `folder` holds names such as `03a01Fa`, in `wav`, `wav_corpus` or itself."""
    return has_sound(_place(folder), "[01][0-9][ab][01][0-9][AEFLNTW][a-z].*")


def clips(root: Path) -> Iterator[Clip | Drop]:
    """Every clip."""
    for path in sounds(_place(root), deep=False):
        match = _NAME.fullmatch(path.stem)
        if match is None or match[3].upper() not in EMOTION | _WORDS:
            yield Drop(path, "unreadable name")
            continue
        speaker, sentence, letter, _ = match.groups()
        label = letter.upper()
        yield Clip(
            path=path,
            corpus="emodb",
            speaker=f"emodb:{speaker}",
            emotion=EMOTION.get(label),
            label=_WORDS.get(label, label),
            sex="female" if speaker in _WOMEN else "male",
            language="de",
            sentence=sentence.lower(),
        )


def _place(root: Path) -> Path:
    return folder_named(root, "wav", "wav_corpus") or root

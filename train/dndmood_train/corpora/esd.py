"""ESD: ten Mandarin and ten English speakers say 350 sentences each in five emotions.

35,000 clips, 29 hours, ten women and ten men. Zhou et al., "Emotional Voice Conversion: Theory,
Databases and ESD", Speech Communication 2022. Layout: `0001/Angry/0001_000351.wav`, in the first
edition `0001/Angry/evaluation/0001_000351.wav` (or `train`, `test`); speakers 0001 to 0010 speak
Mandarin, 0011 to 0020 English.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from dndmood_train.corpora._clip import Clip, Drop
from dndmood_train.corpora._files import has_sound, matching, sounds

TITLE = "ESD"
LICENCE = "licence agreement of the authors for research; no redistribution"
LINK = "https://github.com/HLTSingapore/Emotional-Speech-Data"
LANGUAGES = ("zh", "en")
EMOTION = {
    "Angry": "angry",
    "Happy": "happy",
    "Neutral": "neutral",
    "Sad": "sad",
    "Surprise": "surprised",
}
EXAMPLE = "0001/Angry/0001_000351.wav"
BESIDE: dict[str, str] = {}

_NAME = re.compile(r"(\d{4})_(\d{6})")
_PARTS = frozenset({"train", "evaluation", "test"})
_MEN = frozenset({4, 5, 6, 8, 10, 11, 12, 13, 14, 20})
_SENTENCES = 350
_MANDARIN = 10


def here(folder: Path) -> bool:
    """Whether `folder` holds folders `0001` to `0020` with names such as `0001_000351`."""
    return any(
        has_sound(
            folder, f"00[0-2][0-9]/Angry{part}/00[0-2][0-9]_[0-9][0-9][0-9][0-9][0-9][0-9].*"
        )
        for part in ("", "/*")
    )


def clips(root: Path) -> Iterator[Clip | Drop]:
    """Every clip."""
    for folder in matching(root, "00[0-2][0-9]"):
        for path in sounds(folder):
            part = path.parent.name.lower() if path.parent.name.lower() in _PARTS else ""
            word = (path.parent.parent if part else path.parent).name.capitalize()
            match = _NAME.fullmatch(path.stem)
            if match is None or word not in EMOTION:
                yield Drop(path, "unreadable name")
                continue
            speaker = int(match[1])
            yield Clip(
                path=path,
                corpus="esd",
                speaker=f"esd:{match[1]}",
                emotion=EMOTION[word],
                label=word,
                sex="male" if speaker in _MEN else "female",
                language="zh" if speaker <= _MANDARIN else "en",
                # The same 350 sentences in every emotion.
                sentence=str((int(match[2]) - 1) % _SENTENCES + 1),
                part=part,
            )

"""JL-Corpus: four actors say fifteen New Zealand English sentences in ten emotions.

2,400 clips, 1.4 hours, two women and two men. James, Tian and Watson, "An Open Source Emotional
Speech Corpus for Human Robot Interaction Applications", Interspeech 2018. Layout:
`Raw JL corpus (unchecked and unannotated)/JL(wav+txt)/female1_angry_10a_1.wav`: speaker, emotion,
sentence, session. Excitement counts as happy; the five secondary emotions (anxious, apologetic,
assertive, concerned, encouraging) have no place among ours and keep their label.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from dndmood_train.corpora._clip import Clip, Drop
from dndmood_train.corpora._files import folder_named, has_sound, matching, sounds

TITLE = "JL-Corpus"
LICENCE = "CC0"
LINK = "https://www.kaggle.com/datasets/tli725/jl-corpus"
LANGUAGES = ("en",)
EMOTION = {
    "angry": "angry",
    "excited": "happy",
    "happy": "happy",
    "neutral": "neutral",
    "sad": "sad",
}
_FOLDER = "Raw JL corpus (unchecked and unannotated)/JL(wav+txt)"
EXAMPLE = f"{_FOLDER}/female1_angry_10a_1.wav"
BESIDE: dict[str, str] = {}

_NAME = re.compile(r"((female|male)[12])_([a-z]+)_(\d+[ab])_(\d)")
_SECONDARY = frozenset({"anxious", "apologetic", "assertive", "concerned", "encouraging"})


def here(folder: Path) -> bool:
    """Whether `folder` holds the raw corpus with names such as `female1_angry_10a_1`."""
    return any(has_sound(place, "*male[12]_*_*[ab]_[12].*") for place in _places(folder))


def clips(root: Path) -> Iterator[Clip | Drop]:
    """Every clip."""
    for path in (path for place in _places(root) for path in sounds(place, deep=False)):
        match = _NAME.fullmatch(path.stem.lower())
        if match is None or match[3] not in _SECONDARY | EMOTION.keys():
            yield Drop(path, "unreadable name")
            continue
        speaker, sex, label, sentence, _ = match.groups()
        yield Clip(
            path=path,
            corpus="jl_corpus",
            speaker=f"jl_corpus:{speaker}",
            emotion=EMOTION.get(label),
            label=label,
            sex=sex,
            language="en",
            sentence=sentence,
        )


def _places(root: Path) -> list[Path]:
    """Where the clips may lie: as they were unpacked, or in the folder itself."""
    raw = (root, *matching(root, "Raw JL*"))
    inner = [found for place in raw if (found := folder_named(place, "JL(wav+txt)"))]
    return inner or [root]

"""CASIA: four actors say Mandarin sentences in six emotions.

9,600 clips in the whole corpus, of which 1,200 (0.6 hours) are free of charge; two women and two
men. Institute of Automation, Chinese Academy of Sciences, 2005. Layout:
`wangzhe/neutral/201.wav`: speaker, emotion, sentence, as EmoBox (arXiv 2406.07162) reads it, too.
"""

from collections.abc import Iterator
from pathlib import Path

from dndmood_train.corpora._clip import Clip, Drop
from dndmood_train.corpora._files import has_sound, sounds

TITLE = "CASIA"
LICENCE = "licence of the Chinese Academy of Sciences; a part is free of charge for research"
LINK = "http://www.chineseldc.org/resource_info.php?rid=76"
LANGUAGES = ("zh",)
EMOTION = {
    "angry": "angry",
    "fear": "fearful",
    "happy": "happy",
    "neutral": "neutral",
    "sad": "sad",
    "surprise": "surprised",
}
EXAMPLE = "wangzhe/neutral/201.wav"
BESIDE: dict[str, str] = {}

_SPEAKERS = frozenset({"liuchanhg", "wangzhe", "zhaoquanyin", "zhaozuoxiang"})


def here(folder: Path) -> bool:
    """Whether `folder` holds a folder of one of the four with emotions in it."""
    return any(
        has_sound(speaker, f"{word}/[0-9]*")
        for speaker in _speakers(folder)
        for word in EMOTION
    )


def clips(root: Path) -> Iterator[Clip | Drop]:
    """Every clip."""
    for speaker in _speakers(root):
        for path in sounds(speaker):
            word = path.parent.name.lower()
            if word not in EMOTION or path.parent.parent != speaker:
                yield Drop(path, "unreadable name")
                continue
            yield Clip(
                path=path,
                corpus="casia",
                speaker=f"casia:{speaker.name.lower()}",
                emotion=EMOTION[word],
                label=word,
                language="zh",
                sentence=path.stem,
            )


def _speakers(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*") if path.name.lower() in _SPEAKERS)

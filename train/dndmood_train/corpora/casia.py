"""CASIA: four actors say Mandarin sentences in six emotions.

9,600 clips in the whole corpus, of which 1,200 (0.6 hours) are free of charge; two women and two
men. Institute of Automation, Chinese Academy of Sciences, 2005. Layout:
`wangzhe/neutral/201.wav`: speaker, emotion, sentence, as EmoBox (arXiv 2406.07162) reads it, too.
Copies with `neutral/201-neutral-wangzhe.wav` are in use, as in
https://github.com/Renovamen/Speech-Emotion-Recognition, and are read as well.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from dndmood_train.corpora._clip import Clip, Drop
from dndmood_train.corpora._files import folder_named, has_sound, sounds

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

_NAME = re.compile(r"(\d+)-([a-z]+)-([a-z]+)")
_SPEAKERS = frozenset({"liuchanhg", "wangzhe", "zhaoquanyin", "zhaozuoxiang"})


def here(folder: Path) -> bool:
    """Whether `folder` holds a folder of one of the four with emotions in it."""
    return bool(_named(folder)) or any(
        has_sound(speaker, f"{word}/[0-9]*")
        for speaker in _speakers(folder)
        for word in EMOTION
    )


def clips(root: Path) -> Iterator[Clip | Drop]:
    """Every clip."""
    for speaker in _speakers(root):
        for path in sounds(speaker):
            word = path.parent.name.lower()
            numbered = path.stem.isdecimal()
            if word not in EMOTION or path.parent.parent != speaker or not numbered:
                yield Drop(path, "unreadable name")
                continue
            yield _clip(path, speaker.name.lower(), word, path.stem)
    for path, match in _named(root):
        sentence, word, who = match.groups()
        if word != path.parent.name.lower():
            yield Drop(path, "name and folder disagree")
        else:
            yield _clip(path, who, word, sentence)


def _clip(path: Path, speaker: str, word: str, sentence: str) -> Clip:
    return Clip(
        path=path,
        corpus="casia",
        speaker=f"casia:{speaker}",
        emotion=EMOTION[word],
        label=word,
        language="zh",
        sentence=sentence,
    )


def _named(root: Path) -> list[tuple[Path, re.Match[str]]]:
    folders = (folder_named(root, word) for word in EMOTION)
    paths = (path for folder in folders if folder for path in sounds(folder, deep=False))
    pairs = ((path, _NAME.fullmatch(path.stem.lower())) for path in paths)
    return [(p, m) for p, m in pairs if m and m[2] in EMOTION and m[3] in _SPEAKERS]


def _speakers(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*") if path.name.lower() in _SPEAKERS)

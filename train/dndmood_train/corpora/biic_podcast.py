"""BIIC-Podcast: natural Taiwanese Mandarin from podcasts, judged by five listeners on average.

Release 1.01: 147 hours; needs a licence. Upadhyay et al., "An Intelligent Infrastructure Toward
Large Scale Naturalistic Affective Speech Corpora Collection", ACII 2023. How the official archive
is laid out is not published; it is read in the layout of EMO-SUPERB, which publishes its tables:
`Audios/BIIC-PODCAST_1000_0321_0003.wav` (podcast, segment, part) with
`Primary/labels_consensus_2.csv` or `Secondary/...`. Ratings are 1 to 7. Contempt, and in the
secondary table ten finer words, have no place among our emotions; amusement and excitement count
as happy.

Known defects: the tables do not say who speaks, so that the podcast stands for the speaker; a
guest of two podcasts may be on both sides of a split that is not the corpus' own.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from dndmood_train.corpora import _emo_superb
from dndmood_train.corpora._clip import Clip, Drop
from dndmood_train.corpora._files import has_sound

TITLE = "BIIC-Podcast"
LICENCE = "academic licence of the National Tsing Hua University; no redistribution"
LINK = "https://biic.ee.nthu.edu.tw/open_resource_detail.php?id=63"
LANGUAGES = ("zh",)
EMOTION = {
    "amused": "happy",
    "angry": "angry",
    "disgust": "disgusted",
    "excited": "happy",
    "fear": "fearful",
    "happy": "happy",
    "neutral": "neutral",
    "sad": "sad",
    "surprise": "surprised",
}
EXAMPLE = "Audios/BIIC-PODCAST_1000_0321_0003.wav"
BESIDE = {
    "Primary/labels_consensus_2.csv": (
        ",angry,sad,disgust,contempt,fear,neutral,surprise,happy,EmoAct,EmoVal,EmoDom,Split_Set\n"
        "BIIC-PODCAST_1000_0321_0003.wav,0.007142857142857143,0.007142857142857143,"
        "0.007142857142857143,0.007142857142857143,0.007142857142857143,0.95,"
        "0.007142857142857143,0.007142857142857143,2.5,4.0,6.25,Train\n"
    )
}

_NAME = re.compile(r"BIIC-PODCAST_(\d+)_\d+(?:_\d+)?", re.IGNORECASE)


def here(folder: Path) -> bool:
    """Whether `folder` holds tables of EMO-SUPERB and names such as `BIIC-PODCAST_0001_0031`."""
    return _emo_superb.table(folder) is not None and has_sound(
        _emo_superb.audios(folder), "BIIC-PODCAST_[0-9]*"
    )


def clips(root: Path) -> Iterator[Clip | Drop]:
    """Every segment that the table names."""
    return _emo_superb.clips(
        root, EMOTION, corpus="biic_podcast", language="zh", most=7, speaker=_speaker
    )


def _speaker(row: _emo_superb.Heard) -> str:
    match = _NAME.fullmatch(row.path.stem)
    return row.speaker or (match[1] if match else "")

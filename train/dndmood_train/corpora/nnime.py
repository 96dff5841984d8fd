"""NNIME: 43 students of acting improvise Mandarin scenes of two towards an emotion.

5,596 turns of which 4,738 are speech, 22 pairs; needs a licence. Chou et al.,
"NNIME: The NTHU-NTUA Chinese Interactive Multimodal Emotion Corpus", ACII 2017. How the official
archive is laid out is not published; it is read in the layout of EMO-SUPERB, which publishes its
tables: `Audios/angry_01_A_002.wav` (aim of the scene, pair, speaker, turn) with
`Primary/labels_consensus_1.csv` or `Secondary/...`. Excitement and joy count as happy, relaxation
as calm; frustration and disappointment have no place among our emotions. Ratings are 1 to 5;
dominance was not rated.

Known defects: speaker B of pair 4 is speaker A of pair 22; the tables' numbers know that.
"""

from collections.abc import Iterator
from pathlib import Path

from dndmood_train.corpora import _emo_superb
from dndmood_train.corpora._clip import Clip, Drop
from dndmood_train.corpora._files import has_sound

TITLE = "NNIME"
LICENCE = "academic licence of the National Tsing Hua University; no redistribution"
LINK = "https://biic.ee.nthu.edu.tw/open_resource_detail.php?id=61"
LANGUAGES = ("zh",)
EMOTION = {
    "angry": "angry",
    "excited": "happy",
    "fear": "fearful",
    "happy": "happy",
    "joy": "happy",
    "neutral": "neutral",
    "relax": "calm",
    "sad": "sad",
    "surprise": "surprised",
}
EXAMPLE = "Audios/angry_01_A_002.wav"
BESIDE = {
    "Secondary/labels_consensus_1.csv": (
        ",angry,frustrated,disappointed,sad,fear,neutral,surprise,excited,happy,relax,joy,"
        "EmoAct,EmoVal,SpkrID,Gender,Split_Set\n"
        "angry_01_A_002.wav,0.71375,0.005,0.005,0.005,0.005,0.24125,0.005,0.005,0.005,0.005,"
        "0.005,3,2,1,Female,Train\n"
    )
}


def here(folder: Path) -> bool:
    """Whether `folder` holds tables of EMO-SUPERB and names such as `angry_01_A_002`."""
    return _emo_superb.table(folder) is not None and has_sound(
        _emo_superb.audios(folder), "[a-z]*_[0-9][0-9]_[AB]_[0-9]*"
    )


def clips(root: Path) -> Iterator[Clip | Drop]:
    """Every turn that the table names."""
    return _emo_superb.clips(root, EMOTION, corpus="nnime", language="zh", most=5)

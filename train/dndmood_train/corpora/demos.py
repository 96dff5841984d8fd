"""DEMoS: 68 Italians in whom seven emotions were induced, and neutral.

9,697 clips, 23 women and 45 men; needs a licence. Parada-Cabaleiro et al., "DEMoS: an
Italian emotional speech corpus", Language Resources and Evaluation 2020. Layout:
`DEMOS/NP_f_01_col07b.wav`: prototypical (PR) or not (NP), sex, speaker, emotion and sample, with
the neutral samples in `NEU`, as the legend that comes with it says. Guilt has no place among our
emotions: those clips keep their label.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from dndmood_train.corpora._clip import Clip, Drop
from dndmood_train.corpora._files import folder_named, has_sound, sounds

TITLE = "DEMoS"
LICENCE = "licence of the authors for research; no redistribution"
LINK = "https://zenodo.org/record/2544829"
LANGUAGES = ("it",)
EMOTION = {
    "dis": "disgusted",
    "gio": "happy",
    "neu": "neutral",
    "pau": "fearful",
    "rab": "angry",
    "sor": "surprised",
    "tri": "sad",
}
EXAMPLE = "DEMOS/PR_f_01_rab01a.wav"
BESIDE: dict[str, str] = {}

_NAME = re.compile(r"(?:([np][pr])_)?([fm])_(\d+)_([a-z]{3})(\w*)")
_WORDS = {"col": "guilt"}


def here(folder: Path) -> bool:
    """Whether `folder` holds `DEMOS` with names such as `PR_f_01_rab01a`."""
    # Not through `folder_named`, as a folder of corpora may hold this one as `demos/DEMOS`.
    return has_sound(folder, "DEMOS/[NP][PR]_[fm]_[0-9]*_*")


def clips(root: Path) -> Iterator[Clip | Drop]:
    """Every clip."""
    for folder in _places(root):
        for path in sounds(folder):
            match = _NAME.fullmatch(path.stem.lower())
            if match is None or match[4] not in EMOTION | _WORDS:
                yield Drop(path, "unreadable name")
                continue
            _, sex, speaker, label, _ = match.groups()
            yield Clip(
                path=path,
                corpus="demos",
                speaker=f"demos:{sex}_{speaker}",
                emotion=EMOTION.get(label),
                label=_WORDS.get(label, label),
                sex="female" if sex == "f" else "male",
                language="it",
            )


def _places(root: Path) -> list[Path]:
    # An archive that was unpacked into a folder of its own name leaves NEU beside that.
    around = [root, root.parent] if root.name.casefold() == "demos" else [root]
    neutral = next((found for home in around if (found := folder_named(home, "NEU"))), None)
    return [place for place in (folder_named(root, "DEMOS"), neutral) if place]

"""Pictures stay readable whatever stands above them."""

from pathlib import Path

import numpy as np
import pytest

from dndmood_train.evaluation import plots
from dndmood_train.evaluation.octants import Octants

LONG = "hearth on " + ", ".join(f"Corpus number {number}" for number in range(30))


def ink(path: Path) -> float:
    """How far to the right the picture is drawn on below its title, as a share of its width."""
    from matplotlib.image import imread

    picture = imread(path)[..., :3]
    below = picture[len(picture) // 3 :]
    return float(np.flatnonzero((below < 1).any(axis=(0, 2))).max() / below.shape[1])


@pytest.mark.parametrize("title", [LONG, "x" * 400], ids=["many corpora", "one long name"])
@pytest.mark.parametrize("kind", ["confusion", "curve", "losses", "octants"])
def test_a_long_title_leaves_the_picture_its_room(
    kind: str, title: str, tmp_path: Path
) -> None:
    """A second line takes a little of a square picture, but never its width."""
    drawn = []
    for said in ("hearth", title):
        path = tmp_path / f"{len(drawn)}.png"
        if kind == "confusion":
            plots.confusion(path, [[3, 1], [0, 2]], ["angry", "sad"], title=said)
        elif kind == "curve":
            plots.curve(path, {1.0: 0.4, 3.0: 0.6}, title=said)
        elif kind == "losses":
            plots.losses(path, {"music at 10 dB": -0.02, "babble": 0.01}, title=said)
        else:
            plots.octants(path, Octants(np.full((3, 3), 0.7), None), title=said)
        drawn.append(ink(path))
    assert drawn[1] == pytest.approx(drawn[0], abs=0.06)

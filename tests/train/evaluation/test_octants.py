"""The spherical view of arousal, valence and dominance."""

from pathlib import Path

import numpy as np
import pytest

from dndmood_train.corpora import Clip
from dndmood_train.evaluation import octants, plots
from dndmood_train.evaluation.predict import Answers
from dndmood_train.evaluation.test_set import matched


def clips(*rated: tuple[float, float, float | None]) -> list[Clip]:
    return [
        Clip(
            path=Path(f"{n}.wav"),
            corpus="x",
            speaker="x:a",
            label="happy",
            arousal=a,
            valence=v,
            dominance=d,
        )
        for n, (a, v, d) in enumerate(rated)
    ]


def answers(*said: tuple[float, float, float], dominance: bool = True) -> Answers:
    space = np.array(said)
    scores = np.ones((len(said), 1))
    zeros = np.zeros(len(said))
    given = space[:, 2] if dominance else None
    return Answers(("happy",), space[:, 0], space[:, 1], zeros, scores, given)


def test_every_region_has_its_own_signs() -> None:
    corners = np.array([[a, v, d] for a in (0.1, 0.9) for v in (0.1, 0.9) for d in (0.1, 0.9)])
    assert octants.region(corners).tolist() == list(range(8))
    assert len(set(octants.NAMES)) == 8


def test_clips_that_nobody_rated_so_are_left_out(tmp_path: Path) -> None:
    rated = clips((0.9, 0.9, 0.9), (0.9, 0.1, 0.9), (0.9, 0.1, None))
    tested = matched(tmp_path, rated, ("happy",), {})
    said = answers((0.8, 0.8, 0.8), (0.8, 0.8, 0.8), (0.1, 0.1, 0.1))
    view = octants.octants(tested, said)
    assert view is not None
    assert view.counts["+A +V +D"] == view.counts["+A -V +D"] == 1
    assert (view.recall["+A +V +D"], view.recall["+A -V +D"]) == (1.0, 0.0)
    assert np.isnan(view.recall["-A -V -D"])
    plots.octants(tmp_path / "octants.png", view, title="x")
    assert (tmp_path / "octants.png").stat().st_size > 1_000


def test_a_model_without_dominance_is_not_judged_by_it(tmp_path: Path) -> None:
    tested = matched(tmp_path, clips((0.9, 0.9, 0.9)), ("happy",), {})
    view = octants.octants(tested, answers((0.8, 0.8, 0.8), dominance=False))
    assert view is not None
    assert view.recall == {}
    plots.octants(tmp_path / "octants.png", view, title="x")


def test_without_ratings_there_is_no_view(tmp_path: Path) -> None:
    tested = matched(tmp_path, clips((0.9, 0.9, None)), ("happy",), {})
    assert octants.octants(tested, answers((0.8, 0.8, 0.8))) is None


def test_distances_are_those_of_the_sphere() -> None:
    found = octants.spherical(np.array([[1.0, 1.0, 0.5], [0.0, 0.5, 0.0]]))
    assert found[0] == pytest.approx([np.sqrt(2), 45, 0])
    assert found[1] == pytest.approx([np.sqrt(2), -90, -45])


def test_on_the_border_the_picture_and_the_count_agree() -> None:
    """Raters' middle is common: what counts as low must be drawn among what is low."""
    middling = np.array([[0.5, 0.1, 0.2]])
    assert octants.NAMES[int(octants.region(middling)[0])].startswith("-A -V")
    assert octants.spherical(middling)[0, 1] == pytest.approx(-180.0)

"""The card of an emotion model."""

from contextlib import suppress
from pathlib import Path

from dndmood.errors import UserError
from dndmood.hearing.model import read_card
from dndmood.mood.zero import Ordinary
from tests.fuzz._inputs import placed

SEEDS = (
    (Path(__file__).parents[3] / "models" / "hearth" / "card.toml").read_bytes(),
    b'[output]\nlabels = ["a"]\n[input]\nrate_hz = 16000\nwindow_s = 3.0\n[graph]\nsha256 = "0"\n[ordinary]\nscores = { a = "x" }\n',
)


def run(data: bytes) -> None:
    """A card comes of it, or one sentence."""
    with suppress(UserError):
        Ordinary(**read_card(placed("model/card.toml", data).parent).ordinary)

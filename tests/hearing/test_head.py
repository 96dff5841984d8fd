"""A model with a head of its own: features travel with the answer, and can be judged again."""

import numpy as np
import pytest

from dndmood.errors import UserError
from dndmood.events import RATE_HZ, EmotionEstimate, SpeechWindow
from dndmood.hearing.emotion import estimate
from dndmood.hearing.model import open_model, read_card
from dndmood.hearing.reading import Reading
from tests.featured_model import digest, featured_model


def tone(level: float, seconds: float = 1.0) -> np.ndarray:
    time = np.arange(round(seconds * RATE_HZ))
    return (level * np.where(time // 40 % 2, 1, -1)).astype(np.float32)


@pytest.fixture
def folder(tmp_path):
    return featured_model(tmp_path / "featured")


def test_features_travel_with_the_answer_and_the_head_alone_gives_the_same(folder):
    with open_model(folder) as model:
        heard = model(tone(0.5))
        assert heard.features == pytest.approx((1.0, -1.0), abs=1e-4)
        again = model.head(heard.features)
        assert again.arousal == pytest.approx(heard.arousal, abs=1e-6) == pytest.approx(0.5)
        assert again.scores == pytest.approx(heard.scores, abs=1e-6)


def test_on_another_zero_the_head_answers_otherwise(folder):
    with open_model(folder) as model:
        soft = np.array(model(tone(0.2)).features)
        moved = model.head(((soft - (-2.0, 2.0)) / (0.5, 0.5)).tolist())
        assert moved.arousal == pytest.approx(0.3 + 0.2 * (-0.5 + 2.0) / 0.5, abs=1e-4)


def test_a_batch_is_what_it_was_before_there_were_features(folder):
    with open_model(folder) as model:
        assert len(model.batch(np.stack([tone(0.2), tone(0.4)]))) == 4
        answer, features = model.with_features(np.stack([tone(0.2), tone(0.4)]))
        assert len(answer) == 4 and features.shape == (2, 2)


def test_the_stage_passes_features_on_and_leaves_out_what_is_no_number(folder):
    windows = [SpeechWindow(tone(0.5), 1.0, 1.0)]
    with open_model(folder) as model:
        (_, found) = estimate(windows, model=model)
    assert isinstance(found, EmotionEstimate) and len(found.features) == 2

    def broken(_):
        return Reading(0.5, 0.5, 1.0, {"calm": 1.0}, (float("nan"), 0.0))

    assert not [e for e in estimate(windows, model=broken) if isinstance(e, EmotionEstimate)]


def test_a_model_whose_card_says_nothing_of_features_works_as_before(folder):
    card = (folder / "card.toml").read_text().split("[features]")[0]
    (folder / "card.toml").write_text(card)
    with open_model(folder) as model:
        assert model.head is None and model(tone(0.5)).features == ()


def edit(folder, old, new):
    path = folder / "card.toml"
    path.write_text(path.read_text().replace(old, new))


def swap(folder):
    """The graph is replaced by one without features, and its card tells so of nothing."""
    import onnx

    path = folder / "model.onnx"
    before = digest(path)
    graph = onnx.load(path)
    del graph.graph.output[-1]
    onnx.save(graph, path)
    edit(folder, before, digest(path))


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (lambda f: (f / "head.onnx").unlink(), "head.onnx cannot be read"),
        (lambda f: (f / "head.onnx").write_bytes(b"cut"), "the sha256 differs"),
        (lambda f: featured_model(f, strange_head=True), "does not answer as the model itself"),
        (lambda f: edit(f, "width = 2", "width = 3"), "cannot judge 3 features"),
        (swap, "promises 2 features, but the graph gives none"),
    ],
)
def test_a_head_that_does_not_belong_to_its_model_is_one_sentence(folder, spoil, complaint):
    spoil(folder)
    with pytest.raises(UserError, match=complaint), open_model(folder):
        pass


PLACES = "[features.places]\n" + "".join(
    f"{label} = [0.1, {n}]\n" for n, label in enumerate(("neutral", "happy", "sad", "angry"))
)


def test_the_card_says_where_each_emotion_lies(tmp_path):
    card = read_card(featured_model(tmp_path / "m", card=PLACES))
    assert card.places["sad"] == (0.1, 2.0) and card.width == 2 and card.parameters == 12


@pytest.mark.parametrize(
    "card",
    [
        PLACES.replace("sad = [0.1, 2]\n", ""),
        PLACES.replace("[0.1, 2]", "[0.1]"),
        PLACES.replace("[0.1, 2]", '["much", 2]'),
        PLACES.replace("[0.1, 2]", "3"),
    ],
)
def test_places_that_do_not_fit_are_one_sentence(tmp_path, card):
    with pytest.raises(UserError, match="model card .* cannot be used"):
        read_card(featured_model(tmp_path / "m", card=card))

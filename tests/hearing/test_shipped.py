"""Which model is meant by a name, a folder or nothing."""

import pytest

from dndmood import assembly, paths
from dndmood import settings as settings_file
from dndmood.errors import UserError
from dndmood.hearing import shipped
from dndmood.hearing.model import read_card
from dndmood.settings import Settings
from tests.featured_model import featured_model


@pytest.fixture
def two(tmp_path, monkeypatch):
    """An installation with two models, of which `ash` comes first in the alphabet."""
    for name in ("ash", "hearth"):
        featured_model(tmp_path / "data" / "models" / name)
    monkeypatch.setattr(paths, "data", lambda name: tmp_path / "data" / name)
    return tmp_path / "data" / "models"


def test_hearth_listens_when_nobody_asks_for_another(two):
    assert assembly.model_folder(Settings()) == two / "hearth"


def test_a_model_that_comes_along_is_meant_by_its_name(two, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ash").mkdir()
    assert shipped.folder("ash") == two / "ash"
    assert shipped.folder("./ash").resolve() == tmp_path / "ash"


def test_any_folder_is_meant_by_its_path(two, tmp_path):
    own = featured_model(tmp_path / "own")
    assert shipped.folder(str(own)) == own


def test_what_is_neither_is_told_with_the_names_there_are(two):
    with pytest.raises(UserError, match="name one that is there, or .* along: ash, hearth"):
        shipped.folder("ember")


def test_a_name_in_the_settings_file_is_no_folder_beside_it(two, tmp_path):
    path = tmp_path / "settings.toml"
    path.write_text('model = "ash"\n')
    assert assembly.model_folder(settings_file.load(path)) == two / "ash"
    path.write_text('model = "mine"\n')
    assert settings_file.load(path).model == str(tmp_path / "mine")
    path.write_text('model = "./ash"\n')
    assert settings_file.load(path).model == str(tmp_path / "ash")


def test_a_model_is_said_with_its_weights_and_its_size(two):
    size = sum((two / "ash" / f).stat().st_size for f in ("model.onnx", "head.onnx"))
    said = assembly.model_said(Settings(model="ash"))
    assert said == f"ash (12 weights, {size / 1e6:.2f} MB)"


def test_every_model_of_this_checkout_can_be_named():
    assert shipped.DEFAULT in shipped.names()
    for name in shipped.names():
        assert read_card(shipped.folder(name)).name == name

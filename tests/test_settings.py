"""The settings file as people and their editors leave it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from dndmood import cli, paths, settings
from dndmood.errors import UserError
from dndmood.settings import Settings


def load(tmp_path, text, **chosen):
    path = tmp_path / "settings.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return settings.load(path, **chosen)


def test_without_a_file_everything_is_as_it_comes(tmp_path):
    assert settings.load(tmp_path / "none" / "settings.toml") == Settings()


def test_a_file_from_notepad_is_read(tmp_path):
    assert load(tmp_path, "fade_s = 3\r\n".encode("utf-8-sig")).fade_s == 3


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("fade_s = 3".encode("utf-16"), "save it as UTF-8"),
        (r'music = "C:\Users\gm"', "single quotes"),
        (r'music = "C:\temp\new"', "single quotes"),
        (r'music = "C:\bard"', "single quotes"),
        ("lively = 7", "'lively' between 0 and 1, not 7"),
        ("margin = 0.1", "the key 'margin', which is gone: write lively = 0.5"),
        ("changes_per_h = 15", "the key 'changes_per_h', which is gone"),
        ("lively = nan", "'lively' between"),
        ("ambience_db = 13", "'ambience_db' between -40 and 12, not 13"),
        ("surround = 0", "'surround' to be true or false"),
        ("plain = 1", "'plain' to be true or false"),
        ("strictness = 1.5", "a whole number"),
        ("device = true", "'device' to be a text"),
        ("device = 1.5", "'device' to be a text"),
        ("device = 0x" + "f" * 9000, "'device' to be a text"),
        ("playr = 'silent'", "did you mean 'player'?"),
        ("window = 3", "did you mean 'window_s'?"),
        ("Music = 'x'", "did you mean 'music'?"),
        ("colour = 'blue'", "unknown key 'colour': use device, "),
        ("[listen]\nplain = true", "unknown key 'listen'"),
        ("for_s = " + "0x" + "f" * 9000, "'for_s' between"),
        ("lively = [" + "1," * 9000 + "]", "'lively' to be a number"),
    ],
)
def test_a_mistake_is_one_short_sentence_with_the_way_out(tmp_path, text, sentence):
    with pytest.raises(UserError) as told:
        load(tmp_path, text)
    assert sentence in str(told.value) and str(tmp_path / "settings.toml") in str(told.value)
    assert "\n" not in str(told.value) and len(str(told.value)) < 700


@pytest.mark.parametrize(
    ("chosen", "option"),
    [
        ({"for_s": -1.0}, "--for"),
        ({"hop_s": 0.0}, "--hop"),
        ({"window_s": 0.5}, "--window"),
        ({"fade_s": 99.0}, "--fade"),
        ({"lively": 2.0}, "--lively"),
        ({"ears": "both"}, "--ears"),
        ({"language": "english"}, "--language"),
    ],
)
def test_a_mistake_on_the_command_line_is_called_as_it_was_typed(tmp_path, chosen, option):
    with pytest.raises(UserError, match=f"The command line needs {option} "):
        load(tmp_path, "", **chosen)
    typed = typer.main.get_command(cli.app).commands["listen"].params
    assert option in {name for one in typed for name in one.opts}


@pytest.mark.parametrize("key", ["music", "playlists", "ambience", "model", "input", "journal"])
def test_a_folder_of_nobody_is_one_sentence(tmp_path, key):
    with pytest.raises(UserError, match="folder of nobody"):
        load(tmp_path, f"{key} = '~nosuch/x'")
    with pytest.raises(UserError, match="folder of nobody"):
        load(tmp_path, "", **{key: "~nosuch/x"})


def test_a_folder_or_a_link_to_nothing_in_its_place_is_told(tmp_path):
    (tmp_path / "settings.toml").mkdir()
    with pytest.raises(UserError, match="is a folder"):
        settings.load(tmp_path / "settings.toml")
    (tmp_path / "link.toml").symlink_to("nowhere")
    with pytest.raises(UserError, match="No such file"):
        settings.load(tmp_path / "link.toml")


def test_a_number_is_a_device(tmp_path):
    assert load(tmp_path, "device = 3").device == "3"


def test_paths_in_the_file_begin_at_its_folder_and_others_where_they_are_typed(tmp_path):
    text = "music = 'music'\nplaylists = '~/moods'\nmodel = '/models/m'\njournal = ''"
    found = load(tmp_path, text, input="talk.wav")
    assert found.music == str(tmp_path / "music")
    assert (found.playlists, found.model, found.journal, found.input) == (
        "~/moods", "/models/m", "", "talk.wav",
    )  # fmt: skip
    assert load(tmp_path, text, music="mine").music == "mine"


def data_in(package: Path, name: str) -> Path:
    code = f"from dndmood import paths; print(paths.data({name!r}))"
    done = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(package)!r}); {code}"],
        capture_output=True, text=True, check=True, cwd=package,
    )  # fmt: skip
    return Path(done.stdout.strip())


def test_another_packages_models_are_not_taken_for_ours(tmp_path):
    ours = Path(paths.__file__).parent
    (tmp_path / "dndmood").mkdir()
    for module in ours.glob("*.py"):
        shutil.copy(module, tmp_path / "dndmood")
    (tmp_path / "models").mkdir()  # another package's
    installed = tmp_path / "dndmood" / "_data" / "models"
    installed.mkdir(parents=True)
    assert data_in(tmp_path, "models") == installed
    assert paths.data("models") == ours.parent / "models"


def test_lists_of_names_come_from_file_and_command_line(tmp_path):
    path = tmp_path / "settings.toml"
    path.write_text('also_hear = ["Discord", 4]\ntell = "mpd"\nears = "mine"\n')
    found = settings.load(path)
    assert (found.also_hear, found.tell, found.ears) == (("Discord", "4"), ("mpd",), "mine")
    assert settings.load(path, also_hear=["Headset"], ears="theirs").also_hear == ("Headset",)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('ears = "both"', "to be equal or mine or theirs"),
        ("also_hear = 1.5", "to be a list of texts"),
        ("tell = [true]", "to be a list of texts"),
        ("tell = {mpd = 1}", "to be a list of texts"),
    ],
)
def test_what_is_no_such_list_or_choice_is_one_sentence(tmp_path, text, words):
    path = tmp_path / "settings.toml"
    path.write_text(text)
    with pytest.raises(UserError, match=words):
        settings.load(path)


@pytest.mark.parametrize("key", ["tell", "also_hear"])
def test_an_empty_text_is_nobody(tmp_path, key):
    assert getattr(load(tmp_path, f'{key} = ""'), key) == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("remote = []", "needs 'remote' to be true, a port, or a text"),
        ("midi = 2.5", "needs 'midi' to be true, or a text"),
        ("language = 3", "needs 'language' to be two small letters"),
    ],
)
def test_what_may_be_more_than_a_text_is_said(tmp_path, text, words):
    with pytest.raises(UserError, match=words):
        load(tmp_path, text)

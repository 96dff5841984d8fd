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
    assert mood.hold_s >= 30 and mood.tracks


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

"""What every follower promises, with a counterpart of its own; one that lies in the folder is tested."""

from time import monotonic

import numpy as np
import pytest

from dndmood import followers
from dndmood.errors import UserError
from dndmood.events import AudioChunk, Command, MoodState
from tests.fakes import stand
from tests.followers.conftest import eventually
from tests.followers.counterparts import EVERY
from tests.ipv6 import needs_ipv6

NAMES = followers.names()
AWAY = [name for name in NAMES if EVERY[name].reachable]
NONSENSE = [name for name in AWAY if EVERY[name].garble]
ODD = (
    "Öde Ruinen & Söhne",
    '"; rm -rf / #',
    "a/b?c=d&e=%20+f",
    "戦い 🐉",
    "it's $HOME `id` \\ \t tab",
    "x" * 300,
)


@pytest.mark.parametrize("name", NAMES)
def test_it_follows_the_mood(evening_with, name):
    evening = evening_with(name)
    evening.other.start()
    evening.begins()
    for number in (0, 1, 2, 0):
        assert evening.shows(evening.comes(number))
    assert evening.problems() == []


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("title", ODD, ids=lambda title: ascii(title)[:12])
def test_a_mood_may_be_called_anything(evening_with, name, title):
    titles = ("Calm", title)
    evening = evening_with(name, titles)
    evening.other.start()
    evening.begins()
    evening.comes(0)
    wanted = evening.comes(1)
    assert eventually(
        lambda: " ".join(evening.other.mood().split()) == " ".join(wanted.split())
    )
    assert evening.problems() == []


@needs_ipv6
@pytest.mark.parametrize("name", ["kenku", "mpd", "obs", "foundry"])
def test_an_address_may_be_one_of_ipv6(evening_with, name):
    evening = evening_with(name, host="::1")
    evening.begins()
    evening.comes(0)
    assert "[::1]:" in eventually(evening.problems)[0]
    evening.other.start()
    assert evening.shows(evening.comes(1))
    assert len(evening.problems()) == 1


@pytest.mark.parametrize("name", AWAY)
def test_who_is_away_at_the_start_is_told_once_and_follows_when_it_comes(evening_with, name):
    evening = evening_with(name)
    evening.begins()
    evening.comes(0)
    assert eventually(evening.problems)
    wanted = evening.comes(1)  # the newest counts, not what came first
    evening.other.start()
    assert evening.shows(wanted)
    assert eventually(lambda: evening.problems(solved=True))
    assert len(evening.problems()) == 1 and "cannot be reached" in evening.problems()[0]
    assert "pass word" not in evening.problems()[0] and "secret" not in evening.problems()[0]


@pytest.mark.parametrize("name", AWAY)
def test_who_goes_and_comes_back_is_told_once_and_shows_the_present_mood(evening_with, name):
    evening = evening_with(name)
    evening.other.start()
    evening.begins()
    assert evening.shows(evening.comes(0))
    evening.other.stop()
    assert eventually(evening.problems)  # nobody pressed anything: it is looked after
    evening.other.start()
    assert evening.shows("Calm")
    assert eventually(lambda: evening.problems(solved=True))
    assert stand(evening.said) == [True, False]
    assert len(evening.problems()) == 1
    assert evening.shows(evening.comes(1))


@pytest.mark.parametrize("name", NONSENSE)
def test_nonsense_is_told_once_and_survived(evening_with, name):
    evening = evening_with(name)
    evening.other.garble()
    evening.other.start()
    evening.begins()
    evening.comes(0)
    assert eventually(evening.problems)
    wanted = evening.comes(1)
    evening.other.ungarble()
    assert evening.shows(wanted)
    assert len(evening.problems()) == 1


@pytest.mark.parametrize("name", NONSENSE)
def test_who_hangs_holds_up_neither_the_tape_nor_the_end(evening_with, name):
    evening = evening_with(name)
    evening.other.hang()
    evening.other.start()
    evening.begins()
    began_s = monotonic()
    chunk = AudioChunk(np.zeros(1600, np.float32), 0)
    for i in range(2000):
        evening.comes(i % 3)
        evening.sink(chunk)
    assert monotonic() - began_s < 2.0
    evening._stack.close()
    assert monotonic() - began_s < 10.0


@pytest.mark.parametrize("name", NAMES)
def test_every_fact_is_taken_and_nothing_is_told_before_the_first_mood(evening_with, name):
    evening = evening_with(name)
    evening.other.start()
    evening.begins()
    for verb in ("force", "release", "undo", "reject", "pause", "skip", "volume", "quit"):
        evening.sink(Command(verb))
    assert evening.other.mood() == ""
    assert evening.shows(evening.comes(1))


@pytest.mark.parametrize("name", NAMES)
def test_an_evening_that_ends_at_once_ends(evening_with, name):
    evening = evening_with(name)
    evening.begins()
    evening._stack.close()
    assert evening.said == []


def test_a_reason_that_changes_alone_is_no_news(evening_with):
    evening = evening_with("kenku")
    evening.other.start()
    evening.begins()
    assert evening.shows(evening.comes(0))
    before = evening.other.asked.count("PUT /v1/playlist/play")
    for i in range(100):
        evening.comes(0, why=f"stays, {i} %")
    assert evening.shows(evening.comes(1))
    assert evening.other.asked.count("PUT /v1/playlist/play") == before + 1


def test_nobody_of_that_name_is_told_with_those_there_are():
    with (
        pytest.raises(UserError, match="foundry, hook, kenku, mpd, mpris, obs"),
        followers.open_follower("spotify", (), print),
    ):
        pass


@pytest.mark.parametrize("name", ["kenku", "mpd", "obs", "foundry"])
@pytest.mark.parametrize("argument", ["host:port", "host:99999", "ftp://host", "[::1"])
def test_what_is_no_address_is_one_sentence(name, argument):
    with (
        pytest.raises(UserError, match=f"is no address: write --tell {name}:HOST"),
        followers.open_follower(f"{name}:{argument}", (), print),
    ):
        pass


@pytest.mark.parametrize(
    ("name", "library"), [("mpd", "mpd"), ("obs", "obsws_python"), ("mpris", "dbus_fast")]
)
def test_a_missing_library_is_one_sentence_with_the_line_that_installs_it(
    name, library, monkeypatch
):
    monkeypatch.setitem(__import__("sys").modules, library, None)
    with (
        pytest.raises(UserError, match=r"pip install 'dndmood\[followers\]'"),
        followers.open_follower(name, (), print),
    ):
        pass


@pytest.mark.parametrize("name", ["kenku", "mpd", "foundry"])
def test_silence_pauses_it_and_the_end_as_well(evening_with, name):
    evening = evening_with(name)
    evening.other.start()
    evening.begins()
    assert evening.shows(evening.comes(0))
    evening.key("silence")
    assert evening.shows("")
    evening.comes(1)
    evening.key("silence")
    assert evening.shows("Battle")
    evening._stack.close()
    assert evening.other.mood() == ""


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("kenku", "POST /v1/playlist/playback/next"),
        ("mpd", "next"),
        ("foundry", "POST /playlist/next"),
    ],
)
def test_the_next_track_is_asked_for(evening_with, name, asked):
    evening = evening_with(name)
    evening.other.start()
    evening.begins()
    assert evening.shows(evening.comes(0))
    evening.key("skip")
    assert eventually(lambda: asked in evening.other.asked)


@pytest.mark.parametrize("name", ["kenku", "mpd", "foundry"])
def test_a_playlist_that_is_missing_is_told_once_and_what_plays_goes_on(evening_with, name):
    evening = evening_with(name)
    evening.other.start()
    evening.begins()
    assert evening.shows(evening.comes(0))
    for _ in range(2):
        evening.sink(MoodState(1.0, "awe", 1.0, "Awe: because"))
        assert eventually(evening.problems)
        evening.comes(0)
    (problem,) = evening.problems()
    assert "has no playlist called awe" in problem
    assert evening.shows("Calm")

"""The evening as a page shows it: the tape folded, and made into plain values."""

import json
import math
from typing import get_args

import numpy as np
import pytest

from dndmood.events import (
    AudioChunk,
    Command,
    Cue,
    Event,
    MoodBook,
    MoodState,
    NowPlaying,
    Problem,
    Track,
)
from dndmood.remote.asked import NotAskable, command, wish
from dndmood.remote.kenku import playback, playlists, sounds_playing
from dndmood.remote.message import message
from dndmood.remote.state import Evening, fold
from dndmood.scene import AmbienceCue, PlaceState
from tests.fakes import heard, mood
from tests.remote.table import MOODS, PLACES

A, B = Track("/m/a.ogg", "A", 100.0), Track("/m/b.ogg", "B", 50.0)


def folded(*events, begin=None):
    evening = begin or Evening()
    for event in events:
        evening = fold(evening, event)
    return evening


def at(seconds):
    return AudioChunk(np.zeros(16, np.float32), round(seconds * 16_000) - 16)


def shown(evening, *, guest=False):
    told = message(evening, MOODS, PLACES, guest=guest)
    return json.loads(json.dumps(told, allow_nan=False))


def test_every_fact_is_known():
    """A new fact must be thought of: one that nobody folds leaves the page as it was."""
    for kind in get_args(Event):
        fold(Evening(), object.__new__(kind) if kind.__name__ in _EMPTY else _some(kind))


_EMPTY = ("Balance", "Duck", "Heard", "TableScale", "Correction", "SceneCue", "EmotionEstimate")


def _some(kind):
    return {
        "AudioChunk": at(1),
        "Command": Command("pause"),
        "Problem": Problem(1.0, "x"),
        "SpeechWindow": type("SpeechWindow", (), {"at_s": 1.0})(),
        "MoodState": MoodState(1.0, "calm", 0.0, "x"),
        "Cue": Cue(1.0, "calm", (A,), 1.0, "x"),
        "NowPlaying": NowPlaying(A),
        "MoodBook": MoodBook({}, {}),
        "PlaceState": PlaceState(1.0, "forest", 1.0, "x"),
        "AmbienceCue": AmbienceCue(1.0, "forest", ()),
    }[kind.__name__]


def test_what_the_player_says_counts_more_than_what_was_asked_for():
    evening = folded(at(10), Cue(10.0, "calm", (A, B), 1.0, "plays A"), at(40))
    assert shown(evening)["music"]["now"] == {
        "title": "A", "place_s": 30.0, "at_s": 40.0, "length_s": 100.0,
    }  # fmt: skip
    assert shown(evening)["music"]["next"] == "B"
    told = folded(NowPlaying(B, 5.0, 40.0), begin=evening)
    assert shown(told)["music"]["now"]["title"] == "B"
    assert shown(told)["music"]["next"] == "A"
    mute = folded(NowPlaying(None, at_s=41.0), begin=told)
    assert shown(mute)["music"]["now"] is None and shown(mute)["music"]["mute"]


def test_a_mood_without_music_says_why():
    evening = folded(
        Cue(0.0, "calm", (A,), 1.0, "plays A"),
        NowPlaying(A),
        Cue(9.0, "awe", (), 6.0, "nothing plays in awe: its folder is empty"),
        at(20),
    )
    music = shown(evening)["music"]
    assert (music["now"], music["mute"]) == (None, False) and "folder is empty" in music["why"]


def test_the_strip_is_every_change_and_many_of_them_keep_the_long_ones():
    states = [
        MoodState(10.0 * n, "calm" if n % 2 else "battle", 10.0 * n, "x") for n in range(600)
    ]
    long = MoodState(9000.0, "sorrow", 9000.0, "x")
    evening = folded(*states, long, MoodState(9900.0, "calm", 9900.0, "x"))
    strip = shown(evening)["strip"]
    assert len(strip) <= 240 and ["sorrow", 9000.0] in strip
    assert [one[1] for one in strip] == sorted(one[1] for one in strip)
    assert all(first[0] != second[0] for first, second in zip(strip, strip[1:], strict=False))


def test_a_guest_is_told_no_reason_no_probability_and_no_problem():
    state = MoodState(
        1.0, "calm", 0.0, "Calm: a secret", outlook="secret", shares={"calm": 1.0}
    )
    place = PlaceState(1.0, "forest", 1.0, "'a secret'", shares={"crypt": 1.0})
    evening = folded(state, Problem(1.0, "/home/secret"), place)
    assert "secret" in str(shown(evening)) and "secret" not in str(shown(evening, guest=True))
    assert "crypt" not in str(shown(evening, guest=True)).lower()


def test_what_still_stands_stays_on_the_page_however_much_happens_afterwards():
    gone = Problem(1.0, "The speaker is gone.", about="the speaker")
    happened = [Problem(float(n), f"One track fewer: {n}.") for n in range(2, 22)]
    told = shown(folded(gone, *happened))["problems"]
    assert [one["text"] for one in told if one["stands"]] == ["The speaker is gone."]
    assert len(told) == 6 and told[0]["text"] == "One track fewer: 21."
    back = Problem(30.0, "The speaker is back.", solved=True, about="the speaker")
    told = shown(folded(gone, *happened, back))["problems"]
    assert told[0]["solved"] and not any(one["stands"] for one in told) and len(told) == 5


def test_an_edited_mood_has_its_new_title():
    book = MoodBook({"calm": mood("calm", 0.3, 0.6, "calm")}, {})
    evening = folded(MoodState(1.0, "calm", 0.0, "x"), book)
    assert shown(evening)["moods"][0]["title"] == "Calm"


def test_numbers_that_are_none_and_signs_that_are_none_still_make_a_page():
    hostile = "\ud800\x1b[2J\u202e</script>"
    evening = folded(
        at(5),
        heard(1.0, "angry", math.nan, math.inf),
        MoodState(math.nan, hostile, math.inf, hostile, shares={hostile: math.nan}),
        Cue(1.0, hostile, (Track(hostile, hostile, math.inf),), 1.0, hostile),
        NowPlaying(Track(hostile, hostile, math.nan), math.nan, math.nan),
        PlaceState(1.0, hostile, math.nan, hostile, shares={hostile: 1.0}),
        Problem(math.inf, hostile),
        Command("volume", change_db=math.nan),
    )
    for guest in (False, True):
        shown(evening, guest=guest)
    for told in (
        playback(evening, MOODS),
        playlists(evening, MOODS),
        sounds_playing(evening, {}),
    ):
        json.dumps(told, allow_nan=False)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'{"do": 3}', b'{"do": "quit"}', b"\xff", b"[" * 4000]
)
def test_what_is_no_wish_is_not_askable(body):
    with pytest.raises(NotAskable):
        wish(body, moods={"calm"}, places=set())


def test_volume_is_bounded_on_both_ends():
    for change in (1e308, -7, "NaN", "Infinity"):
        with pytest.raises(NotAskable):
            wish(f'{{"do": "volume", "change_db": {change}}}'.encode(), moods=(), places=())
    asked = wish(b'{"do": "volume", "change_db": 6}', moods=(), places=())
    assert command(asked) == Command("volume", change_db=6.0)
    assert folded(*[command(asked)] * 99).volume_db == 12.0


def test_the_buttons_of_places_keep_their_order_wherever_the_party_goes():
    before = [one["name"] for one in shown(folded(at(1)))["places"]]
    evening = folded(
        at(1), PlaceState(1.0, "tavern", 1.0, "x"), PlaceState(2.0, "moon", 2.0, "x")
    )
    assert [one["name"] for one in shown(evening)["places"]] == [*before, "moon"]


@pytest.mark.parametrize(
    ("keys", "plays"),
    [([], True), (["silence"], False), (["silence"] * 2, True), (["ambience"], False)],
)
def test_the_page_says_that_ambience_plays_only_while_it_can_be_heard(keys, plays):
    there = [PlaceState(1.0, "forest", 1.0, "Forest: by the words")]
    there.append(AmbienceCue(1.0, "forest", ("/beds/forest.ogg",)))
    asked = [Command(one, change_db=-60.0 if one == "ambience" else 0.0) for one in keys]
    assert shown(folded(at(1), *there, *asked))["place"]["ambience"] is plays


def test_of_a_track_that_plays_alone_the_present_round_is_shown():
    evening = folded(Cue(0.0, "calm", (A,), 1.0, "plays A"), NowPlaying(A, 2.0, 1.0), at(230.0))
    now = evening.playing()
    assert now is not None and now.place_s + 230.0 - now.at_s == pytest.approx(31.0)
    two = folded(
        Cue(0.0, "calm", (A, B), 1.0, "plays A"), NowPlaying(A, 2.0, 1.0), at(230.0)
    ).playing()
    assert two is not None and two.at_s == 1.0  # it should have gone on to the next one

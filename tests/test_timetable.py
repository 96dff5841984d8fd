from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dndmood.dashboard.state import Screen, fold
from dndmood.events import Command, Cue, Track
from dndmood.timetable import (
    Sounding,
    Timetable,
    TrackLoop,
    cued,
    following,
    pieces,
    sounding,
)

A, B, C = (Track(f"{name}.ogg", name, d) for name, d in (("a", 100.0), ("b", 8.0), ("c", 60.0)))
NONE = TrackLoop()


def test_nothing_sounds_before_the_first_cue():
    assert sounding(Timetable(), 5.0) == ()
    assert following(NONE, 5.0) == ()


def test_one_track_alone_starts_over_at_its_end():
    alone = TrackLoop((A,), 10.0, 0.0)
    assert sounding(Timetable(alone), 10.0 + 99.0) == (Sounding(A, 99.0),)
    assert sounding(Timetable(alone), 10.0 + 101.0) == (Sounding(A, 1.0),)


def test_in_a_crossfade_both_tracks_are_known_and_their_shares_sum_to_one():
    heard = sounding(Timetable(TrackLoop((C,), 50.0, 6.0), TrackLoop((A, B), 20.0, 0.0)), 51.5)
    assert heard == (Sounding(C, 1.5, 0.25), Sounding(A, 31.5, 0.75))
    assert sounding(
        Timetable(TrackLoop((C,), 50.0, 6.0), TrackLoop((A, B), 20.0, 0.0)), 56.0
    ) == (Sounding(C, 6.0),)


def test_music_that_fades_to_nothing_is_known_until_it_is_gone():
    assert sounding(Timetable(TrackLoop((), 50.0, 6.0), TrackLoop((A,), 0.0)), 53.0) == (
        Sounding(A, 53.0, 0.5),
    )
    assert sounding(Timetable(TrackLoop((), 50.0, 6.0), TrackLoop((A,), 0.0)), 57.0) == ()


def test_tracks_of_one_mood_are_joined_by_three_seconds_or_a_quarter_of_a_short_one():
    loop = TrackLoop((A, B, C))
    assert sounding(Timetable(loop), 96.9) == (Sounding(A, pytest.approx(96.9)),)
    b, a = sounding(Timetable(loop), 98.5)
    assert (b.track, b.place_s, b.share) == (B, 1.5, 0.5)
    assert (a.track, a.place_s, a.share) == (A, 98.5, 0.5)
    c, b = sounding(Timetable(loop), 97.0 + 6.0 + 0.5)  # B is 8 s long and ends with a 2 s fade
    assert (c.track, c.place_s, b.track, b.place_s) == (C, 0.5, B, 6.5)


def test_after_the_last_track_the_first_comes_again_with_a_join():
    loop = TrackLoop((A, B, C))
    round_s = 97.0 + 6.0 + 57.0
    assert [deck.track for deck in sounding(Timetable(loop), round_s + 1.0)] == [A, C]
    assert [deck.track for deck in sounding(Timetable(loop), 1.0)] == [A]


def test_the_track_after_the_present_one_comes_next():
    loop = TrackLoop((A, B, C))
    assert following(loop, 5.0) == (B, C, A)
    assert following(loop, 98.0) == (C, A, B)
    assert following(loop, 110.0) == (A, B, C)


def test_tracks_of_unknown_length_do_no_harm():
    unknown = Track("x.ogg", "x", 0.0)
    assert sounding(Timetable(TrackLoop((unknown,))), 12.0) == (Sounding(unknown, 12.0),)
    assert sounding(Timetable(TrackLoop((unknown, unknown))), 12.0)[0].place_s == 12.0


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(0.5, 300.0), min_size=1, max_size=4),
    st.floats(0.0, 2000.0),
)
def test_places_stay_within_their_tracks_and_move_with_time(lengths, at_s):
    loop = TrackLoop(tuple(Track(str(n), str(n), length) for n, length in enumerate(lengths)))
    heard = [sounding(Timetable(loop), at_s + 0.01 * step) for step in range(3)]
    for tracks in heard:
        assert sum(one.share for one in tracks) == pytest.approx(1.0)
        for one in tracks:
            assert -1e-6 <= one.place_s <= one.track.duration_s + 1e-6
    for before, after in pairwise(heard):
        if before[0].track == after[0].track and after[0].place_s >= before[0].place_s:
            assert after[0].place_s - before[0].place_s == pytest.approx(0.01, abs=1e-6)


def test_after_an_undo_the_piece_before_goes_on_where_it_was_faded_out():
    old, new = (Track("a.ogg", "a", 300.0),), (Track("b.ogg", "b", 300.0),)
    screen = Screen()
    for cue in (
        Cue(0.0, "calm", old, 1.5, "plays a"),
        Cue(50.0, "battle", new, 6.0, "plays b"),
        Cue(70.0, "calm", old, 0.8, "plays a", resume=True),
    ):
        screen = fold(screen, cue)
    (heard,) = sounding(screen.music.timetable, 75.0)
    assert (heard.track.title, heard.place_s) == ("a", 61.0)


CALM = tuple(Track(f"{name}.ogg", name, 100.0) for name in ("a", "b", "c"))
BATTLE = tuple(Track(f"{name}.ogg", name, 100.0) for name in ("d", "e", "f"))


def after(*events):
    screen = Screen()
    for event in events:
        screen = fold(screen, event)
    return screen.music.timetable


def test_an_undo_is_a_crossfade_in_which_both_tracks_are_known():
    timetable = after(
        Cue(0.0, "calm", CALM, 0.0, ""),
        Cue(50.0, "battle", BATTLE, 6.0, ""),
        Cue(70.0, "calm", CALM, 0.8, "", resume=True),
    )
    a, d = sounding(timetable, 70.4)
    assert (a.track.title, d.track.title) == ("a", "d")
    assert (a.share, d.share) == (pytest.approx(0.5), pytest.approx(0.5))
    assert a.place_s == pytest.approx(56.4)


@pytest.mark.parametrize(
    ("skip_s", "place_s"), [(60.0, 61.0), (51.0, 57.5)], ids=["after the fade", "in mid fade"]
)
def test_an_undo_after_a_skip_brings_the_mood_before_not_the_track_before(skip_s, place_s):
    # In mid fade the skip shortens the way out of the piece before.
    timetable = after(
        Cue(0.0, "calm", CALM, 0.0, ""),
        Cue(50.0, "battle", BATTLE, 6.0, ""),
        Command("skip", at_s=skip_s),
        Cue(70.0, "calm", CALM, 0.8, "", resume=True),
    )
    (a,) = sounding(timetable, 75.0)
    assert (a.track.title, a.place_s) == ("a", place_s)


def test_every_piece_of_a_loop_is_given_with_its_beginning():
    loop = TrackLoop((A, B, C), begun_s=10.0)
    assert [(at_s, track.title) for at_s, track in pieces(loop, 10.0, 280.0)] == [
        (10.0, "a"), (107.0, "b"), (113.0, "c"), (170.0, "a"), (267.0, "b"), (273.0, "c"),
    ]  # fmt: skip
    assert list(pieces(loop, 110.0, 120.0)) == [(110.0, B), (113.0, C)]
    assert list(pieces(TrackLoop((A,)), 250.0, 900.0)) == [(250.0, A)]
    assert list(pieces(TrackLoop(), 0.0, 900.0)) == []


def test_tracks_that_join_come_after_the_present_one_which_goes_on():
    begun = after(Cue(0.0, "calm", (A, B), 1.5, ""))
    news = Cue(40.0, "calm", (A, C, B), 6.0, "", goes_on=True)
    timetable = cued(begun, news)
    assert sounding(timetable, 40.0) == (Sounding(A, 40.0),)
    assert following(timetable.now, 40.0) == (C, B, A)
    assert [track for _, track in pieces(timetable.now, 40.0, 160.0)] == [A, C, B]
    assert timetable.before == begun.before and timetable.left == begun.left
    later = cued(begun, replace(news, at_s=101.0, tracks=(B, C, A)))  # b began at 97
    assert sounding(later, 101.0) == (Sounding(B, 4.0),)
    assert following(later.now, 101.0) == (C, A, B)
    other = cued(begun, replace(news, tracks=(C, A, B)))  # as a player knows better
    assert sounding(other, 45.0) == (Sounding(C, 5.0),)

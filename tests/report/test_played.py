"""Which track was heard when, as a journal lets it be told."""

from typing import Any

import pytest

from dndmood.report.lines import in_order
from dndmood.report.played import played


def cue(at_s: float, mood: str, *tracks: tuple[str, float], **more: Any) -> dict[str, Any]:
    """A cue with titles and lengths, as it lies in the journal."""
    titles, lengths_s = [title for title, _ in tracks], [length for _, length in tracks]
    fact = {"event": "cue", "at_s": at_s, "mood": mood, "fade_s": 6.0, "tracks": titles}
    return fact | {"lengths_s": lengths_s} | more


def skip(at_s: float) -> dict[str, Any]:
    return {"event": "command", "at_s": at_s, "verb": "skip"}


def heard(*facts: dict[str, Any], length_s: float) -> list[tuple[str, str, float, float]]:
    lines, _ = in_order(facts, "x")
    return [(p.mood, p.title, p.start_s, p.end_s) for p in played(lines, length_s)]


CALM = (("Lute", 103.0), ("Harp", 203.0))
BATTLE = (("Drums", 103.0), ("Horns", 103.0))


def test_a_track_that_ends_is_followed_by_the_next_and_after_the_last_by_the_first():
    assert heard(cue(10.0, "calm", *CALM), length_s=450.0) == [
        ("calm", "Lute", 10.0, 110.0),
        ("calm", "Harp", 110.0, 310.0),
        ("calm", "Lute", 310.0, 410.0),
        ("calm", "Harp", 410.0, 450.0),
    ]


def test_an_undo_goes_on_with_the_track_and_from_the_place_that_was_left():
    told = heard(
        cue(0.0, "calm", *CALM),
        cue(150.0, "battle", *BATTLE),
        skip(160.0),
        cue(170.0, "calm", *CALM, resume=True),
        length_s=400.0,
    )
    assert told == [
        ("calm", "Lute", 0.0, 100.0),
        ("calm", "Harp", 100.0, 150.0),
        ("battle", "Drums", 150.0, 160.0),
        ("battle", "Horns", 160.0, 170.0),
        ("calm", "Harp", 170.0, 314.0),  # 200 s in all, less the 56 s it had come
        ("calm", "Lute", 314.0, 400.0),
    ]


def test_a_skip_where_there_is_one_track_only_does_not_cut_it():
    assert heard(cue(0.0, "calm", ("Lute", 60.0)), skip(20.0), length_s=300.0) == [
        ("calm", "Lute", 0.0, 300.0)
    ]


def test_a_mood_without_music_is_told_as_silence():
    assert heard(cue(0.0, "awe"), length_s=30.0) == [("awe", "", 0.0, 30.0)]


@pytest.mark.parametrize("lengths_s", [None, [1.0], "long", [1.0, None]])
def test_a_journal_without_lengths_tells_what_a_mood_began_with(lengths_s):
    assert heard(cue(0.0, "calm", *CALM, lengths_s=lengths_s), length_s=900.0) == [
        ("calm", "Lute", 0.0, 900.0)
    ]


def test_tracks_of_no_length_do_no_harm():
    assert heard(cue(0.0, "calm", ("Lute", 0.0), ("Harp", -5.0)), length_s=90.0) == [
        ("calm", "Lute", 0.0, 90.0)
    ]


def playing(at_s: float, title: str | None, place_s: float = 0.0) -> dict[str, Any]:
    return {"event": "playing", "at_s": at_s, "track": title, "place_s": place_s}


def test_what_the_player_reported_is_told_and_not_what_was_asked_for():
    told = heard(
        cue(0.0, "calm", *CALM),
        playing(0.1, "Lute"),
        playing(60.0, None),
        playing(75.0, "Lute", 60.0),
        cue(150.0, "battle", *BATTLE),
        playing(150.2, "Horns"),
        length_s=400.0,
    )
    assert told == [
        ("calm", "Lute", 0.0, 60.0),
        ("calm", "", 60.0, 75.0),
        ("calm", "Lute", 75.0, 150.2),
        ("battle", "Horns", 150.2, 400.0),
    ]


def test_a_track_that_plays_on_into_a_mood_whose_music_cannot_be_read_is_told():
    told = heard(
        cue(0.0, "calm", *CALM),
        playing(0.0, "Lute"),
        cue(50.0, "battle", *BATTLE),
        length_s=90.0,
    )
    assert told == [("calm", "Lute", 0.0, 50.0), ("battle", "Lute", 50.0, 90.0)]


@pytest.mark.parametrize("track", [None, 3, ["x"]])
def test_a_damaged_report_is_told_as_silence(track):
    told = heard(cue(0.0, "calm", *CALM), playing(0.0, track), length_s=9.0)
    assert told == [("calm", "", 0.0, 9.0)]

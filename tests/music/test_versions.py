from dataclasses import replace

import pytest

from dndmood.events import Track
from dndmood.music.versions import with_versions


def track(path: str, duration_s: float = 60.0) -> Track:
    return Track(f"/music/{path}", path, duration_s)


def test_low_mid_and_high_of_one_name_are_one_piece():
    files = [track("Siege.high.ogg"), track("Siege.low.ogg"), track("Siege.mid.ogg")]
    (piece,) = with_versions(files)
    assert piece.title == "Siege" and piece.path == "/music/Siege.low.ogg"
    assert piece.intensities == tuple(f"/music/Siege.{w}.ogg" for w in ("low", "mid", "high"))
    assert not piece.stems


def test_stems_join_in_the_order_of_their_liveliness():
    (piece,) = with_versions([track("keep_drums.flac"), track("keep_strings.flac")])
    assert piece.stems == ("/music/keep_strings.flac", "/music/keep_drums.flac")
    (piece,) = with_versions(
        [track("a.stem2.ogg"), track("a.stem1.ogg"), track("a.stem10.ogg")]
    )
    assert [path[-6:-4] for path in piece.stems] == ["m1", "m2", "10"]


def test_names_that_only_look_like_versions_stay_tracks_of_their_own():
    for files in (
        [track("Flying High.mp3"), track("Flying Low.mp3")],
        [track("a.high.ogg")],
        [track("a.low.ogg"), track("b.high.ogg")],
        [track("a.low.ogg"), track("deeper/a.high.ogg")],
        [track("a.low.ogg"), track("a.low.mp3")],
        [track("a.low.ogg", 60.0), track("a.high.ogg", 90.0)],
        [track(".high"), track("high.ogg"), track("low.ogg")],
    ):
        assert with_versions(files) == tuple(files)


def test_other_tracks_keep_their_places():
    first, last = track("one.ogg"), track("two.ogg")
    pieces = with_versions([first, track("x.low.ogg"), track("x.high.ogg", 60.4), last])
    assert pieces[0] == first and pieces[2] == last and len(pieces) == 3


def test_a_piece_whose_files_are_known_begins_without_being_measured_again():
    softer, fuller = (
        replace(track(f"x.{w}.ogg"), gain_db=g) for w, g in (("low", 9.0), ("high", -3.0))
    )
    (piece,) = with_versions([softer, fuller])
    assert piece.gain_db == -3.0  # that of the fullest: a softer one stays softer
    stems = [replace(track(f"y.{word}.ogg"), gain_db=4.0) for word in ("pads", "drums")]
    (piece,) = with_versions(stems)
    assert piece.gain_db == pytest.approx(4.0 - 3.01, abs=0.01)  # two alike are 3 dB louder
    (piece,) = with_versions([stems[0], replace(stems[1], gain_db=None)])
    assert piece.gain_db is None

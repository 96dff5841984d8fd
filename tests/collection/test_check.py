"""Plain words with the way out."""

from pathlib import Path

import pytest

from dndmood.collection.check import findings
from dndmood.library import Track
from tests.fakes import mood

CALM = {"calm": mood("calm", 0.34, 0.58, "calm")}


def track(name, mood="calm", **more):
    known = {"duration_s": 120.0, "lufs": -14.0, "clips": 0.0, "confidence": 0.9}
    known |= {
        "silence_start_s": 0.0,
        "silence_end_s": 0.0,
        "decided_by": "folder",
        "analysis": 1,
        "fingerprint": name,
    }
    return Track(f"/m/{name}", 1, 1, mood=mood, **(known | more))


def said(tracks, **more):
    return list(findings(tracks, CALM, [Path("/m")], **more))


GOOD = [track("a.ogg"), track("b.ogg"), track("c.ogg")]


def test_a_good_collection_needs_no_words():
    assert said(GOOD) == []


@pytest.mark.parametrize(
    ("tracks", "sentence"),
    [
        ([], "No calm track: put some into a folder called Calm"),
        (
            [track(f"{n}.ogg", duration_s=30.0) for n in range(4)],
            "No calm track is longer than a minute",
        ),
        (GOOD[:1], "Only 1 track for calm"),
        ([*GOOD, track("d.ogg", clips=60.0)], "4 calm tracks, 1 of them clips (d.ogg)"),
        (
            [*GOOD, track("tavern-03.mp3", silence_end_s=9.0)],
            "tavern-03.mp3 has 9 s of silence at its end: cut",
        ),
        (
            [*GOOD, track("half.mp3", damage="ends early")],
            "half.mp3 ends early: copy it again.",
        ),
        (
            [*GOOD, track("nan.wav", damage="has values that are no sound")],
            "nan.wav has values that are no sound: save it again.",
        ),
        (
            [*GOOD, *(track(f"{n}.wav", damage="ends early") for n in "xy")],
            "2 files (x.wav, y.wav): each ends early; copy them again.",
        ),
        ([*GOOD, track("x.ogg", mood="", problem="is empty")], "x.ogg is empty: copy it again"),
        (
            [
                *GOOD,
                *(track(n, mood="", problem="cannot be decoded") for n in ("x.mp3", "y.mp3")),
            ],
            "2 files (x.mp3, y.mp3): each cannot be decoded: it is damaged or no music; copy",
        ),
        (
            [*GOOD, track("bell.ogg", duration_s=0.3)],
            "Shorter than 5 s, so hardly music: bell.ogg",
        ),
        ([*GOOD, track("soft.ogg", lufs=-48.0)], "soft.ogg"),
        ([*GOOD, track("d.ogg", fingerprint="a.ogg")], "The same music 2 times: a.ogg, d.ogg"),
        (
            [*GOOD, track("u.ogg", decided_by="sound", confidence=0.3)],
            "1 track might as well belong to another",
        ),
        (
            [*GOOD, track("u.ogg", mood="", decided_by="", confidence=None)],
            "1 track says by nothing which mood fits: choose",
        ),
    ],
)
def test_each_fault_has_a_sentence_with_the_way_out(tracks, sentence):
    found = said(tracks)
    assert len(found) == 1
    assert sentence in found[0] and found[0].endswith(".")


def test_what_was_not_heard_and_what_cannot_be_used_is_told():
    found = said(GOOD, unheard=3, notes=["2 M4A files cannot be played: convert them"])
    assert found[0].startswith("3 tracks not listened to yet")
    assert found[-1] == "2 M4A files cannot be played: convert them."


def test_of_a_collection_that_nobody_listened_to_only_that_is_told():
    assert said([], unheard=3) == ["3 tracks not listened to yet: run 'dndmood library scan'."]

"""Ambience follows place."""

from dndmood import journal
from dndmood.ambience import Sounds, surround
from dndmood.dashboard import plain
from dndmood.events import Command, Problem
from dndmood.scene import AmbienceCue, PlaceState

TAVERN = Sounds(("/a/crowd.ogg", "/a/fire.ogg"), ("/a/shots/clink.ogg",), gain_db=-2.0)
SOUNDS = {"tavern": TAVERN, "forest": Sounds(("/a/forest.ogg",))}


def at(at_s: float, place: str, **more) -> PlaceState:
    return PlaceState(at_s, place, at_s, "because", **more)


def cues(*events, **more) -> list[AmbienceCue]:
    return [e for e in surround(events, sounds=SOUNDS, **more) if isinstance(e, AmbienceCue)]


def test_every_event_passes_through_in_order_and_each_cue_comes_behind_its_place():
    events = [Problem(0.0, "x"), at(1.0, "tavern"), Command("undo"), at(2.0, "forest")]
    out = list(surround(events, sounds=SOUNDS))
    assert [e for e in out if not isinstance(e, AmbienceCue)] == events
    assert [type(e).__name__ for e in out] == [
        "Problem", "PlaceState", "AmbienceCue", "Command", "PlaceState", "AmbienceCue",
    ]  # fmt: skip


def test_a_place_brings_its_beds_and_the_first_one_comes_quickly():
    first, second = cues(at(0.0, "tavern"), at(60.0, "forest"), gain_db=3.0)
    assert (first.place, first.beds, first.shots) == ("tavern", TAVERN.beds, TAVERN.shots)
    assert (first.gain_db, second.gain_db) == (1.0, 3.0)
    assert first.fade_s < second.fade_s == 4.0 and first.at_s == 0.0
    assert first.why == "the ambience of tavern"


def test_the_same_place_stated_again_changes_nothing():
    assert len(cues(at(0.0, "tavern"), at(5.0, "tavern", forced=True), at(9.0, "tavern"))) == 1


def test_a_place_without_sounds_and_no_place_at_all_are_silence():
    _, moor, nowhere = cues(at(0.0, "tavern"), at(5.0, "moor"), at(9.0, ""))
    assert moor.beds == nowhere.beds == moor.shots == ()
    assert moor.why == "no ambience: there are no sounds for moor"
    assert nowhere.why == "no ambience: nobody knows where the party is"


def test_ambience_that_is_turned_off_is_called_that():
    (off,) = (e for e in surround([at(0.0, "tavern")], sounds={}) if isinstance(e, AmbienceCue))
    assert off.why == "no ambience: it is turned off" and not off.beds


def test_without_any_place_nothing_is_asked_for():
    assert cues(Problem(0.0, "x"), at(0.0, "")) == []


def test_a_cue_is_one_line_on_the_screen_and_one_in_the_journal():
    cue, _, gone = cues(at(3.0, "tavern"), at(4.0, "forest"), at(5.0, "moor"))
    assert plain.line(cue) == " 0:00:03  ambience  the ambience of tavern, fades in over 2 s"
    assert plain.line(gone) == (" 0:00:05  ambience  no ambience: there are no sounds for moor")
    assert '"beds": ["crowd", "fire"]' in journal.line(cue)
    assert '"shots": ["clink"]' in journal.line(cue) and "/a/" not in journal.line(cue)
    turned = plain.line(Command("ambience", change_db=-2.0))
    assert turned == " 0:00:00  key       ambience -2 dB"

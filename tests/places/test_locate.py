import numpy as np

from dndmood import paths
from dndmood.events import AudioChunk, Command
from dndmood.places import book, locate
from dndmood.scene import PlaceState, SceneCue

PLACES = book.load(paths.places())


def states(*events, opening=""):
    tape = locate(events, places=PLACES, opening=opening)
    return [event for event in tape if isinstance(event, PlaceState)]


def cue(at_s, name, strength, phrase="x"):
    return SceneCue(at_s, "place", name, phrase, strength)


def test_every_event_passes_through_in_order():
    tape = [cue(1.0, "forest", 3.0), Command("place", place="city"), cue(2.0, "forest", 0.1)]
    passed = [e for e in locate(tape, places=PLACES) if not isinstance(e, PlaceState)]
    assert passed == tape


def test_an_arrival_counts_at_once_and_says_what_was_heard():
    (state,) = states(cue(3.0, "tavern", 3.0, "tavern"))
    assert (state.place, state.at_s) == ("tavern", 3.0)
    assert state.why == "Tavern: heard “tavern”"


def test_mentions_add_up_and_fade_with_a_half_life_of_a_minute_and_a_half():
    assert not states(cue(0.0, "forest", 0.6), cue(400.0, "forest", 0.6))
    assert states(cue(0.0, "forest", 0.6), cue(30.0, "forest", 0.6))[0].place == "forest"


def test_a_thing_in_a_place_and_talk_of_it_move_nobody_but_the_party_in_it_does():
    talk = [cue(float(n), "city", 0.1) for n in range(5)]
    assert not states(*talk, cue(6.0, "city", 0.6))
    assert states(*talk, cue(6.0, "city", 1.0))[0].place == "city"


def test_talk_never_moves_however_much_there_is():
    assert not states(*(cue(n, "castle", 0.1) for n in range(500)))


def test_a_place_chosen_by_hand_stays_until_it_is_automatic_again():
    found = states(
        Command("place", place="city", at_s=1.0),
        cue(2.0, "forest", 3.0),
        Command("place", at_s=3.0),
        cue(4.0, "forest", 3.0),
    )
    assert [(s.place, s.forced) for s in found] == [
        ("city", True),
        ("city", False),
        ("forest", False),
    ]


def test_the_evening_can_begin_somewhere():
    chunk = AudioChunk(np.zeros(160, np.float32), 0)
    (state,) = states(chunk, chunk, opening="tavern")
    assert state.place == "tavern" and not state.forced


def test_another_programs_word_counts_and_it_is_named():
    (state,) = states(SceneCue(1.0, "place", "forest", "", 1.0, witness="foundry"))
    assert state.why == "Forest: foundry says so"


def test_an_unknown_place_is_passed_over():
    assert not states(cue(1.0, "moon", 3.0), Command("place", place="moon"))

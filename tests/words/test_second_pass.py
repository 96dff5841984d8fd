"""What a second hearing adds: news, and nothing twice or too late."""

from dndmood.scene import SceneCue
from dndmood.words.second_pass import SecondPass


def cue(name, at_s, strength):
    return SceneCue(at_s, "place", name, name, strength)


def after(*given):
    second = SecondPass()
    second.given(given)
    return second


def test_the_same_word_heard_again_is_no_news():
    second = after(cue("forest", 10.0, 0.7))
    assert not second.fresh([cue("forest", 11.5, 0.7)])
    assert not second.fresh([cue("forest", 9.0, 0.1)])


def test_the_same_place_named_twice_is_known_twice():
    second = after(cue("forest", 10.0, 1.0))
    found = second.fresh([cue("forest", 10.2, 1.0), cue("forest", 12.0, 1.0)])
    assert [one.strength for one in found] == [1.0]


def test_an_arrival_that_was_taken_for_talk_is_an_arrival():
    second = after(cue("forest", 10.0, 0.1))
    assert second.fresh([cue("forest", 10.5, 3.0)]) == [cue("forest", 10.5, 3.0)]
    assert not second.fresh([cue("forest", 10.5, 3.0)])  # as of the next whole


def test_what_three_overlapping_wholes_say_counts_once():
    second = after(cue("home", 991.3, 0.1))
    assert second.fresh([cue("home", 992.1, 0.6)])  # "I left my dice at home", as a whole
    assert not second.fresh([cue("home", 990.9, 0.6)])
    assert not second.fresh([cue("home", 991.2, 0.6)])


def test_of_a_little_more_only_the_difference_is_given():
    (found,) = after(cue("forest", 10.0, 0.6)).fresh([cue("forest", 10.0, 0.9)])
    assert abs(found.strength - 0.3) < 1e-9


def test_where_the_party_was_before_it_arrived_elsewhere_is_no_news():
    second = after(cue("castle", 12.0, 3.0))
    assert not second.fresh([cue("forest", 10.0, 3.0), cue("", 9.0, -1.0)])
    assert second.fresh([cue("forest", 13.0, 3.0)])


def test_no_cue_is_dated_before_one_that_was_given():
    (found,) = after(cue("castle", 12.0, 0.1)).fresh([cue("forest", 9.0, 0.7)])
    assert found.at_s == 12.0


def test_only_half_a_minute_is_remembered():
    second = SecondPass()
    for number in range(5000):
        second.given([cue("forest", float(number), 0.1)])
    assert not second.fresh([cue("forest", 4980.0, 0.1)])
    assert second.fresh([cue("forest", 100.0, 0.1)])


def event(name, at_s):
    return SceneCue(at_s, "event", name, name)


def test_a_call_to_fight_that_only_the_whole_sentence_has_is_heard_once():
    second = after(event("death", 9.0), cue("forest", 10.0, 1.0))
    assert second.happened([event("initiative", 8.0)]) == [event("initiative", 9.0)]
    assert not second.happened([event("initiative", 12.0)])
    assert second.happened([event("initiative", 40.0)])


def test_the_end_of_a_fight_is_no_call_and_corrects_one():
    assert not after(event("combat_end", 10.0)).happened([event("initiative", 11.0)])
    found = after(event("initiative", 10.0)).happened([event("combat_end", 9.5)])
    assert found == [event("combat_end", 10.0)]

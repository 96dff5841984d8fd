from dndmood.report import story, telling
from dndmood.report.words import percent
from tests.report.sample import PLACES
from tests.report.test_story import by_time, mood, talk


def sure(at_s, name, share, *, forced=False):
    return mood(at_s, name, forced=forced) | {"shares": {name: share}}


BEGAN = sure(0.5, "calm", 0.58)


def test_an_evening_in_which_nobody_spoke_was_sure_of_nothing():
    silent = story.evening([BEGAN], name="x.jsonl")
    assert silent.sure is None
    assert "sure of its mood" not in telling.summary(silent, PLACES)


def test_how_sure_it_was_is_asked_while_people_talked_and_nobody_ruled():
    said = [(talk(at_s, 0.3), sure(at_s, "calm", 0.9)) for at_s in (10.0, 20.0)]
    facts = [BEGAN, *(one for pair in said for one in pair)]
    facts += [sure(90.0, "calm", 0.1), talk(95.0, 0.3), sure(95.0, "calm", 0.2, forced=True)]
    evening = story.evening(by_time(facts), name="x.jsonl")
    assert evening.sure == 0.9
    assert f"{percent(0.9)} sure of its mood" in telling.summary(evening, PLACES)


def test_what_is_not_all_is_never_told_as_all():
    facts = [talk(10.0, 0.3), sure(10.0, "calm", 0.997)]
    told = telling.summary(story.evening(facts, name="x.jsonl"), PLACES)
    assert f"{percent(0.997)} sure" in told and "100" not in percent(0.997)
    assert percent(sum([0.1] * 10)) == percent(1.0)

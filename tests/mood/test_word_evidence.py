"""Words as a second witness: what they bring by themselves, and with the tone of voice."""

import math

import numpy as np
import pytest

from dndmood.events import AudioChunk, Command, Event, MoodState
from dndmood.mood import book
from dndmood.mood.follow import follow
from dndmood.mood.impression import Words
from dndmood.mood.word_evidence import EVENT_EVIDENCE, speaks_for, weighed
from dndmood.paths import data
from dndmood.scene import SceneCue
from tests.fakes import mood
from tests.mood.three import ANGRY, CALM, talk

MOODS = book.load(data("playlists"))


def said(name: str, at_s: float, phrase: str = "", **more: object) -> SceneCue:
    what = "mood" if name in MOODS else "event"
    return SceneCue(at_s, what, name, phrase, **more)  # type: ignore[arg-type]


def states(tape: list[Event], moods=MOODS, *, tone: bool = True) -> list[MoodState]:
    out = follow(tape, moods=moods, opening="calm", resting="calm", tone=tone)
    return [event for event in out if isinstance(event, MoodState)]


def believed(cue: SceneCue, before: str = "calm", moods=MOODS) -> dict[str, float]:
    state = np.array([[0.95 if name == before else 0.01 for name in moods]])
    after = weighed(state / state.sum(), cue, list(moods.values()))
    assert after.sum() == pytest.approx(1.0) and (after > 0.0).all()
    return dict(zip(moods, after[0].tolist(), strict=True))


def test_roll_for_initiative_starts_the_battle_at_once_and_says_that_words_did():
    found = states([*talk(0, 60, CALM), said("initiative", 60.0, "roll for initiative")])
    assert found[-1].mood == "battle" and found[-1].at_s == 60.0
    assert found[-1].why.startswith("Battle: by words, 'roll for initiative' just now; ")


def test_an_announced_fight_need_not_wait_for_the_minimum_stay():
    found = states([*talk(0, 5, CALM), said("initiative", 5.0, "roll initiative")])
    assert found[-1].mood == "battle"


def test_tone_and_words_are_both_named():
    tape = [*talk(0, 60, CALM), *talk(60, 65, ANGRY), said("initiative", 65.0, "initiative")]
    why = states(tape)[-1].why
    assert why.startswith(
        "Battle: by tone and words, two angry sentences in the last 20 s and "
    )


def test_once_words_were_heard_a_change_by_tone_alone_says_so():
    tape = [said("calm", 1.0, "peaceful"), *talk(2, 60, CALM), *talk(60, 120, ANGRY)]
    (why,) = [s.why for s in states(tape) if s.why.startswith("Battle: ")]
    assert why.startswith("Battle: by tone, ")


def test_another_programs_word_counts_and_is_named():
    cue = SceneCue(30.0, "event", "initiative", "", witness="foundry")
    why = states([*talk(0, 30, CALM), cue])[-1].why
    assert why.startswith("Battle: by foundry, initiative just now; ")


def test_the_end_of_a_fight_ends_its_music_within_seconds_of_plain_talk():
    tape = [*talk(0, 60, CALM), said("initiative", 60.0), *talk(60, 150, ANGRY)]
    over = [*tape, said("combat_end", 150.0, "out of initiative"), *talk(150, 170, CALM)]
    assert states(tape)[-1].mood == "battle"
    assert states(over)[-1].mood != "battle"


def test_a_fight_of_somebodys_own_gets_what_is_said_for_fights():
    own = {
        "calm": MOODS["calm"],
        "duel": mood("duel", 0.9, 0.15, "angry"),
        "awe": mood("awe", 0.6, 0.7, "surprised"),
    }
    shares = believed(said("initiative", 1.0), moods=own)
    assert shares["duel"] > 0.8 and shares["awe"] < 0.1


def test_the_fight_that_is_on_stays_the_one_that_is_meant():
    two = {**MOODS, "boss": mood("boss", 0.9, 0.15, "angry")}
    shares = believed(said("initiative", 1.0), before="boss", moods=two)
    assert shares["boss"] > 0.8


def test_a_death_is_evidence_for_a_fight_but_begins_none():
    shares = believed(said("death", 1.0))
    assert 0.02 < shares["battle"] < 0.3 and shares["calm"] > 0.5


def test_a_moods_own_word_makes_it_twice_as_likely_and_no_word_decides_alone():
    before, after = 0.01, believed(said("sorrow", 1.0))["sorrow"]
    assert after == pytest.approx(2 * before, rel=0.1)
    assert believed(said("sorrow", 1.0, strength=1e6))["sorrow"] < 0.5


def test_without_tone_no_voice_moves_the_mood_and_words_still_do():
    furious = talk(0, 120, ANGRY)
    assert {state.mood for state in states(furious)} == {"calm", "battle"}
    assert {state.mood for state in states(furious, tone=False)} == {"calm"}
    found = states([*furious, said("initiative", 120.0, "roll initiative")], tone=False)
    assert found[-1].mood == "battle"
    assert found[-1].why.startswith("Battle: by words, 'roll initiative' just now; ")


def test_without_tone_time_still_passes_between_words():
    fight = said("initiative", 1.0, "roll initiative")
    shares = [s.shares["battle"] for s in states([fight, *talk(2, 1800, ANGRY)], tone=False)]
    assert shares[0] > 0.7 > shares[-1]
    assert shares == sorted(shares, reverse=True)


def test_words_that_say_nothing_move_nothing_and_are_answered_by_nothing():
    calm = talk(0, 60, CALM)
    odd: list[Event] = [
        said("moonrise", 60.0),
        SceneCue(60.0, "place", "tavern", "the tavern"),
        SceneCue(60.0, "mood", "no such mood", "hm"),
    ]
    assert [s.shares for s in states([*calm, *odd])] == [s.shares for s in states(calm)]
    for strength in (0.0, -1.0, math.nan, math.inf):
        assert believed(said("initiative", 1.0, strength=strength))["battle"] < 0.02


def test_what_is_recognised_late_never_turns_time_back():
    sound: list[Event] = [
        AudioChunk(np.zeros(16_000, np.float32), n * 16_000) for n in range(9)
    ]
    found = states([*sound, said("initiative", 5.5, "initiative")])
    assert found[-1].at_s == 9.0 and "'initiative' 4 s ago" in found[-1].why


def test_by_hand_no_word_changes_the_mood_and_while_paused_none_counts():
    forced = [
        *talk(0, 9, CALM),
        Command("force", mood="sorrow", at_s=9.0),
        said("initiative", 10.0),
    ]
    assert states(forced)[-1].mood == "sorrow"
    paused = [*talk(0, 9, CALM), Command("pause", at_s=9.0), said("initiative", 10.0)]
    assert states(paused)[-1].mood == "calm"


def test_a_window_after_a_word_still_says_all_it_has_to_say():
    from dndmood.mood.belief import Belief
    from dndmood.mood.evidence import of_any_model
    from tests.fakes import LABELS, heard

    def battle(*cues: SceneCue) -> float:
        belief = Belief(MOODS, of_any_model(LABELS), opening="calm")
        belief.push(heard(10.0, *CALM))
        for cue in cues:
            belief.hear_words(cue)
        belief.push(heard(13.0, *ANGRY))
        return belief.shares()["battle"]

    assert battle(said("moonrise", 12.9)) == pytest.approx(battle(), rel=1e-3)


@pytest.mark.parametrize("name", EVENT_EVIDENCE)
def test_every_event_speaks_for_something_and_against_something(name):
    speaks = {each.name: speaks_for(said(name, 0.0), each) for each in MOODS.values()}
    assert any(speaks.values()) and not all(speaks.values())


def plain_talk(at_s: float, **moods: float) -> SceneCue:
    name = max(moods, key=lambda one: moods[one])
    return SceneCue(at_s, "mood", name, "", moods[name], moods=moods)


def test_plain_talk_is_a_reason_only_for_the_mood_that_it_speaks_for_most():
    words = Words()
    words.push(plain_talk(119.5, calm=2.0, suspense=1.2, battle=0.1))
    assert words.heard(MOODS["calm"], 120.0) == ("words", "words as in calm just now")
    assert words.heard(MOODS["battle"], 120.0) == ("", "")
    words.push(plain_talk(134.5, battle=2.0, calm=0.0))
    assert words.heard(MOODS["battle"], 135.0) == ("words", "words as in battle just now")


def test_a_phrase_stays_the_reason_while_plain_talk_goes_on():
    words = Words()
    words.push(said("initiative", 0.0, "roll initiative"))
    for number in range(40):
        words.push(plain_talk(0.1 * number, battle=0.4, calm=0.0))
    assert words.heard(MOODS["battle"], 4.0) == ("words", "'roll initiative' 4 s ago")


def test_plain_talk_weighs_all_moods_at_once():
    names = list(MOODS)
    even = np.full((4, len(MOODS)), 1.0 / (4 * len(MOODS)))
    after = weighed(even, plain_talk(0.0, battle=1.0, suspense=1.0), list(MOODS.values()))
    shares = dict(zip(names, after.sum(axis=0), strict=True))
    assert shares["battle"] == pytest.approx(shares["suspense"])
    assert shares["battle"] == pytest.approx(2.0 * shares["calm"])


def test_two_phrases_of_one_moment_are_both_reasons():
    words = Words()
    words.push(said("calm", 9.0, "peaceful"))
    words.push(said("sorrow", 9.0, "funeral"))
    assert words.heard(MOODS["sorrow"], 9.0) == ("words", "'funeral' just now")
    assert words.heard(MOODS["calm"], 9.0) == ("words", "'peaceful' just now")

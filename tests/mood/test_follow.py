import re
from collections.abc import Iterable
from dataclasses import replace

import pytest

from dndmood.events import AudioChunk, Command, Event, MoodState
from dndmood.mood.follow import follow
from dndmood.mood.pacing import Pacing
from tests.fakes import evenly
from tests.mood.three import ANGRY, CALM, MOODS, SAD, talk


def states(tape: Iterable[Event], **more: object) -> list[MoodState]:
    out = follow(tape, moods=MOODS, opening="calm", resting="calm", **more)  # type: ignore[arg-type]
    return [event for event in out if isinstance(event, MoodState)]


def changes(found: list[MoodState]) -> list[tuple[str, float]]:
    seen: list[tuple[str, float]] = []
    for state in found:
        if not seen or seen[-1][0] != state.mood:
            seen.append((state.mood, state.at_s))
    return seen


def silence(start_s: float, end_s: float) -> list[Event]:
    import numpy as np

    return [
        AudioChunk(np.zeros(16_000, np.float32), start=at_s * 16_000)
        for at_s in range(int(start_s), int(end_s))
    ]


def test_the_evening_opens_with_the_opening_mood_at_the_first_sound():
    (first, *_) = states(silence(0, 3))
    assert (first.mood, first.since_s, first.why) == ("calm", 0.0, "Calm: the evening begins")


def test_shouting_brings_battle_and_says_why():
    found = states(talk(0, 90, CALM) + talk(90, 150, ANGRY))
    (_, (name, at_s)) = changes(found)
    assert name == "battle" and 92 <= at_s <= 105
    why = next(s.why for s in found if s.mood == "battle")
    assert re.fullmatch(r"Battle: \w+ angry sentences? in the last 20 s; \w+ to one", why)


def test_battle_comes_faster_than_it_goes():
    found = changes(states(talk(0, 120, CALM) + talk(120, 240, ANGRY) + talk(240, 700, CALM)))
    (_, (_, came_s), (_, went_s)) = found
    assert came_s - 120 < went_s - 240


def test_no_mood_is_left_before_its_minimum_stay():
    patient = {name: replace(one, hold_s=30.0) for name, one in MOODS.items()}
    tape = talk(0, 60, CALM) + talk(60, 75, ANGRY) + talk(75, 200, SAD)
    out = follow(tape, moods=patient, opening="calm", resting="calm")
    found = [event for event in out if isinstance(event, MoodState)]
    named = changes(found)
    stays = [b[1] - a[1] for a, b in zip(named[1:], named[2:], strict=False)]
    assert named[-1][0] == "sorrow" and all(stay >= 30 for stay in stays)
    held = [s.why for s in found if "stays at least 30 s" in s.why]
    assert held and all(
        re.match(r"stays \w+: \w+ leads, but \w+ is \d+ s old", why) for why in held
    )


def test_every_estimate_is_answered_by_a_state_with_a_reason():
    tape = talk(0, 200, CALM) + talk(200, 300, ANGRY) + talk(300, 500, SAD)
    found = states(tape)
    assert len(found) == len(tape)
    assert all(state.why and "\n" not in state.why for state in found)


def test_a_single_outcry_changes_nothing():
    tape = talk(0, 100, CALM) + talk(100, 102, ANGRY) + talk(102, 200, CALM)
    assert changes(states(tape)) == [("calm", 0.0)]


def test_silence_moves_nothing_not_even_the_belief():
    fight = talk(0, 60, CALM) + talk(60, 120, ANGRY)
    found = states([*fight, *silence(120, 3700), *talk(3700, 3701, ANGRY)])
    assert [name for name, _ in changes(found)] == ["calm", "battle"]
    before, after = found[-2].shares, found[-1].shares
    assert after["battle"] >= before["battle"] - 0.01


def test_what_was_said_of_the_last_words_does_not_stand_through_a_silence():
    tape = [*talk(0, 60, CALM), *talk(60, 69, ANGRY), *silence(69, 400)]
    (told,) = [state for state in states(tape) if "nobody speaks" in state.why]
    assert told.why == "stays Battle: nobody speaks; the mood is held"
    assert told.outlook == ""
    assert 78 <= told.at_s <= 80
    again = states([*tape, *talk(400, 420, ANGRY), *silence(420, 500)])
    assert len([state for state in again if "nobody speaks" in state.why]) == 2


def test_a_silence_says_when_the_resting_mood_comes():
    tape = talk(0, 60, CALM) + talk(60, 120, ANGRY) + silence(120, 200)
    last = states(tape, pacing=Pacing(quiet_s=150.0))[-1]
    assert last.why == "stays Battle: nobody speaks; Calm after 150 s of it"


def test_who_wants_it_has_the_resting_mood_after_a_long_silence():
    tape = talk(0, 60, CALM) + talk(60, 120, ANGRY) + silence(120, 300)
    found = states(tape, pacing=Pacing(quiet_s=150.0))
    assert changes(found)[-1][0] == "calm"
    last = found[-1]
    assert last.why == "Calm: nobody has spoken for 150 s" and 268 <= last.at_s <= 271


def test_force_holds_until_release():
    tape: list[Event] = [
        *talk(0, 40, CALM),
        Command("force", mood="sorrow", at_s=40.0),
        *talk(40, 200, ANGRY),
        Command("release", at_s=200.0),
        *talk(200, 230, ANGRY),
    ]
    found = states(tape)
    assert changes(found)[:2] == [("calm", 0.0), ("sorrow", 40.0)]
    forced = [s for s in found if s.forced]
    assert {s.mood for s in forced} == {"sorrow"} and forced[-1].at_s == 199.0
    assert found[-1].mood == "battle" and not found[-1].forced


def test_a_force_to_a_mood_that_is_not_there_is_passed_over():
    assert changes(states([*talk(0, 9, CALM), Command("force", mood="opera")])) == [
        ("calm", 0.0)
    ]


def test_every_event_passes_through_in_order():
    import numpy as np

    tape = [*evenly(np.zeros(32_000, np.float32)), *talk(0, 5, CALM)]
    out = follow(tape, moods=MOODS, opening="calm", resting="calm")
    assert [event for event in out if not isinstance(event, MoodState)] == tape


def test_twice_is_the_same():
    tape = talk(0, 100, CALM) + talk(100, 200, ANGRY) + talk(200, 320, SAD)
    assert states(tape) == states(tape)


def test_an_undo_returns_and_stays_for_the_minimum():
    tape = [
        *talk(0, 90, CALM),
        *talk(90, 110, ANGRY),
        Command("undo", at_s=110.0),
        *talk(110, 124, ANGRY),
    ]
    found = changes(states(tape))
    assert [name for name, _ in found] == ["calm", "battle", "calm"]
    assert found[-1][1] == 110.0
    why = next(s.why for s in states(tape) if "undone" in s.why)
    assert why == "Calm: the change to Battle was undone"


def test_before_the_first_change_there_is_nothing_to_undo():
    assert changes(states([*talk(0, 20, CALM), Command("undo", at_s=20.0)])) == [("calm", 0.0)]


def test_the_outlook_announces_the_change_and_keeps_its_word():
    found = states(talk(0, 90, CALM) + talk(90, 120, ANGRY))
    came_s = changes(found)[1][1]
    before = [s for s in found if s.at_s < came_s and s.outlook]
    assert before and before[-1].outlook.startswith("Battle if this goes on for ")
    promised = int(before[-1].outlook.split()[-2])
    assert abs(before[-1].at_s + promised - came_s) <= 4
    assert not found[60].outlook


def test_automatic_again_lifts_a_not_now():
    def back_s(*orders: Command) -> float:
        found = states(talk(0, 90, CALM) + talk(90, 110, ANGRY))
        battle_s = changes(found)[1][1]
        tape = talk(0, 90, CALM) + talk(90, int(battle_s) + 1, ANGRY)
        tape += [Command("reject", at_s=battle_s + 1), *orders]
        tape += talk(int(battle_s) + 2, 300, ANGRY)
        again = changes(states(tape))
        assert [name for name, _ in again] == ["calm", "battle", "calm", "battle"]
        return again[3][1] - battle_s

    assert back_s() >= 90.0
    assert back_s(Command("release", at_s=120.0)) <= 60.0


def pause(at_s: float) -> Command:
    return Command("pause", at_s=at_s)


def test_while_listening_is_paused_the_mood_is_held_and_the_screen_says_so():
    fight = talk(0, 60, CALM) + talk(60, 120, ANGRY)
    found = states(
        [*fight, pause(120.0), *silence(120, 900), pause(900.0), *silence(900, 1000)]
    )
    assert [name for name, _ in changes(found)] == ["calm", "battle"]
    paused, again = (state for state in found if "listening" in state.why)
    assert (paused.why, paused.outlook) == (
        "stays Battle: listening is paused, the mood is held",
        "",
    )
    assert again.why == "stays Battle: listening again"


def test_after_a_pause_the_silence_counts_from_its_end():
    fight = talk(0, 60, CALM) + talk(60, 120, ANGRY)
    tape = [*fight, *silence(120, 250), pause(250.0), *silence(250, 400), pause(400.0)]
    found = changes(states([*tape, *silence(400, 600)], pacing=Pacing(quiet_s=150.0)))
    assert found[-1] == ("calm", pytest.approx(550.0, abs=2.0))


def test_an_estimate_that_comes_late_changes_nothing_while_paused():
    tape = [*talk(0, 90, CALM), pause(90.0), *talk(90, 150, ANGRY), pause(150.0)]
    assert [name for name, _ in changes(states(tape))] == ["calm"]


def test_by_hand_the_mood_may_be_changed_while_paused():
    tape = [*talk(0, 30, CALM), pause(30.0), Command("force", mood="battle", at_s=40.0)]
    found = states([*tape, *silence(40, 600)])
    assert found[-1].mood == "battle" and found[-1].forced

"""The stage that listens: what comes out is cues, in time, and nothing else of what was said."""

import dataclasses
import itertools
from pathlib import Path

import numpy as np
import pytest

from dndmood import paths
from dndmood.events import RATE_HZ, AudioChunk, Command, Problem, SpeechWindow
from dndmood.journal import line
from dndmood.places import book
from dndmood.places.book import Location
from dndmood.scene import SceneCue
from dndmood.words.attention import Attention, MoodWords
from dndmood.words.heed import (
    BY_KEYS,
    BY_TONE,
    FAST_ENOUGH,
    TOO_SLOW,
    _Desk,
    _Pace,
    in_line,
    on_a_thread,
)
from dndmood.words.phrase_list import hints, phrases
from dndmood.words.segments import Segment

PLACES = book.load(paths.places())
MOODS = {"battle": MoodWords(0.8, 0.2, {"en": ("ambush",)})}
SAID = "my secret password is swordfish and you arrive at the tavern it is an ambush"


def attention():
    return Attention(PLACES, MOODS, language="en")


def evening(seconds=20, talk=((2.0, 6.0),)):
    """Sound in tenths of a second, with a window for each second of talk."""
    step = RATE_HZ // 10
    for number in range(seconds * 10):
        start = number * step
        yield AudioChunk(np.full(step, 0.1, np.float32), start)
        at_s = (start + step) / RATE_HZ
        for begin_s, end_s in talk:
            if begin_s + 1.0 <= at_s <= end_s and number % 10 == 9:
                size = int(min(3.0, at_s - begin_s) * RATE_HZ)
                yield SpeechWindow(np.zeros(size, np.float32), at_s, 1.0)


def going_on(talk):
    """An evening that goes on until nobody pulls any more."""
    yield from evening(20, talk=talk)
    step = RATE_HZ // 10
    for number in itertools.count(200):
        yield AudioChunk(np.zeros(step, np.float32), number * step)


def test_every_event_passes_through_in_order():
    tape = list(evening())
    heard = list(in_line(lambda _: SAID, attention())(tape))
    assert [event for event in heard if not isinstance(event, SceneCue)] == tape


def test_only_phrases_from_the_lists_come_out():
    cues = [
        e for e in in_line(lambda _: SAID, attention())(evening()) if isinstance(e, SceneCue)
    ]
    allowed = set().union(*phrases(PLACES, MOODS, language="en").values(), {""})
    assert {cue.name for cue in cues} >= {"tavern", "battle"}
    assert all(cue.phrase in allowed for cue in cues)
    written = " ".join(line(cue) + repr(dataclasses.astuple(cue)) for cue in cues)
    assert not any(word in written for word in ("secret", "password", "swordfish"))


def test_talk_is_heard_within_three_seconds_of_being_said():
    pieces = []

    def recogniser(samples):
        pieces.append(len(samples) / RATE_HZ)
        return "roll initiative"

    late = []
    now_s = 0.0
    for event in in_line(recogniser, attention())(evening(30, talk=((2.0, 20.0),))):
        if isinstance(event, AudioChunk):
            now_s = event.end_s
        elif isinstance(event, SceneCue) and event.what == "event":
            late.append(now_s - event.at_s)
    first = [length_s for length_s in pieces if length_s <= 3.5]
    assert late and max(late) <= 3.0 and max(pieces) <= 11.0
    assert abs(sum(first) - 18.0) < 1.5  # every bit of talk once in short pieces
    assert sum(pieces) - sum(first) >= 18.0  # and in whole sentences


def sentence_in_parts(samples):
    """A recogniser that understands a sentence only as a whole."""
    return (
        "you all walk into the forest and it is dark and cold"
        if len(samples) > 7 * RATE_HZ
        else "and the forest"
    )


def test_a_sentence_that_was_cut_is_understood_as_a_whole_and_given_once():
    tape = list(evening(30, talk=((2.0, 9.0),)))
    cues = [
        e
        for e in in_line(sentence_in_parts, attention())(tape)
        if isinstance(e, SceneCue) and e.what == "place"
    ]
    assert [cue.name for cue in cues if cue.strength >= 2.0] == ["forest"]
    assert sorted(cue.at_s for cue in cues) == [cue.at_s for cue in cues]
    again = [
        e for e in in_line(sentence_in_parts, attention())(tape) if isinstance(e, SceneCue)
    ]
    assert [cue for cue in again if cue.what == "place"] == cues


def test_what_the_pieces_gave_is_not_given_again():
    tape = list(evening(30, talk=((2.0, 3.5), (6.0, 7.5))))
    texts = iter(
        ("you walk into the forest", "it is dark", "You walk into the forest. It is dark.")
    )
    cues = [
        e
        for e in in_line(lambda _: next(texts), attention())(tape)
        if isinstance(e, SceneCue) and e.what == "place"
    ]
    assert [(cue.name, cue.strength) for cue in cues] == [("forest", 3.0)]
    assert next(texts, None) is None  # the whole was listened to


def test_a_thread_that_is_behind_leaves_out_the_second_hearing_first():
    desk = _Desk()
    sound = np.zeros(RATE_HZ, np.float32)
    piece, whole = Segment(sound, 0.0, last=False), Segment(sound, 0.0, last=False, again=True)
    newer = Segment(sound, 9.0, last=False, again=True)
    assert not any(desk.leave(one) for one in (whole, newer, piece, piece))
    assert [desk.take() for _ in range(3)] == [piece, piece, newer]


def test_each_ear_is_listened_to_whole_beside_the_others():
    alone = [list(evening(talk=talk)) for talk in (((2.0, 4.0),), ((3.0, 6.0), (9.0, 12.0)))]
    beside = sorted(
        (
            dataclasses.replace(event, ear=ear)
            for ear, tape in zip(("", "Discord"), alone, strict=True)
            for event in tape
        ),
        key=lambda event: event.end_s if isinstance(event, AudioChunk) else event.at_s,
    )

    def pieces(tape):
        sizes = []
        list(in_line(lambda samples: sizes.append(len(samples)) or "", attention())(tape))
        return sorted(sizes)

    assert pieces(beside) == sorted(pieces(alone[0]) + pieces(alone[1])) != []


def test_silence_is_never_listened_to():
    asked = []
    list(in_line(lambda samples: asked.append(samples) or "", attention())(evening(talk=())))
    assert not asked


def test_nothing_said_before_a_pause_is_listened_to_after_it():
    tape = list(evening(8, talk=((2.0, 6.0),)))
    at = next(n for n, e in enumerate(tape) if isinstance(e, SpeechWindow))
    silent = [event for event in tape[at + 1 :] if isinstance(event, AudioChunk)]
    tape = [*tape[: at + 1], Command("pause"), *silent]
    asked = []
    list(in_line(lambda samples: asked.append(len(samples)) or "", attention())(tape))
    assert not asked


def test_a_thread_finds_the_same_cues():
    tape = evening(talk=((2.0, 4.0),))
    whole = [e for e in in_line(lambda _: SAID, attention())(tape) if isinstance(e, SceneCue)]
    with on_a_thread(lambda _: SAID, attention()) as heed:
        found, tape = [], iter(heed(going_on(((2.0, 4.0),))))
        while len(found) < len(whole):
            event = next(tape)
            if isinstance(event, SceneCue):
                found.append(event)
    assert found == whole


@pytest.mark.parametrize("tone", [True, False])
def test_a_slow_computer_leaves_talk_out_says_so_once_and_never_waits(tone):
    from threading import Event

    free = Event()

    def slow(_):
        free.wait(10.0)
        return ""

    with on_a_thread(slow, attention(), tone=tone) as heed:
        tape = list(heed(evening(120, talk=((2.0, 110.0),))))
        free.set()
    said = f"{TOO_SLOW} {BY_TONE}" if tone else TOO_SLOW
    assert [(e.text, e.solved) for e in tape if isinstance(e, Problem)] == [(said, False)]


def test_a_computer_that_is_fast_again_says_so_after_a_while():
    pace = _Pace(TOO_SLOW)
    fast = [False] * 1000

    def said(pieces):
        return [(p.text, p.solved) for one in pieces for p in pace.hear(0.0, left_out=one)]

    assert said(fast) == []
    assert said([True, False, True]) == [(TOO_SLOW, False)]
    assert said(fast[:10]) == []
    assert said(fast) == [(FAST_ENOUGH, True)]
    assert said([True, *fast[:30]]) == [(TOO_SLOW, False)]  # a relapse: longer
    assert said(fast) == [(FAST_ENOUGH, True)]


@pytest.mark.parametrize("tone", [True, False])
def test_a_recogniser_that_fails_is_left_out_and_its_error_is_not_written(caplog, tone):
    def broken(_):
        raise ValueError(SAID)

    with on_a_thread(broken, attention(), tone=tone) as heed:
        problems = []
        for event in heed(going_on(((2.0, 4.0),))):
            if isinstance(event, Problem):
                problems.append(event.text)
                break
    assert "left out" in problems[0] and "swordfish" not in problems[0] + caplog.text
    assert problems[0].endswith(BY_TONE if tone else BY_KEYS)


def test_a_whole_sentence_begins_a_fight_that_its_parts_did_not():
    heard = attention()
    list(heard.hear("everyone roll", 10.0, 12.0, last=True))
    list(heard.hear("initiates if please", 12.0, 14.0, last=True))
    assert not heard.fight
    found = heard.hear_again("everyone roll initiative please", 10.0, 14.0, last=True)
    assert [cue.name for cue in found] == ["initiative"] and heard.fight
    assert not heard.hear_again("roll initiative please", 11.0, 14.0, last=True, overlap_s=2.0)


def test_a_recogniser_is_told_of_places_and_fights_in_every_language():
    told = hints(
        {
            "moor": Location(
                "moor",
                Path(),
                "Moor",
                phrases={"en": ("moor", "moorland", "moorlands", "wetlands", "swamps")},
            )
        }
    )
    assert told["en"] == "Roll initiative. Moorland, wetlands."
    assert told["de"] == ""


def test_words_that_a_recogniser_says_over_and_over_count_once():
    heard = attention()
    said = "in your road, in your road, in your road"
    found = [c for c in heard.hear(said, 10.0, 12.0, last=True) if c.what == "place"]
    assert [cue.name for cue in found] == ["road"]
    found = list(heard.hear("in your road", 30.0, 31.0, last=True))
    assert [cue.name for cue in found if cue.what == "place"] == ["road"]
    again = "we are in the forest and we are in the forest"
    found = heard.hear_again(again, 60.0, 62.0, last=True)
    assert [cue.phrase for cue in found] == ["forest"]
    stronger = "the forest, so you walk into the forest"
    found = [c for c in heard.hear(stronger, 90.0, 93.0, last=True) if c.what == "place"]
    assert [cue.strength for cue in found] == [0.1, 3.0]

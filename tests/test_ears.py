"""More than one ear: from sound to one mood."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import soundfile

import dndmood
from dndmood import journal
from dndmood.assembly import fitted, model_folder, mood_book, stages
from dndmood.ears import FurtherEar, further_ear, weights
from dndmood.events import (
    RATE_HZ,
    Balance,
    Command,
    Cue,
    EmotionEstimate,
    Problem,
    SpeechWindow,
    Track,
)
from dndmood.hearing.model import open_model
from dndmood.hearing.webrtc import WebRtcVoice
from dndmood.inbox import Inbox
from dndmood.mood import EveningScale, Profile
from dndmood.mood.belief import Belief
from dndmood.mood.evidence import of_any_model
from dndmood.music import duck
from dndmood.music.shelf import Shelf
from dndmood.pipeline import connect
from dndmood.reference_tap import ReferenceTap
from dndmood.settings import Settings
from tests.fakes import LABELS, LoudIsSpeech, evenly, heard, loud_is_anger, noise

CALL = "Discord"


def ear(name=CALL, **more):
    return FurtherEar(name, LoudIsSpeech(), EveningScale(), **more)


@pytest.fixture
def house(moods):
    shelves = {n: Shelf(n, m.title, (Track(f"{n}.ogg", n, 60.0),)) for n, m in moods.items()}
    return partial(
        stages, voice=LoudIsSpeech(), model=loud_is_anger, moods=moods, shelves=shelves
    )


def side_by_side(*sounds):
    """Chunks of sounds with the names of their ears, a tenth of a second at a time."""
    tapes = [[replace(chunk, ear=name) for chunk in evenly(sound)] for name, sound in sounds]
    for chunks in zip(*tapes, strict=True):
        yield from chunks


def lines(tape):
    return [text for event in tape if (text := journal.line(event))]


def test_the_journal_of_two_ears_is_that_of_one_when_the_second_is_silent(house, evening):
    alone = lines(connect(evenly(evening), *house(Settings())))
    silence = np.zeros_like(evening)
    both = connect(
        side_by_side(("", evening), (CALL, silence)), *house(Settings(), ears=[ear()])
    )
    assert len(alone) > 100 and lines(both) == alone


def test_the_same_holds_with_the_real_voice_detector_and_the_real_model():
    settings = Settings()
    sound, rate_hz = soundfile.read(
        Path(dndmood.__file__).with_name("demo.ogg"), dtype="float32", always_2d=True
    )
    assert rate_hz % RATE_HZ == 0 or rate_hz == RATE_HZ
    speech = sound.mean(axis=1)[:: rate_hz // RATE_HZ][: 40 * RATE_HZ].astype(np.float32)
    moods = mood_book(settings)
    shelves = {n: Shelf(n, m.title, (Track(f"{n}.ogg", n, 60.0),)) for n, m in moods.items()}
    with open_model(model_folder(settings)) as model:

        def told(tape, ears=()):
            steps = stages(
                settings,
                voice=WebRtcVoice(settings.strictness),
                model=model,
                moods=moods,
                shelves=shelves,
                scale=fitted(Profile(), model, print)[1],
                ears=ears,
            )
            return lines(connect(tape, *steps))

        alone = told(evenly(speech))
        further = further_ear(CALL, settings, fitted(Profile(), model, print)[1])
        both = told(side_by_side(("", speech), (CALL, np.zeros_like(speech))), ears=[further])
    assert sum('"estimate"' in line for line in alone) > 8
    assert both == alone


def test_what_is_said_in_the_call_alone_moves_the_music_as_it_would_at_the_table(
    house, evening
):
    table = list(connect(evenly(evening), *house(Settings())))
    call = list(
        connect(
            side_by_side(("", np.zeros_like(evening)), (CALL, evening)),
            *house(Settings(), ears=[ear()]),
        )
    )
    cues = [
        [(e.mood, round(e.at_s)) for e in tape if isinstance(e, Cue)] for tape in (table, call)
    ]
    assert cues[0] == cues[1]
    for kind in (SpeechWindow, EmotionEstimate):
        ears = {e.ear for e in call if isinstance(e, kind)}
        assert ears == {CALL}, kind


def test_each_ear_has_a_gate_of_its_own(house):
    """A pause at the table does not end a sentence in the call, and the other way round."""
    talk, gaps = noise(30.0, 0.1), noise(30.0, 0.1)
    gaps[:: 2 * RATE_HZ] = 0.0
    for second in range(0, 30, 2):
        gaps[second * RATE_HZ : (second + 1) * RATE_HZ] = 0.0
    tape = list(
        connect(side_by_side(("", talk), (CALL, gaps)), *house(Settings(), ears=[ear()]))
    )
    windows = [e for e in tape if isinstance(e, SpeechWindow)]
    assert all(len(w.samples) == 3 * RATE_HZ for w in windows if not w.ear)
    assert 0 < max(len(w.samples) for w in windows if w.ear) < 1.5 * RATE_HZ


def test_a_gap_in_one_ear_is_none_in_the_other(house):
    both = list(side_by_side(("", noise(20.0, 0.1)), (CALL, noise(20.0, 0.1))))
    holes = [c for c in both if not (c.ear == CALL and 8.0 < c.end_s < 10.0)]
    counts = []
    for chunks in (both, holes):
        tape = connect(iter(chunks), *house(Settings(), ears=[ear()]))
        windows = [e for e in tape if isinstance(e, SpeechWindow)]
        counts.append([sum(w.ear == name for w in windows) for name in ("", CALL)])
    assert counts[0][0] == counts[1][0] and counts[0][1] > counts[1][1] > 0


@pytest.mark.parametrize(
    ("asked", "mine", "theirs"),
    [("equal", 1.0, 1.0), ("mine", 1.0, 1 / 3), ("theirs", 1 / 3, 1.0)],
)
def test_ears_are_weighed_as_asked(asked, mine, theirs):
    found = weights(Settings(ears=asked), [ear(), ear("tablet")])
    assert found == pytest.approx({"": mine, CALL: theirs, "tablet": theirs})


def test_the_less_an_ear_weighs_the_less_it_says_about_the_mood(moods):
    """Calm at the table while the call shouts: ten seconds of it."""

    def battle(weight):
        belief = Belief(moods, of_any_model(LABELS))
        for at_s in range(10):
            belief.push(heard(at_s, "calm", 0.3, 0.6))
            shout = replace(heard(at_s + 0.3, "angry", 0.9, 0.1), ear=CALL, weight=weight)
            assert belief.push(shout) == pytest.approx(1.0)  # new talk, whoever spoke just now
        return belief.shares()["battle"]

    shares = [battle(weight) for weight in (0.0, 1 / 3, 1.0, 3.0)]
    assert shares == sorted(shares) and shares[0] < 0.2 < 0.6 < shares[-1]


def test_a_pause_silences_every_ear(house):
    sounds = list(side_by_side(("", noise(20.0, 0.1)), (CALL, noise(20.0, 0.1))))
    tape = connect(iter([Command("pause"), *sounds]), *house(Settings(), ears=[ear()]))
    assert not [e for e in tape if isinstance(e, SpeechWindow)]


def test_a_game_master_who_only_listens_is_not_called_deaf_after_a_hundred_seconds(house):
    quiet, talk = noise(300.0, 0.003), noise(300.0, 0.1)

    def said(*sounds):
        tape = connect(side_by_side(*sounds), *house(Settings(), ears=[ear()]))
        return [e for e in tape if isinstance(e, Problem) and "talk was found" in e.text]

    assert not said(("", quiet), (CALL, talk))
    assert said(("", quiet), (CALL, np.zeros_like(quiet)))


def test_the_inbox_keeps_two_seconds_of_each_ear_and_stamps_with_the_latest():
    inbox = Inbox(capacity_s=2.0)
    for chunk in side_by_side(("", noise(2.0, 0.1)), (CALL, noise(2.0, 0.1))):
        inbox.put(chunk)
    inbox.put(Command("skip"))
    inbox.close()
    events = list(inbox)
    assert [sum(getattr(e, "ear", None) == name for e in events) for name in ("", CALL)] == [
        20,
        20,
    ]
    assert events[-1].at_s == pytest.approx(2.0)


def test_an_evening_goes_on_with_one_ear_while_the_other_is_gone(house, evening):
    """The microphone dies for good after 40 s; the fight is fought in the call."""
    inbox = Inbox(capacity_s=1000.0)
    for chunk in side_by_side(("", np.zeros_like(evening)), (CALL, evening)):
        if chunk.ear or chunk.end_s < 40.0:
            inbox.put(chunk)
    inbox.put(Problem(0.0, "No sound comes from the microphone."))
    inbox.close()
    tape = list(connect(inbox, *house(Settings(), ears=[ear()])))
    assert [e.mood for e in tape if isinstance(e, Cue)] == ["calm", "battle", "calm"]
    (problem,) = [e for e in tape if isinstance(e, Problem) and "microphone" in e.text]
    assert problem.at_s == pytest.approx(len(evening) / RATE_HZ, abs=0.2)


def test_music_steps_back_for_whoever_hears_it_too_loud():
    at_s = np.arange(1, 40) / 2.0
    events = [heard(0.5, "neutral", 0.5, 0.5)]
    for t in at_s:
        events.append(Balance(t, -30.0, -90.0, speaking=True))  # headphones: no music there
        events.append(Balance(t, -30.0, -30.0, speaking=True, ear=CALL))
    levels = [e.gain_db for e in duck(iter(events)) if type(e).__name__ == "Duck"]
    assert levels == [pytest.approx(-12.0, abs=0.5)]


def test_a_tap_that_is_split_gives_each_ear_all_of_the_music():
    tap = ReferenceTap()
    further = tap.split()
    blocks = [np.full((10, 2), i, np.float32) for i in range(3)]
    for block in blocks:
        tap.pour(block, 48_000)
    for one in (tap, further):
        assert [b[0][0] for b in one.take()] == [0.0, 1.0, 2.0]
        assert not list(one.take())


def test_a_journal_names_the_ear_and_its_weight_only_where_there_is_one():
    plain = journal.line(heard(1.0, "angry", 0.8, 0.2))
    assert '"ear"' not in plain and '"weight"' not in plain
    theirs = journal.line(replace(heard(1.0, "angry", 0.8, 0.2), ear=CALL, weight=1 / 3))
    assert '"ear":"Discord"' in theirs.replace(" ", "") and '"weight":0.3333' in theirs.replace(
        " ", ""
    )

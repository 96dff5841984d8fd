import math
from dataclasses import replace

import numpy as np
import pytest

from dndmood.dashboard import audible
from dndmood.dashboard.ear import FLOOR_DB, Ear
from dndmood.dashboard.history import MoodHistory, Stretch
from dndmood.dashboard.state import Music, Note, Screen, fold, kind_of
from dndmood.dashboard.talk import Spot, Talk
from dndmood.events import (
    LOUDEST_DB,
    SOFTEST_DB,
    AudioChunk,
    Command,
    Cue,
    MoodState,
    NowPlaying,
    Problem,
    SpeechWindow,
    Track,
)
from dndmood.timetable import Timetable, TrackLoop
from tests.dashboard.scenes import TRACKS, mood, screen, sound, spoken

NOTHING = np.zeros(1, dtype=np.float32)


def test_the_screen_is_a_fold():
    battle, cue = mood(40.0, "battle", "Battle: chosen by hand", forced=True)
    seen = screen(
        sound(0.02, 0.5),
        *mood(0.0, "calm", "Calm: the evening begins"),
        SpeechWindow(NOTHING, 3.0, 0.8),
        spoken(3.0, 0.4, 0.6),
        spoken(4.0, 0.8, 0.2),
        Command("volume", change_db=-2.0, at_s=5.0),
        Command("force", mood="battle", at_s=40.0),
        battle,
        cue,
        Problem(41.0, "The disk is full: make room."),
    )
    half_db = 20.0 * math.log10(0.5)
    assert seen == Screen(
        ear=Ear(heard_s=0.02, level_db=half_db, peak_db=half_db, peak_s=0.02),
        talk=Talk(
            spoken_s=3.0,
            scores=tuple(spoken(4.0, 0.8, 0.2).scores.items()),
            trail=(Spot(3.0, 0.4, 0.6), Spot(4.0, (0.4 + 0.8) / 2, (0.6 + 0.2) / 2)),
        ),
        history=MoodHistory(
            mood=battle,
            stretches=(Stretch("calm", 0.0), Stretch("battle", 40.0)),
            spent=(("calm", 40.0),),
            changes=1,
            by_hand=1,
        ),
        music=Music(
            timetable=Timetable(
                now=TrackLoop(TRACKS["battle"], 40.0, 6.0),
                before=TrackLoop(TRACKS["calm"], 0.0, 6.0),
                left=TrackLoop(TRACKS["calm"], 0.0, 6.0),
                left_s=46.0,
            ),
            why="plays Steel on the Bridge",
            volume_db=-2.0,
        ),
        problem=Problem(41.0, "The disk is full: make room."),
        problems=1,
        notes=(
            Note(0.0, "mood", "Calm: the evening begins"),
            Note(0.0, "music", "plays The Long Road"),
            Note(40.0, "mood", "Battle: chosen by hand"),
            Note(40.0, "music", "plays Steel on the Bridge"),
            Note(41.0, "problem", "The disk is full: make room."),
        ),
    )


def test_the_level_rises_at_once_and_sinks_by_thirty_decibels_a_second():
    loud = screen(sound(0.1, 1.0))
    assert loud.ear.level_db == 0.0
    assert fold(loud, sound(0.6, 0.0)).ear.level_db == pytest.approx(-15.0)


def test_a_peak_is_held_for_one_and_a_half_seconds_and_then_sinks():
    peaked = screen(sound(1.0, 1.0))
    for step in range(1, 16):
        peaked = fold(peaked, sound(1.0 + 0.1 * step, 0.01))
    assert peaked.ear.peak_db == 0.0
    sinking = fold(peaked, sound(2.7, 0.01))
    assert sinking.ear.peak_db == pytest.approx(-6.0)
    assert fold(sinking, sound(2.8, 0.5)).ear.peak_s == 2.8


@pytest.mark.parametrize("value", [0.0, math.nan, 1e-30])
def test_silence_and_what_is_no_number_read_as_the_floor(value):
    ear = screen(sound(0.1, value)).ear
    assert (ear.level_db, ear.peak_db) == (FLOOR_DB, FLOOR_DB)


def test_sound_louder_than_full_scale_reads_as_full_scale():
    assert screen(sound(0.1, 3.0)).ear.level_db == 0.0


def test_an_empty_chunk_changes_nothing():
    before = screen(sound(0.1))
    assert fold(before, AudioChunk(np.zeros(0, dtype=np.float32), 1600)) == before


def test_a_gap_counts_as_lost_sound():
    assert screen(sound(0.02), sound(2.04)).ear.lost_s == pytest.approx(2.0)


def test_a_decision_to_stay_is_no_change_but_its_reason_is_shown():
    stays = MoodState(60.0, "calm", 0.0, "stays Calm: nothing else leads", outlook="Merry soon")
    seen = screen(*mood(0.0, "calm", "Calm: the evening begins"), stays)
    assert seen.history.mood == stays
    assert seen.history.changes == 0
    assert len(seen.history.stretches) == 1
    assert [note.kind for note in seen.notes] == ["mood", "music"]


def test_the_first_mood_is_no_change_even_when_it_is_chosen_by_hand():
    evening = screen(*mood(0.0, "battle", "Battle: chosen by hand", forced=True)).history
    assert (evening.changes, evening.by_hand) == (0, 0)


def test_being_released_is_told_though_the_mood_stays():
    ruled, _ = mood(10.0, "calm", "Calm: chosen by hand", forced=True)
    free = MoodState(20.0, "calm", 10.0, "stays Calm: automatic again")
    assert screen(ruled, free).notes[-1].text == "stays Calm: automatic again"


def test_an_evening_of_a_thousand_moods_stays_small():
    seen = Screen()
    names = ("calm", "battle", "triumph")
    for number in range(1000):
        at_s = 20.0 * number + (number % 7)
        seen = fold(seen, MoodState(at_s, names[number % 3], at_s, "so it is"))
        seen = fold(seen, spoken(at_s, 0.5, 0.5))
    stretches = seen.history.stretches
    assert len(stretches) <= 240
    assert all(a.mood != b.mood for a, b in zip(stretches, stretches[1:], strict=False))
    assert [s.from_s for s in stretches] == sorted(s.from_s for s in stretches)
    assert (stretches[0].from_s, stretches[-1].from_s) == (0.0, 20.0 * 999 + 999 % 7)
    assert seen.history.changes == 999
    assert sum(seconds for _, seconds in seen.history.spent) == stretches[-1].from_s
    assert len(seen.notes) <= 48
    assert len(seen.talk.trail) <= 30


def test_laughter_moves_neither_the_trail_nor_the_bars():
    talk = screen(spoken(3.0, 0.4, 0.6)).talk
    laugh = replace(spoken(4.0, 0.9, 0.9), voice=0.2, scores={"happy": 1.0})
    assert fold(Screen(talk=talk), laugh).talk == talk


@pytest.mark.parametrize("verb", ["pause", "silence"])
def test_pause_and_silence_are_switches(verb):
    once = screen(Command(verb))
    assert (once.paused, once.music.silent) == (verb == "pause", verb == "silence")
    twice = fold(once, Command(verb))
    assert replace(twice, notes=()) == Screen()


def test_the_volume_ends_where_the_players_end():
    assert screen(*[Command("volume", change_db=2.0)] * 9).music.volume_db == LOUDEST_DB
    soft = [Command("volume", change_db=-2.0)] * 60
    assert screen(*soft).music.volume_db == SOFTEST_DB
    assert screen(*soft, Command("volume", change_db=2.0)).music.volume_db == SOFTEST_DB + 2.0


def test_silence_that_nobody_asked_for_and_its_end_are_noted_once():
    gone, track = NowPlaying(None, 0.0, 3.0), TRACKS["calm"][0]
    told = screen(
        *mood(0.0, "calm", "so"), NowPlaying(track), gone, gone, NowPlaying(track, 2.0)
    )
    assert [note.text for note in told.notes[2:]] == [
        "no music can be heard",
        "The Long Road can be heard",
    ]


def test_a_problem_that_is_over_is_no_second_problem():
    gone = Problem(1.0, "The speaker is gone.", about="the speaker")
    seen = screen(gone, Problem(9.0, "It is back.", solved=True, about="the speaker"))
    assert seen.problems == 1 and seen.problem == gone and seen.standing == ()
    assert [note.kind for note in seen.notes] == ["problem", "better"]


def test_that_one_problem_is_over_ends_no_other():
    speaker = Problem(1.0, "The speaker is gone.", about="the speaker")
    microphone = Problem(2.0, "The microphone is gone.", about="the microphone")
    seen = screen(speaker, microphone)
    assert seen.standing == (speaker, microphone)
    good_news = Problem(3.0, "All of your music is listened to.", solved=True)
    assert screen(speaker, microphone, good_news).standing == (speaker, microphone)
    back = Problem(4.0, "The microphone is back.", solved=True, about="the microphone")
    assert screen(speaker, microphone, back).standing == (speaker,)
    again = replace(speaker, at_s=5.0, text="The other speaker is gone.")
    assert screen(speaker, microphone, again).standing == (microphone, again)


def test_skip_goes_to_the_track_after_the_one_that_plays():
    # The first track is 168 s long and its last 3 s are the fade into the second.
    seen = screen(*mood(0.0, "calm", "so"), Command("skip", at_s=170.0))
    assert [track.title for track in seen.music.timetable.now.tracks] == [
        "The Long Road",
        "Embers",
    ]
    assert seen.music.timetable.now.begun_s == 170.0
    early = screen(*mood(0.0, "calm", "so"), Command("skip", at_s=100.0))
    assert early.music.timetable.now.tracks[0].title == "Embers"


def test_skip_does_nothing_where_there_is_only_one_track():
    before = screen(*mood(0.0, "triumph", "so"))
    assert fold(before, Command("skip", at_s=5.0)) == before


def test_two_reasons_are_of_one_kind_when_only_numbers_differ():
    assert kind_of("Merry leads by 12 points (45.5%)") == kind_of(
        "Merry leads by 9 points (7%)"
    )
    assert kind_of("Merry leads by 12 points") != kind_of("Calm leads by 12 points")


def test_of_a_track_that_plays_alone_the_present_round_is_shown():
    track, other = Track("a.ogg", "a", 60.0), Track("b.ogg", "b", 60.0)
    for tracks, place_s in (((track,), 28.0), ((track, other), 60.0)):
        tape = [Cue(0.0, "calm", tracks, 1.5, "plays a"), NowPlaying(track, 0.0, 1.0)]
        screen = Screen()
        for event in tape:
            screen = fold(screen, event)
        (now,) = audible.heard(screen.music.audible, screen.music.timetable, 89.0)
        assert now.place_s == place_s

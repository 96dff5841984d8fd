"""The music steps back under talk, comes forward slowly, and never pumps."""

from collections.abc import Iterable

import numpy as np

from dndmood.events import AudioChunk, Balance, Duck, EmotionEstimate, Event
from dndmood.music.duck import duck

MUSIC_DB, VOICE_DB = -36.0, -28.0


def table(seconds: int, talk: Iterable[tuple[float, float]], voice_db: float = VOICE_DB):
    """Half-second looks at a table where somebody speaks during each of `talk`."""
    spoken = list(talk)
    for look in range(2 * seconds):
        at_s = (look + 1) / 2.0
        yield AudioChunk(np.zeros(8000, np.float32), start=look * 8000)
        speaking = any(begin <= at_s < end for begin, end in spoken)
        before = any(begin <= at_s for begin, _ in spoken)
        yield at_s, speaking, voice_db if before else None


def played(
    looks, over_db: float = 12.0, swing_db: float = 0.0, voice: float = 1.0
) -> tuple[list[Duck], list[float]]:
    """What the stage orders when the microphone really hears the music step back."""
    levels: list[Duck] = []
    gains: list[float] = []

    def gain(at_s: float) -> float:
        from_db = 0.0
        for level, after in zip(levels, [*levels[1:], None], strict=False):
            until = at_s if after is None else min(at_s, after.at_s)
            share = min(max(until - level.at_s, 0.0) / level.over_s, 1.0)
            from_db += (level.gain_db - from_db) * share
        return from_db

    def feed() -> Iterable[Event]:
        for look in looks:
            if isinstance(look, AudioChunk):
                yield look
                continue
            at_s, speaking, voice_db = look
            gains.append(gain(at_s))
            loud = MUSIC_DB + gain(at_s - 1.0) + swing_db * np.sin(at_s * 0.7)
            if speaking:
                yield EmotionEstimate(at_s, 0.5, 0.5, {"neutral": 1.0}, voice, 1.0)
            yield Balance(at_s, voice_db, loud, speaking=speaking)

    for event in duck(feed(), over_db=over_db):
        levels += [event] if isinstance(event, Duck) else []
    return levels, gains


def turns(gains: list[float]) -> int:
    """How often the gain changes its direction."""
    ways = [np.sign(step) for step in np.diff(gains) if abs(step) > 0.05]
    return sum(one != other for one, other in zip(ways, ways[1:], strict=False))


def test_under_talk_the_music_goes_just_as_far_back_as_it_must():
    levels, gains = played(table(40, [(10, 40)]))
    assert [round(level.gain_db) for level in levels] == [-4]
    assert 10.0 <= levels[0].at_s <= 11.0
    assert VOICE_DB - (MUSIC_DB + gains[-1]) >= 11.9


def test_music_that_is_soft_enough_stays():
    assert played(table(40, [(10, 40)], voice_db=-20.0))[0] == []


def test_it_never_goes_further_back_than_twelve_decibels():
    levels, _ = played(table(40, [(10, 40)], voice_db=-50.0))
    assert min(level.gain_db for level in levels) == -12.0


def test_it_is_back_within_a_second_and_swells_over_several():
    levels, gains = played(table(60, [(10, 20)]))
    assert [level.gain_db for level in levels] == [-4.0, 0.0]
    assert levels[0].over_s <= 1.0 and levels[1].over_s >= 4.0
    assert levels[1].at_s >= 25.0 and gains[-1] == 0.0


def test_a_conversation_with_pauses_and_swinging_music_never_pumps():
    rng = np.random.default_rng(2)
    talk, at_s = [], 10.0
    while at_s < 290.0:
        length = rng.uniform(1.0, 12.0)
        talk.append((at_s, at_s + length))
        at_s += length + rng.uniform(0.5, 6.0)
    levels, gains = played(table(320, talk), swing_db=3.0)
    assert turns(gains) == 1  # back once, forward once at the end
    assert len(levels) <= 4


def test_long_pauses_bring_it_forward_only_once_each():
    talk = [(10.0, 40.0), (80.0, 120.0), (170.0, 200.0)]
    _, gains = played(table(260, talk))
    assert turns(gains) == 5


def test_a_cough_moves_nothing():
    assert played(table(60, [(at_s, at_s + 0.5) for at_s in range(10, 60, 5)]))[0] == []


def test_zero_lets_the_music_be():
    assert played(table(40, [(10, 40)]), over_db=0.0)[0] == []


def test_it_comes_forward_also_when_nobody_knows_any_more_what_plays():
    looks = list(table(20, [(10, 20)]))
    later = [AudioChunk(np.zeros(8000, np.float32), start=n * 8000) for n in range(40, 100)]
    levels, _ = played([*looks, *later])
    assert levels[-1].gain_db == 0.0


def test_every_event_passes_through_in_order():
    tape: list[Event] = [AudioChunk(np.zeros(8, np.float32), start=0)]
    tape += [Balance(n / 2, -20.0, -20.0, speaking=True) for n in range(20)]
    assert [e for e in duck(tape) if not isinstance(e, Duck)] == tape


def test_what_the_model_takes_for_no_voice_moves_no_music():
    levels, _ = played(table(60, [(10.0, 40.0)]), voice=0.2)
    assert levels == []

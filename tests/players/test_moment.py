"""When a piece is left for another, heard through the playback."""

import numpy as np
import pytest
import soundfile

from dndmood.events import Cue, MoodState, Track
from dndmood.music.dj import spin
from dndmood.music.shelf import Shelf
from dndmood.players._moment import quietest
from tests.players.table import RATE_HZ, Table

PHRASE_S, REST_S = 3.0, 0.8


def phrases(path) -> Track:
    """Phrases of three seconds with rests between them, for two minutes."""
    time = np.arange(round(PHRASE_S * RATE_HZ)) / RATE_HZ
    one = np.concatenate(
        (0.3 * np.sin(2 * np.pi * 200 * time), np.zeros(round(REST_S * RATE_HZ)))
    )
    sound = np.tile(one, 30)
    soundfile.write(path, sound, RATE_HZ)
    return Track(str(path), "phrases", len(sound) / RATE_HZ)


def steady(path) -> Track:
    sound = 0.3 * np.sin(2 * np.pi * 800 * np.arange(60 * RATE_HZ) / RATE_HZ)
    soundfile.write(path, sound, RATE_HZ)
    return Track(str(path), "steady", 60.0)


def left_at(table: Table, before_s: float) -> float:
    """How far into the phrases the middle of the crossfade was, in seconds."""
    sound = table.hear(12.0)[:, 0]
    size = RATE_HZ // 20
    rows = sound[: len(sound) // size * size].reshape(-1, size)
    new = np.abs(np.fft.rfft(rows, axis=1))[:, 800 * size // RATE_HZ]
    return before_s + float(np.argmax(new > new.max() / 2**0.5)) * size / RATE_HZ


@pytest.mark.parametrize("prefetch", [False, True])
@pytest.mark.parametrize("before_s", [4.2, 5.5])
def test_music_is_left_in_a_rest_within_the_wait(tmp_path, before_s, prefetch):
    with Table(prefetch=prefetch) as table:
        table.cue("calm", [phrases(tmp_path / "a.wav")])
        table.hear(before_s)
        table.cue("battle", [steady(tmp_path / "b.wav")], fade_s=0.6, wait_s=4.0)
        into = left_at(table, before_s) % (PHRASE_S + REST_S)
    assert PHRASE_S - 0.15 <= into <= PHRASE_S + REST_S + 0.15


def test_a_change_that_may_not_wait_begins_at_once(tmp_path):
    with Table() as table:
        table.cue("calm", [phrases(tmp_path / "a.wav")])
        table.hear(4.2)
        table.cue("battle", [steady(tmp_path / "b.wav")], fade_s=0.6)
        assert left_at(table, 4.2) < 4.8


def swelling(path, hz: int) -> Track:
    """Eight seconds loud, seven seconds soft, for two minutes."""
    time = np.arange(15 * RATE_HZ) / RATE_HZ
    one = np.where(time < 8.0, 0.3, 0.01) * np.sin(2 * np.pi * hz * time)
    soundfile.write(path, np.tile(one, 8), RATE_HZ)
    return Track(str(path), path.stem, 120.0)


def changed(folder, *, forced: bool, prefetch: bool) -> float:
    """When the middle of a change of music was, that `spin` cued 5 s into `swelling`."""
    shelves = {
        name: Shelf(name, name, (swelling(folder / f"{name}.wav", hz),))
        for name, hz in (("calm", 200), ("battle", 800))
    }
    first, second = (
        MoodState(0.0, "calm", 0.0, "so"),
        MoodState(5.0, "battle", 5.0, "so", forced=forced),
    )
    one, other = [e for e in spin([first, second], shelves=shelves) if isinstance(e, Cue)]
    with Table(prefetch=prefetch) as table:
        table.playback(one)
        sound = table.hear(5.0)
        table.playback(other)
        sound = np.concatenate((sound, table.hear(12.0)))[:, 0]
    size = RATE_HZ // 20
    rows = np.abs(np.fft.rfft(sound[: len(sound) // size * size].reshape(-1, size), axis=1))
    new = rows[:, 800 * size // RATE_HZ]
    return float(np.argmax(new > new.max() / 2**0.5)) * size / RATE_HZ


@pytest.mark.parametrize("prefetch", [False, True])
def test_a_change_that_came_by_itself_waits_for_the_soft_passage(tmp_path, prefetch):
    at_once = changed(tmp_path, forced=True, prefetch=prefetch)
    waited = changed(tmp_path, forced=False, prefetch=prefetch)
    # Of a fade of 6 s the first fifth is over at once, so the middle comes .7 s sooner.
    assert at_once == pytest.approx(7.3, abs=0.3)
    assert at_once + 2.7 < waited < at_once + 4.0 + 0.9


def test_music_without_a_quiet_moment_is_left_at_once(tmp_path):
    with Table() as table:
        table.cue("calm", [steady(tmp_path / "b.wav")])
        table.hear(4.2)
        table.cue("battle", [phrases(tmp_path / "a.wav")], fade_s=0.6, wait_s=4.0)
        table.hear(0.8)
        assert table.number(0.3) == 1


def test_a_skip_while_a_change_waits_does_not_wait(tmp_path):
    with Table() as table:
        table.cue("calm", [phrases(tmp_path / "a.wav")])
        table.hear(4.2)
        tracks = [phrases(tmp_path / "c.wav"), steady(tmp_path / "b.wav")]
        table.cue("battle", tracks, fade_s=0.6, wait_s=2.5)
        table.hear(0.2)
        from dndmood.events import Command

        table.playback(Command("skip"))
        table.hear(1.6)
        assert table.number(0.4) == 4


def test_the_middle_of_the_fade_lies_in_the_quietest_moment():
    rng = np.random.default_rng(0)
    sound = rng.standard_normal((10_000, 2)).astype(np.float32) * 0.1
    sound[5000:5400] *= 0.05
    begins = quietest(sound, 1000, fade=400, wait=6000)
    assert abs(begins - 5000) <= 50
    assert quietest(sound, 1000, fade=400, wait=3000) == 0
    assert quietest(sound[:0], 1000, fade=400, wait=3000) == 0

"""What playback says about what is heard, how it leaves, and how it changes to another rate."""

import numpy as np
import pytest

from dndmood.events import Command, Heard, NowPlaying
from dndmood.players._play_log import PlayLog
from dndmood.players._playlist import Place
from dndmood.reference_tap import ReferenceTap
from tests.fakes import tone
from tests.players.table import BLOCK, RATE_HZ, Table, longest_silence


def tones(folder, numbers, seconds=20.0):
    return tuple(
        tone(folder / f"{n}.flac", seconds=seconds, hz=200 * n, rate_hz=RATE_HZ)
        for n in numbers
    )


@pytest.fixture(params=[False, True], ids=["in step", "prefetched"])
def table(request):
    with Table(prefetch=request.param) as table:
        yield table


@pytest.fixture
def calm(tmp_path):
    return tones(tmp_path / "calm", (1, 2, 3))


@pytest.fixture
def battle(tmp_path):
    return tones(tmp_path / "battle", (4, 5))


def test_each_track_that_is_heard_is_reported_when_it_begins_and_when_it_is_over(table, calm):
    table.cue("calm", calm)
    table.hear(60.0)
    assert table.playing() == ["1", "2", "3", "1"]
    assert [title for title, _ in table.heard()] == ["1", "2", "3"]
    # Twenty seconds less the three in which the next one fades in.
    assert [for_s for _, for_s in table.heard()] == pytest.approx([17.0] * 3, abs=0.5)
    assert all(f.place_s < 0.5 for f in table.said if isinstance(f, NowPlaying))


def test_one_track_that_loops_is_one_track_that_is_heard(table, tmp_path):
    table.cue("calm", tones(tmp_path, (1,), 5.0))
    table.hear(30.0)
    assert table.playing() == ["1"] and not table.heard()
    table.playback.close()
    assert table.heard() == [("1", pytest.approx(30.0, abs=0.5))]


def test_skip_and_undo_are_reported_as_they_are_heard(table, calm, battle):
    table.cue("calm", calm)
    table.hear(4.0)
    table.playback(Command("skip"))
    table.hear(4.0)
    table.cue("battle", battle)
    table.hear(4.0)
    table.cue("calm", calm, resume=True)
    table.hear(1.0)
    assert table.playing() == ["1", "2", "4", "2"]
    assert table.heard() == [(title, pytest.approx(4.0, abs=0.4)) for title in ("1", "2", "4")]
    back = [f for f in table.said if isinstance(f, NowPlaying)][-1]
    assert back.place_s == pytest.approx(4.5, abs=0.5)  # it played on while it was faded out


def test_music_that_was_silenced_by_hand_is_neither_lost_nor_heard(table, calm):
    table.cue("calm", calm)
    table.hear(2.0)
    table.playback(Command("silence"))
    table.hear(5.0)
    table.playback(Command("silence"))
    table.hear(2.0)
    table.playback.close()
    assert table.playing() == ["1"] and table.heard() == [("1", pytest.approx(4.0, abs=0.4))]


def test_a_mood_without_music_ends_the_track_and_misses_nothing(table, calm):
    table.cue("calm", calm)
    table.hear(3.0)
    table.cue("awe", ())
    table.hear(5.0)
    assert table.playing() == ["1"] and len(table.heard()) == 1


@pytest.mark.parametrize("over_s", [0.2, 1.0])
def test_leaving_fades_out_and_says_when_it_is_done(table, calm, over_s):
    table.cue("calm", calm)
    table.hear(3.0)
    assert not table.playback.silent()
    table.playback.leave(over_s)
    sound = table.hear(over_s)[:, 0]
    peaks = np.abs(sound.reshape(4, -1)).max(axis=1)
    assert (np.diff(peaks) < 0).all() and np.abs(sound[-1]) < 1e-3
    largest = 2 * np.pi * 200 / RATE_HZ * peaks[0]
    assert np.abs(np.diff(sound)).max() < 1.2 * largest  # no click
    assert table.playback.silent()
    table.cue("calm", calm)
    assert not table.hear(2.0).any()
    assert [title for title, _ in table.heard()] == ["1"] and None not in table.playing()


def test_leaving_in_the_middle_of_a_crossfade_or_before_any_music_is_done_as_well(
    table, calm, battle
):
    table.cue("calm", calm)
    table.hear(3.0)
    table.cue("battle", battle, fade_s=6.0)
    table.hear(2.0)
    table.playback.leave(1.0)
    table.hear(1.0)
    assert table.playback.silent() and not table.hear(1.0).any()
    with Table() as other:
        other.playback.leave(1.0)
        other.playback.render(10)
        assert other.playback.silent()


@pytest.mark.parametrize("rate_hz", [8000, 11025, 16000, 44100, 48000])
def test_at_another_rate_the_same_track_goes_on_at_the_same_place(table, calm, rate_hz):
    tap = ReferenceTap()
    table.playback.pour_into(tap)
    table.cue("calm", calm)
    table.hear(2.0)
    place = table.playback._mixer.sounding().place()
    table.playback.change_rate(rate_hz)
    blocks = []
    for _ in range(40):
        blocks.append(table.playback.render(rate_hz // 10))
        if table._prefetch:
            table._settle()
    sound = np.concatenate(blocks)
    assert sound.shape == (rate_hz // 10 * 40, 2)
    spectrum = np.abs(np.fft.rfft(sound[-rate_hz:, 0]))
    assert spectrum.argmax() == 200 and longest_silence(sound) < 0.1 * rate_hz / RATE_HZ
    gone_on = table.playback._mixer.sounding().place().at - place.at
    assert gone_on == pytest.approx(4.0 * RATE_HZ, abs=0.2 * RATE_HZ)
    assert table.playing() == ["1"] and table.playback.rate_hz == rate_hz
    assert {rate for _, _, rate in tap.take()} <= {RATE_HZ, rate_hz}
    table.playback.change_rate(RATE_HZ)
    assert table.number(1.0) == 1


@pytest.mark.parametrize(("rate_hz", "mixed_hz"), [(44_100, 44_100), (16_000, RATE_HZ)])
def test_before_any_sound_playback_simply_begins_at_another_rate(
    table, calm, rate_hz, mixed_hz
):
    table.playback.change_rate(rate_hz)
    table.cue("calm", calm)
    blocks = []
    for _ in range(40):
        blocks.append(table.playback.render(rate_hz // 10))
        if table._prefetch:
            table._settle()
    sound = np.concatenate(blocks)[-rate_hz:, 0]
    assert np.abs(np.fft.rfft(sound)).argmax() == 200 and np.abs(sound).max() > 0.05
    assert table.playback._mix_hz == mixed_hz and table.playback.rate_hz == rate_hz


def test_a_report_that_raises_or_waits_does_not_stop_the_music(calm, caplog):
    with Table(prefetch=True) as table:

        def refuse(fact):
            raise RuntimeError("the screen is on fire")

        table.playback._report = refuse
        table.cue("calm", calm)
        assert table.number(25.0) == 2
        assert "the screen is on fire" in caplog.text


@pytest.fixture
def log():
    said = []
    log = PlayLog(RATE_HZ, said.append)
    log.said = said
    return log


def test_silence_is_told_after_two_seconds_and_ends_with_the_first_sound(log, calm):
    def note(at, peak):
        log.note(Place(calm[0], 0, 1, at * BLOCK), BLOCK, wanted=True, peak=peak)

    for at in range(10):
        note(at, 0.3)
    for at in range(10, 29):
        note(at, 10 ** (-71 / 20))
    assert log.said == [NowPlaying(calm[0], 0.0)]
    for at in range(29, 60):
        note(at, 0.0)
    assert log.said[1:] == [Heard(calm[0], pytest.approx(2.9)), NowPlaying(None)]
    note(60, 10 ** (-69 / 20))
    assert log.said[3:] == [NowPlaying(calm[0], pytest.approx(6.0))]


def test_a_place_that_was_jumped_to_is_told(log, calm):
    for at in (1, 2, 3, 103, 104):
        log.note(Place(calm[0], 0, 1, at * BLOCK), BLOCK, wanted=True, peak=0.3)
    assert [fact.place_s for fact in log.said] == pytest.approx([0.1, 10.3])

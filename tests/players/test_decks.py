import math
from threading import Event as Flag

import numpy as np
import pyloudnorm
import pytest
import soundfile

from dndmood.events import Track
from dndmood.players._decks import InlineDeck, PrefetchedDeck, Progress, endless
from dndmood.players._loudness import gain_db, level
from dndmood.players._tracks import OpenTrack
from tests.fakes import tone

RATE_HZ = 44_100


def taken(tracks, seconds: float, rate_hz: int = RATE_HZ) -> np.ndarray:
    return InlineDeck(endless(tuple(tracks), rate_hz)).read(round(seconds * rate_hz))


def test_a_single_track_loops_without_a_seam(tmp_path):
    track = tone(tmp_path / "loop.wav", seconds=1, hz=441)
    sound = taken([track], 5)[:, 0]
    largest = np.abs(sound).max() * 2 * math.pi * 441 / RATE_HZ
    assert np.abs(np.diff(sound)).max() <= largest * 1.01


def test_of_a_track_that_loops_alone_no_sound_is_kept_back(tmp_path, monkeypatch):
    decoded, forever = [], OpenTrack.forever

    def counted(self, again):
        for block in forever(self, again):
            decoded.append(len(block))
            yield block

    monkeypatch.setattr(OpenTrack, "forever", counted)
    sound = endless((tone(tmp_path / "loop.wav", seconds=40, hz=441),), RATE_HZ)
    assert sum(len(next(sound)) for _ in range(50)) == sum(decoded)


def test_a_track_at_another_rate_loops_without_a_seam_too(tmp_path):
    track = tone(tmp_path / "loop.flac", seconds=1, hz=440, rate_hz=32_000)
    sound = taken([track], 5)[2000:, 0]
    largest = np.abs(sound).max() * 2 * math.pi * 440 / RATE_HZ
    assert np.abs(np.diff(sound)).max() <= largest * 1.02
    spectrum = np.abs(np.fft.rfft(sound[:RATE_HZ]))
    assert spectrum.argmax() == 440


def test_the_tracks_of_a_mood_follow_each_other_with_level_power(tmp_path):
    rng = np.random.default_rng(3)
    tracks = []
    for name in "ab":
        path = tmp_path / f"{name}.wav"
        soundfile.write(
            path, rng.standard_normal((6 * RATE_HZ, 2)) * 0.05, RATE_HZ, subtype="FLOAT"
        )
        tracks.append(Track(str(path), name, 6.0))
    sound = taken(tracks, 30)
    power = (sound.reshape(60, -1) ** 2).mean(axis=1)
    assert 10 * math.log10(power.max() / power.min()) < 1.0


def test_mono_is_heard_on_both_sides(tmp_path):
    path = tmp_path / "mono.wav"
    soundfile.write(path, np.sin(np.arange(RATE_HZ) / 10), RATE_HZ)
    sound = taken([Track(str(path), "mono", 1.0)], 1)
    assert np.array_equal(sound[:, 0], sound[:, 1]) and sound.any()


def test_a_track_that_vanishes_is_passed_over_and_music_goes_on(tmp_path):
    good = tone(tmp_path / "good.wav", seconds=2, hz=441)
    gone = Track(str(tmp_path / "gone.wav"), "gone", 2.0)
    sound = taken([gone, good], 8)
    assert (np.abs(sound.reshape(80, -1)).max(axis=1) > 0.01).all()


def test_when_nothing_can_be_played_the_sound_ends(tmp_path):
    gone = [Track(str(tmp_path / f"{n}.wav"), "gone", 2.0) for n in range(3)]
    assert list(endless(tuple(gone), RATE_HZ)) == []
    assert list(endless(tuple(gone[:1]), RATE_HZ)) == []


def test_soft_and_loud_recordings_come_out_equally_loud(tmp_path):
    levels = []
    for loud in (0.06, 0.5):
        track = tone(tmp_path / f"{loud}.wav", seconds=4, hz=441, level=loud)
        levels.append(float(np.sqrt((taken([track], 3) ** 2).mean())))
    assert levels[0] == pytest.approx(levels[1], rel=0.02)


def test_a_peak_is_never_played_over_the_ceiling_however_much_the_track_is_lifted(tmp_path):
    path = tmp_path / "clicks.wav"
    sound = np.random.default_rng(1).standard_normal((5 * RATE_HZ, 2)) * 0.004
    sound[::RATE_HZ] = 0.8
    soundfile.write(path, sound, RATE_HZ, subtype="FLOAT")
    assert gain_db(str(path)) > 10.0
    played = taken([Track(str(path), "clicks", 5.0)], 4)
    assert np.abs(played).max() <= 10 ** (-1.5 / 20) + 1e-6


def test_silence_is_not_lifted(tmp_path):
    path = tmp_path / "silent.wav"
    soundfile.write(path, np.zeros((RATE_HZ, 2)), RATE_HZ)
    assert gain_db(str(path)) == 0.0


@pytest.mark.parametrize("rate_hz", [44_100, 48_000])
def test_loudness_agrees_with_an_independent_meter(tmp_path, rate_hz):
    rng = np.random.default_rng(5)
    white = rng.standard_normal((12 * rate_hz, 2))
    swell = np.sin(np.linspace(0, 9, len(white)))[:, None] ** 2
    sound = np.cumsum(white, axis=0) * 0.001 * swell + white * 0.02
    sound[: 3 * rate_hz] *= 0.01  # a stretch that the gate must leave out
    path = tmp_path / "noise.wav"
    soundfile.write(path, sound, rate_hz, subtype="FLOAT")
    expected = pyloudnorm.Meter(rate_hz).integrated_loudness(sound)
    assert level(str(path)).lufs == pytest.approx(expected, abs=0.2)


def test_a_prefetched_deck_gives_the_same_sound_as_an_inline_one(tmp_path):
    track = tone(tmp_path / "loop.wav", seconds=1, hz=441)
    deck = PrefetchedDeck(endless((track,), RATE_HZ), RATE_HZ)
    blocks = []
    while sum(map(len, blocks)) < 3 * RATE_HZ:
        if deck.ready():
            blocks.append(deck.read(4096))
    deck.close()
    sound = np.concatenate(blocks)[: 3 * RATE_HZ]
    assert deck.late_frames == 0
    assert np.array_equal(sound, taken([track], 3))


def test_a_deck_that_is_late_plays_silence_and_counts_it():
    deck = PrefetchedDeck(iter(()), RATE_HZ)
    assert not deck.read(100).any()


def test_a_deck_sounds_on_while_the_next_track_is_measured():
    reached, measured = Flag(), Flag()

    def blocks():
        for _ in range(8):
            yield np.ones((RATE_HZ, 2), np.float32)
        reached.set()
        measured.wait(60.0)

    deck = PrefetchedDeck(blocks(), RATE_HZ)
    laid_out = reached.wait(20.0)
    sound = deck.read(8 * RATE_HZ)
    measured.set()
    deck.close()
    assert laid_out and sound.all() and deck.late_frames == 0


def test_the_track_that_is_heard_is_not_the_one_being_decoded():
    progress = Progress()
    laid_out = Flag()

    def blocks():
        for progress.decoded.value in (0, 1):
            yield np.zeros((RATE_HZ // 2, 2), np.float32)
        laid_out.set()  # asked for a third one: both lie ready

    deck = PrefetchedDeck(blocks(), RATE_HZ, progress)
    assert laid_out.wait(60.0)
    deck.read(RATE_HZ // 2 - 1)
    assert progress.heard.value == 0
    deck.read(2)
    assert progress.heard.value == 1

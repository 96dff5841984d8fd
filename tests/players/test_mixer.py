import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dndmood.players._mixer import Mixer

RATE_HZ = 8000


class Constant:
    """A deck that gives one value for ever."""

    def __init__(self, value: float, ready: bool = True) -> None:
        self.value, self.is_ready, self.closed = value, ready, False

    def ready(self) -> bool:
        return self.is_ready

    def read(self, frames: int) -> np.ndarray:
        return np.full((frames, 2), self.value, np.float32)

    def close(self) -> None:
        self.closed = True


class Noise(Constant):
    def __init__(self, seed: int, level: float = 0.15) -> None:
        super().__init__(0.0)
        self._rng, self._level = np.random.default_rng(seed), level

    def read(self, frames: int) -> np.ndarray:
        return (self._rng.standard_normal((frames, 2)) * self._level).astype(np.float32)


class Sine(Constant):
    """A slow sine, whose largest step from frame to frame is known."""

    def __init__(self, hz: float) -> None:
        super().__init__(0.0)
        self._hz, self._at = hz, 0

    def read(self, frames: int) -> np.ndarray:
        angle = 2 * np.pi * self._hz * (self._at + np.arange(frames)) / RATE_HZ
        self._at += frames
        return np.repeat((0.5 * np.sin(angle)).astype(np.float32)[:, None], 2, axis=1)


def test_without_a_cue_there_is_silence():
    assert not Mixer(RATE_HZ).render(100).any()


def test_after_the_fade_a_deck_is_heard_as_it_is():
    mixer = Mixer(RATE_HZ)
    mixer.cue(Constant(0.4), 100)
    mixer.render(100)
    assert mixer.render(10) == pytest.approx(np.full((10, 2), 0.4))


def test_power_stays_level_through_a_crossfade():
    mixer = Mixer(RATE_HZ)
    mixer.cue(Noise(1), 1)
    mixer.render(10)
    mixer.cue(Noise(2), 6 * RATE_HZ)
    power = [float((mixer.render(RATE_HZ // 2) ** 2).mean()) for _ in range(14)]
    assert 10 * math.log10(max(power) / min(power)) < 0.5


def test_a_change_that_was_asked_for_is_heard_at_once_and_a_waiting_one_begins_softly():
    heard_db = []
    for wait in (0, 1):
        mixer, coming = Mixer(RATE_HZ), Constant(0.4)
        coming.coming = lambda frames: np.zeros((0, 2), np.float32)
        plays = Constant(0.0)
        plays.coming = coming.coming
        mixer.cue(plays, 1)
        mixer.render(10)
        mixer.cue(coming, 6 * RATE_HZ, wait_frames=wait)
        heard = mixer.render(RATE_HZ // 20 + 2)[:, 0]
        heard_db.append(20 * math.log10(heard[-1] / 0.4))
        assert np.abs(np.diff(heard)).max() < 0.4 * 0.001, "it clicks"
        assert mixer.render(6 * RATE_HZ)[-1, 0] == pytest.approx(0.4), "it takes longer"
    assert heard_db[0] == pytest.approx(-10.2, abs=0.2) and heard_db[1] < -35.0


def test_out_of_silence_nothing_jumps():
    mixer = Mixer(RATE_HZ)
    mixer.cue(Constant(0.4), RATE_HZ)
    assert mixer.render(RATE_HZ // 20)[-1, 0] == pytest.approx(
        0.4 * math.sin(0.05 * math.pi / 2), rel=0.01
    )


def test_a_short_fade_is_not_made_slower_by_a_prompt_beginning():
    mixer = Mixer(RATE_HZ)
    mixer.cue(Constant(0.0), 1)
    mixer.render(10)
    mixer.cue(Constant(0.4), 200)
    heard = mixer.render(200)[:, 0]
    assert heard == pytest.approx(0.4 * np.sin(np.arange(200) / 200 * np.pi / 2), abs=1e-6)


def test_a_linear_crossfade_would_fail_the_power_test():
    # What the test above guards against: equal gain dips by 3 dB in the middle.
    middle = 0.5**2 + 0.5**2
    assert 10 * math.log10(1.0 / middle) > 2.9


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 4000), min_size=1, max_size=6), st.integers(200, 8000))
def test_a_cue_in_mid_fade_makes_no_click(moments, fade):
    mixer = Mixer(RATE_HZ)
    heard = []
    for moment in moments:
        mixer.cue(Sine(3.0), fade)
        heard.append(mixer.render(moment))
    heard.append(mixer.render(fade))
    sound = np.concatenate(heard)[:, 0]
    # Largest honest step: every sine's slope plus every fader's slope, one per deck.
    step = len(moments) * 0.5 * (2 * np.pi * 3.0 / RATE_HZ + math.pi / 2 / fade)
    assert np.abs(np.diff(sound)).max() <= step + 1e-4


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 3000), min_size=1, max_size=30))
def test_block_sizes_do_not_matter(sizes):
    def play(blocks):
        mixer = Mixer(RATE_HZ)
        mixer.cue(Sine(5.0), 3000)
        out = [mixer.render(1000)]
        mixer.cue(Sine(7.0), 3000)
        mixer.turn(-6.0)
        return np.concatenate(out + [mixer.render(size) for size in blocks])

    whole = play([sum(sizes)])
    assert np.allclose(play(sizes), whole, atol=1e-5)


def test_a_deck_that_is_not_ready_keeps_what_plays():
    mixer, late = Mixer(RATE_HZ), Constant(-0.3, ready=False)
    mixer.cue(Constant(0.3), 1)
    mixer.render(10)
    mixer.cue(late, 10)
    assert mixer.render(50) == pytest.approx(np.full((50, 2), 0.3))
    late.is_ready = True
    mixer.render(10)
    assert mixer.render(5) == pytest.approx(np.full((5, 2), -0.3))


def test_a_deck_is_let_go_when_it_is_not_heard_any_more():
    mixer, first, never = Mixer(RATE_HZ), Constant(0.1), Constant(0.2, ready=False)
    mixer.cue(first, 1)
    mixer.render(10)
    mixer.cue(never, 10)
    mixer.cue(Constant(0.3), 10)
    assert never.closed and not first.closed
    mixer.render(30)
    assert not first.closed  # it is kept for an undo
    mixer.cue(Constant(0.4), 10)
    mixer.render(30)
    assert first.closed


def test_silence_is_complete_within_a_twentieth_of_a_second_and_ends_when_asked_again():
    mixer = Mixer(RATE_HZ)
    mixer.cue(Constant(0.5), 1)
    mixer.render(10)
    mixer.silence()
    assert np.abs(np.diff(mixer.render(RATE_HZ // 20)[:, 0])).max() < 0.01
    assert not mixer.render(100).any()
    mixer.silence()
    mixer.render(RATE_HZ // 20)
    assert mixer.render(1)[0, 0] == pytest.approx(0.5)


def test_volume_moves_in_decibels():
    mixer = Mixer(RATE_HZ)
    mixer.cue(Constant(0.5), 1)
    mixer.turn(-6.0)
    mixer.turn(-6.0)
    mixer.render(RATE_HZ)
    assert mixer.render(1)[0, 0] == pytest.approx(0.5 * 10 ** (-12 / 20), rel=1e-4)


def test_the_music_steps_back_evenly_and_comes_forward_from_where_it_is():
    mixer = Mixer(RATE_HZ)
    mixer.cue(Constant(0.5), 1)
    mixer.render(10)
    mixer.level(-12.0, 1000)
    half = mixer.render(500)[:, 0]
    assert 20 * np.log10(half[-1] / 0.5) == pytest.approx(-6.0, abs=0.05)
    assert np.abs(np.diff(half)).max() < 0.002
    mixer.level(0.0, 2000)
    forward = mixer.render(2500)[:, 0]
    assert forward[0] == pytest.approx(half[-1], rel=0.01)
    assert forward[-1] == pytest.approx(0.5) and (np.diff(forward) >= 0).all()


def test_stepping_back_and_the_volume_add_up():
    mixer = Mixer(RATE_HZ)
    mixer.cue(Constant(0.5), 1)
    mixer.turn(-6.0)
    mixer.level(-6.0, 10)
    mixer.render(RATE_HZ)
    assert mixer.render(1)[0, 0] == pytest.approx(0.5 * 10 ** (-12 / 20), rel=1e-4)


def test_nothing_to_play_fades_to_silence():
    mixer = Mixer(RATE_HZ)
    mixer.cue(Constant(0.5), 1)
    mixer.render(10)
    mixer.cue(None, 100)
    faded = mixer.render(100)[:, 0]
    assert (np.diff(faded) <= 0).all() and not mixer.render(10).any()


def test_the_mix_never_leaves_full_scale():
    mixer = Mixer(RATE_HZ)
    mixer.cue(Constant(0.79), 1)
    mixer.render(5)
    mixer.cue(Constant(0.79), 1000)
    assert np.abs(mixer.render(1500)).max() <= 1.0


class Counter(Constant):
    """A deck that gives the number of the frame, so that its place can be read off."""

    def __init__(self) -> None:
        super().__init__(0.0)
        self.at = 0

    def read(self, frames: int) -> np.ndarray:
        block = np.arange(self.at, self.at + frames) / 1e6
        self.at += frames
        return np.repeat(block.astype(np.float32)[:, None], 2, axis=1)


@pytest.mark.parametrize("later", [10, 500, 5000])
def test_going_back_resumes_the_piece_before_where_it_was_left(later):
    mixer, old = Mixer(RATE_HZ), Counter()
    mixer.cue(old, 1)
    mixer.render(1000)
    mixer.cue(Constant(0.0), 800)
    mixer.render(later)
    left = old.at
    assert mixer.back(400)
    mixer.render(400)
    assert mixer.render(1)[0, 0] == pytest.approx((left + 400) / 1e6, rel=1e-3)
    assert not old.closed


def test_going_back_twice_returns():
    mixer = Mixer(RATE_HZ)
    mixer.cue(Constant(0.3), 1)
    mixer.render(10)
    mixer.cue(Constant(-0.3), 10)
    mixer.render(50)
    for value in (0.3, -0.3):
        assert mixer.back(10)
        mixer.render(50)
        assert mixer.render(1)[0, 0] == pytest.approx(value)


def test_there_is_no_way_back_before_the_first_change():
    mixer = Mixer(RATE_HZ)
    mixer.cue(Constant(0.3), 1)
    mixer.render(10)
    assert not mixer.back(10)


def test_going_back_in_mid_fade_makes_no_click():
    mixer = Mixer(RATE_HZ)
    mixer.cue(Sine(3.0), 1)
    heard = [mixer.render(2000)]
    mixer.cue(Sine(3.0), 4000)
    heard.append(mixer.render(1500))
    mixer.back(2000)
    heard.append(mixer.render(4000))
    sound = np.concatenate(heard)[2:, 0]
    assert np.abs(np.diff(sound)).max() <= 2 * 0.5 * (
        2 * np.pi * 3 / RATE_HZ + math.pi / 2 / 2000
    )


@pytest.mark.parametrize("between", [200, 5000])
def test_a_skip_is_no_step_on_the_way_back(between):
    mixer, skipped = Mixer(RATE_HZ), Constant(0.6)
    mixer.cue(Constant(0.3), 1)
    mixer.render(10)
    mixer.cue(skipped, 800)
    mixer.render(between)  # also in the middle of the fade
    mixer.cue(Constant(0.7), 100, keep=False)
    mixer.render(5000)
    assert skipped.closed
    assert mixer.back(10)
    mixer.render(50)
    assert mixer.render(1)[0, 0] == pytest.approx(0.3)
    assert mixer.back(10)
    mixer.render(50)
    assert mixer.render(1)[0, 0] == pytest.approx(0.7)


@pytest.mark.parametrize("keep", [True, False])
def test_going_back_from_what_has_not_sounded_yet(keep):
    mixer, late = Mixer(RATE_HZ), Constant(0.9, ready=False)
    for value in (0.3, 0.6):
        mixer.cue(Constant(value), 10)
        mixer.render(50)
    mixer.cue(late, 10, keep=keep)
    mixer.render(50)
    assert mixer.back(10)
    assert late.closed
    mixer.render(50)
    assert mixer.render(1)[0, 0] == pytest.approx(0.6 if keep else 0.3)

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from dndmood.events import Track
from dndmood.players._decks import InlineDeck
from dndmood.players._playlist import endless
from dndmood.players._silence import WithoutSilence

RATE_HZ = 8000


def without(sound: np.ndarray, sizes, ends_s: float = 0.0) -> tuple[np.ndarray, int]:
    silence, parts, at = WithoutSilence(RATE_HZ, ends_s=ends_s), [], 0
    while at < len(sound):
        size = sizes[len(parts) % len(sizes)]
        parts.append(sound[at : at + size])
        at += size
    kept = list(silence.of(iter(parts)))
    return np.concatenate(kept) if kept else sound[:0], silence.dropped


def piece(*seconds: float) -> np.ndarray:
    """Silence and sound in turns, each for so many seconds."""
    levels = [np.full(round(s * RATE_HZ), 0.2 * (n % 2)) for n, s in enumerate(seconds)]
    return np.repeat(np.concatenate(levels).astype(np.float32)[:, None], 2, axis=1)


@settings(max_examples=10, deadline=None)
@given(st.lists(st.integers(300, 9000), min_size=1, max_size=4))
def test_silence_at_both_ends_goes_and_inside_it_is_shortened(sizes):
    kept, dropped = without(piece(3.0, 2.0, 5.0, 2.0, 1.0, 1.0, 9.0), sizes)
    assert np.array_equal(kept, piece(0.0, 2.0, 1.5, 2.0, 1.0, 1.0))
    assert dropped == round((3.0 + 3.5 + 9.0) * RATE_HZ)


def test_a_breath_may_stay_at_the_ends():
    kept, _ = without(piece(3.0, 2.0, 9.0), [1000], ends_s=0.3)
    assert np.array_equal(kept, piece(0.3, 2.0, 0.3))
    kept, _ = without(piece(0.1, 2.0, 0.2), [1000], ends_s=0.3)
    assert np.array_equal(kept, piece(0.1, 2.0, 0.2))


def test_of_silence_alone_nothing_is_left():
    kept, _ = without(piece(3.0), [1000])
    assert not len(kept)


def test_a_track_with_nine_seconds_of_silence_is_followed_by_the_next_at_once(tmp_path):
    tracks = []
    for name in "ab":
        sound = piece(2.0, 8.0, 9.0)
        sound[:, 0] *= np.sin(np.arange(len(sound)) / 3)
        soundfile.write(tmp_path / f"{name}.wav", sound, RATE_HZ, subtype="FLOAT")
        tracks.append(Track(str(tmp_path / f"{name}.wav"), name, 19.0))
    sound = InlineDeck(endless(tuple(tracks), RATE_HZ)).read(40 * RATE_HZ)
    loud = np.abs(sound).max(axis=1).reshape(-1, RATE_HZ // 10).max(axis=1)
    assert loud.min() > 0.3 * loud.max()


@pytest.mark.parametrize("seconds", [12 * 60])
def test_minutes_of_silence_are_not_kept_in_memory(seconds):
    silence = WithoutSilence(RATE_HZ)
    blocks = iter([piece(0.0, 1.0)] + [piece(1.0)] * seconds + [piece(0.0, 1.0)])
    kept = [len(block) for block in silence.of(blocks)]
    assert max(kept) <= round(2.6 * RATE_HZ)

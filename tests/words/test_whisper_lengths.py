import numpy as np

from dndmood.words.engines.whisper import padded


def test_talk_of_any_length_is_heard_at_few_lengths_with_silence_behind():
    """The library keeps more than a megabyte for every length that it ever met."""
    lengths = set()
    for size in range(8_000, 24 * 16_000, 777):
        sound = padded(np.ones(size, np.float32))
        assert 5 * 16_000 <= len(sound) - size <= 6 * 16_000
        assert sound[:size].all() and not sound[size:].any()
        lengths.add(len(sound))
    assert len(lengths) <= 25

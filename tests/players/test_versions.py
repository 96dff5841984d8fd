"""A piece in several intensities or stems, heard through the playback."""

import numpy as np
import pytest
import soundfile

from dndmood.events import EmotionEstimate, Track
from dndmood.players._versions import OpenVersions
from tests.players.table import RATE_HZ, Table

SECONDS = 40


def written(folder, name: str, *tones: tuple[int, float]) -> str:
    time = np.arange(SECONDS * RATE_HZ) / RATE_HZ
    sound = sum(level * np.sin(2 * np.pi * hz * time) for hz, level in tones)
    soundfile.write(folder / name, sound, RATE_HZ, subtype="FLOAT")
    return str(folder / name)


def talk(table: Table, arousal: float) -> None:
    """A minute and a half of talk that sounds so."""
    for at_s in range(0, 90, 2):
        table.playback(EmotionEstimate(float(at_s), arousal, 0.5, {}, 1.0, 1.0))


def loud(sound: np.ndarray, hz: int) -> float:
    """Amplitude of the tone in the last second of `sound`."""
    last = sound[-RATE_HZ:, 0]
    return float(np.abs(np.fft.rfft(last))[hz]) * 2 / RATE_HZ


@pytest.fixture
def intensities(tmp_path):
    levels = ((200, 0.05), (400, 0.1), (800, 0.2))
    paths = tuple(
        written(tmp_path, f"a.{word}.wav", (100, 0.1), tone)
        for word, tone in zip(("low", "mid", "high"), levels, strict=True)
    )
    return Track(paths[0], "a", float(SECONDS), intensities=paths)


@pytest.mark.parametrize("prefetch", [False, True])
def test_a_piece_follows_how_lively_the_talk_is_without_beginning_anew(intensities, prefetch):
    with Table(prefetch=prefetch) as table:
        table.cue("battle", [intensities])
        for arousal, hz in ((0.5, 400), (0.9, 800), (0.1, 200), (0.5, 400)):
            talk(table, arousal)
            sound = table.hear(8.0)
            heard = {one: loud(sound, one) for one in (200, 400, 800)}
            assert max(heard, key=heard.get) == hz
            assert sorted(heard.values())[1] < 0.02 * heard[hz]
            # What all versions share goes on in one wave, also while they change.
            assert loud(sound, 100) > 0.0
        assert table.playing() == ["a"]


def test_versions_stay_in_step_to_the_frame(intensities):
    with OpenVersions(intensities, RATE_HZ, lambda: False) as piece:
        block = np.concatenate([next(sound) for sound in [piece.once()] for _ in range(5)])
    shared = np.exp(-2j * np.pi * 100 * np.arange(8000) / RATE_HZ)
    angles = [float(np.angle(block[:8000, 2 * n] @ shared)) for n in range(3)]
    assert max(angles) - min(angles) < 1e-3


def test_a_softer_version_stays_softer_than_the_fullest(intensities):
    levels = []
    for arousal in (0.9, 0.1):
        with Table() as table:
            talk(table, arousal)
            table.cue("battle", [intensities])
            levels.append(float(np.sqrt(np.mean(table.hear(4.0)[-RATE_HZ:] ** 2))))
    assert levels[1] < 0.7 * levels[0]


def test_stems_join_each_other(tmp_path):
    paths = (
        written(tmp_path, "a.strings.wav", (200, 0.1)),
        written(tmp_path, "a.drums.wav", (800, 0.1)),
    )
    piece = Track(paths[0], "a", float(SECONDS), stems=paths)
    with Table() as table:
        table.cue("battle", [piece])
        talk(table, 0.1)
        sound = table.hear(8.0)
        assert loud(sound, 200) > 0.05 and loud(sound, 800) < 0.001
        talk(table, 0.9)
        sound = table.hear(8.0)
        assert loud(sound, 800) == pytest.approx(loud(sound, 200), rel=0.05)


def test_a_piece_with_versions_and_a_plain_track_follow_each_other(tmp_path, intensities):
    plain = Track(written(tmp_path, "b.wav", (1600, 0.1)), "b", float(SECONDS))
    with Table() as table:
        table.cue("battle", [plain, intensities])
        assert loud(table.hear(5.0), 1600) > 0.05
        sound = table.hear(SECONDS)
        assert loud(sound, 400) > 0.05 and loud(sound, 1600) < 0.001


def test_a_version_that_is_gone_is_played_without(tmp_path, intensities):
    paths = (*intensities.intensities[:2], str(tmp_path / "gone.wav"))
    broken = Track(paths[0], "a", float(SECONDS), intensities=paths)
    with Table() as table:
        talk(table, 0.9)
        table.cue("battle", [broken])
        assert loud(table.hear(3.0), 400) > 0.05

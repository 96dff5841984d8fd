"""The disturbances do what they say; the checks ask what ser-tests asks."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from dndmood.errors import UserError
from dndmood.events import Samples
from dndmood_train.audio import disturbances, noises, pitch
from dndmood_train.audio.noises import Noises
from dndmood_train.evaluation import robustness
from dndmood_train.evaluation.evaluate import evaluate
from dndmood_train.evaluation.report_view import show
from dndmood_train.evaluation.ser_tests import Check
from tests.train.evaluation.graphs import loudness_model


def tone(hz: float, *, seconds: float = 1.0, level: float = 0.3) -> Samples:
    time = np.arange(round(seconds * 16_000)) / 16_000
    return (level * np.sin(2 * np.pi * hz * time)).astype(np.float32)


def chance(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def power_db(samples: Samples) -> float:
    return 20 * float(np.log10(disturbances.level(samples)))


@pytest.mark.parametrize("snr_db", [20.0, 10.0, 0.0])
def test_noise_lies_as_far_under_the_voice_as_asked(snr_db: float) -> None:
    voice, noise = tone(200), tone(3000, level=0.01)
    after = disturbances.mixed(voice, noise, snr_db=snr_db)
    spectrum = np.abs(np.fft.rfft(after))
    assert 20 * np.log10(spectrum[200] / spectrum[3000]) == pytest.approx(snr_db, abs=0.1)
    assert power_db(after) == pytest.approx(power_db(voice), abs=0.1)


def test_a_mixture_never_leaves_full_scale() -> None:
    voice = np.zeros(16_000, np.float32)
    voice[::4000] = 1.0
    after = disturbances.mixed(voice, disturbances.white(16_000, chance()), snr_db=0)
    assert np.abs(after).max() <= 1


def test_a_filter_lets_through_what_it_should() -> None:
    both = tone(100) + tone(2000)
    after = np.abs(np.fft.rfft(disturbances.filtered(both, above_hz=1000.0, order=4)))
    assert after[100] < 0.01 * after[2000]
    low = np.abs(np.fft.rfft(disturbances.filtered(both, below_hz=500.0, order=4)))
    assert low[2000] < 0.01 * low[100]


def test_a_tilt_moves_the_spectrum_and_keeps_the_level() -> None:
    both = tone(200) + tone(4000)
    for slope, brighter in ((0.5, True), (-0.5, False)):
        after = disturbances.tilted(both, slope=slope)
        spectrum = np.abs(np.fft.rfft(after))
        assert (spectrum[4000] > spectrum[200]) == brighter
        assert power_db(after) == pytest.approx(power_db(both), abs=0.1)


def test_an_echo_dies_by_sixty_decibels_in_its_time() -> None:
    response = disturbances.room(chance(), rt60_s=0.5)
    early = power_db(response[800:1600])
    late = power_db(response[-800:])
    assert early - late == pytest.approx(60 * (0.475 - 0.075) / 0.5, abs=4)


def test_reverberation_keeps_time_length_and_level() -> None:
    click = np.zeros(8000, np.float32)
    click[1000] = 0.5
    response = np.zeros(4000, np.float32)
    response[300], response[1300] = 1.0, 0.4
    after = disturbances.reverberated(click, response)
    assert len(after) == 8000
    assert after.argmax() == 1000
    assert after[2000] / after[1000] == pytest.approx(0.4, rel=1e-3)


@pytest.mark.parametrize("codec", ["opus", "mp3"])
@pytest.mark.parametrize("compression", [0.9, 0.99999, 1.0])
def test_a_codec_changes_the_sound_but_not_its_length(codec: str, compression: float) -> None:
    voice = tone(300, seconds=1.3)
    after = disturbances.coded(voice, codec=codec, compression=compression)
    assert len(after) == len(voice)
    assert 0 < np.abs(after - voice).max() < 0.5


def test_the_telephone_takes_the_highs_away() -> None:
    both = tone(1000) + tone(6000)
    after = np.abs(np.fft.rfft(disturbances.telephoned(both, chance())))
    assert after[6000] < 0.05 * after[1000]


def test_clipping_flattens_the_share_it_was_asked_for() -> None:
    voice = tone(110)
    after = disturbances.clipped(voice, ratio=0.02)
    assert np.mean(after != voice) == pytest.approx(0.02, abs=0.005)


@pytest.mark.parametrize("kind", ["babble", "music", "environment", "cough", "sneeze"])
def test_invented_noises_can_be_heard_and_come_again(kind: str) -> None:
    one, two = (Noises({}).of(kind, 32_000, chance(4)) for _ in range(2))
    assert np.array_equal(one, two)
    assert np.isfinite(one).all()
    assert power_db(one) > -60
    assert not np.array_equal(one, Noises({}).of(kind, 32_000, chance(5)))


def test_invented_music_is_notes_first_and_a_brush_far_behind() -> None:
    piece = noises.music(160_000, chance())
    brush = disturbances.filtered(piece, above_hz=5000.0, order=8)
    assert -50 < power_db(brush) - power_db(piece) < -20
    # and it sounds on between the beats
    quiet = np.sqrt(np.mean(piece.reshape(-1, 1600) ** 2, axis=1))
    assert quiet.min() > 0.1 * quiet.mean()


def test_babble_is_made_of_the_talkers() -> None:
    crowd = Noises({}, talkers=[tone(150), tone(250)]).of("babble", 16_000, chance())
    spectrum = np.abs(np.fft.rfft(crowd))
    assert spectrum[150] + spectrum[250] > 0.8 * spectrum.sum()


def test_recordings_go_before_inventions(tmp_path: Path) -> None:
    (tmp_path / "Music").mkdir()
    soundfile.write(tmp_path / "Music" / "lute.wav", tone(440, seconds=0.5), 16_000)
    soundfile.write(tmp_path / "rain.flac", tone(5000), 16_000)
    found = noises.noises_in(tmp_path)
    assert found.sources == {
        "babble": "invented",
        "music": "recorded",
        "environment": "recorded",
        "cough": "invented",
        "sneeze": "invented",
        "room": "invented",
    }
    crowd = noises.noises_in(None, talkers=[tone(150)])
    assert crowd.sources["babble"] == "voices"
    lute = found.of("music", 16_000, chance())
    assert np.abs(np.fft.rfft(lute)).argmax() == 440


def test_a_folder_without_sound_is_said(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no sound in"):
        noises.noises_in(tmp_path)


@pytest.mark.parametrize(
    ("f0_hz", "group"), [(110.0, "low"), (170.0, "middle"), (230.0, "high")]
)
def test_the_height_of_a_voice_is_found(f0_hz: float, group: str) -> None:
    voice = sum(tone(f0_hz * n, level=0.3 / n) for n in range(1, 8))
    assert isinstance(voice, np.ndarray)
    found = pitch.mean_f0_hz(voice)
    assert found == pytest.approx(f0_hz, rel=0.03)
    assert pitch.register(found) == group


def test_noise_has_no_pitch() -> None:
    assert pitch.register(pitch.mean_f0_hz(disturbances.white(16_000, chance()))) is None


def test_an_undefined_value_does_not_pass() -> None:
    assert not Check("robustness", "g", "emotion", "n", float("nan"), at_least=0.5).passed
    assert Check("robustness", "g", "emotion", "n", 0.5, at_least=0.5).passed
    assert not Check("fairness", "g", "emotion", "n", 0.2, at_most=0.1).passed


def test_every_disturbance_leaves_a_sound_behind() -> None:
    voice = tone(200) * np.linspace(0, 1, 16_000, dtype=np.float32)
    for trial in robustness.trials(Noises({})):
        after = trial.change(voice, chance())
        assert after.dtype == np.float32, trial.name
        assert np.isfinite(after).all(), trial.name
        assert abs(len(after) - len(voice)) <= 1000, trial.name


def test_a_model_that_hears_loudness_keeps_its_word_in_noise_but_not_under_gain(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = ["path,emotion,speaker,arousal,sex"]
    for number, (emotion, level) in enumerate(
        [("anger", 0.7), ("happiness", 0.4), ("neutral", 0.2), ("sadness", 0.05)] * 2
    ):
        square = level * np.where(np.arange(16_000) // 40 % 2, 1, -1)
        soundfile.write(tmp_path / f"{number}.wav", square.astype(np.float32), 16_000)
        lines.append(f"{number}.wav,{emotion},s{number % 2},{level},{'fm'[number % 2]}")
    (tmp_path / "m.csv").write_text("\n".join(lines))
    found = evaluate(
        manifest=tmp_path / "m.csv",
        root=tmp_path,
        model=loudness_model(tmp_path / "model"),
        check=True,
        curve=False,
        rounds=9,
    )
    outcomes = {f"{o.group}: {o.name}": o for o in found.outcomes}
    assert outcomes["small change: soft white noise"].unchanged["emotion"] == 1
    assert outcomes["small change: gain"].unchanged["arousal"] < 1
    assert outcomes["table: music at 0 dB"].voice == 1
    assert {c.family for c in found.checks} >= {"correctness", "robustness"}
    assert 0 < found.pass_share["robustness"] < 1
    assert (found.noises["babble"], found.noises["music"]) == ("voices", "invented")
    show(found)
    said = " ".join(capsys.readouterr().out.split())
    assert "babble made of the clips' own voices" in said
    assert "read the failures" in said

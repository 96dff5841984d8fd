"""The bus of the ambience: its loops, its single sounds, its level, and files that go away."""

import gc
from pathlib import Path

import numpy as np
import pytest
import soundfile

from dndmood.events import Command, Cue, Duck, Problem, Track
from dndmood.loudness import Loudness
from dndmood.players._bed import BED_LUFS, OVERLAP_S, bed_sound
from dndmood.players._loop import crossfaded, looped
from dndmood.players._loudness import level
from dndmood.players._playback import Playback
from dndmood.players._playlist import Progress, endless
from dndmood.players._tracks import OpenTrack
from dndmood.players.wav import opened as wav_opened
from dndmood.reference_tap import ReferenceTap
from dndmood.scene import AmbienceCue, SoundLevel
from tests.fakes import evenly, noise, stand, tone
from tests.players.table import RATE_HZ, Table, garbage


def rain(path: Path, *, seconds: float = 12.0, seed: int = 1, level: float = 0.05) -> str:
    """Stereo noise that is soft on top, as rain behind a window."""
    white = np.random.default_rng(seed).normal(size=(round(seconds * RATE_HZ), 2))
    soft = (white + np.roll(white, 1, axis=0)) / 2.0
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(
        path, level * soft, RATE_HZ, subtype="FLOAT" if path.suffix == ".wav" else None
    )
    return str(path)


def cue(*beds: str, shots=(), place: str = "moor", fade_s: float = 0.5, **more) -> AmbienceCue:
    return AmbienceCue(0.0, place, tuple(beds), tuple(shots), fade_s=fade_s, **more)


def first(sound, seconds: float) -> np.ndarray:
    blocks, frames = [], 0
    for block in sound:
        blocks.append(block)
        frames += len(block)
        if frames >= seconds * RATE_HZ:
            break
    return np.concatenate(blocks)[: round(seconds * RATE_HZ)]


def power_db(sound: np.ndarray) -> float:
    return float(10.0 * np.log10(np.square(sound, dtype=np.float64).mean() + 1e-15))


def test_where_a_bed_begins_again_there_is_no_larger_step_than_elsewhere(tmp_path):
    path = rain(tmp_path / "rain.wav")
    sound = first(bed_sound(cue(path), RATE_HZ, Progress()), 40)
    steps = np.abs(np.diff(sound, axis=0)).max(axis=1)
    turn = round((12.0 - OVERLAP_S) * RATE_HZ)
    for at in (turn, 2 * turn, 3 * turn):
        around = steps[at - RATE_HZ // 50 : at + round((OVERLAP_S + 0.02) * RATE_HZ)]
        assert around.max() <= steps[: turn - RATE_HZ].max() * 1.05


def test_a_bed_cut_off_in_the_middle_of_a_tone_makes_no_click_where_it_begins_again(tmp_path):
    hz, path = 130.7, tmp_path / "hum.wav"  # no whole number of waves
    time_s = np.arange(9 * RATE_HZ) / RATE_HZ
    soundfile.write(path, 0.2 * np.sin(2 * np.pi * hz * time_s), RATE_HZ, subtype="FLOAT")
    sound = first(bed_sound(cue(str(path)), RATE_HZ, Progress()), 30)[:, 0]
    honest = 2 * np.pi * hz / RATE_HZ * np.abs(sound).max()
    assert np.abs(np.diff(sound)).max() <= honest * 1.05
    # Appended end to end it would click: that is what the line above would catch.
    assert np.abs(np.diff(np.sin(2 * np.pi * hz * time_s)[[-1, 0]])).max() > 2 * honest


@pytest.mark.parametrize("alike", [0.0, 0.7, 1.0])
def test_the_power_is_level_where_a_bed_begins_again_however_alike_its_ends_are(alike):
    rng = np.random.default_rng(3)
    one, other = (rng.normal(size=(8 * RATE_HZ, 2)).astype(np.float32) for _ in range(2))
    after = np.float32(alike) * one + np.float32(np.sqrt(1 - alike**2)) * other
    levels = [power_db(part) for part in np.split(crossfaded(one, after), 16)]
    assert max(levels) - min(levels) < 0.4
    plain = np.linspace(0, np.pi / 2, len(one))[:, None]
    usual = [power_db(p) for p in np.split(one * np.cos(plain) + after * np.sin(plain), 16)]
    assert alike < 0.5 or max(usual) - min(usual) > 1.5  # what the usual gains would do


def test_a_loop_shorter_than_its_overlap_still_goes_round():
    short = np.full((100, 2), 0.5, np.float32)
    sound = looped(lambda: iter([short]), 1000)
    joined = np.concatenate([next(sound) for _ in range(40)])
    assert len(joined) > 1000 and np.abs(joined - 0.5).max() < 0.01


def test_beds_together_are_as_loud_as_one_alone_and_12_db_below_the_music(tmp_path):
    paths = [rain(tmp_path / f"{n}.wav", seed=n, level=0.3 / n) for n in (1, 2, 3)]
    for beds in (paths[:1], paths):
        meter = Loudness(RATE_HZ, 2)
        meter.push(first(bed_sound(cue(*beds), RATE_HZ, Progress()), 30))
        assert meter.level().lufs == pytest.approx(BED_LUFS, abs=0.5)


def test_single_sounds_come_at_the_same_moments_each_time_and_at_others_at_another_place(
    tmp_path,
):
    bed = rain(tmp_path / "rain.wav", level=1e-3)
    shots = [tone(tmp_path / f"{n}.wav", seconds=1, hz=300 * n).path for n in (1, 2, 3)]
    same = cue(bed, shots=shots)
    one, again = (first(bed_sound(same, RATE_HZ, Progress()), 120) for _ in range(2))
    assert np.array_equal(one, again)
    alone = first(bed_sound(cue(bed), RATE_HZ, Progress()), 120)
    single = np.abs(one - alone).max(axis=1) > 1e-4
    begins = np.flatnonzero(np.diff(single[:: RATE_HZ // 10].astype(int)) > 0)
    assert 3 <= len(begins) <= 14 and np.diff(begins).min() >= 60
    assert np.abs(one - alone)[:, 0].sum() != pytest.approx(
        np.abs(one - alone)[:, 1].sum(), rel=0.02
    )
    other = first(bed_sound(cue(bed, shots=shots, place="fen"), RATE_HZ, Progress()), 120)
    assert not np.array_equal(one, other)


def test_a_place_of_single_sounds_alone_is_heard(tmp_path):
    shot = tone(tmp_path / "gong.wav", seconds=2, hz=300).path
    sound = first(bed_sound(cue(shots=[shot]), RATE_HZ, Progress()), 90)
    assert (
        0.01 < np.abs(sound).max() < 0.5
        and (np.abs(sound[:: RATE_HZ // 4]).max(axis=1) < 1e-6).mean() > 0.5
    )


def test_power_stays_level_while_one_place_becomes_another(tmp_path):
    with Table() as table:
        table.playback(cue(rain(tmp_path / "a.wav", seed=1)))
        before = table.hear(3)[RATE_HZ:]
        table.playback(cue(rain(tmp_path / "b.wav", seed=2), place="fen", fade_s=4.0))
        levels = [power_db(part) for part in np.split(table.hear(6), 12)]
    assert max(levels) - min(levels) < 0.8
    assert np.mean(levels) == pytest.approx(power_db(before), abs=0.5)


def test_the_ambience_has_a_volume_of_its_own(tmp_path):
    music = tone(tmp_path / "m.wav", seconds=8, hz=200, rate_hz=RATE_HZ)
    with Table() as table:
        table.cue("calm", [music])
        alone = power_db(table.hear(3)[-RATE_HZ:])
        table.playback(cue(rain(tmp_path / "rain.wav")))
        table.playback(Command("volume", change_db=-60.0))
        full = power_db(table.hear(3)[-RATE_HZ:])
        table.playback(Command("ambience", change_db=-6.0))
        softer = power_db(table.hear(2)[-RATE_HZ:])
        table.playback(Command("ambience", change_db=-60.0))
        table.playback(Command("volume", change_db=40.0))
        assert power_db(table.hear(2)[-RATE_HZ:]) == pytest.approx(alone, abs=0.05)
    assert softer == pytest.approx(full - 6.0, abs=0.4)


def test_under_talk_the_ambience_steps_back_half_as_far_as_the_music(tmp_path):
    with Table() as table:
        table.playback(cue(rain(tmp_path / "rain.wav")))
        full = power_db(table.hear(3)[-RATE_HZ:])
        table.playback(Duck(3.0, -12.0, 0.5))
        assert power_db(table.hear(2)[-RATE_HZ:]) == pytest.approx(full - 6.0, abs=0.4)
        table.playback(Duck(5.0, 0.0, 0.5))
        assert power_db(table.hear(2)[-RATE_HZ:]) == pytest.approx(full, abs=0.4)


def test_silence_takes_the_ambience_along_and_gives_it_back(tmp_path):
    with Table() as table:
        table.playback(cue(rain(tmp_path / "rain.wav")))
        assert table.hear(2).any()
        table.playback(Command("silence"))
        table.hear(0.1)
        assert not table.hear(1).any()
        table.playback(Command("silence"))
        assert table.hear(1).any()


def test_leaving_fades_the_ambience_out_and_says_when_it_is_gone(tmp_path):
    with Table() as table:
        table.playback(cue(rain(tmp_path / "rain.wav")))
        table.hear(2)
        table.playback.leave(0.5)
        table.hear(0.3)
        assert not table.playback.silent()
        table.hear(0.4)
        assert table.playback.silent() and not table.hear(0.5).any()
        table.playback(cue(rain(tmp_path / "other.wav")))
        assert not table.hear(1).any()


def test_no_place_is_silence_and_music_goes_on_as_it_is(tmp_path):
    music = tone(tmp_path / "m.wav", seconds=8, hz=200, rate_hz=RATE_HZ)
    with Table() as table, Table() as without:
        for one in (table, without):
            one.cue("calm", [music])
        table.hear(1), without.hear(1)
        table.playback(cue(rain(tmp_path / "rain.wav")))
        assert not np.array_equal(table.hear(2), without.hear(2))
        table.playback(cue(place=""))
        table.hear(1), without.hear(1)
        assert np.array_equal(table.hear(2), without.hear(2))


def test_an_undo_and_a_skip_leave_the_ambience_alone(tmp_path):
    with Table() as table:
        table.playback(cue(rain(tmp_path / "rain.wav")))
        level = power_db(table.hear(3)[-RATE_HZ:])
        table.cue("calm", [])
        for verb in ("undo", "skip", "release", "pause", "pause"):
            table.playback(Command(verb))
        assert power_db(table.hear(2)) == pytest.approx(level, abs=0.4)


def test_what_is_heard_of_the_ambience_is_in_the_reference_of_the_echo_canceller(tmp_path):
    tap, playback = ReferenceTap(), Playback(RATE_HZ, prefetch=False)
    playback.pour_into(tap)
    playback(cue(rain(tmp_path / "rain.wav")))
    heard = np.concatenate([playback.render(800) for _ in range(30)])
    poured = np.concatenate([block for block, _, _ in tap.take()])
    assert np.allclose(poured, heard.mean(axis=1), atol=1e-6) and poured.any()
    playback.close()


@pytest.mark.parametrize("prefetch", [False, True])
def test_a_missing_bed_is_one_sentence_and_the_music_goes_on(tmp_path, prefetch):
    music = tone(tmp_path / "m.wav", seconds=8, hz=200, rate_hz=RATE_HZ)
    with Table(prefetch=prefetch) as table:
        table.cue("calm", [music])
        table.hear(1)
        table.playback(cue(str(tmp_path / "gone.wav")))
        assert power_db(table.hear(15)[-RATE_HZ:]) > -40
        (text,) = table.problems()
        assert text.startswith(
            "Moor: its ambience cannot be heard (There is no sound file gone.wav"
        )
        assert text.endswith("the music goes on.")
        rain(tmp_path / "gone.wav")
        table.hear(20)
        assert table.problems()[1:] == ["Moor: its ambience can be heard again."]
        assert stand(table.said) == [True, False]


def test_the_forest_does_not_go_on_below_a_tavern_whose_files_are_gone(tmp_path):
    with Table() as table:
        table.playback(cue(rain(tmp_path / "forest.wav")))
        assert table.hear(2).any()
        table.playback(cue(str(tmp_path / "gone.wav"), place="tavern"))
        table.hear(2)
        assert not table.hear(1).any()


def test_that_the_tavern_could_not_be_heard_is_over_when_the_party_leaves_it(tmp_path):
    with Table() as table:
        table.playback(cue(str(tmp_path / "gone.wav"), place="tavern"))
        table.hear(2)
        table.playback(cue(rain(tmp_path / "forest.wav"), place="forest"))
        table.hear(2)
        said = [fact for fact in table.said if isinstance(fact, Problem)]
    assert stand(said) == [True, False]
    assert said[1].text == "Tavern: its ambience is not wanted any more."


def test_a_long_bed_is_as_loud_as_if_all_of_it_were_listened_to_and_begins_sooner(tmp_path):
    path = rain(tmp_path / "rain.wav", seconds=90)
    sound, _ = soundfile.read(path, dtype="float32")
    sound *= 1.0 + 0.4 * np.sin(np.arange(len(sound)) / RATE_HZ)[:, np.newaxis]  # in gusts
    soundfile.write(path, sound, RATE_HZ, subtype="FLOAT")
    asked: list[None] = []
    brief = level(path, brief=True, stopped=lambda: bool(asked.append(None)))
    few, all_of_it = len(asked), level(path, stopped=lambda: bool(asked.append(None)))
    assert brief.lufs == pytest.approx(all_of_it.lufs, abs=0.5)
    assert few < (len(asked) - few) / 2


def test_one_bed_of_several_that_is_broken_is_left_out_and_named(tmp_path):
    (tmp_path / "broken.ogg").write_bytes(b"nothing that sounds" * 99)
    beds = rain(tmp_path / "good.wav"), str(tmp_path / "broken.ogg")
    with Table() as table:
        table.playback(cue(*beds))
        assert table.hear(4).any()
        (text,) = table.problems()
    assert "broken.ogg cannot be played" in text and text.endswith("the rest of moor does.")


def test_a_single_sound_that_is_gone_is_named_once_and_the_others_go_on(tmp_path):
    bed = rain(tmp_path / "rain.wav")
    shots = [str(tmp_path / "gone.wav"), tone(tmp_path / "gong.wav", seconds=1, hz=300).path]
    said = []
    first(
        bed_sound(
            cue(bed, shots=shots), RATE_HZ, Progress(), lambda _, text: said.append(text)
        ),
        200,
    )
    (text,) = said
    assert "gone.wav cannot be played" in text and text.endswith("is left out.")


def test_a_bed_that_is_overwritten_while_it_plays_is_told_and_noise_is_never_heard(tmp_path):
    path = rain(tmp_path / "rain.wav", seconds=40)
    music = tone(tmp_path / "m.wav", seconds=8, hz=200, rate_hz=RATE_HZ)
    with Table() as table:
        table.cue("calm", [music])
        table.playback(cue(path))
        table.hear(4)
        garbage(Track(path, "rain", 40.0))
        sound = table.hear(40)
        assert np.abs(sound).max() < 0.5 and power_db(sound[-RATE_HZ:]) > -40
        (text,) = table.problems()
        assert "rain.wav cannot be read any more: it was overwritten" in text


def test_a_bed_that_is_saved_anew_while_it_plays_begins_again_as_it_is_now(tmp_path):
    path = rain(tmp_path / "rain.wav", seconds=40)
    with Table() as table:
        table.playback(cue(path))
        table.hear(6)
        time_s = np.arange(40 * RATE_HZ) / RATE_HZ
        hum = 0.05 * np.sin(2 * np.pi * 440.0 * time_s)
        with open(path, "r+b") as file:  # noqa: PTH123 - in place, as an editor that saves
            soundfile.write(
                file, np.stack((hum, hum), axis=1), RATE_HZ, subtype="FLOAT", format="WAV"
            )
        sound = table.hear(30)[-RATE_HZ:, 0]
        assert np.abs(np.fft.rfft(sound)).argmax() == pytest.approx(440, abs=2)
        (text,) = table.problems()
        assert "was changed while it played" in text and "begins again" in text


def test_a_bed_that_fails_in_the_mixer_takes_only_itself_along(tmp_path, monkeypatch):
    music = tone(tmp_path / "m.wav", seconds=8, hz=200, rate_hz=RATE_HZ)
    with Table() as table:
        table.cue("calm", [music])
        table.playback(cue(rain(tmp_path / "rain.wav")))
        table.hear(2)

        def fail(*_):
            raise RuntimeError("a fault that nobody foresaw")

        ambience = table.playback._mixer.ambience
        (voice,) = ambience._voices
        closed: list[bool] = []
        close = voice.deck.close
        monkeypatch.setattr(voice.deck, "close", lambda: (closed.append(True), close()))
        monkeypatch.setattr(ambience, "_mixed", fail)
        assert power_db(table.hear(2)[-RATE_HZ:]) > -40 and not table.problems()
    assert closed == [True] and ambience.at_rest()


def test_the_wav_player_writes_the_ambience_below_the_music(tmp_path):
    path = tmp_path / "evening.wav"
    with wav_opened(str(path), [].append) as player:
        player(cue(rain(tmp_path / "rain.wav")))
        for number, chunk in enumerate(evenly(noise(6, 0.1))):
            if number == 30:
                player(Command("ambience", change_db=-12.0))
            player(chunk)
    sound, rate_hz = soundfile.read(path)
    loud, soft = (
        power_db(sound[2 * rate_hz : 3 * rate_hz]),
        power_db(sound[4 * rate_hz : 5 * rate_hz]),
    )
    assert loud - soft == pytest.approx(12.0, abs=0.6)


def test_twice_is_the_same(tmp_path):
    bed, shot = rain(tmp_path / "rain.wav"), tone(tmp_path / "s.wav", seconds=1, hz=500).path

    def play():
        with Table() as table:
            table.playback(Cue(0.0, "calm", (), 1.0, ""))
            table.playback(cue(bed, shots=[shot]))
            return table.hear(60)

    assert np.array_equal(play(), play())


@pytest.mark.parametrize("kind", ["bed", "music"])
def test_what_was_left_is_let_go_of_at_once_and_not_when_python_comes_round_to_it(
    tmp_path, kind
):
    path = rain(tmp_path / "rain.wav")
    tracks = (Track(path, "a", 0.0), Track(path, "b", 0.0))
    gc.collect()
    gc.disable()
    try:
        sound = (
            bed_sound(cue(path, path), RATE_HZ, Progress())
            if kind == "bed"
            else endless(tracks, RATE_HZ, Progress())
        )
        first(sound, 2.0)
        assert any(type(one) is OpenTrack for one in gc.get_objects())
        sound.close()
        assert not any(type(one) is OpenTrack for one in gc.get_objects())
    finally:
        gc.enable()


def test_a_level_that_is_known_is_believed_and_the_sound_not_measured(tmp_path):
    path = rain(tmp_path / "rain.wav")
    found = level(path)
    louder = SoundLevel(found.gain_db + 6.0, found.peak_dbtp)
    heard = [
        power_db(first(bed_sound(asked, RATE_HZ, Progress()), 8))
        for asked in (cue(path), cue(path, levels={path: louder}))
    ]
    assert heard[1] - heard[0] == pytest.approx(6.0, abs=0.6)
    shots = [
        np.abs(first(bed_sound(asked, RATE_HZ, Progress()), 60)).max()
        for asked in (
            cue(shots=[path]),
            cue(shots=[path], levels={path: SoundLevel(found.gain_db - 6.0, found.peak_dbtp)}),
        )
    ]
    assert shots[1] / shots[0] == pytest.approx(10 ** (-6 / 20), rel=0.01)


def test_a_bed_that_was_changed_is_measured_again_whatever_was_known(tmp_path):
    path = rain(tmp_path / "rain.wav", seconds=30)
    known = level(path)
    asked = cue(path, levels={path: SoundLevel(known.gain_db, known.peak_dbtp)})
    sound = bed_sound(asked, RATE_HZ, Progress())
    before = power_db(first(sound, 4))
    rain(Path(path), seconds=30, level=0.2)
    after = power_db(first(sound, 12)[-4 * RATE_HZ :])
    assert after == pytest.approx(before, abs=1.0)

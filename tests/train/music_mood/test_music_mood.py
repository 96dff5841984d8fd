"""Teaching the estimator of the music's mood, in small."""

import io
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
import soundfile

mido = pytest.importorskip("mido")
pytest.importorskip("sklearn")

from dndmood.errors import UserError  # noqa: E402
from dndmood.library.track import Track  # noqa: E402
from dndmood_train.music_mood import (  # noqa: E402
    judging,
    learning,
    orchestras,
    pieces,
    rendering,
    starters,
)
from dndmood_train.music_mood.heard_takes import HeardTakes  # noqa: E402
from dndmood_train.music_mood.hearing import Take, described, remastered, stretches  # noqa: E402
from dndmood_train.music_mood.teaching import learned, teach  # noqa: E402

FONT = Path("/usr/share/sounds/sf2/TimGM6mb.sf2")


def midi(notes, *, pedal_until_s=0.0):
    """A file of (start, length, pitch) at 120 beats a minute."""
    events = (
        [(0.0, mido.Message("control_change", control=64, value=127))] if pedal_until_s else []
    )
    for start, length, pitch in notes:
        events += [
            (start, mido.Message("note_on", note=pitch, velocity=80)),
            (start + length, mido.Message("note_off", note=pitch)),
        ]
    if pedal_until_s:
        events.append((pedal_until_s, mido.Message("control_change", control=64, value=0)))
    file, track, now = mido.MidiFile(ticks_per_beat=480), mido.MidiTrack(), 0
    for at_s, message in sorted(events, key=lambda one: one[0]):
        track.append(message.copy(time=round(at_s * 960) - now))
        now = round(at_s * 960)
    file.tracks.append(track)
    out = io.BytesIO()
    file.save(file=out)
    return out.getvalue()


@pytest.fixture
def archive(tmp_path):
    path = tmp_path / "emopia.zip"
    with zipfile.ZipFile(path, "w") as file:
        for quadrant, song in ((1, "aaaaaaaaaaa"), (2, "bbbbbbbbbbb"), (3, "aaaaaaaaaaa")):
            notes = [(n * 0.5, 0.4, 60 + n % 12) for n in range(80)]
            file.writestr(f"midis/Q{quadrant}_{song}_0.mid", midi(notes))
    return path


def test_a_piece_is_the_middle_of_its_song_with_its_quadrant(archive):
    found = list(pieces.read(archive))
    assert [(one.high_arousal, one.high_valence) for one in found] == [
        (True, True),
        (True, False),
        (False, False),
    ]
    assert found[0].notes[0].start_s == 0.0
    assert max(note.start_s for note in found[0].notes) < 25


def test_a_song_is_on_one_side_only(archive):
    side = {one.song: one.side for one in pieces.read(archive)}
    assert all(one.side == side[one.song] for one in pieces.read(archive))


def test_the_pedal_holds_a_note(tmp_path):
    path = tmp_path / "e.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(
            "Q1_aaaaaaaaaaa_0.mid", midi([(0.0, 0.2, 60), (3.0, 0.1, 62)], pedal_until_s=2.0)
        )
    first, second = next(iter(pieces.read(path))).notes
    assert first.length_s == pytest.approx(2.0, abs=0.01)
    assert second.length_s == pytest.approx(0.1, abs=0.01)


def test_an_archive_that_is_none_is_one_sentence(tmp_path):
    with pytest.raises(UserError, match="There is no file"):
        teach(
            tmp_path / "no.zip",
            tmp_path,
            sound_fonts=(),
            orchestrated=1,
            starters=tmp_path,
            say=print,
        )
    bad = tmp_path / "bad.zip"
    bad.write_bytes(b"no zip")
    with pytest.raises(UserError, match="no readable archive"):
        list(pieces.read(bad))


def test_no_instrument_that_judges_ever_teaches():
    taught = {
        voice.program
        for family in orchestras.LEARNED.values()
        for seed in range(200)
        for voice in family(np.random.default_rng(seed))
    }
    judges = {
        voice.program
        for family in orchestras.UNSEEN.values()
        for voice in family(np.random.default_rng(0))
    }
    assert not taught & judges
    for name in map(str, range(50)):
        assert not set(orchestras.playing(name, judges=False, learned=8)) & set(
            orchestras.UNSEEN
        )
        assert (
            len(set(orchestras.playing(name, judges=True, learned=8)) & set(orchestras.UNSEEN))
            == 2
        )


def heard(count=240, seed=0):
    """Takes of made-up features, of which two say everything."""
    rng = np.random.default_rng(seed)
    takes, table = [], rng.normal(size=(count, 4))
    for number in range(count):
        piece = pieces.Piece(f"p{number}", f"song{number // 3}", *(table[number, :2] > 0), ())
        takes.append(Take("piano" if number % 2 else "brass", piece, None))
    return HeardTakes(
        ("a", "v", "x", "y"), table + rng.normal(0, 0.1, table.shape), tuple(takes)
    )


def test_the_program_s_trees_say_what_the_library_s_say():
    from sklearn.ensemble import GradientBoostingClassifier

    some = heard()
    high = some.truth("arousal")
    boosted = GradientBoostingClassifier(n_estimators=20, max_depth=3, min_samples_leaf=20).fit(
        some.table, high
    )
    forest = learning._forest(boosted, 3)
    table = some.table.astype(np.float32).astype(np.float64)
    assert forest(table) == pytest.approx(boosted.decision_function(table), abs=1e-4)


def test_what_can_be_learned_is_learned_and_judged_by_songs_unseen():
    found = judging.cross_validated(heard(), learning.Choice(trees=20), (0.0, 0.6))[0.6]
    assert found.takes == 240
    assert found.arousal > 85 and found.valence > 85 and found.quadrant > 75
    strange = judging.cross_validated(
        heard(), learning.Choice(trees=20), (0.6,), left_out="brass"
    )[0.6]
    assert strange.takes == 120 and strange.quadrant > 75


def test_what_nobody_plays_is_not_judged():
    found = judging.cross_validated(heard(), learning.Choice(trees=5), (0.6,), left_out="harp")
    assert found[0.6].takes == 0


def test_what_differs_between_the_instruments_of_one_piece_counts_less():
    rng = np.random.default_rng(0)
    names = [f"piece {number % 150}" for number in range(300)]  # each on two instruments
    mood = np.tile(rng.normal(size=150), 2)
    instrument = np.repeat([-1.0, 1.0], 150)
    table = np.stack([mood, mood + instrument, rng.normal(size=300)], axis=1)
    standard = (table - table.mean(axis=0)) / table.std(axis=0)
    lens = learning.steadied(standard, names, 0.05)
    weight = {
        "mood": np.linalg.norm(lens @ [1.0, 0.0, 0.0]),
        "instrument": np.linalg.norm(lens @ [0.0, 1.0, 0.0]),
    }
    assert weight["mood"] > 2 * weight["instrument"]
    assert (standard @ lens).std() == pytest.approx(standard.std())
    truth = dict.fromkeys(("arousal", "valence"), mood > 0)
    plain, steady = (
        learning.taught(
            "abc", table, truth, learning.Choice(trees=2, forests=1, share=0.0), pieces=pieces
        ).arousal.weights
        for pieces in ((), names)
    )
    assert steady[1] / steady[0] < plain[1] / plain[0]


@pytest.mark.parametrize("pieces", [(), [f"piece {number}" for number in range(40)]])
def test_where_no_piece_is_played_twice_every_feature_counts_alike(pieces):
    table = np.random.default_rng(0).normal(size=(40, 5))
    assert np.array_equal(learning.steadied(table, pieces, 0.05), np.eye(5))


def test_several_forests_are_their_mean():
    some = heard()
    truth = {axis: some.truth(axis) for axis in ("arousal", "valence")}

    def odds(forests: int, seed: int) -> np.ndarray:
        choice = learning.Choice(trees=5, forests=forests, share=1.0)
        model = learning.taught(some.names, some.table, truth, choice, seed=seed)
        return model.of_table(some.table)[0]

    assert odds(2, 0) == pytest.approx((odds(1, 0) + odds(1, 1)) / 2, abs=1e-5)


def test_another_share_of_the_trees_is_as_if_it_was_taught_with_it():
    some = heard()
    truth = {axis: some.truth(axis) for axis in ("arousal", "valence")}
    one, other = (
        learning.taught(some.names, some.table, truth, learning.Choice(trees=5, share=share))
        for share in (0.0, 1.0)
    )
    assert np.array_equal(
        learning.shared(one, 1.0).of_table(some.table), other.of_table(some.table)
    )


def test_a_few_pieces_end_in_a_sentence_or_in_a_model(tmp_path):
    with pytest.raises(UserError, match="too few pieces"):
        learned(heard(2), tmp_path, starters=tmp_path, say=print)
    some, said = heard(90), []
    mood = 'title = "Calm"\narousal = 0.3\nvalence = 0.6\n'
    (tmp_path / "calm.toml").write_text(mood)
    (tmp_path / "calm").mkdir()
    soundfile.write(tmp_path / "calm" / "a.ogg", np.zeros(48_000) + 0.1, 48_000)
    made = learned(some, tmp_path, starters=tmp_path, say=said.append)
    assert made.is_file() and (tmp_path / "figures.json").is_file()
    assert any(one.startswith("piano") for one in said)
    assert not any(one.startswith("an instrument unseen") for one in said)


def test_calibrated_odds_are_those_of_what_happens():
    some = heard(600)
    truth = {axis: some.truth(axis) for axis in ("arousal", "valence")}
    choice = learning.Choice(trees=20)
    model = learning.calibrated(
        learning.taught(some.names, some.table, truth, choice), some, choice
    )
    odds, _ = model.of_table(heard(600, seed=1).table)
    share = 1 / (1 + np.exp(-odds))
    high = heard(600, seed=1).truth("arousal")
    sure = share > 0.8
    assert high[sure].mean() == pytest.approx(share[sure].mean(), abs=0.1)


def test_a_take_is_cut_as_a_scan_cuts_a_track():
    size = round(12.5 * 22_050)
    assert [len(one) for one in stretches(np.zeros(2 * size, np.float32))] == [size, size]
    short = np.zeros(size + size // 3, np.float32)
    assert [len(one) for one in stretches(short)] == [size]
    assert [len(one) for one in stretches(short[: size // 3])] == [size // 3]


def test_what_was_heard_of_a_take_is_kept_and_judged_as_one(tmp_path):
    rng = np.random.default_rng(0)
    piece = pieces.Piece("p", "song", high_arousal=True, high_valence=False, notes=())
    np.save(tmp_path / "p.npy", rng.normal(0, 3000, 25 * 22_050).astype(np.int16))
    take = Take("piano", piece, tmp_path / "p.npy")
    found = described([take], tmp_path / "kept.jsonl")
    (tmp_path / "p.npy").unlink()
    assert described([take], tmp_path / "kept.jsonl") == found
    some = HeardTakes.of([take], found)
    assert len(some.takes) == len(some.table) == 2
    model = learning.taught(
        some.names,
        rng.normal(size=(60, len(some.names))),
        {axis: np.arange(60) % 2 == 0 for axis in ("arousal", "valence")},
        learning.Choice(trees=2),
    )
    assert judging.figures(model, some, own_middle=True).takes == 1


@pytest.mark.skipif(not FONT.exists() or not shutil.which("fluidsynth"), reason="no FluidSynth")
def test_a_piece_sounds_the_same_whatever_is_played_beside_it(archive, tmp_path):
    every = list(pieces.read(archive))
    for name, some in (("all", every), ("one", every[1:2])):
        made = rendering.rendered(
            some,
            "strings",
            orchestras.FAMILIES["strings"],
            sound_fonts=(FONT,),
            into=tmp_path / name,
        )
        assert len(list(made)) == len(some)
    beside, alone = (
        np.load(tmp_path / name / "strings" / f"{every[1].name}.npy").astype(np.float64)
        for name in ("all", "one")
    )
    assert len(alone) == 25 * 22_050
    # the chorus and the tail of the piece before differ a little; another instrument, a lot
    assert np.square(beside - alone).mean() < 0.01 * np.square(alone).mean()


def test_another_mastering_changes_sound_and_keeps_its_length():
    sound = np.random.default_rng(0).normal(0, 0.1, 22_050 * 2).astype(np.float32)
    one, same, other = (remastered(sound, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert len(one) == len(sound) and np.isfinite(one).all()
    assert np.array_equal(one, same) and not np.allclose(one, other)


def test_a_mood_is_moved_towards_its_tracks():
    moods = [
        starters.MoodOfFile("calm", "Calm", 0.5, 0.5),
        starters.MoodOfFile("battle", "Battle", 0.5, 0.5),
    ]
    tracks = [
        (mood, Track(f"/{mood}{n}", 0, 0, arousal_odds=odds, valence_odds=0.0))
        for mood, odds in (("calm", -2.0), ("battle", 2.0))
        for n in range(3)
    ]
    found = starters.places_of(tracks, moods)
    assert found["battle"][0] > 1 > -1 > found["calm"][0]
    assert starters.right(tracks, moods, places=found) == 6
    assert starters.right(tracks, moods) == 6

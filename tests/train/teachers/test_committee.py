import json
import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from dndmood.errors import UserError
from dndmood_train import corpora
from dndmood_train.corpora import EMOTIONS, Clip, Targets, fold, split_of, targets
from dndmood_train.distillation.fit_committee import fit_heads
from dndmood_train.teachers import _cross_fitting, _members
from dndmood_train.teachers import committee as committees
from dndmood_train.teachers._cross_fitting import FOLDS, CorpusHeads, Directions, Heads
from dndmood_train.teachers._gpvad import Gpvad
from dndmood_train.teachers._member_heads import MemberHeads, read
from dndmood_train.teachers._members import SMALL
from dndmood_train.teachers._safetensors import load_strictly
from dndmood_train.teachers._stored_features import StoredFeatures, digest, extract
from dndmood_train.teachers.committee import opened


def keep(network, path):
    """Write weights the way safetensors files are laid out."""
    table, blob = {}, b""
    for name, tensor in network.state_dict().items():
        numbers = tensor.contiguous().numpy()
        kind = "I64" if numbers.dtype == np.int64 else "F32"
        offsets = [len(blob), len(blob) + numbers.nbytes]
        table[name] = {"dtype": kind, "shape": list(numbers.shape), "data_offsets": offsets}
        blob += numbers.tobytes()
    header = json.dumps(table).encode()
    path.write_bytes(struct.pack("<Q", len(header)) + header + blob)


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    folder = tmp_path_factory.mktemp("weights")
    torch.manual_seed(0)
    for name, (network_class, _, _) in SMALL.items():
        keep(network_class(), folder / f"{name}.safetensors")
    return folder


@pytest.mark.parametrize("name", sorted(SMALL))
def test_every_member_notices_something_whatever_the_level(weights, name):
    member = _members.opened(name, weights)
    sound = np.random.default_rng(1).standard_normal(12_000).astype(np.float32)
    loud, soft = member.features(sound), member.features(0.01 * sound)
    assert np.isfinite(loud).all() and len(loud) > 100
    assert np.allclose(loud, soft, atol=1e-3)


def test_the_weights_of_another_network_are_refused(weights):
    with pytest.raises(UserError, match="another network"):
        load_strictly(Gpvad(), weights / "dusha_ser.safetensors")


def test_half_a_file_is_refused(weights, tmp_path):
    path = tmp_path / "half.safetensors"
    path.write_bytes((weights / "gpvad_vox2.safetensors").read_bytes()[:5000])
    with pytest.raises(UserError, match="fetch it again"):
        load_strictly(Gpvad(), path)


def test_a_committee_without_a_folder_says_how_to_name_one():
    with pytest.raises(UserError, match="--teacher committee:FOLDER"), opened("", device="cpu"):
        pass


def test_a_committee_without_heads_says_how_to_fit_them(tmp_path):
    with (
        pytest.raises(UserError, match=r"heads\.npz.*dndmood_train committee"),
        opened(str(tmp_path), device="cpu"),
    ):
        pass


def sounds(count, *, seed=0):
    chance = np.random.default_rng(seed)
    return [chance.standard_normal(9000).astype(np.float32) for _ in range(count)]


def heads(width, emotions, *, seed):
    chance = np.random.default_rng(seed)
    return Heads(
        np.zeros(width, np.float32),
        np.ones(width, np.float32),
        (0.01 * chance.standard_normal((width, len(emotions) + 2))).astype(np.float32),
        np.zeros(len(emotions) + 2, np.float32),
        np.array(emotions),
        np.array([True, True]),
    )


@pytest.fixture(scope="module")
def fitted(weights):
    """Heads for one corpus and for strangers, by member."""
    found = {}
    for name in SMALL:
        width = len(_members.opened(name, weights).features(sounds(1)[0]))
        zero = np.zeros(width, np.float32), np.ones(width, np.float32)
        whole, *folds = (heads(width, [0, 3, 4], seed=n) for n in range(FOLDS + 1))
        found[name] = MemberHeads(
            by_corpus={"cremad": CorpusHeads(whole, tuple(folds))},
            strangers=heads(width, [0, 3, 4], seed=9),
            zeros={"cremad": zero, "heard": (zero[0] + 1, 2 * zero[1])},
            ordinary=zero,
        )
    return found


@pytest.fixture(scope="module")
def committee(weights, fitted):
    width = sum(len(given.ordinary[0]) for given in fitted.values())
    chance = np.random.default_rng(3)
    across = (0.01 * chance.standard_normal((width, 5))).astype(np.float32)
    directions = Directions(np.zeros(width, np.float32), np.ones(width, np.float32), across)
    committees.write(weights / "heads.npz", fitted, directions)
    with opened(str(weights), device="cpu") as teacher:
        yield teacher


def test_a_committee_has_an_opinion_on_every_clip(committee):
    found = committee(sounds(2))
    assert found.shares.shape == (2, 8)
    assert np.allclose(found.shares.sum(1), 1, atol=1e-5)
    assert (found.shares[:, [1, 2, 5, 6, 7]] == 0).all()
    assert ((found.arousal > 0) & (found.arousal < 1)).all()
    assert found.features.shape == (2, 5)


def test_a_voice_is_judged_by_the_heads_that_never_heard_it(committee, fitted, weights):
    sound, speaker = sounds(1)[0], "cremad:1002"
    found = committee([sound], [speaker])
    mine = [
        given.by_corpus["cremad"]
        .folds[fold(speaker, folds=FOLDS)]
        .opinion(_members.opened(name, weights).features(sound)[None])[1][0]
        for name, given in fitted.items()
    ]
    assert np.allclose([found.arousal[0], found.valence[0]], np.mean(mine, axis=0), atol=1e-5)


@pytest.mark.parametrize("corpus", ["heard", "never heard"])
def test_a_stranger_is_judged_on_the_zero_of_its_corpus(committee, fitted, weights, corpus):
    sound = sounds(1)[0]
    found = committee([sound], [f"{corpus}:1"])
    expected = []
    for name, given in fitted.items():
        mean, deviation = given.zeros.get(corpus, given.ordinary)
        features = _members.opened(name, weights).features(sound)[None]
        standardised = np.clip((features - mean) / deviation, -6, 6)
        expected.append(given.strangers.opinion(standardised)[1][0])
    assert np.allclose(
        [found.arousal[0], found.valence[0]], np.mean(expected, axis=0), atol=1e-5
    )


def test_members_that_know_more_words_share_what_they_know():
    sure = np.array([4.0, np.nan, np.nan, 0.0, 0.0, np.nan, np.nan, np.nan], np.float32)
    unsure = np.zeros(8, np.float32)
    heard = committees.together([sure, unsure])
    assert heard.argmax() == 0
    assert heard[1] == pytest.approx(np.log(1 / 8), abs=1e-5)
    assert np.isnan(committees.together([sure])[[1, 2, 5, 6, 7]]).all()


def test_what_was_fitted_is_read_again_as_it_was(committee, fitted, weights):
    again, directions = read(weights / "heads.npz")
    assert committee.about.digest
    assert list(again) == list(fitted)
    for name, given in fitted.items():
        assert np.array_equal(again[name].strangers.weights, given.strangers.weights)
        assert np.array_equal(again[name].zeros["heard"][1], given.zeros["heard"][1])
        assert len(again[name].by_corpus["cremad"].folds) == FOLDS
    assert directions.across.shape[1] == 5


def test_heads_of_another_version_are_refused(weights, tmp_path):
    np.savez(tmp_path / "heads.npz", version=np.array(1))
    with pytest.raises(UserError, match="fit the heads again"):
        read(tmp_path / "heads.npz")


def test_a_corpus_with_a_different_microphone_teaches_strangers_the_same():
    """Whatever is only added to or multiplied with all of a corpus is on its own zero."""
    chance = np.random.default_rng(0)
    emotions = ["sad", "angry"] * 40
    features = chance.standard_normal((80, 6)).astype(np.float32)
    features[:, 0] += np.where(np.array(emotions) == "angry", 2.0, -2.0)
    corpora_ = ["one"] * 40 + ["two"] * 40
    clips = [
        Clip(path=Path(f"{n}.wav"), corpus=corpus, speaker=f"{corpus}:{n}", emotion=emotion)
        for n, (corpus, emotion) in enumerate(zip(corpora_, emotions, strict=True))
    ]
    moved = features.copy()
    moved[40:] = 3.0 * moved[40:] + 10.0
    fitted_ = [
        _cross_fitting.fit_strangers(
            given, targets(clips), corpora_, np.arange(80), penalty=1.0
        )
        for given in (features, moved)
    ]
    assert np.allclose(fitted_[0].weights, fitted_[1].weights, atol=1e-2)


def test_heads_never_hear_the_voices_they_judge():
    chance = np.random.default_rng(0)
    speakers = [f"toy:{n // 4}" for n in range(80)]
    features = chance.standard_normal((80, 30)).astype(np.float32)
    clips = [
        Clip(
            path=Path(f"{n}.wav"),
            corpus="toy",
            speaker=speaker,
            emotion=("sad", "angry")[n % 2],
        )
        for n, speaker in enumerate(speakers)
    ]
    by_corpus = _cross_fitting.crossfit(
        features,
        targets(clips),
        corpora=["toy"] * 80,
        speakers=speakers,
        learning=np.array([split_of(speaker) == "train" for speaker in speakers]),
        penalties={"toy": 1.0},
    )
    emotion = np.array([EMOTIONS.index(clip.emotion) for clip in clips])
    train = [n for n, speaker in enumerate(speakers) if split_of(speaker) == "train"]
    given = [
        np.nanargmax(by_corpus["toy"].opinion(features[n : n + 1], speakers[n])[0][0])
        for n in train
    ]
    known = np.nanargmax(by_corpus["toy"].whole.opinion(features[train])[0], axis=1)
    # Noise can be learnt by heart, but not about voices that were left out.
    assert np.mean(known == emotion[train]) > 0.9
    assert np.mean(given == emotion[train]) < 0.75


def test_a_voice_alone_in_its_corpus_is_still_judged_on_others():
    """Nobody is left when its own fold is, so its own opinion is not known; a stranger's is."""
    chance = np.random.default_rng(0)
    clips = [
        Clip(path=Path(f"{n}.wav"), corpus="cremad", speaker="cremad:1002", emotion=emotion)
        for n, emotion in enumerate(["sad", "angry"] * 6)
    ]
    features = chance.standard_normal((12, 5)).astype(np.float32)
    corpus_heads = _cross_fitting.crossfit(
        features,
        targets(clips),
        corpora=["cremad"] * 12,
        speakers=["cremad:1002"] * 12,
        learning=np.ones(12, bool),
        penalties={"cremad": 1.0},
    )["cremad"]
    assert np.isnan(corpus_heads.opinion(features, "cremad:1002")[0]).all()
    stranger = corpus_heads.opinion(features, "cremad:1009")[0][:, [3, 4]]
    assert np.isfinite(stranger).all()


def test_heads_are_the_same_whatever_development_voices_say(weights, tmp_path):
    """Emotions of the kept voice are turned round, and nothing changes."""
    found = []
    for turned in (False, True):
        root = tmp_path / str(turned) / "evening"
        root.mkdir(parents=True)
        lines = ["path,emotion,speaker"]
        for number, voice in enumerate(("evening:a", "evening:b", "evening:c", kept())):
            for take, sound in enumerate(sounds(2)):
                emotion = "sad" if take ^ (turned and split_of(voice) == "develop") else "angry"
                name = f"{number}-{take}.wav"
                soundfile.write(root / name, 0.1 * (number + 1) * sound.clip(-1, 1), 16_000)
                lines.append(f"{name},{emotion},{voice.removeprefix('evening:')}")
        (root / "manifest.csv").write_text("\n".join(lines))
        accuracy = fit_heads(corpora.find([root]), weights=weights)
        with np.load(weights / "heads.npz") as arrays:
            found.append({name: arrays[name] for name in arrays.files})
    assert list(accuracy) == ["evening"]
    for name, array in found[0].items():
        same = np.array_equal(array, found[1][name], equal_nan=array.dtype.kind == "f")
        assert same, name


def kept():
    return next(f"evening:v{n}" for n in range(99) if split_of(f"evening:v{n}") == "develop")


def test_a_sound_that_cannot_be_read_is_passed_over(tmp_path):
    def load(path):
        if path.name == "broken":
            raise UserError("not a sound")
        return np.ones(3, np.float32)

    found = extract(
        tmp_path, [Path("broken"), Path("whole")], load=load, features=lambda sound: sound
    )
    assert list(found) == [None, digest(np.ones(3))]


def test_what_was_noticed_once_is_not_heard_again(tmp_path):
    paths = [tmp_path / f"{n}.raw" for n in range(3)]
    for n, sound in enumerate(sounds(3)):
        paths[n].write_bytes(sound.tobytes())
    heard = 0

    def load(path):
        return np.frombuffer(path.read_bytes(), np.float32)

    def features(sound):
        nonlocal heard
        heard += 1
        return np.array([sound.mean(), sound.std()], np.float32)

    for _ in range(2):
        names = list(extract(tmp_path / "kept", paths, load=load, features=features))
    assert names == [digest(load(path)) for path in paths]
    assert heard == 3
    known, sound = StoredFeatures(tmp_path / "kept"), load(paths[1])
    assert np.allclose(known[digest(sound)], [sound.mean(), sound.std()], atol=1e-3)
    assert digest(sounds(1, seed=9)[0]) not in known


def test_directions_that_tell_emotions_hold_for_a_corpus_nobody_heard():
    """Who speaks moves every feature ten times as far as what is felt moves a few."""
    chance = np.random.default_rng(0)
    count, width = 900, 60
    corpus = np.array(["one", "two", "other"])[np.arange(count) // 300]
    felt = chance.integers(0, 3, count)
    places = np.zeros((3, width))
    places[:, :6] = chance.standard_normal((3, 6))
    homes = {name: 3.0 * chance.standard_normal(width) for name in ("one", "two", "other")}
    voices = chance.standard_normal((30, width))[chance.integers(0, 30, count)]
    features = places[felt] + np.stack([homes[name] for name in corpus]) + voices
    features = ((features - features.mean(0)) / features.std(0)).astype(np.float32)
    shares = np.eye(8, dtype=np.float32)[felt]
    nothing = np.full((count, 2), np.nan, np.float32)
    one = np.ones(count, np.float32)
    wanted = Targets(shares, np.ones((count, 8), bool), nothing, one, one)
    rows = np.flatnonzero(corpus != "other")
    across = committees.telling(features, wanted, corpus.tolist(), rows, width=4)
    assert across.shape == (60, 4) and np.allclose(
        (features[rows] @ across).std(0), 1, atol=1e-3
    )

    def right(directions):
        given = features @ directions
        given = np.concatenate([given[corpus == n] - given[corpus == n].mean(0) for n in homes])
        middles = np.stack([given[rows][felt[rows] == n].mean(0) for n in range(3)])
        away = ((given[corpus == "other"][:, None] - middles) ** 2).sum(2)
        return float((away.argmin(1) == felt[corpus == "other"]).mean())

    strongest = _cross_fitting.principal(features, width=4).across
    assert right(across) > 0.6 > right(strongest) + 0.1


def test_without_emotions_no_direction_tells_any():
    features = np.random.default_rng(0).standard_normal((40, 6)).astype(np.float32)
    unknown = np.full((40, 8), np.nan, np.float32)
    one = np.ones(40, np.float32)
    wanted = Targets(unknown, np.ones((40, 8), bool), unknown[:, :2], one, one)
    assert committees.telling(features, wanted, ["a"] * 40, np.arange(40), width=4).shape == (
        6,
        0,
    )

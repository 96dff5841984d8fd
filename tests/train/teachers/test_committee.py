import json
import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from dndmood.errors import UserError
from dndmood_train import corpora
from dndmood_train.corpora import EMOTIONS, Clip, fold, split_of, targets
from dndmood_train.distillation.fit_committee import fit_heads
from dndmood_train.teachers import _cross_fitting
from dndmood_train.teachers import committee as committees
from dndmood_train.teachers._cross_fitting import FOLDS, CorpusHeads, Directions, Heads
from dndmood_train.teachers._gpvad import Gpvad
from dndmood_train.teachers._members import CHOSEN, MEMBERS, Members
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
    for name, (network_class, _, _) in MEMBERS.items():
        keep(network_class(), folder / f"{name}.safetensors")
    return folder


@pytest.mark.parametrize("name", sorted(MEMBERS))
def test_every_member_notices_something_whatever_the_level(weights, name):
    members = Members(weights, [name])
    sound = np.random.default_rng(1).standard_normal(12_000).astype(np.float32)
    loud, soft = members.features(sound), members.features(0.01 * sound)
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
def committee(weights):
    width = len(Members(weights, CHOSEN).features(sounds(1)[0]))
    corpus_heads = CorpusHeads(
        heads(width, [0, 3, 4], seed=0),
        tuple(heads(width, [0, 3, 4], seed=n) for n in range(1, FOLDS + 1)),
    )
    chance = np.random.default_rng(3)
    across = (0.01 * chance.standard_normal((width, 5))).astype(np.float32)
    directions = Directions(np.zeros(width, np.float32), np.ones(width, np.float32), across)
    _cross_fitting.write(weights / "heads.npz", {"cremad": corpus_heads}, directions)
    with opened(str(weights), device="cpu") as teacher:
        yield teacher, corpus_heads


def test_a_committee_has_an_opinion_on_every_clip(committee):
    found = committee[0](sounds(2))
    assert found.shares.shape == (2, 8)
    assert np.allclose(found.shares.sum(1), 1, atol=1e-5)
    assert (found.shares[:, [1, 2, 5, 6, 7]] == 0).all()
    assert ((found.arousal > 0) & (found.arousal < 1)).all()
    assert found.features.shape == (2, 5)


def test_a_voice_is_judged_by_the_heads_that_never_heard_it(committee, weights):
    teacher, corpus_heads = committee
    sound = sounds(1)[0]
    features = Members(weights, CHOSEN).features(sound)[None]
    speaker = "cremad:1002"
    mine = corpus_heads.folds[fold(speaker, folds=FOLDS)].opinion(features)[1][0]
    found = teacher([sound, sound], [speaker, "stranger:1"])
    assert np.allclose([found.arousal[0], found.valence[0]], mine, atol=1e-5)
    whole = corpus_heads.whole.opinion(features)[1][0]
    assert np.allclose([found.arousal[1], found.valence[1]], whole, atol=1e-5)
    assert abs(found.arousal[0] - found.arousal[1]) > 1e-4


def test_a_members_own_answer_can_be_read_from_what_was_noticed(weights):
    members = Members(weights, ["gpvad_vox2", "dusha_ser"])
    sound = np.pad(sounds(1)[0], (0, 2000))
    dusha = members.networks[1][0]
    clip = torch.from_numpy(sound * (0.5 / np.abs(sound).max()))[None]
    with torch.inference_mode():
        own = dusha(clip)[1].numpy()
    assert np.allclose(members.own_answer(members.features(sound)[None]), own, atol=1e-3)
    assert Members(weights, ["gpvad_vox2"]).own_answer(np.zeros((1, 9), np.float32)) is None


def test_on_a_strangers_corpus_a_member_that_knows_emotions_has_a_say():
    logits = np.log(np.array([0.4, 0.1, 0.1, 0.1, 0.1, 0.1, 0.05, 0.05], np.float32))
    own = np.array([3.0, 0.0, 1.0, 0.0], np.float32)  # angry, sad, neutral, happy
    heard = committees.together(logits, own)
    assert heard.argmax() == EMOTIONS.index("angry")
    assert np.allclose(np.exp(heard).sum(), 1, atol=1e-5)
    assert np.allclose(heard[[1, 5, 6, 7]], logits[[1, 5, 6, 7]])
    lacking = np.where(np.arange(8) == EMOTIONS.index("happy"), np.nan, logits)
    assert np.array_equal(committees.together(lacking, own), lacking, equal_nan=True)


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
        assert np.array_equal(array, found[1][name], equal_nan=True), name


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

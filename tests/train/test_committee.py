import json
import struct

import numpy as np
import pytest
import torch

from dndmood.errors import UserError
from dndmood_train.crossfit import Heads, write_heads
from dndmood_train.teachers._gpvad import Gpvad
from dndmood_train.teachers._weights import load_strictly
from dndmood_train.teachers.committee import CHOSEN, MEMBERS, Members, opened


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


def test_a_committee_without_heads_says_what_is_missing(weights):
    with pytest.raises(UserError, match=r"heads\.npz"), opened("", device="cpu"):
        pass


def test_a_committee_has_an_opinion_on_every_clip(weights):
    sounds = [np.random.default_rng(n).standard_normal(9000).astype(np.float32) for n in (1, 2)]
    width = len(Members(weights, CHOSEN).features(sounds[0]))
    chance = np.random.default_rng(0)
    heads = Heads(
        np.zeros(width, np.float32),
        np.ones(width, np.float32),
        (0.01 * chance.standard_normal((width, 5))).astype(np.float32),
        np.zeros(5, np.float32),
        np.array([0, 3, 4]),
    )
    write_heads(weights / "heads.npz", {"toy": heads})
    with opened(str(weights), device="cpu") as teacher:
        found = teacher(sounds)
    assert found.shares.shape == (2, 8)
    assert np.allclose(np.nansum(found.shares, 1), 1, atol=1e-5)
    assert ((found.arousal > 0) & (found.arousal < 1)).all()

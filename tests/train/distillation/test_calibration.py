import numpy as np

from dndmood_train.corpora import PLANE
from dndmood_train.distillation.calibration import expected_shares, scale, voice_offset


def test_a_scale_puts_emotions_where_listeners_place_them():
    # A student that orders voices well but calls everybody excited.
    chance = np.random.default_rng(0)
    emotions = ["sad"] * 30 + ["neutral"] * 30 + ["angry"] * 30
    centre = {"sad": 0.3, "neutral": 0.6, "angry": 1.2}
    given = np.array([centre[name] for name in emotions]) + 0.05 * chance.standard_normal(90)
    corpora = ["toy"] * 90
    slope, offset = scale("arousal", given, emotions, corpora)
    before = expected_shares("arousal", 1 / (1 + np.exp(-given)), emotions, corpora)
    after = expected_shares(
        "arousal", 1 / (1 + np.exp(-(slope * given + offset))), emotions, corpora
    )
    assert before["toy_sad_low"] == 0.0
    assert min(after.values()) > 0.95


def test_a_small_corpus_counts_as_much_as_a_large_one():
    emotions = ["angry"] * 100 + ["sad"] * 100 + ["angry"] * 5 + ["sad"] * 5
    given = np.concatenate([np.full(100, 1.0), np.full(100, -1.0), [0.15] * 5, [-0.15] * 5])
    excited = np.log(0.55 / 0.45)
    slope, offset = scale("arousal", given, emotions, ["a"] * 210)
    assert slope * 0.15 + offset < excited
    slope, offset = scale("arousal", given, emotions, ["a"] * 200 + ["b"] * 10)
    assert slope * 0.15 + offset >= excited


def test_what_is_enough_leaves_room_for_other_corpora():
    # Nineteen in twenty of `a` are far out; the last ones could only be had at the cost of `b`.
    angry = np.concatenate([np.full(95, 2.0), np.full(5, -0.6), np.full(20, 2.0)])
    sad = np.concatenate([np.full(100, -2.0), np.full(20, -0.3)])
    emotions = ["angry"] * 120 + ["sad"] * 120
    corpora = (["a"] * 100 + ["b"] * 20) * 2
    given = np.concatenate([angry, sad])
    slope, offset = scale("arousal", given, emotions, corpora)
    assert slope * -0.3 + offset <= np.log(0.45 / 0.55)


def test_nothing_known_leaves_the_scale_alone():
    assert scale("valence", np.zeros(3), ["odd"] * 3, ["toy"] * 3) == (1.0, 0.0)
    assert voice_offset(np.zeros(0), np.zeros(2)) == 0.0


def test_the_border_of_a_voice_lies_where_errors_are_fewest():
    chance = np.random.default_rng(1)
    speech, others = chance.normal(3, 1, 500), chance.normal(0, 1, 500)
    assert -1.9 < voice_offset(speech, others) < -1.1


def test_the_middle_of_every_emotion_lies_where_the_targets_put_it():
    chance = np.random.default_rng(2)
    emotions = [name for name in ("angry", "neutral", "happy") for _ in range(40)]
    centre = {"angry": -1.1, "neutral": -0.1, "happy": 1.0}
    given = np.array([centre[name] for name in emotions]) + 0.1 * chance.standard_normal(120)
    slope, offset = scale("valence", given, emotions, ["toy"] * 120)
    middles = [
        1 / (1 + np.exp(-(slope * np.median(given[start : start + 40]) + offset)))
        for start in (0, 40, 80)
    ]
    assert (
        np.abs(np.array(middles) - [PLANE[n][1] for n in ("angry", "neutral", "happy")]).max()
        < 0.08
    )

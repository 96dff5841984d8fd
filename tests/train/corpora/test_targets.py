import dataclasses
from pathlib import Path

import numpy as np
import pytest

from dndmood_train.corpora import EMOTIONS, Clip, _splits
from dndmood_train.corpora._targets import PLANE, on_plane, one_hot, targets


def clip(emotion, **more):
    more = {"corpus": "toy", "speaker": "toy:1", **more}
    return Clip(path=Path("x.wav"), emotion=emotion, **more)


def test_every_emotion_has_a_place_on_the_plane():
    assert set(PLANE) == set(EMOTIONS)


def test_the_plane_stretches_far_enough_for_the_moods():
    assert PLANE["angry"][0] > 0.65 and PLANE["sad"][0] < 0.4 and PLANE["calm"][0] < 0.4
    assert PLANE["happy"][1] > 0.6 and PLANE["angry"][1] < 0.4 and PLANE["sad"][1] < 0.4


def test_intensity_moves_away_from_neutral():
    weak, strong = (on_plane(one_hot("angry"), strength=s)[0] for s in (0.5, 1.0))
    assert PLANE["neutral"][0] < weak < strong


def test_listeners_are_heard_but_do_not_overrule_the_actor():
    votes = {"neutral": 0.9, "sad": 0.1}
    both = [clip("sad", votes=votes), clip("neutral", votes={"neutral": 1.0})]
    shares = targets(both, vote_share=0.25).shares
    assert shares[0].argmax() == EMOTIONS.index("sad")
    assert shares[0][EMOTIONS.index("neutral")] > 0
    assert np.allclose(shares.sum(1), 1)


def test_the_listeners_habit_of_saying_neutral_is_taken_back():
    both = [
        clip("sad", votes={"neutral": 0.5, "sad": 0.5}),
        clip("neutral", votes={"neutral": 1}),
    ]
    shares = targets(both, vote_share=1.0).shares
    assert shares[0][EMOTIONS.index("sad")] > 0.5


def test_development_voices_teach_nothing_not_even_the_listeners_habit():
    learning = clip("sad", votes={"neutral": 0.5, "sad": 0.5}, corpus="cremad")
    learning = dataclasses.replace(learning, speaker="cremad:1002")
    found = []
    for votes in ({"neutral": 1.0}, {"angry": 1.0}):
        kept = clip("angry", votes=votes, corpus="cremad", speaker="cremad:1009")
        found.append(targets([learning, kept], vote_share=1.0).shares[0])
    assert np.array_equal(*found)


def test_what_a_corpus_has_no_word_for_is_masked():
    known = targets([clip("sad"), clip("angry")]).known
    assert known[0].tolist() == [name in ("sad", "angry") for name in EMOTIONS]


def test_a_clip_without_emotion_teaches_only_what_it_knows():
    found = targets([clip(None, arousal=0.25), clip("sad"), clip("angry")])
    assert np.isnan(found.shares[0]).all()
    assert found.dims[0, 0] == pytest.approx(0.25) and np.isnan(found.dims[0, 1])


def test_published_development_voices_stay_published():
    assert (
        _splits.split_of("ravdess:01") == "develop"
        and _splits.split_of("ravdess:02") == "train"
    )


def test_a_voice_on_both_sides_is_an_error():
    with pytest.raises(ValueError, match="both sides"):
        _splits.check({"a:1", "a:2"}, {"a:2"})


def test_listeners_who_do_not_agree_are_a_soft_label() -> None:
    torn = clip(None, label="xxx", votes={"angry": 0.5, "sad": 0.5})
    frustrated = clip(None, label="fru", votes={"angry": 1.0})
    found = targets([torn, frustrated])
    assert found.shares[0, EMOTIONS.index("angry")] == pytest.approx(0.5)
    assert found.shares[0].sum() == pytest.approx(1)
    # Most heard something that has no place here: the rest of their votes is not the verdict.
    assert np.isnan(found.shares[1]).all()

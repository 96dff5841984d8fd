"""What was learned about a model, in its file; and what a mood's own talk is by the formula."""

from pathlib import Path

import numpy as np
import pytest

from dndmood.errors import UserError
from dndmood.mood import book, evidence_file
from dndmood.mood.evidence import Evidence, Likelihood, of_any_model
from dndmood.paths import data
from tests.fakes import LABELS, heard, mood

MOODS = book.load(data("playlists"))
SHA = "ab" * 32


def learned(model: str = SHA[:12]) -> Evidence:
    base = of_any_model(LABELS, model=model)
    return Evidence(
        labels=LABELS,
        tones=(*LABELS, "fearful"),
        weights=np.vstack((base.weights, base.weights[5])),
        biases=np.append(base.biases, 0.5),
        shares=np.full(9, 1 / 9),
        places=np.vstack((base.places, [0.78, 0.2])),
        deviations=np.full((9, 2), 0.15),
        window=0.7,
        voice=((0.5, 0.4), (0.9, 1.0)),
        voiced=(),
        over_music_db=((0.0, 0.5), (12.0, 1.0)),
        model=model,
    )


def test_what_is_written_is_read_again(tmp_path):
    (tmp_path / "evidence.toml").write_text(evidence_file.text(learned(), ["a note"]))
    found = evidence_file.of_model(tmp_path, labels=LABELS, sha256=SHA, usual={})
    for name in ("weights", "biases", "shares", "places", "deviations"):
        assert getattr(found, name) == pytest.approx(getattr(learned(), name), abs=1e-4)
    assert (found.tones, found.window, found.voice) == (
        learned().tones, 0.7, learned().voice,
    )  # fmt: skip


def test_what_belongs_to_another_model_is_not_used(tmp_path):
    (tmp_path / "evidence.toml").write_text(evidence_file.text(learned("ffffffffffff")))
    found = evidence_file.of_model(tmp_path, labels=LABELS, sha256=SHA, usual={"neutral": 0.5})
    assert found.tones == LABELS and not found.weights[:, -2:].any()


def test_a_model_without_a_file_is_taken_at_its_word(tmp_path):
    found = evidence_file.of_model(tmp_path, labels=("calm", "rage"), sha256=SHA, usual={})
    estimate = heard(0.0, "rage", 0.8, 0.2)
    assert found.felt(estimate).argmax() == 1


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("window = 0.7", "window = 0", "above 0"),
        ("window = 0.7", 'window = "much"', "could not convert"),
        ("share = 0.11111", "share = nan", "numbers are needed"),
        ("[[tones]]", "[[colours]]", "lacks 'tones'"),
        ('emotion = "sad"', 'emotion = "gloomy"', "does not know the emotions"),
        ("voice = [[0.5, 0.4], [0.9, 1.0]]", "voice = [[0.9, 0.4], [0.5, 1.0]]", "no order"),
        ("place = [0.32", "place = [0.1, 0.32", "could not|are needed|inhomogeneous"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_sentence_with_the_fix(tmp_path, old, new, why):
    text = evidence_file.text(learned())
    assert old in text
    (tmp_path / "evidence.toml").write_text(text.replace(old, new))
    with pytest.raises(UserError, match=why) as error:
        evidence_file.of_model(tmp_path, labels=LABELS, sha256=SHA, usual={})
    assert "learn it again, or delete it" in str(error.value)


def test_the_model_that_comes_along_has_evidence_of_its_own():
    from dndmood.hearing.model import read_card

    for card in sorted(Path(data("models")).glob("*/card.toml")):
        found = read_card(card.parent)
        evidence = evidence_file.of_model(
            card.parent, labels=found.labels, sha256=found.sha256, usual={}
        )
        assert len(evidence.tones) >= len(found.labels) - 1, card


def test_plain_talk_is_one_thing_whatever_a_mood_calls_it():
    evidence = learned()
    by_calm, by_both = (
        evidence.own(mood("rest", 0.3, 0.6, "calm")),
        evidence.own(MOODS["calm"]),
    )
    assert by_calm == pytest.approx(evidence.plain())
    assert by_both == pytest.approx(evidence.plain())


def test_loud_fear_speaks_for_battle_and_soft_fear_for_suspense():
    evidence = learned()
    soft, loud = LABELS.index("fearful"), len(LABELS)
    battle, suspense = evidence.own(MOODS["battle"]), evidence.own(MOODS["suspense"])
    assert battle[loud] > battle[soft] and suspense[soft] > suspense[loud]
    assert battle.sum() == pytest.approx(1.0) == pytest.approx(suspense.sum())


def test_a_mood_of_somebodys_own_needs_no_training():
    awe = mood("awe", 0.68, 0.6, "surprised")
    moods = {**MOODS, "awe": awe}
    likely = Likelihood(of_any_model(LABELS), moods.values(), (0.4,)).of(
        heard(0.0, "surprised", 0.7, 0.6)
    )[0]
    assert list(moods)[int(likely.argmax())] == "awe"


def test_a_mood_that_counts_on_nothing_the_model_knows_is_everything_alike():
    own = of_any_model(("calm", "rage")).own(mood("awe", 0.5, 0.5, "surprised"))
    assert own.sum() == pytest.approx(1.0) and (own > 0.0).all()

"""How each mood sounds at a table is learned, and talk that goes on so changes nothing."""

import numpy as np
import pytest

from dndmood.mood.evidence import PLAIN, of_any_model
from dndmood.mood.learned_talk import LearnedTalk
from tests.fakes import LABELS
from tests.mood.tables import shipped
from tests.mood.test_belief import FURY, MOODS, Sentence, moods_of, spoken

EVIDENCE = of_any_model(LABELS)
CALM, BATTLE = list(MOODS).index("calm"), list(MOODS).index("battle")


def tone(name: str) -> np.ndarray:
    return np.array([float(each == name) for each in EVIDENCE.tones])


def heard(*, talk_s: float, mood: int = CALM, felt: str = "sad") -> LearnedTalk:
    talk = LearnedTalk(EVIDENCE, len(MOODS))
    for _ in range(round(talk_s)):
        talk.push(tone(felt), 1.0, mood)
    return talk


def judged(talk: LearnedTalk, felt: str) -> np.ndarray:
    ratios = tone(felt) / EVIDENCE.shares
    return talk.mixed(np.ones((1, len(MOODS))), ratios)[0]


def test_what_goes_on_as_before_speaks_for_the_mood_it_was_heard_in():
    before, after = judged(heard(talk_s=0), "sad"), judged(heard(talk_s=900), "sad")
    assert before == pytest.approx(np.ones(len(MOODS)))
    assert after[CALM] > 2.0 and after[BATTLE] == 1.0


def test_what_is_new_does_not():
    assert judged(heard(talk_s=900), "angry")[CALM] < 1.0


def test_plain_talk_makes_no_mood_plainer_than_plain():
    shares = EVIDENCE.plain()
    for felt in PLAIN:
        talk = heard(talk_s=3600, felt=felt)
        usual = float(shares @ (tone(felt) / EVIDENCE.shares))
        assert judged(talk, felt)[CALM] == pytest.approx(
            judged(heard(talk_s=0), felt)[CALM] * (1 - share_of(talk)) + usual * share_of(talk),
            rel=0.02,
        )


def share_of(talk: LearnedTalk) -> float:
    """What a window that was never heard here loses is the part that was heard here."""
    return 1.0 - float(judged(talk, "angry")[CALM])


def test_the_last_minute_before_a_change_belongs_to_no_mood():
    talk = heard(talk_s=59)
    talk.change()
    for _ in range(600):
        talk.push(tone("angry"), 1.0, BATTLE)
    assert judged(talk, "sad")[CALM] == 1.0 and judged(talk, "angry")[BATTLE] > 1.2


def test_it_is_never_believed_more_than_half_and_forgotten_by_half_in_half_an_hour():
    talk = heard(talk_s=36_000)
    assert share_of(talk) <= 0.5
    for _ in range(1860):
        talk.push(tone("angry"), 1.0, BATTLE)
    ratio = judged(talk, "angry")[BATTLE] - 1.0
    assert ratio > 0.0 and share_of(talk) < share_of(heard(talk_s=36_000))


USUAL: Sentence = (0.40, 0.50, {"neutral": 0.60, "calm": 0.2, "sad": 0.09, "happy": 0.04})
SAD: Sentence = (0.34, 0.34, {"neutral": 0.15, "calm": 0.12, "sad": 0.6, "happy": 0.02})


def book(seed: int) -> list[Sentence]:
    """Fifty minutes of one reader who sounds sad in one sentence of four, here and there."""
    chance = np.random.default_rng(seed)
    return [SAD if chance.random() < 0.26 else USUAL for _ in range(900)]


@pytest.mark.parametrize("seed", [1, 2, 5])
def test_a_reader_who_sounds_sad_now_and_then_moves_nothing(seed, monkeypatch):
    assert set(moods_of(spoken(*book(seed)), EVIDENCE)) == {"calm"}
    monkeypatch.setattr(LearnedTalk, "mixed", lambda _talk, likely, _ratios: likely)
    assert set(moods_of(spoken(*book(seed)), EVIDENCE)) != {"calm"}


def test_the_same_reader_is_believed_when_a_fight_breaks_out():
    assert moods_of(spoken(*book(1)[:300], *[FURY] * 4), shipped())[-1] == "battle"

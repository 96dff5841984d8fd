"""The game night's own arithmetic, on evenings of a few minutes that need no corpus."""

import numpy as np
import pytest

from dndmood.events import EmotionEstimate
from dndmood.mood.evidence import of_any_model
from dndmood.mood.follow import follow
from dndmood.mood.pacing import Pacing
from tests.benchmarks.night import loop, rivals
from tests.benchmarks.night.composer import Evening, Utterance
from tests.benchmarks.night.scoring import row, score
from tests.benchmarks.night.timeline import EASE, FIGHT, LOW, Stretch, stretches
from tests.fakes import LABELS, heard, mood

QUADRANTS = {"calm": EASE, "battle": FIGHT, "suspense": LOW, "sorrow": LOW}
TRUTH = (Stretch(0, 100, EASE), Stretch(100, 200, FIGHT), Stretch(200, 300, LOW))
TALK = [(at_s, at_s + 1.9) for at_s in np.arange(0.0, 300.0, 2.0).tolist()]
MOODS = {
    "calm": mood("calm", 0.34, 0.58, "calm"),
    "battle": mood("battle", 0.84, 0.20, "angry"),
    "sorrow": mood("sorrow", 0.32, 0.25, "sad"),
}


def judged(moods, spoken=TALK):
    return score(moods, TRUTH, spoken, quadrants=QUADRANTS, length_s=300.0)


def test_an_evening_that_is_always_right_has_nothing_against_it():
    found = judged([(0.0, "calm"), (100.0, "battle"), (200.0, "suspense")])
    assert found.right == 1.0 and found.missed == 0.0 and found.unspoken == 0
    assert found.late_s == (0.0, 0.0) and found.changes_per_h == pytest.approx(24.0)


def test_lateness_is_counted_from_the_start_of_the_stretch():
    found = judged([(0.0, "calm"), (120.0, "battle"), (260.0, "sorrow")])
    assert found.late_s == (20.0, 60.0)
    assert found.right == pytest.approx((100 + 80 + 40) / 300)


def test_a_stretch_that_was_met_already_asks_for_no_change():
    found = judged([(0.0, "calm"), (90.0, "battle"), (200.0, "sorrow")])
    assert found.late_s == (0.0,) and found.missed == 0.0


def test_a_stretch_that_is_never_met_is_missed_and_not_late():
    found = judged([(0.0, "calm"), (230.0, "suspense")])
    assert found.late_s == (30.0,) and found.missed == 0.5


def test_a_change_within_a_quadrant_counts_as_change_and_costs_no_time():
    found = judged([(0.0, "calm"), (100.0, "battle"), (200.0, "suspense"), (250.0, "sorrow")])
    assert found.right == 1.0 and found.changes_per_h == pytest.approx(36.0)


def test_a_change_after_silence_is_told():
    quiet = [(start_s, end_s) for start_s, end_s in TALK if not 140 < start_s < 160]
    assert judged([(0.0, "calm"), (150.0, "battle")], quiet).unspoken == 1
    assert judged([(0.0, "calm"), (130.0, "battle")], quiet).unspoken == 0


def test_a_row_is_mean_and_spread_over_evenings():
    scores = [judged([(0.0, "calm")]), judged([(0.0, "calm"), (100.0, "battle")])]
    found = row("two", scores)
    assert found.right == pytest.approx(0.5) and found.right_spread == pytest.approx(
        0.2357, abs=1e-4
    )
    assert found.late_median_s == 0.0 and found.evenings == 2


def test_short_flickers_belong_to_the_stretch_before():
    lines = [(0.0, 5.0, EASE), (60.0, 4.0, LOW), (65.0, 5.0, EASE), (120.0, 11.0, FIGHT)]
    assert stretches(lines) == [Stretch(0.0, 120.0, EASE), Stretch(120.0, 131.0, FIGHT)]


def scene() -> list[EmotionEstimate]:
    calm = [heard(float(at_s), "calm", 0.34, 0.58) for at_s in range(1, 100)]
    return calm + [heard(float(at_s), "angry", 0.84, 0.20) for at_s in range(100, 300)]


def test_the_short_way_decides_as_the_stage_does():
    estimates = scene()
    sound = Evening(
        "e", 1, np.zeros(300 * 16_000, np.float32), TRUTH, (), np.ones(1, np.float32)
    )
    speaker = loop.Loudspeaker(sound, level_db=None, music_rms=1.0)

    def tape():
        waiting = list(estimates)
        for chunk in loop.chunks(sound, speaker):
            yield chunk
            while waiting and waiting[0].at_s <= chunk.end_s:
                yield waiting.pop(0)

    pacing = Pacing(quiet_s=20.0)
    stage = follow(tape(), moods=MOODS, opening="calm", resting="calm", pacing=pacing)
    found = loop.gathered(stage, lambda _event: None, length_s=300.0).moods
    short = rivals.paced(
        estimates, moods=MOODS, pacing=pacing, opening="calm", resting="calm", length_s=300.0
    )
    assert [name for _, name in found] == ["calm", "battle"]
    assert found[1:] == tuple(short[1:])


def test_a_perfect_model_hears_what_was_said():
    spoken = [
        Utterance(0.0, 3.0, "neutral", EASE),
        Utterance(10.0, 13.0, "angry", FIGHT, said=FIGHT),
    ]
    wrong = [
        heard(3.0, "sad", 0.2, 0.2),
        heard(13.0, "sad", 0.2, 0.2),
        heard(30.0, "sad", 0.2, 0.2),
    ]
    plain, angry, nobody = rivals.foreseen(wrong, spoken, MOODS)
    assert plain.scores["neutral"] == 1.0 and nobody.voice == 0.0
    assert (angry.scores["angry"], angry.arousal) == (1.0, 0.84)


def test_a_perfect_editor_knows_when_but_not_what():
    known = of_any_model(LABELS)
    found = rivals.perfectly_edited(scene(), MOODS, TRUTH[:2], "calm", known)
    assert found == [(0.0, "calm"), (100.0, "battle")]


def test_music_reaches_the_microphone_after_it_was_sent():
    quiet = np.zeros(20 * 16_000, np.float32)
    sound = Evening("e", 5, quiet, (), (), np.ones(1, np.float32))
    speaker = loop.Loudspeaker(sound, level_db=0.0, music_rms=1.0)
    click = np.zeros(loop.BLOCK, np.float32)
    click[1000] = 1.0
    speaker._playback.render = lambda frames: np.stack((click, click), axis=1)
    heard_first, sent = speaker.block(0)
    late = int(np.argmax(np.abs(heard_first))) - int(np.argmax(sent))
    assert 0.02 * 16_000 <= late <= 0.18 * 16_000

from pathlib import Path

import pytest

from dndmood.errors import UserError
from dndmood.events import Command, Cue, MoodState, Track
from dndmood.music.dj import spin
from dndmood.music.shelf import Shelf
from dndmood.music.shelves import stock_all
from tests.fakes import tone
from tests.music.wanted import Wanted

TRACKS = tuple(Track(f"{letter}.ogg", letter, 60.0) for letter in "abcdef")


def state(at_s: float, mood: str) -> MoodState:
    return MoodState(at_s, mood, at_s, "because")


def cues(*states: MoodState, shelves: dict[str, Shelf], **more: object) -> list[Cue]:
    return [e for e in spin(states, shelves=shelves, **more) if isinstance(e, Cue)]  # type: ignore[arg-type]


def shelf(
    mood: str, tracks: tuple[Track, ...] = TRACKS, skipped: tuple[str, ...] = ()
) -> Shelf:
    return Shelf(mood, mood.capitalize(), tracks, skipped)


def test_a_cue_comes_only_when_the_mood_changes():
    shelves = {name: shelf(name) for name in ("calm", "battle")}
    found = cues(
        state(0, "calm"),
        state(1, "calm"),
        state(2, "battle"),
        state(3, "battle"),
        shelves=shelves,
    )
    assert [(cue.at_s, cue.mood) for cue in found] == [(0, "calm"), (2, "battle")]
    assert [cue.fade_s for cue in found] == [1.5, 6.0]


def test_a_cue_carries_every_track_of_the_mood_and_a_new_one_first_when_it_comes_back():
    shelves = {name: shelf(name) for name in ("calm", "battle")}
    first, _, again = cues(
        state(0, "calm"), state(1, "battle"), state(2, "calm"), shelves=shelves
    )
    assert set(first.tracks) == set(again.tracks) == set(TRACKS)
    assert again.tracks[0] == first.tracks[1]


def test_only_a_change_that_came_by_itself_may_wait_for_a_quiet_moment():
    shelves = {name: shelf(name) for name in ("calm", "battle", "merry")}
    tape = [
        state(0, "calm"),
        state(60, "battle"),
        Command("undo"),
        state(70, "calm"),
        MoodState(120, "merry", 120, "by hand", forced=True),
        state(180, "battle"),
    ]
    found = cues(*tape, shelves=shelves)  # type: ignore[arg-type]
    assert [cue.wait_s for cue in found] == [0.0, 4.0, 0.0, 0.0, 4.0]


def test_the_order_depends_on_the_seed_alone():
    def order(seed, tracks=TRACKS):
        (cue,) = cues(state(0, "calm"), shelves={"calm": shelf("calm", tracks)}, seed=seed)
        return cue.tracks

    assert order(3) == order(3, TRACKS[::-1])
    assert len({order(seed) for seed in range(20)}) > 10


def test_an_empty_mood_says_that_nothing_plays_and_why():
    (cue,) = cues(state(0, "battle"), shelves={"battle": shelf("battle", ())})
    assert cue.tracks == ()
    assert cue.why == "nothing plays in battle: no files were found for it; put music there"
    missing = {"battle": shelf("battle", (), ("drums.ogg is missing", "and 7 more"))}
    (cue,) = cues(state(0, "battle"), shelves=missing)
    assert cue.why == "nothing plays in battle: drums.ogg is missing"


def test_why_stays_short_whatever_was_left_out():
    shelves = {"calm": shelf("calm", TRACKS[:1], ("bad.ogg cannot be decoded", "and 497 more"))}
    (cue,) = cues(state(0, "calm"), shelves=shelves)
    assert cue.why == "plays a"


def test_every_event_passes_through_in_order():
    states = [state(0, "calm"), state(1, "calm")]
    out = list(spin(states, shelves={"calm": shelf("calm")}))
    assert [e for e in out if isinstance(e, MoodState)] == states


def stocked(folder: Path, *patterns: str, music: Path | None = None) -> Shelf:
    calm = Wanted("calm", "Calm", folder, tuple(patterns))
    return stock_all([calm], music=music, reading_s=60.0)["calm"]


def test_patterns_find_tracks_and_pass_over_covers(tmp_path):
    tone(tmp_path / "calm" / "lake.flac", seconds=1, hz=441)
    (tmp_path / "calm" / "cover.jpg").write_bytes(b"jpeg")
    (track,) = stocked(tmp_path, "calm/*").tracks
    assert track.title == "lake" and track.duration_s == pytest.approx(1.0)


def test_a_corrupt_and_a_missing_track_are_skipped_and_named(tmp_path):
    tone(tmp_path / "good.wav", seconds=1, hz=441)
    (tmp_path / "bad.ogg").write_bytes(b"OggS" + b"\0" * 100)
    (tmp_path / "empty.wav").write_bytes(b"")
    found = stocked(tmp_path, "*", "gone.ogg")
    assert [t.title for t in found.tracks] == ["good"]
    assert set(found.skipped) == {
        "bad.ogg cannot be decoded",
        "empty.wav is empty",
        f"gone.ogg in {tmp_path / 'calm.toml'} is missing",
    }


def test_own_music_replaces_the_starter_tracks_of_that_mood_only(tmp_path):
    tone(tmp_path / "starter" / "calm" / "lake.wav", seconds=1, hz=441)
    own = tmp_path / "own"
    (own / "battle").mkdir(parents=True)
    assert [t.title for t in stocked(tmp_path / "starter", "calm/*", music=own).tracks] == [
        "lake"
    ]
    tone(own / "calm" / "disc one" / "mine.wav", seconds=1, hz=441)
    found = stocked(tmp_path / "starter", "calm/*", music=own)
    assert [t.title for t in found.tracks] == ["mine"] and found.own


def test_an_empty_folder_of_ones_own_stays_empty(tmp_path):
    tone(tmp_path / "starter" / "calm" / "lake.wav", seconds=1, hz=441)
    (tmp_path / "own" / "calm").mkdir(parents=True)
    assert stocked(tmp_path / "starter", "calm/*", music=tmp_path / "own").tracks == ()


def test_a_music_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(UserError, match="There is no music folder"):
        stocked(tmp_path, "*", music=tmp_path / "nowhere")


def test_absolute_patterns_reach_anywhere(tmp_path):
    tone(tmp_path / "else" / "far.wav", seconds=1, hz=441)
    assert [t.title for t in stocked(Path("/"), f"{tmp_path}/else/*.wav").tracks] == ["far"]


def test_an_undo_goes_on_quickly_with_the_music_before():
    shelves = {name: shelf(name) for name in ("calm", "battle")}
    tape = [
        state(0, "calm"),
        state(1, "battle"),
        Command("undo"),
        state(2, "calm"),
        state(3, "battle"),
    ]
    first, _, back, later = cues(*tape, shelves=shelves)  # type: ignore[arg-type]
    assert (back.resume, back.fade_s, back.tracks) == (True, 0.8, first.tracks)
    assert not later.resume and later.fade_s == 6.0

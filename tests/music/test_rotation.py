"""Every track is heard once before any is heard again, however often a mood comes and goes."""

import sys
from collections.abc import Iterable, Iterator

import pytest

from dndmood import heard_file, paths, private_files
from dndmood.events import (
    Command,
    Cue,
    Event,
    Heard,
    MoodBook,
    MoodState,
    NowPlaying,
    Track,
)
from dndmood.library import Decisions, Index
from dndmood.library import Track as Known
from dndmood.music.dj import spin
from dndmood.music.shelf import Shelf
from dndmood.timetable import join_s

LIBRARY = tuple(Track(f"{n:03}.ogg", f"{n:03}", 180.0) for n in range(100))
DRUMS = (Track("drums.ogg", "drums", 180.0),)
SHELVES = {"calm": Shelf("calm", "Calm", LIBRARY), "battle": Shelf("battle", "Battle", DRUMS)}
MINUTE = 60.0


def state(at_s: float, mood: str) -> MoodState:
    return MoodState(at_s, mood, at_s, "because")


def evening(
    stretches: int, calm_s: float, *, reports: bool, skips: bool = False
) -> list[list[str]]:
    """The titles that sound in each calm stretch; a player reports them or keeps silent."""
    heard: list[list[str]] = []
    cues: list[Cue] = []

    def tape() -> Iterator[Event]:
        at_s = 0.0
        for _ in range(stretches):
            yield state(at_s, "calm")
            played, now_s, queue = [], at_s, list(cues[-1].tracks)
            while now_s < at_s + calm_s:
                track = queue.pop(0)
                queue.append(track)
                played.append(track.title)
                if reports:
                    yield NowPlaying(track, 0.0, now_s)
                if skips:
                    now_s += 10.0
                    yield Command("skip", at_s=now_s)
                else:
                    now_s += track.duration_s - join_s(track)
                if reports:
                    yield Heard(track, 1.0, now_s)
            heard.append(played)
            at_s += calm_s
            yield state(at_s, "battle")
            at_s += 5 * MINUTE

    cues.extend(e for e in spin(tape(), shelves=SHELVES, seed=3) if isinstance(e, Cue))
    return heard


def flat(stretches: Iterable[list[str]]) -> list[str]:
    return [title for stretch in stretches for title in stretch]


def test_a_mood_that_comes_back_goes_on_where_it_left_off():
    for reports in (True, False):
        heard = flat(evening(8, 15 * MINUTE, reports=reports))
        assert len(set(heard)) >= 38
        assert len(heard) == len(set(heard))


def test_all_tracks_come_once_before_any_comes_again():
    heard = flat(evening(40, 15 * MINUTE, reports=True))
    assert len(set(heard[:100])) == 100
    assert len(set(heard[100:200])) == 100 and heard[100:200] != heard[:100]
    assert not any(title in heard[max(0, n - 45) : n] for n, title in enumerate(heard))


def test_what_was_skipped_comes_last():
    for reports in (True, False):
        heard = evening(3, 2 * MINUTE, reports=reports, skips=True)
        assert len(flat(heard)) == len(set(flat(heard))) == 36


def test_what_a_player_reports_counts_more_than_what_should_have_been_heard():
    tape = [
        state(0, "calm"),
        NowPlaying(LIBRARY[7], 0.0, 1.0),  # the others could not be read
        state(900, "battle"),
        state(1200, "calm"),
    ]
    cues = [e for e in spin(tape, shelves=SHELVES, seed=3) if isinstance(e, Cue)]
    order = [t for t in cues[0].tracks if t != LIBRARY[7]]
    assert cues[2].tracks == (*order, LIBRARY[7])


def test_what_could_not_be_heard_is_not_taken_for_heard():
    tape = [state(0, "calm"), NowPlaying(None), state(900, "battle"), state(1200, "calm")]
    cues = [e for e in spin(tape, shelves=SHELVES, seed=3) if isinstance(e, Cue)]
    assert cues[2].tracks == cues[0].tracks


def test_a_cue_of_thousands_of_tracks_is_long_enough_for_an_evening_and_no_longer():
    many = tuple(Track(f"{n}.ogg", f"{n}", 180.0) for n in range(5000))
    shelves = {"calm": Shelf("calm", "Calm", many)}
    (cue,) = [e for e in spin([state(0, "calm")], shelves=shelves) if isinstance(e, Cue)]
    assert 100 <= len(cue.tracks) <= 130
    assert sum(track.duration_s for track in cue.tracks) >= 6 * 3600


def test_a_cue_carries_spare_tracks_and_what_has_been_read_by_then():
    known: dict[str, Track | None] = {}
    tracks = tuple(Track(f"{n}.ogg", f"{n}", 0.0) for n in range(3))
    spare = (Track("spare.ogg", "spare", 60.0),)
    shelf = Shelf("calm", "Calm", tracks, own=True, spare=spare, known=known)
    tape = spin(iter([state(0, "calm")]), shelves={"calm": shelf})
    next(tape)
    known.update({"0.ogg": None, "1.ogg": Track("1.ogg", "One", 9.0)})
    cue = next(tape)
    assert isinstance(cue, Cue) and cue.spare == spare
    assert [track.title for track in cue.tracks] == ["One", "2"]


def test_all_tracks_come_once_before_any_comes_again_across_evenings():
    heard: list[str] = []

    def one_evening(cues: list[Cue]) -> Iterator[Event]:
        for visit in range(3):
            yield state(visit * 1000.0, "calm")
            for track in cues[-1].tracks[:3]:
                heard.append(track.path)
                yield NowPlaying(track, 0.0, visit * 1000.0)
            yield state(visit * 1000.0 + 500.0, "battle")

    for number in range(25):
        with heard_file.opened() as keep:
            cues: list[Cue] = []
            rounds = heard_file.heard_before(())
            for event in spin(one_evening(cues), shelves=SHELVES, seed=number, rounds=rounds):
                keep(event)
                if isinstance(event, Cue) and event.mood == "calm":
                    cues.append(event)
    assert len(heard) == 225
    assert len(set(heard[:100])) == 100 and len(set(heard[100:200])) == 100
    assert heard[100:200] != heard[:100]


def test_a_skipped_track_does_not_come_next_time_also_on_another_evening():
    for number in range(10):
        with heard_file.opened() as keep:
            tape = [state(0, "calm")]
            before = heard_file.heard_before(())
            (cue,) = [
                e
                for e in spin(tape, shelves=SHELVES, seed=number, rounds=before)
                if isinstance(e, Cue)
            ]
            for event in (cue, NowPlaying(cue.tracks[0]), Command("skip", at_s=1.0)):
                keep(event)
        after = heard_file.heard_before(())
        (again,) = [
            e
            for e in spin(tape, shelves=SHELVES, seed=number, rounds=after)
            if isinstance(e, Cue)
        ]
        assert again.tracks[0] != cue.tracks[0]
        assert cue.tracks[0] in again.tracks[-10:]


def test_what_was_heard_is_known_by_its_sound_after_the_folder_has_moved():
    with Index() as index:
        index.put(Known("000.ogg", 1, 1, fingerprint="f"))
    with heard_file.opened() as keep:
        keep(Cue(0.0, "calm", LIBRARY, 1.0, ""))
        keep(NowPlaying(LIBRARY[0]))
        keep(Heard(LIBRARY[0], 60.0))
    moved = heard_file.heard_before([Known("/new/a.ogg", 1, 1, fingerprint="f")])
    assert moved.moods == {"calm": {"/new/a.ogg": 1}}


def test_two_programs_keep_what_is_heard_at_once():
    with heard_file.opened() as one, heard_file.opened() as other:
        for number, keep in enumerate((one, other)):
            keep(Cue(0.0, "calm", LIBRARY, 1.0, ""))
            keep(NowPlaying(LIBRARY[number]))
    assert set(heard_file.heard_before(()).moods["calm"]) == {"000.ogg", "001.ogg"}


def test_a_damaged_list_of_what_was_heard_costs_the_order_alone():
    for content in (
        b"",
        b"[",
        b"[]",
        b'{"moods": 3}',
        b'{"moods": {"calm": {"a": "x"}}}',
        b"\xff",
    ):
        heard_file.place().write_bytes(content)
        assert heard_file.heard_before(()).moods == {}
    with heard_file.opened() as keep:
        keep(Cue(0.0, "calm", LIBRARY, 1.0, ""))
        keep(NowPlaying(LIBRARY[0]))
    assert heard_file.heard_before(()).moods == {"calm": {"000.ogg": 1}}


def test_starter_tracks_that_stand_in_make_way_for_own_music_as_it_is_known():
    own = tuple(Track(f"own{n}.ogg", f"own{n}", 180.0) for n in range(9))

    def book(count: int) -> MoodBook:
        return MoodBook({}, {"calm": Shelf("calm", "Calm", own[:count], own=True)}, 60.0)

    tape = [state(0, "calm"), book(1), book(2), book(3), book(9), book(9)]
    starters = {"calm": Shelf("calm", "Calm", LIBRARY[:3])}
    cues = [e for e in spin(tape, shelves=starters) if isinstance(e, Cue)]
    assert [(len(cue.tracks), cue.goes_on) for cue in cues] == [
        (3, False),
        (1, False),
        (2, False),
        (3, True),
        (9, False),
    ]
    assert cues[1].at_s == 60.0 and cues[1].fade_s == 6.0


def joined(*facts: Event) -> list[Cue]:
    """The cues that come after calm has begun with the first two tracks, as the player reports."""
    shelves = {"calm": Shelf("calm", "Calm", LIBRARY[:2])}
    tape = [state(0, "calm"), NowPlaying(LIBRARY[0], at_s=1.0), *facts]
    return [e for e in spin(tape, shelves=shelves) if isinstance(e, Cue)][1:]


def known(tracks: tuple[Track, ...], at_s: float, mood: str = "calm") -> MoodBook:
    return MoodBook({}, {mood: Shelf(mood, mood.title(), tracks)}, at_s)


def test_a_mood_that_plays_on_takes_new_tracks_in_after_its_present_one():
    (cue,) = joined(known(LIBRARY[:3], 60.0))
    assert cue.goes_on and (cue.at_s, cue.mood) == (60.0, "calm")
    assert cue.tracks[:2] == (LIBRARY[0], LIBRARY[2])
    assert set(cue.tracks) == set(LIBRARY[:3])
    assert cue.why == "002 joins calm"


def test_a_few_tracks_that_join_are_heard_before_the_others_and_many_take_their_turn():
    shelves = {"calm": Shelf("calm", "Calm", LIBRARY[:20])}
    tape = [state(0, "calm")]
    for seed in range(5):
        first, few = (
            e
            for e in spin([*tape, known(LIBRARY[:22], 60.0)], shelves=shelves, seed=seed)
            if isinstance(e, Cue)
        )
        assert few.tracks[0] == first.tracks[0]
        assert set(few.tracks[1:3]) == set(LIBRARY[20:22])
    _, many = (
        e
        for e in spin([*tape, known(LIBRARY[:60], 60.0)], shelves=shelves)
        if isinstance(e, Cue)
    )
    assert set(many.tracks[1:41]) != set(LIBRARY[20:60])


def test_while_one_track_plays_only_the_first_news_is_told_and_the_rest_with_the_next_track():
    every = [known(LIBRARY[:count], 10.0 * count) for count in (3, 4, 5)]
    assert [len(cue.tracks) for cue in joined(*every)] == [3]
    first, second = joined(*every, NowPlaying(LIBRARY[2], at_s=99.0))
    assert second.at_s == 99.0 and second.tracks[0] == LIBRARY[2]
    assert set(second.tracks) == set(LIBRARY[:5]) and set(first.tracks) == set(LIBRARY[:3])
    assert second.why in ("003 and 1 more join calm", "004 and 1 more join calm")


def test_other_moods_and_the_same_tracks_again_change_nothing_that_plays():
    assert joined(known(LIBRARY[:9], 5.0, "battle")) == []
    assert joined(known(LIBRARY[:2][::-1], 5.0)) == []


def test_a_mood_that_was_silent_begins_as_soon_as_it_has_a_track():
    tape = [state(0, "calm"), NowPlaying(None, at_s=1.0), known(LIBRARY[:1], 60.0)]
    cues = [
        e for e in spin(tape, shelves={"calm": Shelf("calm", "Calm", ())}) if isinstance(e, Cue)
    ]
    assert [(cue.at_s, cue.tracks, cue.goes_on) for cue in cues] == [
        (0, (), False),
        (60.0, LIBRARY[:1], False),
    ]


def test_a_track_that_was_taken_away_comes_no_more():
    (cue,) = joined(known(LIBRARY[:1], 60.0))
    assert cue.goes_on and cue.tracks == LIBRARY[:1]
    assert cue.why == "plays 000"


def test_an_undo_brings_a_mood_back_with_the_tracks_that_had_joined_it():
    shelves = SHELVES | {"calm": Shelf("calm", "Calm", LIBRARY[:2])}
    tape = [
        state(0, "calm"),
        NowPlaying(LIBRARY[0], at_s=1.0),
        known(LIBRARY[:3], 60.0),
        state(70, "battle"),
        Command("undo", at_s=71.0),
        state(71, "calm"),
    ]
    cues = [e for e in spin(tape, shelves=shelves) if isinstance(e, Cue)]
    assert cues[1].goes_on and cues[-1].resume and not cues[-1].goes_on
    assert cues[-1].tracks == cues[1].tracks


def test_tracks_that_join_a_mood_are_due_and_those_heard_stay_heard():
    def book(count: int) -> MoodBook:
        return MoodBook({}, {"calm": Shelf("calm", "Calm", LIBRARY[:count])}, 0.0)

    tape = [state(0, "calm"), book(3), state(1, "battle"), state(2, "calm")]
    tape[1:1] = [NowPlaying(LIBRARY[0]), NowPlaying(LIBRARY[1])]
    shelves = SHELVES | {"calm": Shelf("calm", "Calm", LIBRARY[:2])}
    cues = [e for e in spin(tape, shelves=shelves) if isinstance(e, Cue)]
    assert cues[-1].tracks[0] == LIBRARY[2]


@pytest.mark.skipif(sys.platform != "linux", reason="folders are set there by these names")
def test_what_is_heard_is_kept_while_the_evening_holds_its_folder(tmp_path, monkeypatch):
    monkeypatch.undo()  # the places as they are for a user
    for name in ("STATE", "DATA", "CACHE", "CONFIG"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path))  # all in one, as on a Mac
    private_files.make_folder(paths.state())
    with private_files.locked(paths.state(), shared=True):
        with heard_file.opened() as keep:
            keep(Cue(0.0, "calm", LIBRARY, 1.0, ""))
            keep(NowPlaying(LIBRARY[0]))
        Decisions().decide(Known("000.ogg", 1, 1), "calm")
        assert heard_file.heard_before(()).moods == {"calm": {"000.ogg": 1}}
    assert paths.heard_music().is_relative_to(tmp_path)

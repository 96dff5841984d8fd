"""Within a mood the track comes that is near to the table, and fits, and was not heard lately."""

from dataclasses import replace

from dndmood.events import Cue, EmotionEstimate, Event, MoodState, NowPlaying, Track
from dndmood.library import Track as Known
from dndmood.music.dj import spin
from dndmood.music.shelf import Shelf

TRACKS = tuple(Track(f"{n:02}.ogg", f"{n:02}", 180.0) for n in range(20))


def known(**fields) -> dict[str, Known]:
    """What is known of the tracks: for each field a value by the track's number."""
    return {
        track.path: Known(track.path, 1, 1, **{name: of(n) for name, of in fields.items()})
        for n, track in enumerate(TRACKS)
    }


def talk(arousal: float, valence: float = 0.5, count: int = 60) -> list[Event]:
    return [EmotionEstimate(0.0, arousal, valence, {}, 1.0, 1.0) for _ in range(count)]


def first_cue(before: list[Event], sounds: dict[str, Known], seed: int = 0, **more) -> Cue:
    shelves = {"calm": Shelf("calm", "Calm", TRACKS, sounds=sounds), **more}
    tape = [*before, MoodState(1.0, "calm", 1.0, "because")]
    return [e for e in spin(tape, shelves=shelves, seed=seed) if isinstance(e, Cue)][-1]


def test_the_track_is_near_to_how_the_table_sounds_now():
    sounds = known(arousal=lambda n: n / 19, valence=lambda n: 0.5)
    said = 0
    for arousal in (0.1, 0.5, 0.9):
        for seed in range(10):
            cue = first_cue(talk(0.5) + talk(arousal), sounds, seed)
            assert abs(sounds[cue.tracks[0].path].arousal - arousal) < 0.15
            assert cue.why.startswith(f"plays {cue.tracks[0].title}")
            said += cue.why.endswith(": near to how the table sounds")
    assert said >= 20  # else chance had its part


def test_valence_counts_as_well():
    sounds = known(arousal=lambda n: 0.5, valence=lambda n: n / 19)
    cue = first_cue(talk(0.5, 0.9), sounds)
    assert sounds[cue.tracks[0].path].valence > 0.75


def test_not_every_evening_begins_with_the_same_track():
    sounds = known(arousal=lambda n: n / 19, valence=lambda n: 0.5)
    assert len({first_cue(talk(0.5), sounds, seed).tracks[0] for seed in range(30)}) >= 3


def test_what_was_heard_does_not_come_again_however_well_it_fits():
    sounds = known(arousal=lambda n: 0.9 if n < 2 else 0.1, valence=lambda n: 0.5)
    heard: list[Event] = [
        *talk(0.9),
        MoodState(0.0, "calm", 0.0, ""),
        NowPlaying(TRACKS[0]),
        NowPlaying(TRACKS[1]),
        MoodState(0.5, "battle", 0.5, ""),
    ]
    cue = first_cue(heard, sounds, battle=Shelf("battle", "Battle", ()))
    assert not {TRACKS[0], TRACKS[1]} & set(cue.tracks[:18])


def test_without_talk_or_without_knowledge_chance_decides():
    sounds = known(arousal=lambda n: n / 19, valence=lambda n: 0.5)
    assert len({first_cue([], sounds, seed).tracks[0] for seed in range(30)}) > 8
    cue = first_cue(talk(0.9), {})
    assert cue.why == f"plays {cue.tracks[0].title}"


def test_a_noise_that_is_no_voice_says_nothing_of_the_table():
    sounds = known(arousal=lambda n: n / 19, valence=lambda n: 0.5)
    knocks = [EmotionEstimate(0.0, 0.9, 0.5, {}, 0.1, 1.0)] * 60
    assert first_cue(knocks, sounds, 3).tracks == first_cue([], sounds, 3).tracks


def test_a_fitting_key_and_tempo_come_before_others():
    keys = ("A minor", "C major", "F# major", "Eb minor")
    sounds = known(
        key=lambda n: keys[n % 4],
        key_strength=lambda n: 1.0,
        tempo_bpm=lambda n: (90.0, 180.0, 127.0, 64.0)[n % 4],
    )
    drums = Track("drums.ogg", "drums", 60.0)
    battle = {
        drums.path: Known(drums.path, 1, 1, key="C major", key_strength=1.0, tempo_bpm=91.0)
    }
    before = [MoodState(0.0, "battle", 0.0, ""), NowPlaying(drums)]
    shelf = Shelf("battle", "Battle", (drums,), sounds=battle)
    fits = sum(
        int(first_cue(before, sounds, seed, battle=shelf).tracks[0].title) % 4 < 2
        for seed in range(20)
    )
    assert fits == 20
    assert sum(int(first_cue([], sounds, s).tracks[0].title) % 4 < 2 for s in range(20)) < 20


def test_an_evening_begins_with_a_track_that_need_not_be_listened_to_first():
    tracks = tuple(replace(t, gain_db=-3.0 if n == 7 else None) for n, t in enumerate(TRACKS))
    state = MoodState(1.0, "calm", 1.0, "because")
    for seed in range(5):
        tape = spin([state], shelves={"calm": Shelf("calm", "Calm", tracks)}, seed=seed)
        (cue,) = [event for event in tape if isinstance(event, Cue)]
        assert cue.tracks[0].title == "07"

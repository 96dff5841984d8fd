"""Music that is lost in the middle of an evening: something else sounds, and it is said."""

import os
import shutil
import sys
from pathlib import Path
from threading import Event as Flag
from threading import get_ident

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from dndmood.events import Command, Track
from dndmood.players import _decks, _tracks
from tests.fakes import stand, tone
from tests.players.table import RATE_HZ, Table, garbage, longest_silence

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="a file that is open cannot be taken away there"
)

LOST = "Battle: none of its tracks can be read; starter music plays until they are back."
BACK = "Battle: its own tracks can be read again and play."


def tones(
    folder: Path, numbers, seconds: float = 20, suffix: str = ".flac"
) -> tuple[Track, ...]:
    return tuple(
        tone(folder / f"{n}{suffix}", seconds=seconds, hz=200 * n, rate_hz=RATE_HZ)
        for n in numbers
    )


@pytest.fixture
def stick(tmp_path):
    return tmp_path / "stick"


@pytest.fixture
def own(stick):
    return tones(stick, (1, 2, 3))


@pytest.fixture
def spare(tmp_path):
    return tones(tmp_path / "starter", (7, 8))


@pytest.fixture
def calm(tmp_path):
    return tones(tmp_path / "calm", (5,))


@pytest.fixture(params=[False, True], ids=["in step", "prefetched"])
def table(request):
    with Table(prefetch=request.param) as table:
        yield table


def pull(stick: Path) -> Path:
    return stick.rename(stick.with_name("pulled"))


def test_a_mood_whose_tracks_are_gone_plays_starter_music_and_comes_back(
    table, stick, own, spare, calm
):
    table.cue("calm", calm)
    assert table.number(3.0) == 5
    pulled = pull(stick)
    table.cue("battle", own, spare)
    sound = table.hear(6.0)
    assert table.number(1.0) == 7 and longest_silence(sound) < 0.2
    assert table.problems() == [LOST]
    assert table.playing() == ["5", "7"]
    pulled.rename(stick)
    sound = table.hear(5.0)
    assert table.number(1.0) == 1 and longest_silence(sound) < 0.2
    assert table.problems() == [LOST, BACK]
    assert stand(table.said) == [True, False]
    assert table.playing() == ["5", "7", "1"]


def test_a_stick_that_is_pulled_while_its_music_plays_is_told_once_and_used_again(
    table, stick, own, spare
):
    table.cue("battle", own, spare)
    assert table.number(3.0) == 1
    pulled = pull(stick)
    sound = table.hear(60.0)
    assert longest_silence(sound) < 0.2 and table.number(1.0) in (7, 8)
    assert table.problems() == [LOST]
    pulled.rename(stick)
    assert longest_silence(table.hear(5.0)) < 0.2
    assert table.number(1.0) in (1, 2, 3)
    assert table.problems() == [LOST, BACK]


def test_the_first_cue_of_the_evening_sounds_within_two_seconds_without_its_tracks(
    table, stick, own, spare
):
    pull(stick)
    table.cue("battle", own, spare)
    assert longest_silence(table.hear(5.0)) < 2.0
    assert table.problems() == [LOST] and table.playing() == ["7"]


@pytest.mark.parametrize("spared", [(), ("gone",)])
def test_without_starter_music_what_played_goes_on(table, stick, own, calm, spared):
    table.cue("calm", calm)
    assert table.number(3.0) == 5
    pulled = pull(stick)
    table.cue("battle", own, [Track(f"/nowhere/{n}.ogg", n, 20.0) for n in spared])
    assert longest_silence(table.hear(60.0)) < 0.2 and table.number(1.0) == 5
    assert table.problems() == [
        "Battle: none of its tracks can be read; what played goes on until they are back."
    ]
    assert table.playing() == ["5"]
    pulled.rename(stick)
    table.hear(5.0)
    assert table.number(1.0) == 1 and table.problems()[1:] == [BACK]


def test_when_nothing_at_all_can_be_read_it_is_said_and_tried_until_it_can(table, stick, own):
    pulled = pull(stick)
    table.cue("battle", own)
    table.hear(6.0)
    assert table.playing() == [None]
    assert table.problems() == [
        "Battle: none of its tracks can be read; there is no music until they are back."
    ]
    pulled.rename(stick)
    table.hear(4.0)
    assert table.number(1.0) == 1
    assert table.playing() == [None, "1"] and table.problems()[1:] == [BACK]


def test_an_undo_to_a_mood_whose_tracks_have_gone_is_no_silence(table, stick, own, spare, calm):
    table.cue("battle", own, spare)
    assert table.number(3.0) == 1
    table.cue("calm", calm)
    assert table.number(3.0) == 5
    pull(stick)
    table.cue("battle", own, spare, resume=True)
    assert longest_silence(table.hear(60.0)) < 0.2
    assert table.number(1.0) in (7, 8) and table.problems() == [LOST]


def test_skipping_goes_through_the_starter_music_while_it_plays(table, stick, own, spare):
    pull(stick)
    table.cue("battle", own, spare)
    assert table.number(4.0) == 7
    table.playback(Command("skip"))
    assert table.number(4.0) == 8
    table.playback(Command("skip"))
    assert table.number(4.0) == 7
    assert table.problems() == [LOST]


def spoil_by_deleting(track):
    Path(track.path).unlink()


def spoil_by_emptying(track):
    Path(track.path).write_bytes(b"")


def spoil_by_cutting(track):
    os.truncate(track.path, 60)


def spoil_by_a_pipe(track):
    Path(track.path).unlink()
    os.mkfifo(track.path)


def spoil_by_a_folder(track):
    Path(track.path).unlink()
    Path(track.path).mkdir()


def spoil_by_silence(track):
    soundfile.write(track.path, np.zeros((20 * RATE_HZ, 2)), RATE_HZ)


SPOILERS = [
    spoil_by_deleting,
    spoil_by_emptying,
    spoil_by_cutting,
    spoil_by_a_pipe,
    spoil_by_a_folder,
    spoil_by_silence,
    garbage,
]


@pytest.mark.parametrize("spoil", SPOILERS)
def test_one_track_that_is_spoilt_is_passed_over_and_told_once(table, own, spoil):
    spoil(own[1])
    table.cue("battle", own)
    assert table.number(2.0) == 1
    table.playback(Command("skip"))
    assert longest_silence(table.hear(100.0)) < 0.2
    assert set(table.playing()) == {"1", "3"}
    (told,) = table.problems()
    assert told.startswith("2 cannot be played (") and told.endswith("; 3 plays instead.")


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".ogg", ".mp3"])
@pytest.mark.parametrize("spoil", SPOILERS)
def test_whatever_becomes_of_all_files_of_a_mood_it_is_no_silence(
    table, stick, spare, spoil, suffix
):
    tracks = tones(stick, (1, 2), seconds=8, suffix=suffix)
    table.cue("battle", tracks, spare)
    assert table.number(3.0) == 1
    for track in tracks:
        spoil(track)
    sound = table.hear(24.0)  # three rounds, and each file is tried again and again
    assert longest_silence(sound) < 2.0
    assert table.number(1.0) in (7, 8) and table.problems()[-1] == LOST
    assert np.abs(sound).max() < 0.5  # nothing of the garbage was heard as noise


def test_a_track_that_breaks_off_at_once_is_not_played_in_shreds(table, stick, spare):
    """A damaged block two seconds into a FLAC file, from which on nothing can be read."""
    tracks = tones(stick, (1, 2))
    for track in tracks:
        data = bytearray(Path(track.path).read_bytes())
        data[len(data) // 10 :] = bytes(len(data) - len(data) // 10)
        Path(track.path).write_bytes(data)
    table.cue("battle", tracks, spare)
    assert longest_silence(table.hear(60.0)) < 2.0
    assert table.problems() == [LOST] and set(table.playing()) == {"7", "8"}


def test_five_hundred_tracks_that_are_gone_are_one_sentence(table, own):
    gone = [Track(f"/nowhere/{n}.ogg", f"gone {n}", 20.0) for n in range(500)]
    table.cue("battle", [*gone, own[0]])
    assert table.number(4.0) == 1
    (told,) = table.problems()
    assert told.startswith("gone 0 and 499 other tracks cannot be played (it is gone)")


@pytest.fixture
def dead_drive(monkeypatch):
    """Reading anything under a folder called `stick` never comes back while the flag is unset."""
    alive, waiting = Flag(), set()
    alive.set()
    opened = _tracks.open_sound

    def slow(path, **more):
        sound = opened(path, **more)
        read = sound.read

        def wait(frames):
            if "/stick/" in path and not alive.is_set():
                waiting.add(get_ident())
                assert alive.wait(60.0)
                waiting.discard(get_ident())
            return read(frames)

        sound.read = wait
        return sound

    monkeypatch.setattr(_tracks, "open_sound", slow)
    alive.waiting = waiting
    yield alive
    alive.set()


def test_a_drive_that_gives_no_answer_does_not_silence_the_evening(
    dead_drive, own, spare, calm
):
    with Table(prefetch=True) as table:
        table.hanging = dead_drive.waiting
        table.cue("battle", own, spare)
        assert table.number(3.0) == 1
        dead_drive.clear()
        sound = table.hear(30.0)
        assert longest_silence(sound) < 2.0 and table.number(1.0) in (7, 8)
        assert table.problems() == [
            LOST.replace(
                "none of its tracks can be read",
                "its tracks take too long to begin",
            )
        ]
        table.cue("calm", calm)
        assert table.number(3.0) == 5
        table.cue("battle", own, spare)
        assert longest_silence(table.hear(10.0)) < 0.2
        dead_drive.set()
        table.hear(5.0)
        assert table.number(1.0) in (1, 2, 3) and table.problems()[1:] == [BACK]


def test_one_track_that_hangs_gives_way_to_the_next(dead_drive, own, tmp_path):
    others = tones(tmp_path / "disk", (4, 6))
    with Table(prefetch=True) as table:
        table.hanging = dead_drive.waiting
        table.cue("battle", (own[0], *others))
        assert table.number(3.0) == 1
        dead_drive.clear()
        sound = table.hear(15.0)
        assert longest_silence(sound) < 2.0 and table.number(1.0) == 4
        assert not table.problems()


def test_a_dead_drive_never_holds_more_than_a_few_decoders(dead_drive, own, spare):
    with Table(prefetch=True) as table:
        table.hanging = dead_drive.waiting
        dead_drive.clear()
        for _ in range(30):
            table.cue("battle", own, spare)
            table.hear(1.0)
        running = [d for d in table.playback._decoders._decks if d.running()]
        assert table.number(3.0) == 7 and len(running) <= 12


def test_many_quick_skips_open_few_decoders(own):
    with Table(prefetch=True) as table:
        table.cue("battle", own)
        table.hear(1.0)
        most = 0
        for _ in range(40):
            for _ in range(4):
                table.playback(Command("skip"))
            table.hear(0.1)
            most = max(most, len(table.playback._decoders._decks))
        assert most <= 8
        assert table.number(4.0) == 1 + (160 % 3)
        table.hear(1.0)
        assert sum(d.running() for d in table.playback._decoders._decks) <= 3


def test_a_decoder_that_fails_unforeseen_is_a_line_in_the_log_and_no_silence(
    table, own, spare, monkeypatch, caplog, capfd
):
    def fail(path, **_):
        raise ZeroDivisionError("division by zero")

    opened = _tracks.open_sound
    monkeypatch.setattr(
        _tracks, "open_sound", lambda p, **m: fail(p) if "/stick/" in p else opened(p, **m)
    )
    table.cue("battle", own, spare)
    assert table.number(4.0) == 7 and table.problems() == [LOST]
    assert "the decoder failed" in caplog.text and "Thread" not in capfd.readouterr().err


@pytest.fixture
def threads(monkeypatch):
    """Decoders can be started unless the flag is unset, as where the system gives no thread."""
    enough, start = Flag(), _decks.Thread.start
    enough.set()

    def maybe(thread):
        if thread.name == "decoder" and not enough.is_set():
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(_decks.Thread, "start", maybe)
    return enough


def test_a_decoder_that_cannot_be_started_is_tried_again(own, threads):
    with Table(prefetch=True) as table:
        threads.clear()
        table.cue("battle", own)
        assert not table.hear(1.0).any()
        threads.set()
        assert np.abs(table.hear(6.0)).max() > 0.01 and table.number(1.0) == 1


def test_decoders_that_cannot_be_started_are_told_while_other_music_plays(own, calm, threads):
    with Table(prefetch=True) as table:
        table.cue("calm", calm)
        assert table.number(3.0) == 5
        threads.clear()
        table.cue("battle", own, calm)
        assert longest_silence(table.hear(30.0)) < 0.2
        threads.set()
        table.hear(12.0)
        assert table.number(1.0) == 1
        assert table.problems() == [
            "Battle: its tracks take too long to begin; what played goes on until they are back.",
            BACK,
        ]


def test_a_folder_that_comes_back_with_other_files_under_it_is_taken_up(
    table, stick, own, spare
):
    pulled = pull(stick)
    table.cue("battle", own, spare)
    assert table.number(4.0) == 7
    stick.mkdir()
    shutil.copy(pulled / "2.flac", stick / "2.flac")
    table.hear(5.0)
    assert table.number(1.0) == 2
    assert table.problems()[0] == LOST and BACK in table.problems()


ORDERS = st.lists(
    st.tuples(
        st.sampled_from(["calm", "battle", "awe", "lost", "undo", "skip", "silence", "+", "-"]),
        st.integers(1, 30),
    ),
    max_size=25,
)


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    folder = tmp_path_factory.mktemp("house")
    gone = Track("/nowhere/gone.ogg", "gone", 20.0)
    spare = tones(folder / "starter", (7, 8))
    calm, battle = tones(folder / "calm", (1, 2)), tones(folder / "battle", (4, 5))
    return {
        "calm": (calm, spare),
        "battle": ((gone, *battle), ()),
        "awe": ((), ()),
        "lost": ((gone,), spare),
    }


@settings(max_examples=60, deadline=None)
@given(ORDERS)
def test_whatever_is_asked_for_what_can_be_read_is_heard(house, orders):
    with Table() as table:
        asked, before, silent = "awe", "awe", False
        for verb, tenths in orders:
            if verb in house or verb == "undo":
                mood = before if verb == "undo" else verb
                before, asked = asked, mood
                table.cue(mood, *house[mood], resume=verb == "undo")
            elif verb in "+-":
                table.playback(Command("volume", change_db=3.0 if verb == "+" else -3.0))
            else:
                table.playback(Command(verb))
                silent ^= verb == "silence"
            sound = table.hear(tenths / 10)
            assert np.isfinite(sound).all() and np.abs(sound).max() <= 0.85
        sound = table.hear(3.0)[-RATE_HZ:]
        if silent or asked == "awe":
            assert not sound.any()
        else:
            assert longest_silence(sound) < 0.1
        assert None not in table.playing()
        lost = LOST.replace("Battle", "Lost")
        assert table.problems().count(lost) <= 1 and table.problems().count(LOST) == 0

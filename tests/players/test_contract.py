"""Every player in the folder keeps the same promises; a new one is tested by existing."""

from contextlib import contextmanager

import numpy as np
import pytest
import soundfile

from dndmood import players
from dndmood.dashboard.audible import heard
from dndmood.dashboard.state import Screen, fold
from dndmood.errors import UserError
from dndmood.events import (
    AudioChunk,
    Balance,
    Command,
    Cue,
    Duck,
    EmotionEstimate,
    MoodState,
    NowPlaying,
    Problem,
    SpeechWindow,
)
from dndmood.players._playback import Playback
from dndmood.players.silent import Unheard
from dndmood.reference_tap import ReferenceTap
from tests.fakes import evenly, noise, tone


def open_for_test(name, tmp_path):
    argument = {"wav": f":{tmp_path / 'out.wav'}"}.get(name, "")
    return players.open_player(name + argument, [].append)


@pytest.fixture
def every_event(tmp_path):
    tracks = tuple(tone(tmp_path / "music" / f"{n}.wav", seconds=1, hz=441 * n) for n in (1, 2))
    chunk = next(evenly(noise(0.1, 0.1)))
    return [
        chunk,
        SpeechWindow(noise(1, 0.1), 1.0, 1.0),
        EmotionEstimate(1.0, 0.5, 0.5, {"calm": 1.0}, 1.0, 1.0),
        MoodState(1.0, "calm", 0.0, "because"),
        Cue(1.0, "calm", tracks, 0.5, "plays 1"),
        *(
            Command(verb)
            for verb in ("force", "release", "undo", "pause", "skip", "silence", "quit")
        ),
        Command("volume", change_db=-3.0),
        Problem(1.0, "trouble"),
        Balance(1.0, -30.0, -40.0, speaking=True),
        Duck(1.0, -6.0, 0.5),
        Cue(2.0, "battle", (), 0.5, "nothing plays"),
        AudioChunk(chunk.samples, start=1600),
    ]


@pytest.mark.parametrize("name", players.names())
def test_every_player_takes_every_event(name, tmp_path, every_event):
    try:
        entered = open_for_test(name, tmp_path)
        player, sentence, _ = entered.__enter__()
    except UserError as error:
        pytest.skip(f"{name} cannot be opened here: {error}")
    try:
        for event in every_event:
            player(event)
    finally:
        entered.__exit__(None, None, None)
    assert name in sentence


@pytest.mark.parametrize("name", players.names())
def test_every_player_says_who_it_is(name):
    module = __import__(f"dndmood.players.{name}", fromlist=["opened"])
    assert module.__doc__ and module.opened.__doc__


def test_an_unknown_player_is_told_with_those_there_are():
    with (
        pytest.raises(UserError, match="no player 'flute': use pygame, silent, speaker, wav"),
        players.open_player("flute", [].append),
    ):
        pass


def test_without_any_sound_device_silence_plays_and_says_why(monkeypatch):
    def refuse(argument, report):
        raise UserError("There is no sound device.")

    for name in ("speaker", "pygame"):
        module = __import__(f"dndmood.players.{name}", fromlist=["opened"])
        monkeypatch.setattr(module, "opened", refuse)
        monkeypatch.setattr(module, "awaited", refuse, raising=False)
    with players.open_player("", [].append) as (_, sentence, second_best):
        assert second_best
        assert sentence == (
            "Music goes to silent because speaker does not work (There is no sound device) "
            "and pygame does not work (There is no sound device)."
        )


@pytest.fixture
def waiting(monkeypatch):
    """Kind and name of every device that is waited for; none ever comes."""
    asked = []

    @contextmanager
    def stream(kind, wanted, user):
        user.lost(None)
        asked.append((kind, wanted))
        yield

    monkeypatch.setattr("dndmood.players.speaker.wait_for_stream", stream)
    return asked


def test_a_speaker_that_is_not_there_yet_is_waited_for(monkeypatch, waiting):
    def refuse(argument, report):
        raise UserError("There is no speaker: plug one in.")

    for name in ("speaker", "pygame"):
        module = __import__(f"dndmood.players.{name}", fromlist=["opened"])
        monkeypatch.setattr(module, "opened", refuse)
    said = []
    with players.open_player("", said.append) as (_, sentence, second_best):
        assert waiting == [("output", "")] and not second_best
        assert sentence.startswith(
            "Music goes to speaker as soon as it works: speaker does not"
        )
    (problem,) = (fact for fact in said if isinstance(fact, Problem))
    assert problem.text == "There is no speaker: the music plays as soon as one is there."


def test_a_speaker_that_the_settings_name_is_waited_for_and_another_player_replaced(
    monkeypatch, waiting
):
    def refuse(argument, report):
        raise UserError(f"No speaker is called {argument!r}.")

    monkeypatch.setattr("dndmood.players.speaker.opened", refuse)
    said = []
    with players.open_player("speaker:Box", said.append, missing_ok=True) as opened:
        assert waiting == [("output", "Box")] and not opened.second_best
    (problem,) = (fact for fact in said if isinstance(fact, Problem))
    assert problem.text.startswith("There is no speaker called Box: the music plays as soon as")
    with players.open_player("flute", said.append, missing_ok=True) as opened:
        assert opened.second_best
        assert opened.sentence.startswith("There is no player 'flute': use pygame, silent")
    with (
        pytest.raises(UserError, match="No speaker is called 'Box'"),
        players.open_player("speaker:Box", said.append),
    ):
        pass


def test_silence_that_nobody_asked_for_says_after_each_cue_that_nothing_is_heard(
    monkeypatch, every_event
):
    def refuse(argument, report):
        raise UserError("There is no sound device.")

    for name in ("speaker", "pygame"):
        module = __import__(f"dndmood.players.{name}", fromlist=["opened"])
        monkeypatch.setattr(module, "opened", refuse)
        monkeypatch.setattr(module, "awaited", refuse, raising=False)
    said = []
    with players.open_player("", said.append) as (player, *_):
        for event in every_event:
            player(event)
    assert said == [NowPlaying(None)]  # and nothing about the cue that asks for no music
    with players.open_player("silent", said.append) as opened:
        for event in every_event:
            opened.player(event)
    assert len(said) == 1 and not opened.second_best


def test_the_screen_shows_no_track_where_silence_plays_that_nobody_asked_for(every_event):
    said = []
    player = Unheard(said.append)
    screen = Screen()
    for event in every_event:
        if isinstance(event, Cue) and event.tracks:
            screen = fold(screen, event)
            player(event)
            for fact in said:
                screen = fold(screen, fact)
            audible = screen.music.audible
            assert audible.mute
            assert heard(audible, screen.music.timetable, event.at_s) == ()


def test_wav_writes_a_second_of_music_for_every_second_of_the_tape(tmp_path, every_event):
    path = tmp_path / "evening.wav"
    cue = next(e for e in every_event if isinstance(e, Cue))
    with players.open_player(f"wav:{path}", [].append) as (player, *_):
        for number, chunk in enumerate(evenly(noise(4, 0.1))):
            if number == 10:
                player(cue)
            player(chunk)
    sound, rate_hz = soundfile.read(path)
    assert len(sound) == 4 * rate_hz
    assert not sound[:rate_hz].any() and np.abs(sound[2 * rate_hz :]).max() > 0.05


def test_what_is_poured_into_a_tap_is_what_is_heard(tmp_path, every_event):
    cue = next(e for e in every_event if isinstance(e, Cue))
    playback, tap = Playback(8000, prefetch=False), ReferenceTap()
    playback.pour_into(tap)
    playback(cue)
    playback.render(8000)
    playback(Duck(1.0, -20.0, 0.1))
    heard = [playback.render(800) for _ in range(5)]
    poured = [block for block, _, rate_hz in tap.take() if rate_hz == 8000]
    assert np.allclose(np.concatenate(poured[1:]), np.concatenate(heard).mean(axis=1))
    before, after = np.abs(poured[0][4000:]).max(), np.abs(poured[-1]).max()
    assert 20.0 * np.log10(after / before) == pytest.approx(-20.0, abs=4.0)


def test_wav_overwrites_nothing(tmp_path):
    path = tmp_path / "dear.wav"
    path.write_bytes(b"dear")
    with (
        pytest.raises(UserError, match="exists already"),
        players.open_player(f"wav:{path}", [].append),
    ):
        pass
    assert path.read_bytes() == b"dear"


def test_wav_without_a_file_says_how():
    with (
        pytest.raises(UserError, match="--player wav:evening.wav"),
        players.open_player("wav", [].append),
    ):
        pass


def test_skip_goes_to_the_next_track(tmp_path, every_event):
    path = tmp_path / "skip.wav"
    cue = next(e for e in every_event if isinstance(e, Cue))
    with players.open_player(f"wav:{path}", [].append) as (player, *_):
        player(cue)
        for number, chunk in enumerate(evenly(noise(4, 0.1))):
            if number == 20:
                player(Command("skip"))
            player(chunk)
    sound, rate_hz = soundfile.read(path)
    last = np.abs(np.fft.rfft(sound[-rate_hz // 4 :, 0]))
    assert last.argmax() * 4 == pytest.approx(882, abs=8)


def test_skip_after_a_natural_join_goes_on_from_there(tmp_path):
    tracks = tuple(tone(tmp_path / f"{n}.wav", seconds=4, hz=441 * n) for n in (1, 2, 3))
    path = tmp_path / "join.wav"
    with players.open_player(f"wav:{path}", [].append) as (player, *_):
        player(Cue(0.0, "calm", tracks, 0.1, "plays 1"))
        for number, chunk in enumerate(evenly(noise(8, 0.1))):
            if number == 50:  # the second track has been playing for a second
                player(Command("skip"))
            player(chunk)
    sound, rate_hz = soundfile.read(path)
    heard = np.abs(np.fft.rfft(sound[int(6.6 * rate_hz) : int(6.85 * rate_hz), 0])).argmax() * 4
    assert heard == pytest.approx(1323, abs=8)

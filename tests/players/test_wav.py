"""The wav player on full disks, after a kill, and beyond four gigabytes."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from threading import Event as Flag

import numpy as np
import pytest
import soundfile

from dndmood import players, threads
from dndmood.errors import UserError
from dndmood.events import AudioChunk, Cue, NowPlaying, Problem
from dndmood.players import _tracks, wav
from dndmood.players._wav_file import WavFile
from tests.fakes import evenly, noise, stand, tone
from tests.programs import Program

RATE_HZ = 44_100

SCRIPT = """
import resource, signal, sys
from dndmood import players
from dndmood.events import AudioChunk, Cue, Track
from tests.fakes import evenly, noise
path, track, most = sys.argv[1:]
if int(most):
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(most), int(most)))
said = []
with players.open_player(f"wav:{path}", said.append) as (player, *_):
    player(Cue(0.0, "calm", (Track(track, "one", 1.0),), 0.1, "plays one"))
    for chunk in evenly(noise(10, 0.1)):
        player(chunk)
    if int(most):
        print(*[fact.text for fact in said if hasattr(fact, "text")], sep="\\n")
    else:
        print("written", flush=True)
        sys.stdin.read()
"""


posix = pytest.mark.skipif(sys.platform == "win32", reason="needs signals, limits and links")


def run(path: Path, track: str, most: int = 0) -> Program:
    root = Path(__file__).parents[2]
    return Program(
        [sys.executable, "-c", SCRIPT, str(path), track, str(most)],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def track(tmp_path):
    return tone(tmp_path / "one.wav", seconds=1, hz=441)


@posix
def test_a_disk_that_gets_full_is_one_sentence_and_a_file_that_can_be_played(tmp_path, track):
    path = tmp_path / "out.wav"
    with run(path, track.path, 700_003) as program:
        out, err = program.communicate(timeout=60)
    assert (program.returncode, err) == (0, "")
    assert (
        out == f"{path} is no longer written (File too large); what is in it can be played.\n"
    )
    sound, rate_hz = soundfile.read(path)
    assert len(sound) == (700_003 - 80) // 4 and rate_hz == RATE_HZ
    assert np.abs(sound[-1]).max() < 1e-3 and np.abs(sound[-2 * RATE_HZ :]).max() > 0.05


@pytest.mark.skipif(sys.platform != "linux", reason="mounts a small file system")
def test_a_really_full_disk_does_not_end_the_evening(tmp_path, track):
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("mounting is not allowed here")
    try:
        said = []
        with players.open_player(f"wav:{disk / 'out.wav'}", said.append) as (player, *_):
            player(Cue(0.0, "calm", (track,), 0.1, "plays one"))
            for chunk in evenly(noise(5, 0.1)):
                player(chunk)
        problems = [fact.text for fact in said if isinstance(fact, Problem)]
        assert len(problems) == 1 and "(No space left on device)" in problems[0]
        sound, _ = soundfile.read(disk / "out.wav")
        assert len(sound) == (256 * 1024 - 80) // 4
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@posix
def test_what_was_written_when_the_program_is_killed_can_be_played(tmp_path, track):
    path = tmp_path / "out.wav"
    with run(path, track.path) as program:
        assert program.stdout.readline() == "written\n"
        program.send_signal(signal.SIGKILL)
    sound, rate_hz = soundfile.read(path)
    assert len(sound) == 10 * rate_hz and np.abs(sound[-rate_hz:]).max() > 0.05


def test_the_end_of_the_file_is_faded_out(tmp_path, track):
    path = tmp_path / "out.wav"
    with players.open_player(f"wav:{path}", [].append) as (player, *_):
        player(Cue(0.0, "calm", (track,), 0.1, "plays one"))
        for chunk in evenly(noise(5, 0.1)):
            player(chunk)
    sound, rate_hz = soundfile.read(path)
    tenths = np.abs(sound.reshape(50, -1)).max(axis=1)
    assert len(sound) == 5 * rate_hz
    assert (np.diff(tenths[40:]) < 0).all() and tenths[-1] < 0.2 * tenths[30]
    assert np.abs(sound[-1]).max() < 1e-3


def test_a_file_beyond_four_gigabytes_is_told_whole(tmp_path):
    path = tmp_path / "long.wav"
    file = WavFile(path, RATE_HZ)
    file._file.truncate(80 + 4 * (1 << 30))  # a sparse file: silence that takes no room
    file._file.seek(0, os.SEEK_END)
    file.write(np.full((RATE_HZ, 2), 0.5, np.float32))
    file.close()
    info = soundfile.info(path)
    assert info.format == "RF64" and info.frames == (1 << 30) + RATE_HZ
    with soundfile.SoundFile(path) as sound:
        sound.seek((1 << 30) + 100)
        assert sound.read(1)[0, 0] == pytest.approx(0.5, abs=1e-3)
    assert path.stat().st_blocks * 512 < 10_000_000


@posix
def test_a_tilde_is_the_home_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    with players.open_player("wav:~/evening.wav", [].append):
        pass
    assert (tmp_path / "evening.wav").is_file()


@pytest.mark.parametrize(
    "name", ["nowhere/out.wav", ".", "a\0b.wav", "~nobody-of-this-name/x.wav", "x" * 300]
)
def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match="another"), players.open_player(f"wav:{name}", print):
        pass


@posix
def test_a_broken_link_is_not_written_through(tmp_path):
    path = tmp_path / "out.wav"
    path.symlink_to(tmp_path / "elsewhere.wav")
    with pytest.raises(UserError, match="exists"), players.open_player(f"wav:{path}", print):
        pass


def test_an_evening_that_is_broken_off_still_leaves_a_whole_file(tmp_path, track):
    path = tmp_path / "out.wav"

    def evening():
        with players.open_player(f"wav:{path}", [].append) as (player, *_):
            player(Cue(0.0, "calm", (track,), 0.1, "plays one"))
            player(AudioChunk(noise(2, 0.1), start=0))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        evening()
    sound, rate_hz = soundfile.read(path)
    assert len(sound) == 2 * rate_hz and np.abs(sound[-1]).max() < 1e-3


@pytest.fixture
def disk_answers(monkeypatch):
    """Measuring a track does not come back while the flag is unset, as on a disk that hangs."""
    answers, measured = Flag(), _tracks.level

    def slow(*given, **more):
        assert answers.wait(60.0)
        return measured(*given, **more)

    monkeypatch.setattr(_tracks, "level", slow)
    yield answers
    answers.set()


def test_a_disk_that_hangs_holds_nobody_who_listens(tmp_path, track, disk_answers, monkeypatch):
    monkeypatch.setattr(wav, "_HANGS_S", 0.05)
    path, said = tmp_path / "out.wav", []
    with players.open_player(f"wav:{path}", said.append, live=True) as (player, *_):
        player(Cue(0.0, "calm", (track,), 0.1, "plays one"))
        for chunk in evenly(noise(30, 0.1)):
            player(chunk)  # would wait here
    (told,) = (fact for fact in said if isinstance(fact, Problem))
    assert told.text.startswith(f"{path} is written too slowly") and NowPlaying(None) in said
    assert threads.hanging()
    assert soundfile.info(path).frames % RATE_HZ == 0  # can be read as it is


def test_what_a_hanging_disk_held_up_is_written_once_it_answers(tmp_path, track, disk_answers):
    path, said = tmp_path / "out.wav", []
    with players.open_player(f"wav:{path}", said.append, live=True) as (player, *_):
        player(Cue(0.0, "calm", (track,), 0.1, "plays one"))
        for number, chunk in enumerate(evenly(noise(30, 0.1))):
            if number == 250:
                disk_answers.set()
            player(chunk)
    sound, _ = soundfile.read(path)
    assert len(sound) == 30 * RATE_HZ and np.abs(sound[RATE_HZ : 2 * RATE_HZ]).max() > 0.05
    waits, again = (fact for fact in said if isinstance(fact, Problem))
    assert not waits.solved and again.text == f"{path} is written again." and again.solved
    assert stand(said) == [True, False]


def test_the_file_is_the_same_whether_somebody_listens_meanwhile_or_not(tmp_path, track):
    for live in (False, True):
        with players.open_player(f"wav:{tmp_path}/{live}.wav", [].append, live=live) as opened:
            opened.player(Cue(0.0, "calm", (track,), 0.1, "plays one"))
            for chunk in evenly(noise(5, 0.1)):
                opened.player(chunk)
    assert (tmp_path / "False.wav").read_bytes() == (tmp_path / "True.wav").read_bytes()


def test_a_computer_that_slept_is_not_late(tmp_path, track):
    said = []
    with players.open_player(f"wav:{tmp_path}/out.wav", said.append, live=True) as opened:
        opened.player(Cue(0.0, "calm", (track,), 0.1, "plays one"))
        opened.player(AudioChunk(noise(1, 0.1), start=0))
        opened.player(AudioChunk(noise(1, 0.1), start=3600 * 16_000))
    assert not [fact for fact in said if isinstance(fact, Problem)]

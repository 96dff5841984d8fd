"""MPD itself, where it is installed (`apt install mpd`)."""

import shutil
import subprocess

import numpy as np
import pytest
import soundfile

from dndmood.events import Command
from tests.followers.conftest import Evening, eventually
from tests.followers.counterparts import EVERY, Mpd

pytestmark = pytest.mark.skipif(not shutil.which("mpd"), reason="needs mpd")


class RealMpd(Mpd):
    """MPD with a playlist "Calm", a folder "battle", and an output that nobody hears."""

    process = None
    more = ""

    @property
    def argument(self):
        return str(self.folder / "socket")

    def start(self):
        music, playlists = self.folder / "music", self.folder / "playlists"
        (music / "battle").mkdir(parents=True, exist_ok=True)
        playlists.mkdir(exist_ok=True)
        for name in ("road.wav", "inn.wav", "battle/drums.wav"):
            sound = np.sin(np.arange(44_100 * 60) / 30).astype(np.float32) * 0.1
            soundfile.write(music / name, sound, 44_100)
        (playlists / "Calm.m3u").write_text("road.wav\n")
        (playlists / "MERRY.m3u").write_text("inn.wav\n")
        config = self.folder / "mpd.conf"
        config.write_text(
            f'music_directory "{music}"\nplaylist_directory "{playlists}"\n'
            f'db_file "{self.folder / "db"}"\nlog_file "{self.folder / "log"}"\n'
            f'bind_to_address "{self.folder / "socket"}"\n{self.more}'
            'audio_output {\n type "null"\n name "none"\n}\n'
        )
        self.process = subprocess.Popen(
            ["mpd", "--no-daemon", config],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        assert eventually(lambda: self.client() and self.client().stats()["songs"] == "3")

    def stop(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def client(self):
        from mpd import MPDClient

        client = MPDClient()
        client.timeout = 5
        try:
            client.connect(str(self.folder / "socket"))
        except OSError:
            return None
        return client

    def mood(self):
        if (client := self.client()) is None:
            return ""
        playing = client.status()["state"] == "play"
        song = client.currentsong().get("file", "") if playing else ""
        client.disconnect()
        return {"road.wav": "Calm", "battle/drums.wav": "Battle", "inn.wav": "Merry"}.get(
            song, ""
        )


@pytest.fixture
def evening(evening_with, monkeypatch) -> Evening:
    monkeypatch.setitem(EVERY, "mpd", RealMpd)
    return evening_with("mpd")


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_mpd_plays_the_playlist_or_the_folder_of_the_mood_and_pauses_at_the_end(evening):
    evening.other.start()
    evening.begins()
    for number in (0, 1, 2):
        assert evening.shows(evening.comes(number))
    evening.sink(Command("silence"))
    assert evening.shows("")
    evening.sink(Command("silence"))
    assert evening.shows("Merry")
    assert evening.other.client().status()["repeat"] == "1"
    evening._stack.close()
    assert evening.other.client().status()["state"] == "pause"
    assert evening.problems() == []


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_mpd_that_is_killed_and_started_again_plays_on(evening):
    evening.other.start()
    evening.begins()
    assert evening.shows(evening.comes(1))
    evening.other.stop()
    assert eventually(evening.problems)
    evening.other.start()
    assert evening.shows("Battle")
    assert len(evening.problems()) == 1 and eventually(lambda: evening.problems(solved=True))


class Guarded(RealMpd):
    """The same, where whoever comes over the network needs a password."""

    given = ""

    def start(self):
        self.more = (
            f'bind_to_address "127.0.0.1"\nport "{self.port}"\n'
            'password "sec ret@read,add,control"\ndefault_permissions "read"\n'
            'local_permissions "read,add,control,admin"\n'
        )
        super().start()

    @property
    def argument(self):
        return f"{self.given}127.0.0.1:{self.port}"


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
@pytest.mark.parametrize(
    ("given", "told"),
    [("sec%20ret@", ""), ("nope@", "incorrect password"), ("", "permission for")],
)
def test_mpd_with_a_password_is_told_apart_from_one_that_is_away(
    evening_with, monkeypatch, given, told
):
    monkeypatch.setitem(EVERY, "mpd", type("G", (Guarded,), {"given": given}))
    evening = evening_with("mpd")
    evening.other.start()
    evening.begins()
    evening.comes(1)
    if not told:
        assert evening.shows("Battle") and evening.problems() == []
        return
    (problem,) = eventually(evening.problems)
    assert told in problem and "--tell mpd:PASSWORD@HOST" in problem
    assert "nope" not in problem and "cannot be reached" not in problem


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_a_playlist_whose_files_are_gone_is_told(evening):
    evening.other.start()
    (evening.other.folder / "playlists" / "MERRY.m3u").write_text("gone.wav\n")
    evening.begins()
    evening.comes(2)
    (problem,) = eventually(evening.problems)
    assert "has nothing to play in MERRY" in problem
    assert evening.shows(evening.comes(0))

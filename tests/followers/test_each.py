"""What one follower does and others do not."""

import os
import shutil
import socket
import sys
from contextlib import suppress
from threading import Event as Flag
from threading import Thread
from time import monotonic

import pytest

from dndmood.errors import UserError
from dndmood.events import Command, MoodState, NowPlaying, Track
from dndmood.followers import _address, _http, hook
from dndmood.followers._following import RefusedError
from dndmood.followers._now import Now
from dndmood.scene import SceneCue
from tests.followers.conftest import eventually

PLAYER = "org.mpris.MediaPlayer2.Player"


def test_a_hook_has_the_evening_in_its_environment(evening_with):
    evening = evening_with("hook")
    evening.other.start()
    evening.begins()
    assert evening.shows(evening.comes(0))
    evening.sink(NowPlaying(Track("x.ogg", "Hold the Bridge", 1.0)))
    assert evening.shows(evening.comes(1, why="three angry sentences; `id` $(id) \"'"))
    first, second = evening.other.told()
    assert second == {
        "DNDMOOD_MOOD": "mood1",
        "DNDMOOD_TITLE": "Battle",
        "DNDMOOD_WHY": "Battle: three angry sentences; `id` $(id) \"'",
        "DNDMOOD_BEFORE": "mood0",
        "DNDMOOD_FORCED": "",
        "DNDMOOD_TRACK": "Hold the Bridge",
        "DNDMOOD_AT_S": "1.0",
        "DNDMOOD_PLACE": "",
        "DNDMOOD_PLACE_TITLE": "",
        "DNDMOOD_CHANGED": "mood",
    }
    assert first["DNDMOOD_BEFORE"] == ""


def test_a_hook_is_told_the_place_and_what_has_changed(evening_with):
    evening = evening_with("hook")
    evening.other.start()
    evening.begins()
    assert evening.shows(evening.comes(0))
    for place in ("tavern", "tavern", "a place of my own", ""):
        evening.goes_to(place)
        assert eventually(
            lambda place=place: evening.other.told()[-1]["DNDMOOD_PLACE"] == place
        )
    assert evening.shows(evening.comes(1))
    told = [
        (one["DNDMOOD_CHANGED"], one["DNDMOOD_TITLE"], one["DNDMOOD_PLACE_TITLE"])
        for one in evening.other.told()
    ]
    assert told == [
        ("mood", "Calm", ""),
        ("place", "Calm", "The Tavern"),
        ("place", "Calm", "a place of my own"),
        ("place", "Calm", ""),
        ("mood", "Battle", ""),
    ]


def test_kenku_plays_the_sounds_of_the_place(evening_with):
    evening = evening_with("kenku")
    evening.other.sounds = {"s1": ("the tavern", True), "s2": ("Leaves", True),
                            "s3": ("Thunder", False), "s4": ("Birds", True)}  # fmt: skip
    evening.other.boards = {"Forest": ("s2", "s3", "s4", "gone")}
    evening.other.start()
    evening.begins()
    assert evening.shows(evening.comes(0))
    for place, sounds in (("tavern", {"s1"}), ("forest", {"s2", "s4"}), ("moon", set())):
        evening.goes_to(place)
        assert eventually(lambda sounds=sounds: evening.other.sounding == sounds)
    evening.goes_to("tavern")
    assert eventually(lambda: evening.other.sounding == {"s1"})
    evening.key("silence")
    assert eventually(lambda: evening.other.sounding == set())
    evening.key("silence")
    assert eventually(lambda: evening.other.sounding == {"s1"})
    evening.sink(MoodState(1.0, "awe", 1.0, "no such playlist"))
    evening.goes_to("forest")
    assert eventually(lambda: evening.other.sounding == {"s2", "s4"})
    evening.other.stop()  # Kenku is started anew, and has forgotten all
    evening.other.sounding = set()
    assert eventually(lambda: len(evening.problems()) == 2)  # besides the missing playlist
    evening.other.start()
    assert eventually(lambda: evening.other.sounding == {"s2", "s4"})
    evening._stack.close()
    assert evening.other.sounding == set()


@pytest.mark.parametrize("begin", [b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\n\r\n "])
def test_an_answer_that_comes_byte_after_byte_is_none(monkeypatch, begin):
    monkeypatch.setattr(_http, "ANSWER_S", 0.5)
    over = Flag()

    def dripping(listener):
        client, _ = listener.accept()
        with client, suppress(OSError):
            client.sendall(begin)
            while not over.wait(0.05):
                client.sendall(b" ")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        Thread(target=dripping, args=(listener,), daemon=True).start()
        port = listener.getsockname()[1]
        began_s = monotonic()
        with pytest.raises(TimeoutError):
            _http.asked(_address.Address("127.0.0.1", port), "GET", "/v1/playlist")
        assert monotonic() - began_s < 5.0
    over.set()


def test_foundry_plays_the_place_beside_the_mood(evening_with):
    evening = evening_with("foundry", ("Calm", "Battle", "The Forest", "tavern"))
    evening.other.start()
    evening.begins()
    assert evening.shows(evening.comes(0))
    evening.goes_to("forest")
    assert evening.shows("Calm+The Forest")
    evening.comes(1)
    assert evening.shows("Battle+The Forest")
    evening.goes_to("tavern")
    assert evening.shows("Battle+tavern")
    evening.comes(3)  # a mood that is called as the place is
    assert evening.shows("tavern")
    evening.goes_to("forest")
    assert evening.shows("The Forest+tavern")
    evening._stack.close()
    assert evening.other.mood() == ""


def test_obs_says_the_place_and_leaves_the_scene_that_somebody_chose_alone(evening_with):
    evening = evening_with("obs")
    evening.other.start()
    evening.begins()
    assert evening.shows(evening.comes(0))
    assert eventually(lambda: evening.other.identified)
    evening.other.goes_to("Starting soon")
    evening.goes_to("tavern")
    evening.sink(NowPlaying(Track("x.ogg", "Hold the Bridge", 1.0)))
    assert eventually(lambda: evening.other.place_text == "The Tavern")
    evening.goes_to("")
    assert eventually(lambda: evening.other.place_text == "")
    assert evening.other.scene == "Starting soon"
    assert evening.shows(evening.comes(1))


def test_desktops_see_the_place_as_the_album(evening_with):
    evening = evening_with("mpris")
    evening.other.start()
    evening.begins()
    evening.goes_to("tavern")
    assert evening.shows(evening.comes(1))
    assert evening.other.property("Metadata")["xesam:album"].value == "The Tavern"
    evening.goes_to("forest")
    assert eventually(
        lambda: evening.other.property("Metadata")["xesam:album"].value == "The Forest"
    )


def test_a_hook_runs_once_for_a_mood_and_never_two_at_once(evening_with, tmp_path):
    script = tmp_path / "slow.py"
    script.write_text(
        "import os, pathlib, sys, time\n"
        f"lock = pathlib.Path({str(tmp_path / 'lock')!r})\n"
        f"log = open({str(tmp_path / 'log')!r}, 'a')\n"
        "log.write(('two at once' if lock.exists() else os.environ['DNDMOOD_MOOD']) + '\\n')\n"
        "lock.touch(); time.sleep(0.5); lock.unlink()\n"
    )
    evening = evening_with("hook")
    evening.other.__class__ = type(
        "Slow", (type(evening.other),), {"argument": f"{sys.executable} {script}"}
    )
    evening.begins()
    evening.comes(0)
    log = tmp_path / "log"
    assert eventually(log.exists)
    for number in (1, 2, 1, 2):
        evening.comes(number)
    assert eventually(lambda: log.read_text().splitlines()[-1:] == ["mood2"])
    assert log.read_text().splitlines() in (["mood0", "mood2"], ["mood0", "mood1", "mood2"])


def test_a_hook_that_hangs_is_ended_with_all_that_it_started(tmp_path):
    script = tmp_path / "hangs.py"
    script.write_text(
        "import os, subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"open({str(tmp_path / 'pids')!r}, 'w').write(f'{{os.getpid()}} {{child.pid}}')\n"
        "time.sleep(600)\n"
    )
    one = hook.Hook([sys.executable, str(script)], longest_s=2.0)
    with pytest.raises(RefusedError, match="was not done within 2 s and was ended"):
        one.follow(Now("calm", "Calm"), afresh=False)
    for pid in (tmp_path / "pids").read_text().split():

        def gone(pid=pid):
            try:
                with open(f"/proc/{pid}/stat") as file:  # noqa: PTH123 - a process, not a file
                    return file.read().split(") ")[1][0] == "Z"
            except OSError:
                return True

        assert eventually(gone)


@pytest.mark.parametrize(
    ("code", "words"), [("raise SystemExit(3)", "failed with 3"), ("boom", "NameError")]
)
def test_a_hook_that_fails_is_told_with_its_own_words(tmp_path, code, words):
    script = tmp_path / "fails.py"
    script.write_text(code)
    one = hook.Hook([sys.executable, str(script)])
    with pytest.raises(RefusedError, match=words):
        one.follow(Now("calm", "Calm"), afresh=False)


@pytest.mark.skipif(os.name != "posix", reason="other files have no holes")
def test_a_hook_that_prints_without_end_fills_no_disk_and_is_told_with_its_last_words(
    tmp_path, monkeypatch
):
    sizes = []
    real = os.fstat

    def looked(descriptor):
        found = real(descriptor)
        sizes.append(found.st_blocks * 512)
        return found

    script = tmp_path / "prints.py"
    script.write_text(
        "import sys\n"
        "for _ in range(400): sys.stderr.write('x' * 99_999 + '\\n')\n"
        "sys.stderr.write('the last words'); sys.exit(1)\n"
    )
    one = hook.Hook([sys.executable, str(script)])
    monkeypatch.setattr(hook, "_LOOK_S", 0.001)
    monkeypatch.setattr(hook.os, "fstat", looked)
    with pytest.raises(RefusedError, match="the last words"):
        one.follow(Now("calm", "Calm"), afresh=False)
    assert max(sizes) < 39_000_000, "all of it lay on the disk at once"


@pytest.mark.parametrize(
    ("argument", "words"),
    [
        ("", "needs a command"),
        ("no-such-command-anywhere -x", "no command 'no-such-command-anywhere'"),
        ("sh -c 'unclosed", "look at its quotes"),
    ],
)
def test_a_hook_that_cannot_be_is_one_sentence(argument, words):
    with pytest.raises(UserError, match=words):
        hook.command(argument)


def test_a_hook_is_split_as_a_shell_would_and_given_to_none():
    words = hook.command("sh -c 'echo $DNDMOOD_MOOD; x' '; rm -rf /' *")
    assert words == [shutil.which("sh"), "-c", "echo $DNDMOOD_MOOD; x", "; rm -rf /", "*"]


def test_an_environment_takes_every_text():
    odd = Now("m", "a\0b\ud800c", why="\n\t")
    assert hook.environment(odd)["DNDMOOD_TITLE"] == "ab?c"


def test_obs_shows_scene_filter_and_text(evening_with):
    evening = evening_with("obs")
    evening.other.filters = {"Battle": False, "calm": True, "Sharpen": True}
    evening.other.start()
    evening.begins()
    assert evening.shows(evening.comes(1))
    wanted = {"Battle": True, "calm": False, "Sharpen": True}
    assert eventually(
        lambda: evening.other.filters == wanted and evening.other.text == "Battle"
    )


def test_a_scene_that_somebody_chose_in_obs_speaks_for_its_mood_and_ours_does_not(evening_with):
    evening = evening_with("obs")
    evening.other.start()
    evening.begins()
    assert evening.shows(evening.comes(0))
    assert eventually(lambda: evening.other.identified)
    evening.other.goes_to("Starting soon")
    evening.other.goes_to("Battle")
    cues = eventually(lambda: [e for e in evening.said if isinstance(e, SceneCue)])
    assert cues == [SceneCue(0.0, "mood", "mood1", phrase="", witness="obs")]
    assert evening.shows(evening.comes(2))
    assert eventually(lambda: evening.other.text == "Merry")
    assert [e for e in evening.said if isinstance(e, SceneCue)] == cues


def test_combat_in_foundry_is_evidence(evening_with):
    evening = evening_with("foundry")
    evening.other.start()
    evening.begins()
    assert evening.shows(evening.comes(0))
    assert evening.other.subscribed.wait(20)
    for kind in ("turn", "start", "round", "end"):
        evening.other.happens(kind)
    assert eventually(lambda: evening.said) == [
        SceneCue(0.0, "event", "initiative", phrase="", witness="foundry")
    ]


def test_foundry_asks_which_world_where_there_are_several(evening_with):
    evening = evening_with("foundry")
    evening.other.worlds = (("fvtt_1", "Barovia"), ("fvtt_2", "Phandalin"))
    evening.other.start()
    evening.begins()
    evening.comes(0)
    (problem,) = eventually(evening.problems)
    assert "Barovia, Phandalin" in problem and "/WORLD" in problem


def test_a_world_is_named_behind_the_address(evening_with):
    evening = evening_with("foundry")
    evening.other.worlds = (("fvtt_1", "Barovia"), ("fvtt_2", "Phandalin"))
    evening.other.start()
    address = f"secret@127.0.0.1:{evening.other.port}/phandalin"
    evening.other.__class__ = type("F", (type(evening.other),), {"argument": address})
    evening.begins()
    assert evening.shows(evening.comes(1))


def test_a_key_that_foundry_refuses_is_told(evening_with):
    evening = evening_with("foundry")
    evening.other.key = "wrong"
    evening.other.start()
    evening.begins()
    evening.comes(0)
    (problem,) = eventually(evening.problems)
    assert "refuses the key" in problem and "wrong" not in problem


def test_media_keys_steer_the_evening(evening_with):
    evening = evening_with("mpris")
    evening.other.start()
    evening.begins()
    assert evening.shows(evening.comes(0))
    for member in ("Next", "Previous", "PlayPause", "Pause", "Play"):
        evening.other.ask(PLAYER, member)
    playlists = "org.mpris.MediaPlayer2.Playlists"
    evening.other.ask(playlists, "ActivatePlaylist", "/org/dndmood/mood/1", signature="o")
    evening.other.ask(playlists, "ActivatePlaylist", "/etc/passwd", signature="o")
    evening.other.ask(PLAYER, "OpenUri", "file:///etc/passwd", signature="s")
    assert evening.said == [
        Command("skip"),
        Command("undo"),
        Command("silence"),
        Command("silence"),  # pause; and play has nothing to do, as it is not silent
        Command("force", "mood1"),
    ]


def test_desktops_see_what_plays_and_the_moods(evening_with):
    evening = evening_with("mpris")
    evening.other.start()
    evening.begins()
    evening.sink(NowPlaying(Track("x.ogg", "Hold the Bridge", 60.0)))
    assert evening.shows(evening.comes(1))
    assert evening.other.property("Metadata")["xesam:title"].value == "Hold the Bridge"
    assert evening.other.property("PlaybackStatus") == "Playing"
    evening.key("silence")
    assert eventually(lambda: evening.other.property("PlaybackStatus") == "Paused")
    found = evening.other.ask(
        "org.mpris.MediaPlayer2.Playlists", "GetPlaylists", 0, 9, "Alphabetical", False,
        signature="uusb",
    )  # fmt: skip
    assert [one[1] for one in found] == ["Battle", "Calm", "Merry"]
    assert evening.other.property("Identity", "org.mpris.MediaPlayer2") == "dndmood"

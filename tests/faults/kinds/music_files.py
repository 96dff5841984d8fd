"""Tracks and mood files that go, change, or never answer while the program plays them."""

import os
import shutil
import time
from pathlib import Path

import numpy as np
import soundfile

from tests.faults.fault import fault
from tests.faults.files import garbage, tone, unmounted
from tests.faults.hanging import hanging_share
from tests.faults.table import Table

UNREADABLE = r"(?i)none of its tracks|cannot be (?:read|played|decoded|opened|found)|unreadable|missing|gone|left out|silent|damaged|no longer"
BATTLE, CALM = "4", "1"


@fault("track-deleted", "playing track deleted, then `n`", says=UNREADABLE, needs=("tmux",))
def deleted(table: Table) -> None:
    music = table.music("calm", tracks=2)
    table.listen("--music", str(music), screen=True)
    table.settle()
    for path in (music / "calm").iterdir():
        path.unlink()
    table.wait(3)
    table.terminal.press("n")
    table.wait(12)
    table.finish()


@fault(
    "track-garbage", "playing tracks overwritten with noise", says=UNREADABLE, needs=("tmux",)
)
def overwritten(table: Table) -> None:
    music = table.music("calm", tracks=2, seconds=60.0)
    table.listen("--music", str(music), screen=True)
    table.settle()
    for path in (music / "calm").iterdir():
        garbage(path)
    table.wait(20)
    table.terminal.press("n")
    table.wait(8)
    table.finish()


@fault(
    "next-mood-gone", "all tracks of the next mood deleted", says=UNREADABLE, needs=("tmux",)
)
def next_gone(table: Table) -> None:
    music = table.music("calm", "battle")
    table.listen("--music", str(music), screen=True)
    table.settle()
    shutil.rmtree(music / "battle")
    table.terminal.press(BATTLE)
    table.wait(15)
    table.finish()


@fault(
    "folder-unmounted",
    "music folder unmounted for 12 s",
    says=UNREADABLE,
    needs=("tmux", "root", "mount"),
)
def unmounted_and_back(table: Table) -> None:
    kept = table.music("calm", "battle")
    disk = table.folder / "disk"
    table.mounted(disk, "40m")
    shutil.copytree(kept, disk / "music")
    table.listen("--music", str(disk / "music"), screen=True)
    table.settle()
    unmounted(disk)
    table.terminal.press(BATTLE)
    table.wait(12)
    table.mounted(disk, "40m")
    shutil.copytree(kept, disk / "music")
    table.returned("own music")
    # A crossfade of 6 s lets the own tracks win only after its middle.
    table.seen.back_within_s = 5.0 + 3.0
    table.wait(12)
    table.finish()


@fault(
    "folder-renamed",
    "music folder renamed for 12 s, `n` meanwhile",
    says=UNREADABLE,
    needs=("tmux",),
)
def renamed(table: Table) -> None:
    music = table.music("calm")
    table.listen("--music", str(music), screen=True)
    table.settle()
    away = music.with_name("away")
    music.rename(away)
    table.terminal.press("n")
    table.wait(12)
    away.rename(music)
    table.returned("own music")
    table.seen.back_within_s = 5.0 + 3.0
    table.wait(12)
    table.finish()


@fault("track-nan", "a track with values that are not finite", says="", needs=("tmux",))
def not_finite(table: Table) -> None:
    folder = table.music("calm", tracks=1, seconds=10.0)
    time_s = np.arange(44_100 * 10) / 44_100
    sound = (0.2 * np.sin(2 * np.pi * 300 * time_s)).astype(np.float32)
    sound[44_100 : 44_100 * 2 : 50] = np.nan
    sound[44_100 * 5] = np.inf
    soundfile.write(folder / "calm" / "odd.wav", sound, 44_100, subtype="FLOAT")
    table.listen("--music", str(folder), screen=True)
    table.settle()
    for _ in range(3):
        table.wait(8)
        table.terminal.press("n")
    table.wait(3)
    table.finish()


def _moods(table: Table) -> tuple[Path, str]:
    folder = table.folder / "moods"
    folder.mkdir()
    text = (table.tree / "playlists" / "calm.toml").read_text()
    text = text.replace('tracks = ["calm/*"]', f'tracks = ["{table.tree}/playlists/calm/*"]')
    (folder / "calm.toml").write_text(text)
    return folder, text


@fault(
    "mood-edited-well",
    "mood file edited well while running",
    says="",
    needs=("tmux",),
)
def edited_well(table: Table) -> None:
    folder, text = _moods(table)
    table.listen("--playlists", str(folder), screen=True)
    table.settle()
    (folder / "calm.toml").write_text(text.replace('"Calm"', '"Peace"'))
    taken_up = table.wait(12, until=lambda: table.shown(r"\bPeace\b"))
    table.expect(taken_up, "the edit was not taken up")
    table.finish()


@fault(
    "mood-edited-badly",
    "mood file broken while running",
    says=r"(?i)calm\.toml|mood",
    needs=("tmux",),
)
def edited_badly(table: Table) -> None:
    folder, text = _moods(table)
    table.listen("--playlists", str(folder), screen=True)
    table.settle()
    (folder / "calm.toml").write_text(text.replace('title = "Calm"', 'title = "Cal'))
    table.wait(12, until=table.told)
    table.terminal.press(BATTLE)
    table.wait(4)
    table.terminal.press(CALM)
    table.wait(5)
    table.finish()


@fault("pipe-at-start", "a named pipe among the tracks at the start", says=UNREADABLE)
def pipe_at_start(table: Table) -> None:
    music = table.music("calm", tracks=1)
    os.mkfifo(music / "calm" / "pipe.ogg")
    _starts(table, music)


def _starts(table: Table, music: Path) -> None:
    began = time.monotonic()
    table.listen("--music", str(music))
    table.settle(within_s=20.0)
    if table.estimates():
        table.seen.notes.append(f"hears talk after {table.estimates()[0] - began:.1f} s")
    table.seen.fault_from = began
    table.seen.excused.append((began, time.monotonic()))
    table.wait(3)
    table.finish()


@fault(
    "pipe-while-running",
    "all tracks of the next mood become named pipes",
    says=UNREADABLE,
    needs=("tmux",),
)
def pipe_while_running(table: Table) -> None:
    music = table.music("calm", "battle")
    table.listen("--music", str(music), screen=True)
    table.settle()
    for path in (music / "battle").iterdir():
        path.unlink()
        os.mkfifo(path)
    table.terminal.press(BATTLE)
    table.wait(14)
    table.terminal.press(CALM)
    table.wait(8)
    table.finish()


@fault(
    "share-hangs-at-start",
    "music folder on a share that never answers, at the start",
    says=r"(?i)answer|hang|reach|respond|music|slow",
    needs=("root", "mount"),
)
def share_hangs_at_start(table: Table) -> None:
    music = table.music("calm", tracks=1)
    (music / "battle").symlink_to(hanging_share(table))
    _starts(table, music)


@fault(
    "share-hangs-while-running",
    "music folder on a share that stops answering",
    says=r"(?i)answer|hang|too long|reach|respond|cannot be|gone",
    needs=("tmux", "root", "mount"),
)
def share_hangs_while_running(table: Table) -> None:
    music = table.music("calm", "battle")
    table.listen("--music", str(music), screen=True)
    table.settle()
    shutil.rmtree(music / "battle")
    (music / "battle").symlink_to(hanging_share(table))
    table.terminal.press(BATTLE)
    table.wait(15)
    table.terminal.press(CALM)
    table.wait(6)
    table.finish()


@fault("new-track", "a track put into the playing mood's folder while running", needs=("tmux",))
def new_track(table: Table) -> None:
    music = table.music("calm", tracks=1)
    table.listen("--music", str(music), screen=True)
    table.settle()
    tone(music / "calm" / "late.flac", 10.0, 500.0)
    table.wait(3)
    table.terminal.press("n")
    table.wait(6)
    table.finish()

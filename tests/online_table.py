"""An evening at an online table, with everything real: a call, a virtual cable, a phone, MPD and a hook.

python tests/online_table.py --corpora FOLDER --keep FOLDER

A microphone and a call at a PulseAudio of their own, music into a third sink, a page in a Chromium of
a phone's size, MPD and a command that follow. Calm talk at the table, a fight in the call, then keys
on the phone. What the cable carried is recorded and judged; pictures of the page are kept.
"""

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "train")]

from tests.real_table import RATE_HZ, crossfade, scene, started_server  # noqa: E402

_CALM_S, _FIGHT_S = 30.0, 45.0
_PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "has_touch": True,
}
_REST_S = 12.0
"""Between two keys: a crossfade is over by then, and both pieces are heard alone."""
_MOODS = ("Calm", "Battle", "Merry")
_LATEST_S = 3.0
"""MPD and the hook have followed by then."""


def main() -> None:
    """Set the table, play the evening, judge."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--keep", type=Path, help="keep journal, recording and pictures here")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="online-") as scratch:
        folder = chosen.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        wrong = Evening(folder, Path(scratch) / "house", chosen.corpora).play()
    for sentence in wrong:
        print(f"WRONG: {sentence}")
    if wrong:
        sys.exit(1)
    print("The music followed the call and the phone, and MPD and the hook followed it.")


class Evening:
    """All parts of it, and what went wrong."""

    def __init__(self, folder: Path, house: Path, corpora: Path) -> None:
        self.folder, self.house, self.corpora = folder, house, corpora
        self.wrong: list[str] = []
        self.journal = folder / "evening.jsonl"
        self.told = folder / "told.txt"

    def play(self) -> list[str]:
        """The evening from its first sound to its end; one sentence for each thing amiss."""
        for name, mood, seconds in (("table", "calm", _CALM_S), ("call", "battle", _FIGHT_S)):
            soundfile.write(
                self.folder / f"{name}.wav", scene(self.corpora, mood, seconds), RATE_HZ
            )
        self.house.mkdir()
        with ExitStack() as stack:
            self.environment = stack.enter_context(_sound_server(self.house))
            self.mpd = stack.enter_context(_mpd(self.house))
            cable = stack.enter_context(_recorded(self.folder / "cable.wav", self.environment))
            self._listen(stack)
            self._scenes(stack)
            end_s = time.monotonic()
        self._judge(soundfile.read(cable, dtype="float32")[0].mean(axis=1))
        print(f"the whole took {time.monotonic() - end_s:.0f} s more to be judged")
        return self.wrong

    def _listen(self, stack: ExitStack) -> None:
        hook = self.house / "hook.sh"
        hook.write_text(
            "#!/bin/sh\n"
            f'echo "$DNDMOOD_CHANGED|$DNDMOOD_TITLE|$DNDMOOD_PLACE_TITLE|$DNDMOOD_WHY" >> "{self.told}"\n'
        )
        hook.chmod(0o755)
        self.told.write_text("")
        command = ["listen", "--plain", "--device", "table.monitor", "--also-hear", "Discord"]
        command += ["--player", "speaker:Music-Cable", "--remote", "0", "--guests"]
        command += ["--tell", f"mpd:{self.house}/mpd", "--tell", f"hook:{hook}"]
        self.program = subprocess.Popen(
            [sys.executable, "-m", "dndmood", *command, "--journal", str(self.journal)],
            env=self.environment, stderr=subprocess.PIPE, text=True,
            stdout=stack.enter_context((self.folder / "lines.txt").open("w")),
        )  # fmt: skip
        stack.callback(self.program.kill)
        said = ""
        while said.count("page: ") < 2:
            line = self.program.stderr.readline()
            if not line:
                sys.exit(said)
            said += line
        self.page, self.guests = re.findall(r"page: (http\S+)", said)
        rest = threading.Thread(target=self._said, args=(said,), daemon=True)
        rest.start()

    def _said(self, begin: str) -> None:
        (self.folder / "said.txt").write_text(begin + self.program.stderr.read())

    def _scenes(self, stack: ExitStack) -> None:
        from playwright.sync_api import expect, sync_playwright

        browser = stack.enter_context(sync_playwright()).chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        stack.callback(browser.close)
        page = browser.new_context(**_PHONE).new_page()
        guest = browser.new_context(**_PHONE).new_page()
        page.goto(self.page)
        guest.goto(self.guests)
        self._talk("table", "table")
        self._picture(page, "1-calm-at-the-table")
        self._talk("call", "discord")
        expect(page.locator("#mood-title")).to_have_text("Battle", timeout=20_000)
        self._picture(page, "2-a-fight-in-the-call")
        self._followed("Battle")
        for number, (button, place) in enumerate(
            (("Merry", "Tavern"), ("Calm", "Forest"), ("Battle", "Dungeon")), 3
        ):
            page.locator("#moods button", has_text=button).tap()
            expect(page.locator("#mood-title")).to_have_text(button, timeout=5_000)
            self._followed(button)
            page.locator("#places button", has_text=place).tap()
            self._hook_says(f"place|{button}|{place}|")
            time.sleep(_REST_S)
            self._picture(page, f"{number}-{button.lower()}-by-hand")
        page.locator("#silence").tap()
        time.sleep(3)
        if self._mpd_state()[0] == "play":
            self.wrong.append("MPD went on through the silence")
        self._picture(page, "6-silence")
        page.locator("#silence").tap()
        time.sleep(_REST_S)  # the piece before is heard again
        page.locator("#undo").tap()
        expect(page.locator("#mood-title")).to_have_text("Calm", timeout=5_000)
        time.sleep(_REST_S)
        expect(guest.locator("#mood-title")).to_have_text("Calm")
        self._picture(guest, "7-a-guest")
        self.program.send_signal(signal.SIGINT)
        expect(page.locator("#notice")).to_contain_text("over", timeout=10_000)
        self._picture(page, "8-over")
        if self.program.wait(20) not in (0, 128 + signal.SIGINT):
            self.wrong.append("the program ended with an error")

    def _talk(self, name: str, sink: str) -> None:
        command = ["paplay", f"--device={sink}", str(self.folder / f"{name}.wav")]
        subprocess.run(command, env=self.environment, check=True)

    def _picture(self, page: Any, name: str) -> None:
        page.screenshot(path=str(self.folder / f"{name}.png"))

    def _followed(self, title: str) -> None:
        """Whether MPD plays the playlist and the hook was told."""
        self._hook_says(f"mood|{title}|")
        end_s = time.monotonic() + _LATEST_S
        while time.monotonic() < end_s:
            if self._mpd_state() == ("play", f"{title}.wav"):
                return
            time.sleep(0.05)
        self.wrong.append(f"MPD does not play {title}: {self._mpd_state()}")

    def _hook_says(self, words: str) -> None:
        end_s = time.monotonic() + _LATEST_S
        while time.monotonic() < end_s:
            lines = self.told.read_text().splitlines()
            if any(words in line.replace("mood place", "mood") for line in lines[-2:]):
                return
            time.sleep(0.05)
        self.wrong.append(f"the hook was not told {words!r}: {lines[-1:]}")

    def _mpd_state(self) -> tuple[str, str]:
        from mpd import MPDClient

        client = MPDClient()
        client.connect(str(self.house / "mpd"))
        try:
            return client.status()["state"], client.currentsong().get("file", "")
        finally:
            client.disconnect()

    def _judge(self, cable: np.ndarray) -> None:
        facts = [json.loads(line) for line in self.journal.read_text().splitlines()]
        cues = [fact for fact in facts if fact["event"] == "cue"]
        heard = {fact.get("ear", "") for fact in facts if fact["event"] == "estimate"}
        if heard != {"", "Discord"}:
            self.wrong.append(f"heard were only {heard}")
        if any(fact["event"] == "problem" and "hook" in fact["text"] for fact in facts):
            self.wrong.append("the hook is a problem")
        for fact in facts:
            if fact["event"] == "problem":
                print(f"{fact['at_s']:7.1f} s  problem  {fact['text']}")
        offset_s = float(np.argmax(np.abs(cable) > 1e-3)) / 44_100 - cues[0]["at_s"]
        for cue in cues[1:]:
            at_s, fade_s = cue["at_s"] + offset_s, cue["fade_s"]
            if (at_s + fade_s + _REST_S / 2) * 44_100 > len(cable):
                continue
            dip_db, old = crossfade(cable, at_s, fade_s)
            print(
                f"{cue['at_s']:7.1f} s  {cue['mood']:<8} {cue['tracks'][0]}: the old piece's share "
                f"{old[:6].mean():.0%} before, {old[-6:].mean():.0%} after, lowest {dip_db:+.1f} dB"
            )
            if old[:6].mean() - old[-6:].mean() < 0.3:
                self.wrong.append(f"the cable did not carry another piece with {cue['mood']}")


@contextmanager
def _sound_server(house: Path) -> Iterator[dict[str, str]]:
    path = os.pathsep.join((str(ROOT), str(ROOT / "train")))
    environment = started_server(house) | {"HOME": str(house), "PYTHONPATH": path}
    try:
        for name, called in (("discord", "Discord"), ("music", "Music-Cable")):
            command = ["pactl", "load-module", "module-null-sink", f"sink_name={name}"]
            command += [f"sink_properties=device.description={called}"]
            subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
        yield environment
    finally:
        subprocess.run(["pactl", "exit"], env=environment, check=False, capture_output=True)


@contextmanager
def _recorded(path: Path, environment: dict[str, str]) -> Iterator[Path]:
    command = ["parecord", "--device=music.monitor", "--rate=44100", "--channels=2", str(path)]
    recorder = subprocess.Popen(command, env=environment)
    try:
        yield path
    finally:
        recorder.terminate()
        recorder.wait(10)


@contextmanager
def _mpd(house: Path) -> Iterator[None]:
    music, playlists = house / "mpd-music", house / "mpd-playlists"
    music.mkdir()
    playlists.mkdir()
    for number, name in enumerate(_MOODS):
        sine = np.sin(np.arange(44_100 * 90) / (20 + 7 * number)).astype(np.float32) * 0.1
        soundfile.write(music / f"{name}.wav", sine, 44_100)
        (playlists / f"{name}.m3u").write_text(f"{name}.wav\n")
    config = house / "mpd.conf"
    config.write_text(
        f'music_directory "{music}"\nplaylist_directory "{playlists}"\ndb_file "{house}/mpd.db"\n'
        f'log_file "{house}/mpd.log"\nbind_to_address "{house}/mpd"\n'
        'audio_output {\n type "null"\n name "none"\n}\n'
    )
    server = subprocess.Popen(
        ["mpd", "--no-daemon", str(config)], stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        time.sleep(3)  # it looks through its music
        yield
    finally:
        server.terminate()
        server.wait(10)


if __name__ == "__main__":
    main()

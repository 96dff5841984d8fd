"""Draws phone.png: the page as it stands on a phone in the middle of an evening."""

import os
import sys
from pathlib import Path

import numpy as np
from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parents[1])]

from dndmood.events import (  # noqa: E402 - after the path is known
    AudioChunk,
    Cue,
    MoodState,
    NowPlaying,
    SpeechWindow,
    Track,
)
from dndmood.mood_places import Place  # noqa: E402
from dndmood.remote import server  # noqa: E402
from dndmood.remote.links import Links  # noqa: E402

MOODS = (
    Place("calm", "Calm", "1", 0.34, 0.58),
    Place("merry", "Merry", "2", 0.62, 0.80),
    Place("suspense", "Suspense", "3", 0.50, 0.38),
    Place("battle", "Battle", "4", 0.84, 0.20),
    Place("sorrow", "Sorrow", "5", 0.32, 0.25),
    Place("triumph", "Triumph", "6", 0.85, 0.85),
)
EVENING = (("calm", 0), ("merry", 420), ("calm", 840), ("suspense", 1200), ("battle", 1620),
           ("triumph", 2040), ("calm", 2220), ("suspense", 2410))  # fmt: skip
SHARES = {"calm": 0.08, "merry": 0.02, "suspense": 0.58, "battle": 0.23, "sorrow": 0.06, "triumph": 0.03}  # fmt: skip


def main() -> None:
    """Serve that evening, and take a picture of a phone that looks at it."""
    links = Links("m" * 22)
    with server.opened(print, remote="0", links=links, moods=MOODS) as served:
        tell = served.desk.shown
        tracks = (Track("a", "The Old Watchtower", 184.0), Track("b", "Lanterns Below", 150.0))
        for mood, at_s in EVENING:
            tell(MoodState(float(at_s), mood, float(at_s), "why"))
        tell(Cue(2410.0, "suspense", tracks, 6.0, "plays"))
        tell(NowPlaying(tracks[0], 12.0, 2412.0))
        why = "three uneasy sentences in the last 20 s; six to one"
        outlook = "Battle if this goes on for 20 s"
        tell(MoodState(2530.0, "suspense", 2410.0, why, outlook=outlook, shares=SHARES))
        tell(AudioChunk(np.zeros(320, np.float32), 2531 * 16_000))
        tell(SpeechWindow(np.zeros(1, np.float32), 2531.0, 1.0))
        with sync_playwright() as started:
            browser = started.chromium.launch(
                executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
                args=["--no-sandbox", "--disable-gpu"],
            )
            size = {"width": 390, "height": 800}
            page = browser.new_page(viewport=size, device_scale_factor=1.25)
            page.goto(served.page)
            page.wait_for_selector("#strip > div:nth-child(8)")
            page.screenshot(path=HERE / "phone.png")
            browser.close()


if __name__ == "__main__":
    main()

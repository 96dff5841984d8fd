"""What the ambience costs, and whether it ever stutters.

    python -m tests.benchmarks.ambience cost [--minutes 30]
    python -m tests.benchmarks.ambience live [--minutes 10] [--keep FILE.wav]

`cost` renders an evening at 48 kHz faster than real time, with a new mood every three minutes and
another place every minute: music alone, and music with beds, single sounds and crossfades. It
counts processor time, so what else runs on the machine does not matter much. `live` plays the
same through PortAudio into a private PulseAudio, records what is heard, and counts underflows,
silence, steps that no sound makes, processor time and memory.
"""

import argparse
import os
import resource
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import soundfile

from dndmood import paths
from dndmood.ambience import by_place
from dndmood.events import Command, Cue, Duck, Track
from dndmood.library.starters import known
from dndmood.players._playback import Playback
from dndmood.scene import AmbienceCue
from tests.faults.sound_server import SoundServer

RATE_HZ = 48_000
BLOCK = 480
MOOD_S, PLACE_S = 180.0, 60.0
_KINDS = ("XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "HOME")


def evening(length_s: float, *, ambience: bool) -> list[tuple[float, object]]:
    """What a player is told, and when."""
    folder = paths.data("playlists")
    measured = known(folder)  # as in every evening
    moods = ("calm", "merry", "suspense", "battle", "sorrow", "triumph")
    events: list[tuple[float, object]] = []
    for number in range(int(length_s / MOOD_S) + 1):
        mood = moods[number % len(moods)]
        tracks = tuple(
            Track(str(p), p.stem, 0.0, gain_db=measured[str(p)].gain_db)
            for p in sorted((folder / mood).glob("*.ogg"))
        )
        events.append((number * MOOD_S, Cue(number * MOOD_S, mood, tracks, 6.0, "")))
        events.append((number * MOOD_S + 90.0, Duck(0.0, -9.0, 0.8)))
        events.append((number * MOOD_S + 120.0, Duck(0.0, 0.0, 8.0)))
    if ambience:
        for number, (place, sounds) in enumerate(
            list(by_place(folder / "ambience").items()) * 99
        ):
            at_s = 5.0 + number * PLACE_S
            if at_s >= length_s:
                break
            events.append((at_s, AmbienceCue(at_s, place, sounds.beds, sounds.shots)))
    return sorted(events, key=lambda pair: pair[0])


def memory_mb() -> float:
    fields = Path("/proc/self/status").read_text().split("VmRSS:")[1].split()
    return int(fields[0]) / 1024


def cost(minutes: float, *, ambience: bool) -> float:
    """Prints, and gives, the share of a core that an evening takes, in per cent."""
    playback, length_s = Playback(RATE_HZ, prefetch=False), minutes * 60.0
    waiting, worst_s = evening(length_s, ambience=ambience), 0.0
    begun_s, done = time.process_time(), 0
    while done < length_s * RATE_HZ:
        while waiting and waiting[0][0] * RATE_HZ <= done:
            playback(waiting.pop(0)[1])
        at_s = time.process_time()
        playback.render(BLOCK)
        worst_s = max(worst_s, time.process_time() - at_s)
        done += BLOCK
    share = 100.0 * (time.process_time() - begun_s) / length_s
    what = "music and ambience" if ambience else "music alone"
    print(
        f"{what}: {share:.2f} % of a core over {minutes:g} minutes, {memory_mb():.0f} MB",
        flush=True,
    )
    playback.close()
    return share


def live(minutes: float, keep: Path | None) -> None:
    """Ten minutes of it as they are heard."""
    with tempfile.TemporaryDirectory(prefix="ambience-") as scratch:
        folder = Path(scratch)
        (folder / "run").mkdir(mode=0o700)
        environment = os.environ | dict.fromkeys(_KINDS, str(folder / "run"))
        environment["PULSE_SERVER"] = f"unix:{folder / 'run' / 'native'}"
        os.environ.update(environment)
        how = "rate=48000 channels=2"
        server = SoundServer(folder, environment, microphone=how, speaker=how)
        server.start()
        record = folder / "heard.wav"
        recorder = subprocess.Popen(
            ["parecord", "--device=room.monitor", "--rate=48000", "--channels=2",
             "--format=s16le", "--file-format=wav", str(record)],
            env=environment,
        )  # fmt: skip
        try:
            _played(minutes * 60.0)
        finally:
            recorder.terminate()
            recorder.wait()
            server.close()
        _judged(record)
        if keep is not None:
            shutil.copy(record, keep)


def _played(length_s: float) -> None:
    from dndmood.players.speaker import opened

    said: list[object] = []
    with opened("", said.append) as player:
        waiting = evening(length_s, ambience=True)
        began, used = time.monotonic(), time.process_time()
        memory = [memory_mb()]
        while (at_s := time.monotonic() - began) < length_s:
            while waiting and waiting[0][0] <= at_s:
                player(waiting.pop(0)[1])
            memory.append(memory_mb())
            time.sleep(0.2)
        share = 100.0 * (time.process_time() - used) / length_s
        player(Command("quit"))
    after = memory[len(memory) // 3 :]
    print(
        f"live: {length_s / 60:g} minutes, {player.underflows} underflows, {share:.2f} % of a core, "
        f"memory {memory[0]:.0f} MB at the start, {after[0]:.0f} MB after a third, "
        f"{memory[-1]:.0f} MB at the end, {max(memory):.0f} MB at most; "
        f"peak of the process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"
    )
    for fact in said:
        if text := getattr(fact, "text", ""):
            print(f"said: {text}")


def _judged(record: Path) -> None:
    sound, rate_hz = soundfile.read(record, dtype="float32", always_2d=True)
    loud = np.flatnonzero(np.abs(sound).max(axis=1) > 1e-3)
    sound = sound[loud[0] : loud[-1] + 1]
    size = rate_hz // 100
    blocks = sound[: len(sound) // size * size].reshape(-1, size, 2)
    zero = (blocks == 0.0).all(axis=(1, 2))
    print(
        f"recorded {len(sound) / rate_hz:.0f} s: {int(zero.sum())} blocks of 10 ms of nothing but "
        f"zeros, largest step {np.abs(np.diff(sound, axis=0)).max():.3f}, "
        f"largest sample {np.abs(sound).max():.3f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("what", choices=("cost", "live"))
    parser.add_argument("--minutes", type=float, default=0.0)
    parser.add_argument("--keep", type=Path)
    chosen = parser.parse_args()
    if chosen.what == "live":
        live(chosen.minutes or 10.0, chosen.keep)
        return
    alone = cost(chosen.minutes or 30.0, ambience=False)
    both = cost(chosen.minutes or 30.0, ambience=True)
    print(f"the ambience: {both - alone:.2f} % of a core")


if __name__ == "__main__":
    main()

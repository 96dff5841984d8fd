"""What listening costs: time, processor and memory, printed as one table.

    python tests/benchmarks/listening.py --speech FILE [--soak SECONDS]

FILE is any recording of speech, a few minutes long. With `--soak` the program also listens and
plays for that long through a private PulseAudio server, and counts how often the speaker ran
out of sound. Absolute times depend on the machine and on what else it does.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile

from dndmood import assembly
from dndmood.clock import SystemClock
from dndmood.events import RATE_HZ, AudioChunk, EmotionEstimate, Event
from dndmood.hearing.model import open_model
from dndmood.hearing.own_music import take_out_music
from dndmood.hearing.speech import find_speech
from dndmood.hearing.webrtc import WebRtcEcho, WebRtcVoice
from dndmood.inbox import Inbox
from dndmood.pipeline import Reader, connect, play_out
from dndmood.settings import Settings
from dndmood.sources import file
from dndmood.threads import running
from tests.real_table import started_server

Row = tuple[str, str, str]


def one_window() -> Row:
    """Time of one 3 s window through the model on one thread."""
    window = np.random.default_rng(1).standard_normal(48_000).astype(np.float32) * 0.1
    with open_model(assembly.model_folder(Settings())) as model:
        times = []
        for _ in range(200):
            began = time.perf_counter()
            model(window)
            times.append(time.perf_counter() - began)
    return (
        "one 3 s window through the model",
        f"{np.median(times[20:]) * 1e3:.1f} ms",
        "<= 5 ms",
    )


def echo() -> Row:
    """Share of one core that taking our music out and finding voices behind it adds.

    A minute of noise in both, played by two speakers.
    """
    rng = np.random.default_rng(1)
    played, side = (rng.standard_normal((2, 60 * RATE_HZ)) * 0.1).astype(np.float32)
    heard = (
        played * 0.2 + side * 0.1 + (rng.standard_normal(len(played)) * 0.01).astype(np.float32)
    )
    spent = []
    for reference, canceller in ((None, None), (played, WebRtcEcho())):
        tape = (
            AudioChunk(
                heard[at : at + 480],
                at,
                None if reference is None else reference[at : at + 480],
                None if reference is None else side[at : at + 480],
            )
            for at in range(0, len(heard), 480)
        )
        began = time.process_time()
        table = take_out_music(tape)
        for _ in find_speech(table, voice=WebRtcVoice(), echo=canceller, behind=WebRtcVoice()):
            pass
        spent.append(time.process_time() - began)
    return "voices behind music", f"{(spent[1] - spent[0]) / 60.0:.1%} of a core", "<= 3 %"


def latency(speech: Path, seconds: float) -> Row:
    """From the arrival of a window's last sample to its estimate at the sinks, live pace."""
    clock, inbox, settings = SystemClock(), Inbox(), Settings()
    arrived: list[tuple[float, float]] = []
    waits: list[float] = []

    def put(event: Event) -> None:
        if isinstance(event, AudioChunk):
            arrived.append((event.end_s, clock.now_s()))
            if event.end_s > seconds:
                inbox.close()
        inbox.put(event)  # type: ignore[arg-type]

    def sink(event: Event) -> None:
        if isinstance(event, EmotionEstimate):
            came = next(at for end_s, at in arrived if end_s >= event.at_s - 1e-9)
            waits.append(clock.now_s() - came)

    moods = assembly.mood_book(settings)
    with open_model(assembly.model_folder(settings)) as model:
        model(np.zeros(48_000, np.float32))
        stages = assembly.stages(
            settings,
            voice=WebRtcVoice(),
            model=model,
            moods=moods,
            shelves=assembly.music(settings, moods),
            evidence=assembly.learned_evidence(settings, model),
        )
        tape = connect(inbox, *stages)
        with (
            running(
                lambda: play_out(tape, Reader("The benchmark", sink), report=inbox.put),
                name="listener",
                stop=inbox.close,
            ) as worker,
            file.opened(put, speech, clock=clock, ended=inbox.close),
        ):
            worker.join()
    return (
        f"end of window to estimate, live, p99 of {len(waits)}",
        f"{np.percentile(waits, 99) * 1e3:.0f} ms (median {np.median(waits) * 1e3:.0f})",
        "<= 50 ms",
    )


def rehearsal(speech: Path) -> Row:
    """Speed of `rehearse` against the recording's length."""
    length_s = soundfile.info(str(speech)).duration
    command = [sys.executable, "-m", "dndmood", "rehearse", str(speech)]
    seconds = _processor_s(command)
    return "rehearse", f"{length_s / seconds:.0f} x real time", ">= 200 x"


def help_page() -> Row:
    """Wall time of `dndmood --help`."""
    times = []
    for _ in range(5):
        began = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "dndmood", "--help"], capture_output=True, check=True
        )
        times.append(time.perf_counter() - began)
    return "dndmood --help", f"{np.median(times):.2f} s", "<= 0.5 s"


def listening(speech: Path, seconds: float) -> Iterator[Row]:
    """Processor and memory of the whole process while it listens and plays, and underflows."""
    with tempfile.TemporaryDirectory() as scratch:
        environment = started_server(Path(scratch))
        try:
            table = subprocess.Popen(
                ["sh", "-c", f"while :; do paplay --device=table '{speech}'; done"],
                env=environment,
            )
            shares, memory = _listen(environment, seconds)
            table.terminate()
        finally:
            subprocess.run(["pactl", "exit"], env=environment, check=False, capture_output=True)
        log = (Path(scratch) / "state" / "dndmood" / "dndmood.log").read_text()
    yield (
        f"processor over {seconds:.0f} s, listening and playing",
        f"{shares:.1%} of a core",
        "<= 6 %",
    )
    yield "resident memory, the same", f"{memory:.0f} MB", "<= 180 MB"
    yield f"output underflows in {seconds / 60:.0f} min", _underflows(log), "0"


def _listen(environment: dict[str, str], seconds: float) -> tuple[float, float]:
    """Share of one core after the first ten seconds, and peak memory in MB."""
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "dndmood",
            "listen",
            "--plain",
            "--player",
            "speaker",
            "--for",
            str(seconds + 12),
        ],
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    time.sleep(10)
    before, began = _ticks(process.pid), time.perf_counter()
    time.sleep(seconds)
    share = (
        (_ticks(process.pid) - before)
        / os.sysconf("SC_CLK_TCK")
        / (time.perf_counter() - began)
    )
    status = Path(f"/proc/{process.pid}/status").read_text()
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    process.wait(timeout=60)
    return share, int(peak.split()[1]) / 1024


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def _underflows(log: str) -> str:
    return str(
        sum(int(line.split()[-2]) for line in log.splitlines() if "ran out of sound" in line)
    )


def _processor_s(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="What listening costs.")
    parser.add_argument("--speech", type=Path, required=True)
    parser.add_argument("--soak", type=float, default=0.0, help="seconds to listen and play")
    chosen = parser.parse_args()
    rows = [
        one_window(),
        echo(),
        latency(chosen.speech, 60.0),
        rehearsal(chosen.speech),
        help_page(),
    ]
    if chosen.soak:
        rows += list(listening(chosen.speech.resolve(), chosen.soak))
    for what, figure, target in rows:
        print(f"{what:<52}{figure:<28}{target}")


if __name__ == "__main__":
    main()

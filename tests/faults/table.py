"""The parts of one row: a game table with a microphone, a speaker, talk, and the program."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self

from tests.faults.evidence import Evidence
from tests.faults.files import NotHereError, tone, unmounted
from tests.faults.journal import Journal
from tests.faults.program import OnTerminal, Plain, last_word
from tests.faults.recorder import Recorder
from tests.faults.sound_server import SoundServer

Program = Plain | OnTerminal
MOODS = ("calm", "merry", "suspense", "battle", "sorrow", "triumph")
"""As they lie on the keys 1 to 6."""
USUAL = re.compile(
    r"The starter tracks play|Your own music plays|Listening to |The evening's numbers are in|"
    r"Music goes to (?!\w+ because)| *[\d:]+  (?!problem)|"
    r"\s|Traceback|---|During handling|The above exception|\w+Error\b|Call stack|Message:|Arguments:|\x1b"
)
"""What every evening says, fault or not, and what is no sentence."""


class Table:
    """Everything that one row needs, in a folder of its own; closes it all as a context."""

    new_sink_s = 6.5
    """Until a judgement, where a null sink was made anew: it holds its first sound back for two
    seconds, and a judgement needs three of talk."""

    def __init__(self, folder: Path, tree: Path, speech: Path) -> None:
        self.folder, self.tree, self.speech = folder, tree, speech
        shutil.rmtree(folder, ignore_errors=True)  # what `--keep` kept of a run before
        self.state, self.config, self.home = (folder / n for n in ("state", "config", "home"))
        for name in ("run", "config", "state", "cache", "home"):
            (folder / name).mkdir(mode=0o700, parents=True)
        # Not every ALSA asks PulseAudio by default.
        (self.home / ".asoundrc").write_text(
            "pcm.!default { type pulse }\nctl.!default { type pulse }\n"
        )
        self.environment = {
            key: value for key, value in os.environ.items() if key not in ("TMUX", "COLUMNS")
        } | {
            "HOME": str(self.home),
            "XDG_RUNTIME_DIR": str(folder / "run"),
            "XDG_CONFIG_HOME": str(self.config),
            "XDG_STATE_HOME": str(self.state),
            "XDG_CACHE_HOME": str(folder / "cache"),
            "PULSE_SERVER": f"unix:{folder}/run/native",
            "PULSE_COOKIE": str(folder / "run" / "cookie"),
            "PYTHONPATH": f"{tree}{os.pathsep}{tree / 'train'}",
        }
        self.seen = Evidence()
        self.programs: list[Program] = []
        self.screens: list[str] = []
        self.journal = Journal(self.state)
        self.server: SoundServer | None = None
        self._recorder: Recorder | None = None
        self._talk: subprocess.Popen[bytes] | None = None
        self._closing: list[Callable[[], None]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.journal.close()
        self.hush()
        for program in self.programs:
            with contextlib.suppress(Exception):
                program.close()
        if self._recorder:
            self._recorder.close()
        for close in reversed(self._closing):
            with contextlib.suppress(Exception):
                close()
        if self.server:
            self.server.close()

    # The parts

    def closing(self, close: Callable[[], None]) -> None:
        """Have `close` called at the end of the row, whatever happens."""
        self._closing.append(close)

    def sound(
        self,
        *,
        microphone: str = "rate=48000",
        speaker: str = "rate=48000",
        speech: Path | None = None,
    ) -> None:
        """Start the sound server, the recorder of the room and the talk at the table."""
        self.server = SoundServer(
            self.folder, self.environment, microphone=microphone, speaker=speaker
        )
        self.server.start()
        self._recorder = Recorder(self.environment)
        self._recorder.start()
        self.speech = speech or self.speech
        self.talk()

    @property
    def sounds(self) -> SoundServer:
        assert self.server is not None
        return self.server

    @property
    def room(self) -> Recorder:
        assert self._recorder is not None
        return self._recorder

    @property
    def program(self) -> Program:
        return self.programs[0]

    @property
    def terminal(self) -> OnTerminal:
        assert isinstance(self.program, OnTerminal)
        return self.program

    def talk(self) -> None:
        """Let people talk at the microphone, over and over."""
        again = 'while :; do paplay --device=table "$0" 2>/dev/null || sleep 0.2; done'
        self._talk = subprocess.Popen(
            ["sh", "-c", again, str(self.speech)],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def talk_signal(self, number: int) -> None:
        """Send a signal to who talks."""
        if self._talk:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._talk.pid, number)

    def hush(self) -> None:
        """Let nobody talk any more."""
        if self._talk:
            self.talk_signal(signal.SIGKILL)
            self._talk.wait()
            self._talk = None

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "dndmood", *words]

    def listen(
        self,
        *options: str,
        screen: bool = False,
        player: str = "speaker",
        size: tuple[int, int] = (100, 30),
        before: tuple[str, ...] = (),
        **environment: str,
    ) -> Program:
        """Start `dndmood listen`; `before` stands in front of it on the command line."""
        if self.server is None:
            self.sound()
        chosen = ("--player", player) if player else ()
        plain = () if screen else ("--plain",)
        command = [*before, *self.command("listen", *plain, *chosen, *options)]
        around = self.environment | environment
        program: Program = (
            OnTerminal(command, around, self.folder, size=size)
            if screen
            else Plain(command, around, self.folder)
        )
        self.programs.append(program)
        if len(self.programs) == 1:
            self.journal.start()
        return program

    def run(self, *words: str, timeout: float = 30, **more: Any) -> tuple[int | None, str]:
        """Run a command of the program to its end: exit code (None: it hung) and all it wrote."""
        more = {"stdin": subprocess.DEVNULL, "env": self.environment, "text": True} | more
        more.setdefault("stdout", subprocess.PIPE)
        more.setdefault("stderr", subprocess.PIPE)
        process = subprocess.Popen(
            self.command(*words), cwd=self.folder, start_new_session=True, **more
        )
        try:
            out, err = process.communicate(timeout=timeout)
            code: int | None = process.returncode
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            code = None
        return code, f"{out or ''}{err or ''}"

    def music(self, *moods: str, tracks: int = 2, seconds: float = 20.0) -> Path:
        """A music folder of our own whose tracks are mostly a tone of MARK_HZ."""
        folder = self.folder / "music"
        for mood in moods:
            (folder / mood).mkdir(parents=True, exist_ok=True)
            for number in range(tracks):
                tone(folder / mood / f"{mood}-{number + 1}.flac", seconds, 200 + 40 * number)
        return folder

    def mounted(self, where: Path, size: str) -> None:
        """Mount a small disk in memory at `where`."""
        where.mkdir(parents=True, exist_ok=True)
        if subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "tmpfs", str(where)],
            check=False,
            capture_output=True,
        ).returncode:
            raise NotHereError("this machine lets nobody mount a disk in memory")
        self.closing(lambda: unmounted(where))

    # What happens

    def settle(self, *, music: bool = True, estimates: int = 2, within_s: float = 30.0) -> None:
        """Wait until the program hears talk and plays; then the fault may come."""
        end = time.monotonic() + within_s
        while time.monotonic() < end:
            playing = not music or sum(b.music for b in self.room.blocks[-60:]) > 40
            if playing and len(self.estimates()) >= estimates:
                break
            if not self.program.alive():
                raise RuntimeError(f"it ended at the start: {last_word(self.program.text())}")
            time.sleep(0.1)
        else:
            self.seen.wrong.append(f"it was not under way after {within_s:.0f} s")
        self.seen.kept = self.journal.bytes()
        self.seen.fault_from = time.monotonic()

    def wait(self, seconds: float, until: Callable[[], Any] | None = None) -> bool:
        """Let time pass, looking at the screen; ends early, with True, when `until()` is true."""
        end = time.monotonic() + seconds
        next_look = 0.0
        while (now := time.monotonic()) < end:
            if until is not None and until():
                return True
            if self.programs and self.program.screened and now > next_look:
                self.screens.append(self.program.screen())
                next_look = now + 1.0
            time.sleep(min(0.1, max(end - now, 0.0)))
        return bool(until and until())

    @contextlib.contextmanager
    def no_speaker(self) -> Iterator[None]:
        """A stretch without a speaker; music must come back soon after it."""
        began = time.monotonic()
        yield
        back = time.monotonic()
        self.returned("music")
        # The verdict sets the end to the first music.
        self.seen.excused.append((began, back))

    @contextlib.contextmanager
    def standstill(self) -> Iterator[None]:
        """A stretch in which the program itself stands still."""
        began = time.monotonic()
        yield
        self.seen.excused.append((began, time.monotonic() + 0.1))

    def returned(self, *what: str) -> None:
        """From now on `what` ("music", "estimate", "own music") is possible again."""
        self.seen.returns += [(one, time.monotonic()) for one in what]

    def expect(self, true: Any, wrong: str) -> None:
        """Note `wrong` unless `true`."""
        if not true:
            self.seen.wrong.append(wrong)

    def finish(self, *, within_s: float = 10.0) -> None:
        """The end of the fault: it must still run, and end when told to."""
        self.seen.fault_to = time.monotonic()
        self.seen.alive = self.program.alive()
        if self.seen.alive:
            self.program.quit()
        self.ended(within_s=within_s)

    def ended(self, *codes: int, within_s: float = 10.0) -> None:
        """The program must end by itself, with one of `codes`."""
        self.seen.fault_to = self.seen.fault_to or time.monotonic()
        self.seen.codes = codes or self.program.good_codes
        self.seen.code = self.program.ended(within_s)
        if self.program.alive():
            self.seen.wrong.append(f"it did not end within {within_s:.0f} s")
        self.seen.given_back = self.program.given_back()

    # What was seen

    @property
    def facts(self) -> list[tuple[float, dict[str, Any]]]:
        """What stands in the journal, and when it came there."""
        return list(self.journal.facts)

    def estimates(self) -> list[float]:
        """When estimates came."""
        if isinstance(self.program, Plain):
            return [at for at, text in list(self.program.out.lines) if "  estimate  " in text]
        return [at for at, fact in self.facts if fact.get("event") == "estimate"]

    def told(self) -> list[str]:
        """Sentences about problems since the fault came, in order, each once."""
        texts = list(self.seen.said)
        since = self.seen.fault_from
        for at, fact in self.facts:
            if at >= since and fact.get("event") == "problem":
                texts.append(str(fact["text"]))
        for program in self.programs:
            if isinstance(program, Plain):
                for at, text in list(program.out.lines):
                    if at >= since and (found := re.match(r" *[\d:]+  problem +(.*)", text)):
                        texts.append(found[1])
                texts += [text for at, text in list(program.err.lines) if at >= since]
        texts = [re.sub(r"^ *[\d:]+  problem +", "", text) for text in texts]
        return [text for text in dict.fromkeys(texts) if text.strip() and not USUAL.match(text)]

    def shown(self, pattern: str) -> bool:
        """Whether `pattern` was on the screen, whatever frames and line ends stand in between."""
        joined = (re.sub(r"[\s│─╭╮╰╯┌┐└┘|]+", " ", text) for text in self.screens)
        return any(re.search(pattern, text) for text in joined)

    def marked(self, since: float) -> float:
        """Share of the blocks since then in which mostly our own tracks sounded."""
        since_then = [b for b in list(self.room.blocks) if b.at >= since]
        return sum(b.marked > 0.5 for b in since_then) / max(len(since_then), 1)

    def everything(self) -> str:
        """All that programs wrote, on terminals and into logs, to look for tracebacks."""
        texts = [program.text() for program in self.programs]
        for log in self.state.rglob("*.log"):
            with contextlib.suppress(OSError):
                texts.append(log.read_text(errors="replace"))
        return "\n".join((*texts, *self.seen.said))

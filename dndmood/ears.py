"""The ears of an evening: the microphone and what is heard beside it, from device to window.

Each has a source, a voice detector, an echo canceller with its own way back from the player, and a
zero. Their windows meet on one tape (`dndmood.ear_clock` puts them on one time).
"""

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial

from dndmood.clock import Clock
from dndmood.errors import UserError
from dndmood.file_names import at_home
from dndmood.going_without import going_without
from dndmood.hearing.own_music import take_out_music
from dndmood.hearing.speech import Echo, VoiceDetector, find_speech
from dndmood.hearing.webrtc import WebRtcEcho, WebRtcVoice
from dndmood.inbox import Inbox
from dndmood.mood import Scale, rescale_ear
from dndmood.pipeline import Spare, Stage, with_spares
from dndmood.players import Player, Tapped
from dndmood.reference_tap import ReferenceTap
from dndmood.settings import Settings
from dndmood.sound_devices import Device, devices, pick_loopback
from dndmood.sources import file, microphone

_ALL_DB = -120.0
"""No sound of a further ear is too soft: `least_db` is about the room of the microphone."""
_LESS = 1 / 3
"""So much a window counts of those ears that shall say less (`--ears`); set by hand."""
_AGAIN, _LEFT_OUT = "begins again", "is left out"


@dataclass(frozen=True, slots=True)
class FurtherEar:
    """What belongs to one ear beside the microphone."""

    name: str
    voice: VoiceDetector
    scale: Scale
    """Its own zero: that of another microphone, or of a call, is another one."""
    echo: Echo | None = None
    track: bool = False
    """Whether it is one speaker's track of a recording, and there is no microphone beside it."""


def further_ear(
    name: str,
    settings: Settings,
    scale: Scale,
    *,
    echo: Echo | None = None,
    track: bool = False,
) -> FurtherEar:
    """One more ear with a voice detector of its own."""
    return FurtherEar(name, WebRtcVoice(settings.strictness), scale, echo, track)


def weights(settings: Settings, ears: Sequence[FurtherEar]) -> Mapping[str, float]:
    """How much a window of each ear counts as evidence, by `settings.ears`."""
    mine = _LESS if settings.ears == "theirs" else 1.0
    theirs = _LESS if settings.ears == "mine" else 1.0
    return {"": mine} | {ear.name: theirs for ear in ears}


def reported(ears: Sequence[FurtherEar]) -> str:
    """The ear whose silence is reported: the microphone, or where there is none the first track."""
    return next((ear.name for ear in ears if ear.track), "")


def speech_of_microphone(settings: Settings, voice: VoiceDetector, echo: Echo | None) -> Stage:
    """The stage that finds speech in what the microphone hears."""
    return _speech(settings, voice, echo, name="", least_db=settings.least_db)


def speech_of(ear: FurtherEar, settings: Settings) -> Stage:
    """The stage that finds speech in what a further ear hears."""
    return _speech(settings, ear.voice, ear.echo, name=ear.name, least_db=_ALL_DB)


def without_music(name: str = "") -> Stage:
    """The stage that takes our own music out of what an ear hears; "" is the microphone."""
    heard = partial(take_out_music, ear=name)
    return with_spares(
        _of("The part that takes our music out of the sound", name),
        heard,
        Spare(_AGAIN, heard),
        Spare(_LEFT_OUT, iter),
    )


def on_own_scale(ear: FurtherEar) -> Stage:
    """The stage that puts what a further ear heard on its own scale."""
    return with_spares(
        f"The part that puts the voices of {ear.name} on their own scale",
        partial(rescale_ear, scale=ear.scale, ear=ear.name),
        Spare(_LEFT_OUT, iter),
    )


def _speech(
    settings: Settings,
    voice: VoiceDetector,
    echo: Echo | None,
    *,
    name: str,
    least_db: float,
) -> Stage:
    """Finds speech; should it fail twice, the echo canceller is no longer asked."""
    plain = partial(
        find_speech,
        voice=voice,
        window_s=settings.window_s,
        hop_s=settings.hop_s,
        least_db=least_db,
        ear=name,
    )
    behind = WebRtcVoice(settings.strictness) if echo else None
    whole = partial(plain, echo=echo, behind=behind)
    deaf = Spare("no longer takes out what plays here", plain) if echo else Spare(_AGAIN, plain)
    part = _of("The part that finds speech", name)
    return with_spares(part, whole, Spare(_AGAIN, whole), deaf, Spare(_AGAIN, plain))


def _of(part: str, ear: str) -> str:
    return f"{part} of {ear}" if ear else part


@contextmanager
def opened(
    inbox: Inbox,
    settings: Settings,
    *,
    clock: Clock,
    say: Callable[[str], None],
    taps: Sequence[ReferenceTap | None],
    missing_ok: bool = False,
) -> Iterator[None]:
    """Put what every ear hears into `inbox` for as long as the block lasts.

    `taps` are what `loops` gave. `say` gets which devices they are. Raises `UserError` when one of
    them cannot be opened to begin with; with `missing_ok` a further ear that is not there is left
    out, and a problem says so.
    """
    with ExitStack() as stack:
        if settings.input:
            path = at_home(settings.input)
            stack.enter_context(file.opened(inbox.put, path, clock=clock, ended=inbox.close))
            if settings.also_hear:
                say("Only the file is heard: --also-hear goes with a microphone.")
        else:
            _open_devices(stack, inbox, settings, clock, say, taps, typed=not missing_ok)
        yield


def _open_devices(
    stack: ExitStack,
    inbox: Inbox,
    settings: Settings,
    clock: Clock,
    say: Callable[[str], None],
    taps: Sequence[ReferenceTap | None],
    *,
    typed: bool,
) -> None:
    device = stack.enter_context(
        microphone.opened(
            inbox.put,
            device=settings.device,
            clock=clock,
            ended=inbox.close,
            tap=taps[0],
            delay_s=settings.echo_delay_ms / 1000.0,
        )
    )
    say(f"Listening to {device.name} at {device.rate_hz} Hz.")
    heard = {device.key}
    for name, tap in zip(settings.also_hear, taps[1:], strict=True):
        with going_without(inbox.put, name, typed=typed):
            chosen = _further(name, heard)
            heard.add(chosen.key)
            stack.enter_context(
                microphone.opened(
                    inbox.put,
                    device=chosen.key,
                    clock=clock,
                    ended=lambda: None,
                    tap=tap,
                    ear=name,
                )
            )
            say(f"Listening to {chosen.name} too, at {chosen.rate_hz} Hz.")


def _further(name: str, heard: Container[str]) -> Device:
    """The input called `name`, which is none of those that are `heard` already."""
    if not name.strip():
        raise UserError("--also-hear needs a name: 'dndmood devices' lists what can be heard.")
    chosen = pick_loopback(devices(), name)
    if chosen.key in heard:
        raise UserError(
            f"{chosen.name} would be heard twice: name another one with --also-hear; 'dndmood "
            "devices' lists what can be heard."
        )
    return chosen


def loops(
    player: Player | None, say: Callable[[str], None], ears: int
) -> tuple[Sequence[Echo | None], Sequence[ReferenceTap | None]]:
    """The way from the player back to each ear; nothing where the player or the library lacks it."""
    nothing = [None] * ears
    if not isinstance(player, Tapped):
        return nothing, nothing
    try:
        echoes = [WebRtcEcho() for _ in range(ears)]
    except UserError as error:
        say(str(error))
        return nothing, nothing
    tap = ReferenceTap()
    taps = [tap, *(tap.split() for _ in range(ears - 1))]
    player.pour_into(tap)
    return echoes, taps

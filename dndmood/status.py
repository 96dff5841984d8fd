"""The first minute: what is set up, and the one command to type."""

from collections.abc import Callable, Iterator

from dndmood.assembly import model_said, mood_book, music, wanted_speaker
from dndmood.errors import UserError
from dndmood.settings import Settings
from dndmood.sound_devices import devices, pick

_FOLLOWS = "at your table and lets the music follow."
_HEARS = {
    (True, False): f"It hears the tone of voice {_FOLLOWS}",
    (True, True): f"It hears the tone of voice and the words {_FOLLOWS}",
    (False, True): f"It hears the words {_FOLLOWS}",
    (False, False): "Neither tone of voice nor words move the mood here: only the keys do.",
}
"""By whether tone and whether words are listened to."""


def greeting(settings: Settings) -> Iterator[str]:
    """What is set up and what to type next, line by line."""
    yield f"Welcome to dndmood. {_HEARS[settings.tone, settings.words]}"
    yield ""
    parts: dict[str, Callable[[], str]] = {
        "microphone": lambda: pick(devices(), settings.device).name,
        "speaker": lambda: pick(devices(), wanted_speaker(settings), "output").name,
        "music": lambda: _stock(settings),
        "model": lambda: model_said(settings),
    }
    complete = True
    for what, ready in parts.items():
        try:
            yield f"  {what:<11} {ready()}"
        except UserError as error:
            complete = False
            yield f"  {what:<11} not yet: {error}"
    yield ""
    if not complete:
        yield "Type 'dndmood doctor' to see all that is amiss, and how to mend it."
    yield "Type 'dndmood listen' to begin, or 'dndmood demo' to hear it without a microphone."


def _stock(settings: Settings) -> str:
    return music(settings, mood_book(settings)).counted()

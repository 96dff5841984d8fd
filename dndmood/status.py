"""The first minute: what is set up, and the one command to type."""

from collections.abc import Callable, Iterator

from dndmood.assembly import model_said, mood_book, music, wanted_speaker
from dndmood.errors import UserError
from dndmood.settings import Settings
from dndmood.sound_devices import devices, pick


def greeting(settings: Settings) -> Iterator[str]:
    """What is set up and what to type next, line by line."""
    yield "Welcome to dndmood. It hears the tone of voice at your table and lets the music follow."
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

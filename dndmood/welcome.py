"""The first minute: what is set up, and the one command to type."""

from collections.abc import Callable, Iterator

from dndmood.errors import UserError
from dndmood.house import model_folder, mood_book, music
from dndmood.settings import Settings
from dndmood.sources import microphone


def greeting(settings: Settings) -> Iterator[str]:
    """What is set up and what to type next, line by line."""
    yield "Welcome to dndmood. It hears the tone of voice at your table and lets the music follow."
    yield ""
    parts: dict[str, Callable[[], str]] = {
        "microphone": lambda: microphone.pick(microphone.devices(), settings.device).name,
        "speaker": _speaker,
        "music": lambda: _stock(settings),
        "model": lambda: model_folder(settings).name,
    }
    for what, ready in parts.items():
        try:
            yield f"  {what:<11} {ready()}"
        except UserError as error:
            yield f"  {what:<11} not yet: {error}"
    yield ""
    yield "Type 'dndmood listen' to begin, or 'dndmood demo' to hear it without a microphone."


def _speaker() -> str:
    every = [device for device in microphone.devices() if device.outputs]
    if not every:
        raise UserError("there is no speaker; plug one in, or use --player wav:evening.wav.")
    return next((device for device in every if device.default_output), every[0]).name


def _stock(settings: Settings) -> str:
    shelves = music(settings, mood_book(settings))
    count = sum(len(shelf.tracks) for shelf in shelves.values())
    whose = "your own and starter tracks" if settings.music else "starter tracks"
    empty = [shelf.title.lower() for shelf in shelves.values() if not shelf.tracks]
    return f"{count} {whose} for {len(shelves)} moods" + (
        f"; nothing yet for {', '.join(empty)}" if empty else ""
    )

"""Listening to words: whether the recogniser that the settings ask for is there and opens."""

from collections.abc import Iterator

from dndmood.doctor._finding import Finding, ok, wrong
from dndmood.errors import UserError
from dndmood.scene_assembly import damaged, recogniser_folder
from dndmood.settings import Settings
from dndmood.words import engines, grammar

ORDER = 112
STUCK = "Look whether the recogniser of words lies on a disk that is still there."


def check(settings: Settings) -> Iterator[Finding]:
    """The recogniser, where words are listened to."""
    if not settings.words:
        alone = "only the tone of voice is" if settings.tone else "nor is the tone of voice"
        yield ok(f"Words are not listened to, as nobody asked for it: {alone}.")
        return
    try:
        if settings.language:
            grammar.read(settings.language)  # it must have phrases
        folder = recogniser_folder(settings)
        engine, _ = engines.engine_for(folder)
        if problem := damaged(folder):
            yield wrong(problem)
        with engines.opened(folder, settings.language):
            yield ok(f"Words are listened to: the recogniser, for {engine}, opens.")
    except UserError as error:
        yield wrong(str(error))

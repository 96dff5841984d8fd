"""What an echo canceller is to this house, and the one that does nothing. Pure."""

from typing import Protocol

from dndmood.events import Samples


class Echo(Protocol):
    """Takes our own music out of what the microphone hears.

    What is left says whether anybody speaks, and nothing else: cancelling harms the voice.
    """

    def __call__(self, frame: Samples, reference: Samples) -> Samples:
        """`frame` without what came from `reference`; all of shape `(320,)` at 16 kHz."""
        ...


class NoEcho:
    """Gives every frame back as it came."""

    def __call__(self, frame: Samples, reference: Samples) -> Samples:  # noqa: ARG002
        """`frame` itself."""
        return frame

"""WebRTC's third echo canceller; edge."""

from typing import Any

from dndmood.errors import UserError
from dndmood.events import RATE_HZ, Samples

NOT_THERE = (
    "The echo canceller is missing, so music from your speakers may be taken for talk: "
    "install it with pip install pywebrtc-audio."
)


class WebRtcEcho:
    """An `Echo` that learns the room within seconds and follows clocks that drift apart.

    The sound must come at most 0.2 s after its reference, and not before it.
    """

    def __init__(self) -> None:
        """Raises `UserError` when the library is not installed."""
        try:
            from pywebrtc_audio import EchoCanceller
        except ImportError as error:
            raise UserError(NOT_THERE) from error
        self._canceller: Any = EchoCanceller(sample_rate=RATE_HZ, num_channels=1)

    def __call__(self, frame: Samples, reference: Samples) -> Samples:
        """`frame` without what came from `reference`."""
        left: Samples = self._canceller.process(frame, reference)
        return left

"""WebRTC's voice detector and its third echo canceller, frame by frame."""

from typing import Any

import numpy as np

from dndmood.errors import UserError
from dndmood.events import RATE_HZ, Samples

NOT_THERE = (
    "The echo canceller is missing, so music from your speakers may be taken for talk: "
    "install it with pip install pywebrtc-audio."
)


class WebRtcVoice:
    """A `VoiceDetector`; `strictness` 0 takes most sounds for voice, 3 the fewest."""

    def __init__(self, strictness: int = 2) -> None:
        self._strictness = strictness
        self._vad: Any
        self.reset()

    def __call__(self, frame: Samples) -> bool:
        """True when `frame`, shape `(320,)` at 16 kHz, holds voice."""
        # Two bare ufuncs: np.clip would take longer than the detector itself.
        pcm = (np.minimum(np.maximum(frame, -1.0), 1.0) * 32767.0).astype("<i2")
        return bool(self._vad.is_speech(pcm.tobytes(), RATE_HZ))

    def reset(self) -> None:
        """Start with a detector that has heard nothing."""
        import webrtcvad

        self._vad = webrtcvad.Vad(self._strictness)


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

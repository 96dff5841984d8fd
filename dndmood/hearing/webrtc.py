"""The voice decision of WebRTC, frame by frame."""

from typing import Any

import numpy as np

from dndmood.events import RATE_HZ, Samples


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

"""Tells one voice that speaks from laughter, noise and everybody at once."""

from dndmood.events import EmotionEstimate

_NO_VOICE, _VOICE = 0.4, 0.55
"""Below the first a window is no single voice; only above the second it is one again."""
_LONG_S = 4.0
"""So long without a single voice is no cough and no dice: the table is out of the game."""
_PAUSE_S = 3.0
"""A silence this long ends such a stretch."""

OUT_OF_GAME = "out of game: laughter or everybody at once; the mood is held"
NO_VOICE = "what was just heard is no single voice and does not count"


class NoVoice:
    """Follows the model's word on whether a window is a human voice at all."""

    def __init__(self) -> None:
        self._open = True
        self._since_s = self._last_s = 0.0  # first and last window of the present stretch

    @property
    def held(self) -> bool:
        """True while what is heard does not count."""
        return not self._open

    def hear(self, estimate: EmotionEstimate) -> str:
        """Why `estimate` does not count; empty when somebody speaks in it."""
        at_s, was_open = estimate.at_s, self._open
        self._open = estimate.voice >= (_NO_VOICE if was_open else _VOICE)
        if self._open:
            return ""
        if was_open or at_s - self._last_s > _PAUSE_S:
            self._since_s = at_s
        self._last_s = at_s
        return OUT_OF_GAME if at_s - self._since_s >= _LONG_S else NO_VOICE

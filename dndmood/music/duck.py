"""Stage `duck`: the music steps back under talk and comes forward again in silence."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dndmood.events import AudioChunk, Balance, Duck, EmotionEstimate, Event

_DEEPEST_DB = -12.0
"""Further back, and people would ask where the music has gone."""
_LEAST_DB = 2.0
"""A smaller step is not worth the movement."""
_BACK_S = 0.8
_FORWARD_S = 8.0
_HOLD_S = 8.0
"""Nobody may speak for so long before the music comes forward: longer than a pause for breath,
for thought, or for another player to answer."""
_SETTLE_S = 2.0
"""After a step the microphone needs this long to hear the music at its new level."""
_VOICE = 0.5
_TRUST_S = 30.0
"""So long after a window that the model took for a voice, whatever sounds like speech is talk.
Later it may be a dog or a chair, and the music waits for the model's word."""
_SURE = 2
"""Looks in a row at which somebody must speak: a cough is shorter."""
_BLEND = 0.1
"""Weight of each new look at how loud the music would be if nobody spoke."""


@dataclass(slots=True)
class _AtEar:
    """What one ear hears of the music and of talk."""

    full_db: float | None = None
    """The music there if it were not ducked."""
    looks: int = 0
    """So many in a row at which somebody spoke."""


class Fader:
    """Where the music stands, and where it should stand, for whichever ear wants it softest."""

    def __init__(self, over_db: float) -> None:
        self._over_db = over_db
        self._ears: defaultdict[str, _AtEar] = defaultdict(_AtEar)
        self._gain_db = 0.0
        self._settled_s = 0.0
        self._spoken_s = 0.0
        self._trusted_s = 0.0

    def trust(self, estimate: EmotionEstimate) -> None:
        """Remember for a while that there is a voice in the room."""
        if estimate.voice >= _VOICE:
            self._trusted_s = estimate.at_s + _TRUST_S

    def weigh(self, balance: Balance) -> Duck | None:
        """Step back if the talk does not stand far enough above the music."""
        at_s, ear = balance.at_s, self._ears[balance.ear]
        if at_s >= self._settled_s:
            now_db = balance.music_db - self._gain_db
            before_db = now_db if ear.full_db is None else ear.full_db
            ear.full_db = before_db + (now_db - before_db) * _BLEND
        ear.looks = ear.looks + 1 if balance.speaking else 0
        if ear.looks < _SURE or at_s > self._trusted_s:
            return None
        self._spoken_s = at_s
        if balance.voice_db is None or ear.full_db is None:
            return None
        wanted_db = max(balance.voice_db - self._over_db - ear.full_db, _DEEPEST_DB)
        if wanted_db > self._gain_db - _LEAST_DB:
            return None  # while people talk the music only goes back: that is not pumping
        return self._move(at_s, wanted_db, _BACK_S)

    def wait(self, at_s: float) -> Duck | None:
        """Come forward when nobody has spoken for a while."""
        if self._gain_db == 0.0 or at_s - self._spoken_s < _HOLD_S:
            return None
        return self._move(at_s, 0.0, _FORWARD_S)

    def _move(self, at_s: float, gain_db: float, over_s: float) -> Duck:
        self._gain_db, self._settled_s = gain_db, at_s + over_s + _SETTLE_S
        return Duck(at_s, gain_db, over_s)


def duck(tape: Iterable[Event], *, over_db: float = 12.0) -> Iterator[Event]:
    """Add a `Duck` whenever the music has to stand elsewhere.

    Talk shall stand `over_db` above the music at the microphone; 0 leaves the music alone. The
    music goes no further back than it must and never more than 12 dB.
    """
    fader = Fader(over_db)
    for event in tape:
        yield event
        level = None
        if over_db > 0.0:
            match event:
                case EmotionEstimate():
                    fader.trust(event)
                case Balance():
                    level = fader.weigh(event)
                case AudioChunk(end_s=at_s):
                    level = fader.wait(at_s)
        if level is not None:
            yield level


def forward(tape: Iterable[Event]) -> Iterator[Event]:
    """Stage in the place of a `duck` that has failed: the music comes forward and stays there."""
    came = False
    for event in tape:
        yield event
        if not came:
            came = True
            at_s = event.end_s if isinstance(event, AudioChunk) else event.at_s
            yield Duck(at_s, 0.0, _FORWARD_S)

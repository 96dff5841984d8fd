"""Whether this computer hears faster than people talk."""

from collections.abc import Iterator
from statistics import median

import numpy as np

from dndmood.assembly import model_folder
from dndmood.clock import Clock, SystemClock
from dndmood.doctor._finding import Finding, hint, ok, wrong
from dndmood.events import RATE_HZ, Samples
from dndmood.hearing import known_answer
from dndmood.hearing.emotion import EmotionModel
from dndmood.hearing.model import open_model
from dndmood.settings import Settings

ORDER = 100
STUCK = "Close programs that keep the processor busy."

_TIMES = 9
_TIGHT = 0.5
"""Half of the time between two windows leaves room for all else that this computer does."""


def check(settings: Settings) -> Iterator[Finding]:
    """The time that one window takes, with the windows of the settings."""
    window = np.resize(known_answer.sound(), round(settings.window_s * RATE_HZ))
    with open_model(model_folder(settings)) as model:
        took_s = window_time_s(model, window, SystemClock())
    yield judged(took_s, window_s=settings.window_s, hop_s=settings.hop_s)


def window_time_s(model: EmotionModel, window: Samples, clock: Clock) -> float:
    """Seconds that `model` takes for `window`: the median of some, the first left out."""
    model(window)
    times = []
    for _ in range(_TIMES):
        began_s = clock.now_s()
        model(window)
        times.append(clock.now_s() - began_s)
    return median(times)


def judged(took_s: float, *, window_s: float, hop_s: float) -> Finding:
    """Whether windows that take `took_s` can be judged every `hop_s`."""
    text = f"A window of {window_s:g} s is judged in {took_s * 1000.0:.1f} ms"
    # Windows come every hop: each second of sound is judged window / hop times.
    share = took_s / hop_s
    if share > 1.0:
        return wrong(
            f"{text}, and one comes every {hop_s:g} s: some are left out.",
            f"Set hop_s = {2.0 * took_s:.1f} in settings.toml, and close other programs.",
        )
    if share > _TIGHT:
        return hint(
            f"{text}, and one comes every {hop_s:g} s: that is tight.",
            f"Set hop_s = {2.0 * took_s:.1f} in settings.toml, or close other programs.",
        )
    return ok(
        f"{text}, {window_s / max(took_s, 1e-6):,.0f} times faster than it is spoken; that is "
        f"{share:.1%} of the time there is."
    )

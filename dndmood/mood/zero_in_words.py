"""What a table's zero does, in plain sentences."""

import math

import numpy as np

from dndmood.mood.feature_zero import FeatureZero
from dndmood.mood.zero import Zero

_MINUTE_AND_A_HALF_S = 90.0
_DISTANCES = (("hardly different", 0.1), ("a little different", 0.3), ("different", math.inf))
"""By the root mean square of the zero."""


def described(zero: Zero) -> list[str]:
    """What the zero does, in plain sentences."""
    sentences = []
    if abs(zero.arousal_shift) >= 0.01:  # noqa: PLR2004 - less is nothing
        more, how = ("more", "softly") if zero.arousal_shift > 0.0 else ("less", "loudly")
        sentences.append(
            f"This table speaks more {how} than most: its voices count as "
            f"{abs(zero.arousal_shift) * 100:.0f} points {more} excited."
        )
    if abs(zero.valence_shift) >= 0.01:  # noqa: PLR2004
        more, how = ("more", "gloomier") if zero.valence_shift > 0.0 else ("less", "brighter")
        sentences.append(
            f"It sounds {how} than most: its voices count as "
            f"{abs(zero.valence_shift) * 100:.0f} points {more} pleasant."
        )
    if abs(zero.gain - 1.0) >= 0.01:  # noqa: PLR2004
        how = (
            "rarely shouts: small differences"
            if zero.gain > 1.0
            else "often shouts: differences"
        )
        sentences.append(f"It {how} count {zero.gain:.2f} times.")
    for label, tilt in sorted(zero.tilts.items(), key=lambda pair: pair[1]):
        if abs(math.log(tilt)) >= 0.1:  # noqa: PLR2004 - a tenth is not worth a sentence
            sentences.append(f"A voice that sounds {label} counts {tilt:.2f} times for it.")
    return sentences or ["This table sounds like most others: nothing is moved."]


def described_features(zero: FeatureZero) -> str:
    """What the zero in the features does, as a plain sentence."""
    mean, _ = zero.believed()
    far = float(np.sqrt(np.square(mean).mean()))
    how = next(word for word, most in _DISTANCES if far <= most)
    talk = (
        f"{zero.talk_s / 60.0:.0f} minutes"
        if zero.talk_s >= _MINUTE_AND_A_HALF_S
        else f"{zero.talk_s:.0f} s"
    )
    return (
        f"This table sounds {how} from the voices that the model learned from: "
        f"{len(zero.mean)} features of its own talk, from {talk} of it, are the zero."
    )

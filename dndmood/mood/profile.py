"""What is known of one table: its zero, its room, its corrections, and how evenings move it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from dndmood.events import TableScale
from dndmood.fields import Finite
from dndmood.mood.corrections import Lesson
from dndmood.mood.feature_zero import FeatureZero, unheard
from dndmood.mood.zero import Zero

MODEL_DIGITS = 12
"""So much of a model's sha256 tells it from others."""
_ENOUGH_S = 1200.0
"""An evening with less sure talk than this leaves the profile's zero alone."""
_ENOUGH_FEATURES_S = 300.0
"""The same for a zero in the features, which knows itself how little it rests on."""
_KEEP = 0.3
"""So much of what an evening moved is kept for the next."""


@dataclass(frozen=True, slots=True)
class Room:
    """What `dndmood calibrate` measured; levels in dB below full scale."""

    room_db: Finite
    quiet_db: Finite
    normal_db: Finite
    loud_db: Finite
    when: str = ""
    """The day, for people."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One table's profile; a new one knows nothing and changes nothing."""

    name: str = ""
    """What `--profile` calls it; empty for one that is kept nowhere."""
    zero: Zero = field(default_factory=Zero)
    """Where the next evening begins."""
    calibrated: Zero | None = None
    """What the calibration said, before evenings moved it."""
    room: Room | None = None
    evenings: int = 0
    """How many evenings were long enough to learn from."""
    model: str = ""
    """Which model the zero was found with: the beginning of its sha256; empty for any."""
    lessons: tuple[Lesson, ...] = ()
    features: Mapping[str, FeatureZero] = field(default_factory=dict)
    """The zero in the features, by the beginning of the model's sha256: each model has its own."""

    def fitting(self, model: str) -> "Profile":
        """The profile for the model whose sha256 is `model`; another model's zero is not for it.

        That is about models without a head of their own: zeros in the features stay side by side.
        """
        digits = model[:MODEL_DIGITS]
        if self.model in ("", digits):
            return replace(self, model=digits)
        return replace(self, model=digits, zero=Zero(), calibrated=None, room=None)

    def calibrated_as(
        self, zero: Zero, features: FeatureZero | None, room: Room, *, model: str
    ) -> "Profile":
        """The profile after a calibration with the model whose sha256 is `model`.

        A model with a head of its own has its zero in the `features`; what was found for other
        models then stays beside it.
        """
        digits = model[:MODEL_DIGITS]
        if features is None:
            return replace(self, zero=zero, calibrated=zero, room=room, model=digits)
        return replace(self, room=room, features={**self.features, digits: features})

    def after(self, scale: TableScale) -> "Profile":
        """The profile after an evening that `scale` states the end of.

        Its zero is a part of the way to where that one ended; one with too little talk is the same.
        A zero in the features is where that one ended, as it weighs evenings by their talk.
        """
        if scale.mean:
            return self._after_features(scale)
        numbers = (scale.arousal_shift, scale.valence_shift, scale.gain, *scale.tilts.values())
        if scale.talk_s < _ENOUGH_S or not all(map(math.isfinite, numbers)):
            return self
        begun = self.zero
        tilts = {
            label: _between(begun.tilts.get(label, 1.0), tilt)
            for label, tilt in scale.tilts.items()
        }
        return replace(
            self,
            evenings=self.evenings + 1,
            zero=Zero(
                _between(begun.arousal_shift, scale.arousal_shift),
                _between(begun.valence_shift, scale.valence_shift),
                _between(begun.gain, scale.gain),
                {**begun.tilts, **tilts},
            ).bounded(),
        )

    def _after_features(self, scale: TableScale) -> "Profile":
        numbers = (*scale.mean, *scale.deviation, scale.evidence_s)
        if scale.talk_s < _ENOUGH_FEATURES_S or not all(map(math.isfinite, numbers)):
            return self
        zero = FeatureZero(scale.mean, scale.deviation, scale.evidence_s).bounded()
        return replace(
            self,
            evenings=self.evenings + (scale.talk_s >= _ENOUGH_S),
            features={**self.features, scale.model: zero},
        )


@dataclass(frozen=True, slots=True)
class Evening:
    """What one evening does to a profile that others may change meanwhile.

    However often it is kept it counts once: each time what it did before gives way to what it
    does now.
    """

    seen: Profile
    """The profile in its file, as this evening found or left it."""
    before: Profile
    """What this evening made of the profile when it was last kept; at first, what it began with."""

    def merged(self, now: Profile | None, grown: Profile) -> Profile | None:
        """The profile `now` in the file, moved by what led this evening from `before` to `grown`.

        Where the file is gone, `grown`. None when it was calibrated meanwhile: that stands, and
        the evening moves nothing.
        """
        if now is None:
            return grown
        measured = (now.calibrated, now.room)
        as_known = measured in (
            (self.seen.calibrated, self.seen.room),
            (grown.calibrated, grown.room),
        )
        if not as_known or now.model not in ("", self.seen.model, grown.model):
            return None
        untouched = (now.zero, now.model) == (self.seen.zero, self.seen.model)
        return replace(
            grown,
            lessons=now.lessons,
            evenings=now.evenings + grown.evenings - self.before.evenings,
            zero=grown.zero if untouched else _moved(now.zero, self.before.zero, grown.zero),
            features={**now.features, **self._moved_features(now, grown)},
        )

    def _moved_features(self, now: Profile, grown: Profile) -> dict[str, FeatureZero]:
        """The zeros in the features that this evening moved, as they are with that in the file."""
        moved = {}
        for model, after in grown.features.items():
            before, there = self.before.features.get(model), now.features.get(model)
            if after == before:
                continue
            alone = there is None or there == self.seen.features.get(model)
            moved[model] = (
                after
                if alone or there is None
                else there.moved(before or unheard(len(after.mean)), after)
            )
        return moved


def _between(begun: float, ended: float) -> float:
    return begun + _KEEP * (ended - begun)


def _moved(now: Zero, before: Zero, after: Zero) -> Zero:
    """`now`, as far further as `after` is from `before`."""
    labels = {*now.tilts, *before.tilts, *after.tilts}
    return Zero(
        now.arousal_shift + after.arousal_shift - before.arousal_shift,
        now.valence_shift + after.valence_shift - before.valence_shift,
        now.gain + after.gain - before.gain,
        {
            label: now.tilts.get(label, 1.0)
            + after.tilts.get(label, 1.0)
            - before.tilts.get(label, 1.0)
            for label in labels
        },
    ).bounded()

"""From many estimates to one mood.

The stage `rescale` puts estimates on the table's own scale, an `EveningScale` or, for a model with
a head of its own, a `FeatureScale`; the stage `follow` decides which `Mood` the table is in: by what
the model's estimates say (`Evidence`) and corrections taught (`Lessons`), when a change is worth its
price (`Pacing`). What is known of a table is its `Profile`. Mood files are read by `book`, the minute
before the first
evening is `calibration`, and profiles become text in `profile_text`.
"""

from dndmood.mood.book import Mood
from dndmood.mood.corrections import Lesson, Lessons
from dndmood.mood.evidence import Evidence
from dndmood.mood.feature_scale import FeatureScale
from dndmood.mood.follow import follow
from dndmood.mood.pacing import Pacing
from dndmood.mood.profile import Profile
from dndmood.mood.table_scale import EveningScale, Scale, rescale, rescale_ear
from dndmood.mood.zero import Ordinary

__all__ = [
    "EveningScale",
    "Evidence",
    "FeatureScale",
    "Lesson",
    "Lessons",
    "Mood",
    "Ordinary",
    "Pacing",
    "Profile",
    "Scale",
    "follow",
    "rescale",
    "rescale_ear",
]

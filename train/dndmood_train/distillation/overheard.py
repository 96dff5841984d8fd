"""What the teacher hears of the very window that the student hears, while a lesson lasts.

A clip's features say what its whole sentence is like; a window of it, or the same voice with
another throat, is another sound. A student that is told what the teacher hears in just what it
hears itself learns the teacher's way of hearing, and that travels to voices and languages that
neither was shown (Beyer et al., "Knowledge distillation: a good teacher is patient and
consistent", arXiv 2106.05237; train/LOG.md, "The teacher hears the window").
"""

from torch import Tensor

from dndmood_train.audio.feature_cache import Spectra
from dndmood_train.audio.window_effects import Warp, places_among
from dndmood_train.distillation.stretches import Cut, Stretches, power_of
from dndmood_train.students import FrontEnd, WhisperFrontEnd
from dndmood_train.teachers import WindowTeacher


class Overheard:
    """A teacher of windows with spectra of its own; nothing here is random."""

    def __init__(
        self,
        teacher: WindowTeacher,
        spectra: Spectra,
        student: FrontEnd,
        device: str = "cpu",
    ) -> None:
        """`spectra` are by the teacher's front end (`ears`), of the same clips as the student's.

        `student` is the student's front end, in whose bands warps are counted.
        """
        self._teacher = teacher
        self._stretches = Stretches(spectra, device)
        self._ears = ears().to(device)
        self._places = places_among(self._ears.centres, student.centres)

    def features(self, cut: Cut, warp: Warp | None, frames: int) -> Tensor:
        """The teacher's features `(n, k)` of these stretches, warped alike, without their rooms."""
        levels = self._stretches.read(cut.heard_clean())
        if warp is not None:
            levels = warp.of(levels, frames, self._places)
        return self._teacher(self._ears.levelled(power_of(levels)))


def ears() -> FrontEnd:
    """The front end that a teacher of windows hears with."""
    return WhisperFrontEnd()

"""What one training learns from: its dataset, and what its teacher overhears meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dndmood_train.corpora import Clip
from dndmood_train.distillation import dataset, left_over
from dndmood_train.distillation.dataset import Dataset
from dndmood_train.distillation.other_sounds import OtherSounds
from dndmood_train.distillation.overheard import Overheard, ears
from dndmood_train.distillation.progress import Progress
from dndmood_train.distillation.recipe import Recipe
from dndmood_train.distillation.teacher_targets import TeacherTargets
from dndmood_train.files import disk_errors_explained
from dndmood_train.students import FrontEnd, built
from dndmood_train.teachers import WindowTeacher


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Material:
    """The sounds of a training, and where their spectra lie."""

    clips: Sequence[Clip]
    taught: TeacherTargets
    around: OtherSounds
    recipe: Recipe
    out: Path
    """Of this training."""
    shared: Path | None
    """Of several trainings, which share the spectra of a front end."""
    reuse: Path | None
    """Of another training, whose spectra are read where they fit."""
    progress: Progress

    def dataset(self) -> Dataset:
        """What the student learns from, heard with its own front end."""
        own = self._student_ears()
        named = f"{left_over.SPECTRA}-{own.name}" if self.shared else left_over.SPECTRA
        return self._heard(own, (self.shared or self.out) / named)

    def overheard(self, data: Dataset, teacher: WindowTeacher, device: str) -> Overheard:
        """The sounds of `data`, which is this `dataset`, as the teacher of windows hears them."""
        own, theirs = self._student_ears(), ears()
        spectra = data.spectra
        if own.name != theirs.name:
            folder = (self.shared or self.out) / f"{left_over.SPECTRA}-{theirs.name}"
            spectra = self._heard(theirs, folder).spectra
        return Overheard(teacher, spectra, own, device)

    def _student_ears(self) -> FrontEnd:
        return built(self.recipe.lesson.shape).ears

    def _heard(self, front_end: FrontEnd, folder: Path) -> Dataset:
        around, recipe = self.around, self.recipe
        with disk_errors_explained(folder):
            sounds = (
                len(self.clips) + len(around.everyday) + len(around.noises) + around.invented
            )
            left = sounds * len(around.copies)
            prepared = self.progress.bar("listening", left)

            def heard(_copy: str, _clip: int) -> None:
                nonlocal left
                left -= 1
                prepared(1)

            data = dataset.build(
                self.clips,
                folder=folder,
                teaching=self.taught,
                around=around,
                vote_share=recipe.vote_share,
                everyone=recipe.everyone,
                leave_out=recipe.leave_out,
                # The same disturbed copies for every seed of a lesson.
                seed=0,
                front_end=front_end,
                known=left_over.spectra_in(self.reuse, front_end.name),
                progress=heard,
            )
            # What was stored by another run or before is not heard again.
            prepared(left)
            return data

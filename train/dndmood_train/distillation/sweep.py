"""Several recipes and seeds, one after the other, in the same time: who wins when.

A file says which recipes, seeds, minutes and how many windows. Every run hears as many windows on
one core, in a folder of its own below `out`; what the teacher says and the spectra are shared. At
the given minutes of learning (the processor's time, without measuring and saving) the student as it
then stands is measured on the development voices. A run whose lesson goes astray does not stop the
others, and the table says so. Killed at any point and started again, it goes on from the last
checkpoint, and time that was lost is counted once.
"""

import json
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from math import inf
from pathlib import Path
from time import process_time
from typing import Any

import torch

from dndmood.errors import UserError
from dndmood_train.corpora import Clip
from dndmood_train.distillation import dev_figures, sweep_table
from dndmood_train.distillation import recipe as recipes
from dndmood_train.distillation.dataset import Dataset
from dndmood_train.distillation.distill import distill
from dndmood_train.distillation.losses import DivergenceError
from dndmood_train.distillation.recipe import Recipe
from dndmood_train.distillation.sweep_table import MARKS, Marks, at_all, marks_in
from dndmood_train.files import make_folder, write_whole
from dndmood_train.students import Network, built, count
from dndmood_train.teachers import check_name

_KEYS = ("recipes", "seeds", "minutes", "windows", "pieces")


@dataclass(frozen=True, slots=True)
class Sweep:
    """What a sweep's file asks for."""

    recipes: tuple[Recipe, ...]
    seeds: tuple[int, ...]
    minutes: tuple[float, ...]
    """Of learning, ascending."""

    @property
    def runs(self) -> list[tuple[str, Recipe]]:
        """Every run's name and recipe, in the order in which they are taught."""
        return [
            (f"{one.name}-{seed}", _seeded(one, seed))
            for seed in self.seeds
            for one in self.recipes
        ]


class _EnoughTime(Exception):  # noqa: N818 - nothing went wrong
    """The last minute of a run is over."""


def read(path: Path) -> Sweep:
    """The sweep in a TOML file, which names recipes relative to itself; raises `UserError` for what is wrong."""
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"The sweep {path} cannot be read: {error}.") from error
    if strange := sorted(set(given) - set(_KEYS)):
        raise UserError(
            f"The sweep {path} speaks of {', '.join(strange)}, which does not exist: choices are "
            f"{', '.join(_KEYS)}."
        )
    names = _listed(given, "recipes", str, path)
    seeds = _listed(given, "seeds", int, path)
    minutes = tuple(float(one) for one in _listed(given, "minutes", (int, float), path))
    windows, pieces = given.get("windows", 0), given.get("pieces", 300)
    if type(windows) is not int or windows < 1 or type(pieces) is not int or pieces < 0:
        raise UserError(
            f"The sweep {path}: windows and pieces must be whole numbers, windows at least 1."
        )
    if not all(0 < one < inf for one in minutes) or list(minutes) != sorted(set(minutes)):
        raise UserError(f"The sweep {path}: minutes must be above 0 and ascending.")
    if min(seeds) < 0:
        raise UserError(f"The sweep {path}: seeds must be 0 or more.")
    found = tuple(_same_for_all(recipes.read(path.parent / n), windows, pieces) for n in names)
    if len({one.name for one in found}) < len(found):
        raise UserError(f"The sweep {path}: two recipes have the same name.")
    return Sweep(found, tuple(seeds), minutes)


def _listed(given: Mapping[str, Any], key: str, kind: Any, path: Path) -> list[Any]:
    value = given.get(key)
    values = value if isinstance(value, list) else []
    sound = all(isinstance(one, kind) and not isinstance(one, bool) for one in values)
    if not values or not sound or len(set(values)) < len(values):
        raise UserError(f"The sweep {path} needs {key}, a list of different values.")
    return values


def _same_for_all(recipe: Recipe, windows: int, pieces: int) -> Recipe:
    # One lesson each: an encore would be a second budget.
    return replace(
        recipe, lesson=replace(recipe.lesson, windows=windows), encore=(), pieces=pieces
    )


def _seeded(recipe: Recipe, seed: int) -> Recipe:
    return replace(recipe, lesson=replace(recipe.lesson, seed=seed))


def sweep(
    path: Path,
    *,
    out: Path,
    on_run: Callable[[str, Marks], None] = lambda _name, _marks: None,
    **training: Any,
) -> list[Marks]:
    """Teach every run of the sweep in `path`, and write `sweep.json` and `sweep.md` to `out`.

    `training` is what `distill` takes besides. `on_run` hears of every run that is done. Raises
    `UserError` for whatever a person can put right.
    """
    asked = read(path)
    for recipe in asked.recipes:
        # What can be known is said before the first recipe takes hours.
        check_name(training["teacher"], windows=recipe.overheard)
        if start := training.get("start"):
            built(recipe.lesson.shape).begin_as(start)
    make_folder(out)
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        for name, recipe in asked.runs:
            marks = _run(out / "runs" / name, recipe, asked.minutes, out, training)
            on_run(name, marks)
            sweep_table.write(out, asked.recipes, asked.seeds, asked.minutes)
    finally:
        torch.set_num_threads(before)
    return [marks_in(out / "runs" / name) or Marks(name, 0) for name, _ in asked.runs]


def _run(
    folder: Path, recipe: Recipe, minutes: Sequence[float], shared: Path, training: Any
) -> Marks:
    make_folder(folder)
    before = marks_in(folder)
    if before and before.done and at_all(before, minutes):
        return before
    watch = _Clock(folder, recipe, minutes, before)
    try:
        distill(out=folder, recipe=recipe, shared=shared, watch=watch, **training)
    except _EnoughTime:
        pass
    except DivergenceError as error:
        # It would come out so again; other runs may be well.
        watch.not_taught(str(error))
    else:
        watch.finished()
    return watch.marks


class _Clock:
    """Counts a run's learning time and measures the student at the given minutes."""

    def __init__(
        self, folder: Path, recipe: Recipe, minutes: Sequence[float], before: Marks | None
    ) -> None:
        self.marks = before or Marks(recipe.name, recipe.lesson.seed)
        self._folder = folder
        self._minutes = minutes
        self._recipe = recipe
        self._spent_s = 0.0
        self._steps = 0
        self._last_s = process_time()
        self._latest: Network | None = None

    def begun(self, data: Dataset, clips: Sequence[Clip], recipe: Recipe) -> None:
        self._data, self._clips, self._recipe = data, clips, recipe
        self.marks.not_taught = ""
        self._last_s = process_time()

    def stepped(self) -> None:
        now_s = process_time()
        self._spent_s += now_s - self._last_s
        self._steps += 1
        self._last_s = now_s

    def saved(self, step: int, average: Network) -> None:
        self._count_up_to(step)
        self.marks.weights = count(average)
        self._latest = average
        due = [m for m in self._minutes if self.marks.spent_s >= 60 * m]
        for minute in due:
            if f"{minute:g}" not in self.marks.figures:
                self._measure(f"{minute:g}", average)
        self.marks.done = len(due) == len(self._minutes)
        self._keep()
        self._last_s = process_time()
        if self.marks.done:
            raise _EnoughTime

    def _count_up_to(self, step: int) -> None:
        # The time of batches that an earlier process heard after it counted last is not known: it
        # is taken to be as long as for those since, or for all before.
        spent_s, steps = (
            (self._spent_s, self._steps)
            if self._steps
            else (self.marks.spent_s, self.marks.step)
        )
        missing = max(0, step - self.marks.step - self._steps)
        self.marks.spent_s += self._spent_s + missing * spent_s / max(1, steps)
        self.marks.step = step
        self._spent_s, self._steps = 0.0, 0

    def finished(self) -> None:
        """All windows were heard before the last minute: what came out stands for later ones."""
        from dndmood_train.distillation.kept import restored

        if not at_all(self.marks, self._minutes):
            student = restored(self._folder / "lesson" / "student.pt")
            # A lesson is not saved once more after its last batches.
            self._count_up_to(self._recipe.lesson.steps)
            self.marks.weights = self.marks.weights or count(student)
            for minute in self._minutes:
                if f"{minute:g}" not in self.marks.figures:
                    self._measure(f"{minute:g}", student)
                    self.marks.figures[f"{minute:g}"]["finished"] = True
        self.marks.done = True
        self._keep()

    def not_taught(self, why: str) -> None:
        """The lesson cannot be learnt to its end: what was measured before stands."""
        self.marks.not_taught = why
        self._keep()

    def _measure(self, minute: str, student: Network) -> None:
        measured = dev_figures.measure(
            student.eval(),
            self._data,
            self._clips,
            window_s=self._recipe.window_s,
            everyone=self._recipe.everyone,
            leave_out=self._recipe.leave_out,
        )
        self.marks.figures[minute] = {
            "step": self.marks.step,
            "spent_s": self.marks.spent_s,
            **{k: v for k, v in measured.table.items() if isinstance(v, float)},
        }

    def _keep(self) -> None:
        text = json.dumps(asdict(self.marks), indent=2)
        write_whole(self._folder / MARKS, text.encode())

"""Recipes: everything that decides what a student becomes besides the sounds, as one TOML file.

```toml
vote_share = 0.25        # any choice of `Recipe`
leave_out = ["ravdess"]  # corpora that stay strangers, to measure with
[lesson]                 # any choice of `lesson.Lesson`: windows, batch, rate, seed ...
windows = 200000
[shape]                  # of `student.Shape`
hidden = 48
[table]                  # of `augment.Table`
noise = 0.5
[zero]                   # of `zeros.ZeroOdds`
corpus = 0.4
[encore]                 # a second lesson for the same student; what is not said stays
windows = 50000
rate = 1e-3
[encore.table]
noise = 0.3
```

`[[encore]]` instead, as often as wanted, is one more lesson each, which goes on from the one
before it.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from dndmood.errors import UserError
from dndmood_train import students
from dndmood_train.audio.augment import Table
from dndmood_train.distillation.lesson import Lesson, choices_of
from dndmood_train.distillation.zeros import ZeroOdds
from dndmood_train.students import Shape

_LEAST = {"seed": 0, "pieces": 0, "features": 0, "batch": 2, "passes": 0}
"""Of whole numbers; of others it is 1. A batch of one has no deviation to normalise by."""
_SHARES = frozenset(
    {"vote_share", "teacher_share", "halfway", "forget", "drop", "average", "memory", "corpus"}
    | {"speaker", "noise", "crowd", "hiss", "tilt", "packed", "echo", "warp", "quiet"}
    | {"borrowed"}
)
"""Choices that are probabilities or parts of a whole."""
_ANY_LENGTH = frozenset({"frames"})
_NAMES = frozenset({"leave_out"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """One way to teach; the card of the model holds a copy."""

    name: str = "default"
    lesson: Lesson = field(default_factory=Lesson)
    encore: tuple[Lesson, ...] = ()
    """Further lessons for the student of the first, usually shorter, slower and quieter."""
    vote_share: float = 0.25
    """Weight of the listeners' votes against the acted emotion."""
    everyone: bool = False
    """Whether development voices are learned from as well; there are no figures then."""
    pieces: int = 300
    """How many pieces of music are invented to sound under the voices; some more to measure with."""
    window_s: float = 3.0
    """Length of window at which the program will listen."""
    leave_out: tuple[str, ...] = ()
    """Corpora that are not learned from although they are there; figures do not speak of them."""

    @property
    def lessons(self) -> dict[str, Lesson]:
        """Every lesson of the student in order, by the name of its folder."""
        return {"lesson": self.lesson} | {
            "encore" if number == 1 else f"encore-{number}": encore
            for number, encore in enumerate(self.encore, 1)
        }

    @property
    def overheard(self) -> bool:
        """Whether the teacher hears windows in any of the lessons."""
        return any(lesson.overheard for lesson in self.lessons.values())

    def choices(self) -> dict[str, Any]:
        """All choices as plain nested tables; what leaves nothing out does not speak of it."""
        # By the names of their folders, as every lesson is a table of its own on the card.
        lessons = {name: choices_of(lesson) for name, lesson in self.lessons.items()}
        choices = {"encore": None} | lessons
        rest = {key: value for key, value in asdict(self).items() if key not in choices}
        if not self.leave_out:
            del rest["leave_out"]
        return rest | choices


def read(path: Path | None) -> Recipe:
    """The recipe in a TOML file, all defaults without one; its name is the file's.

    Raises `UserError` for a file that cannot be read and for choices that do not exist.
    """
    if path is None:
        return Recipe()
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"The recipe {path} cannot be read: {error}.") from error
    shape = Shape(**_checked(given.pop("shape", {}), Shape(), path))
    if shape.network not in students.names():
        raise UserError(
            f"The recipe {path} asks for the network {shape.network!r}: choices are "
            f"{', '.join(students.names())}."
        )
    table = Table(**_checked(given.pop("table", {}), Table(), path))
    zero = ZeroOdds(**_checked(given.pop("zero", {}), ZeroOdds(), path))
    lesson = replace(
        Lesson(shape=shape, table=table, zero=zero),
        **_checked(given.pop("lesson", {}), Lesson(), path),
    )
    encore = _further(lesson, given.pop("encore", []), path)
    return Recipe(
        **{"name": path.stem, **_checked(given, Recipe(), path)}
        | {"lesson": lesson, "encore": encore}
    )


def _further(lesson: Lesson, given: object, path: Path) -> tuple[Lesson, ...]:
    """The lessons after the first: one as a table, or a list of them."""
    found: list[Lesson] = []
    for one in given if isinstance(given, list) else [given]:
        found.append(_varied(found[-1] if found else lesson, one, path))
    return tuple(found)


def _varied(lesson: Lesson, given: object, path: Path) -> Lesson:
    """`lesson`, the one before, with what an encore changes: anything but the student's shape."""
    if not isinstance(given, Mapping) or "shape" in given:
        raise UserError(f"The recipe {path}: [encore] is a table and cannot change the shape.")
    table = _checked(given.get("table", {}), lesson.table, path)
    zero = _checked(given.get("zero", {}), lesson.zero, path)
    rest = {name: value for name, value in given.items() if name not in {"table", "zero"}}
    return replace(
        lesson,
        # Going back halfway once more would end somewhere else.
        **{"halfway": 0.0, **_checked(rest, lesson, path)},
        table=replace(lesson.table, **table),
        zero=replace(lesson.zero, **zero),
    )


def _checked(given: object, defaults: Any, path: Path) -> dict[str, Any]:
    if not isinstance(given, Mapping):
        raise UserError(f"The recipe {path}: [lesson], [shape], [table] and [zero] are tables.")
    known = {f.name: getattr(defaults, f.name) for f in fields(defaults)}
    if strange := sorted(set(given) - set(known)):
        raise UserError(
            f"The recipe {path} speaks of {', '.join(strange)}, which does not exist: "
            f"choices are {', '.join(known)}."
        )
    return {name: _fitting(name, value, known[name], path) for name, value in given.items()}


def _fitting(name: str, value: Any, default: Any, path: Path) -> Any:
    if isinstance(default, tuple) and isinstance(value, list):
        _check_list(name, value, default, path)
        return tuple(value)
    if isinstance(default, float) and type(value) is int:
        value = float(value)
    if type(value) is not type(default):
        kind = "list" if isinstance(default, tuple) else type(default).__name__
        raise UserError(f"The recipe {path}: {name} must be a {kind}, not {value!r}.")
    if name in _SHARES and not 0.0 <= value <= 1.0:
        raise UserError(f"The recipe {path}: {name} must be from 0 to 1, not {value}.")
    if isinstance(value, int) and not isinstance(value, bool):
        least = _LEAST.get(name, 1)
        if value < least:
            raise UserError(f"The recipe {path}: {name} must be at least {least}, not {value}.")
    return value


def _check_list(name: str, value: list[Any], default: tuple[Any, ...], path: Path) -> None:
    if name in _NAMES:
        if not all(isinstance(one, str) for one in value):
            raise UserError(
                f"The recipe {path}: {name} must be a list of names, not {value!r}."
            )
        return
    lengths = range(1, 100) if name in _ANY_LENGTH else (len(default),)
    if isinstance(default[0], float):
        sensible = all(isinstance(one, (int, float)) for one in value)
    else:
        sensible = all(type(one) is int and one > 0 for one in value)
    if len(value) not in lengths or not sensible:
        raise UserError(
            f"The recipe {path}: {name} must be a list like {list(default)}, not {value!r}."
        )

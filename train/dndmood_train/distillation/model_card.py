"""What a model's card says of where it comes from: recipe, corpora, teacher, licences."""

from typing import Any

from dndmood_train.distillation.labels import Labels
from dndmood_train.distillation.plan import Plan
from dndmood_train.distillation.recipe import Recipe


def about(
    planned: Plan, recipe: Recipe, labels: Labels, *, figures: dict[str, Any]
) -> dict[str, Any]:
    """Tables for the card besides those that the graph itself fills."""
    teacher = labels.about
    return {
        "training": {
            "recipe": recipe.name,
            "fingerprint": planned.fingerprint,
            "corpora": [f"{share.corpus} ({share.licence})" for share in planned.shares],
            "clips": len(labels.keys),
            "hours": round(planned.hours, 2),
            "teachers": [teacher.name],
            "choices": _without_nothing(recipe.choices()),
            "teacher": {
                "source": teacher.source,
                "licence": teacher.licence,
                "digest": teacher.digest,
                "emotions": list(teacher.emotions),
                "dimensions": list(teacher.dimensions),
            },
        },
        "figures": figures,
        "licence": {
            "weights": "the strictest of those of the corpora and the teacher",
            "of": sorted({*(share.licence for share in planned.shares), teacher.licence}),
        },
    }


def _without_nothing(table: dict[str, Any]) -> dict[str, Any]:
    """TOML has no word for None."""
    return {
        key: _without_nothing(value) if isinstance(value, dict) else value
        for key, value in table.items()
        if value is not None
    }

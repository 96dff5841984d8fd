"""The fields of dataclasses: as plain values for a file, and what their annotations ask for."""

from collections.abc import Collection, Mapping
from dataclasses import fields
from typing import Annotated, Any, TypeAlias, get_args

from msgspec import Meta

Share: TypeAlias = Annotated[float, Meta(ge=0.0, le=1.0)]
"""A number from 0 to 1. NaN lies in no range, and neither a truth value nor a text is a number."""
Finite: TypeAlias = Annotated[float, Meta(gt=-1e300, lt=1e300)]
"""A number that is finite."""

_DIGITS = 4


def plain(fact: Any, *, without: Collection[str] = ()) -> dict[str, Any]:
    """The fields of the dataclass `fact` by name, numbers rounded to 4 digits, None left out.

    So are those called by one of `without`.
    """
    return {
        name: _rounded(value)
        for name in fact.__dataclass_fields__
        if name not in without and (value := getattr(fact, name)) is not None
    }


def kinds(of: type) -> dict[str, Any]:
    """Each field of the dataclass `of` with its annotation, as `msgspec.convert` takes it."""
    return {field.name: field.type for field in fields(of)}


def limits(kind: Any) -> tuple[float, float]:
    """Where a number of the annotation `kind` must lie, both ends included.

    >>> limits(Share)
    (0.0, 1.0)
    """
    meta = get_args(kind)[1]
    return meta.ge, meta.le


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, _DIGITS)
    if isinstance(value, Mapping):
        return {key: round(one, _DIGITS) for key, one in value.items()}
    return value

"""Nested tables as TOML text, for the card beside a graph."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any


def toml(tables: Mapping[str, Any]) -> str:
    """Nested mappings as TOML text; strings, numbers, booleans and lists of them.

    >>> print(toml({"input": {"rate_hz": 16000, "names": ["a", "b"]}}), end="")
    [input]
    rate_hz = 16000
    names = ["a", "b"]
    """
    lines: list[str] = []
    _table(tables, (), lines)
    return "\n".join(lines).strip() + "\n"


def _table(table: Mapping[str, Any], path: Sequence[str], lines: list[str]) -> None:
    plain = {key: value for key, value in table.items() if not isinstance(value, Mapping)}
    if path and plain:
        lines += ["", f"[{'.'.join(map(_key, path))}]"]
    lines += [f"{_key(key)} = {_value(value)}" for key, value in plain.items()]
    for key, value in table.items():
        if isinstance(value, Mapping):
            _table(value, (*path, key), lines)


def _key(name: str) -> str:
    # Corpora carry the names of their folders, which may be anything.
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _value(name)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        # TOML's strings are JSON's.
        return json.dumps(value.replace("\n", " "), ensure_ascii=False)
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_value, value))}]"
    return repr(value)

"""The secret part of the addresses: who has one may steer, or look on."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from dndmood import private_files

Role: TypeAlias = Literal["master", "guest"]
"""The game master steers; a guest only looks on."""

_BYTES = 16
"""128 bits: nobody guesses that."""
_LENGTH = 22
"""So many signs they are, in base64 without padding."""


@dataclass(frozen=True, slots=True)
class Links:
    """The tokens of this table."""

    master: str
    guest: str = ""
    """Empty when guests have not been asked for."""

    def role(self, token: str) -> Role | None:
        """Whose `token` it is; takes as long for a wrong one however much of it is right."""
        given = token.encode("utf-8", "replace")
        master = secrets.compare_digest(given, self.master.encode())
        guest = secrets.compare_digest(given, self.guest.encode())
        if master and self.master:
            return "master"
        return "guest" if guest and self.guest else None


def kept(path: Path, *, guests: bool) -> tuple[Links, str]:
    """The links that `path` keeps, so that an address that a phone has saved goes on being right.

    What is missing there is made and written, for the owner's eyes only. Second comes a sentence
    when it cannot be written, which holds for this evening only.
    """
    known = _read(path)
    new = {
        role: known.get(role) or secrets.token_urlsafe(_BYTES) for role in ("master", "guest")
    }
    links = Links(new["master"], new["guest"] if guests else "")
    if new == known:
        return links, ""
    try:
        private_files.replace(path, (json.dumps(new, indent=2) + "\n").encode())
    except OSError as error:
        advice = private_files.advice(error, path)
        return (
            links,
            f"The address of the page will be another one next time: {path} cannot be written. {advice}",
        )
    return links, ""


def _read(path: Path) -> Mapping[str, str]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {role: token for role, token in found.items() if _is_token(token)}


def _is_token(token: object) -> bool:
    safe = isinstance(token, str) and token.replace("-", "a").replace("_", "a")
    return isinstance(safe, str) and len(safe) == _LENGTH and safe.isascii() and safe.isalnum()

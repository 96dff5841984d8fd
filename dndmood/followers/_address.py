"""Where a program elsewhere is, as it is written behind the colon of `--tell name:`."""

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from dndmood.errors import UserError


@dataclass(frozen=True, slots=True)
class Address:
    """Where a program elsewhere listens."""

    host: str
    port: int
    password: str = ""
    path: str = ""
    """What follows the first `/`, without it."""
    encrypted: bool = False
    """Whether it was written with `https://`."""

    @property
    def place(self) -> str:
        """Host and port as in a sentence, without any password."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def parsed(text: str, name: str, *, port: int) -> Address:
    """`text` as `password@host:port/path`, of which every part may be missing.

    Raises `UserError` when it is no address of the follower `name`.
    """
    scheme, separator, rest = text.partition("://")
    encrypted = separator and scheme == "https"
    try:
        parts = urlsplit(f"//{rest if separator else text}")
        usual = 443 if encrypted else port
        found = parts.port
    except ValueError as error:
        raise _wrong(text, name) from error
    if separator and scheme not in ("http", "https", "ws", "wss"):
        raise _wrong(text, name)
    return Address(
        host=parts.hostname or "localhost",
        port=usual if found is None else found,
        password=unquote(parts.password or parts.username or ""),
        path=unquote(parts.path.strip("/")),
        encrypted=bool(encrypted),
    )


def _wrong(text: str, name: str) -> UserError:
    return UserError(f"{text!r} is no address: write --tell {name}:HOST or {name}:HOST:PORT.")

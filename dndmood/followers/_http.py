"""Small questions to a program that answers in JSON, with the standard library."""

import json
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPSConnection
from typing import Any

from dndmood.followers._address import Address

ANSWER_S = 3.0
_MOST_BYTES = 8_000_000


class StatusError(Exception):
    """The program answers, and not with what was asked for."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(f"it answers {status}{f', {text}' if text else ''}")
        self.status = status


def connected(address: Address, timeout_s: float = ANSWER_S) -> HTTPConnection:
    """A connection that is made with the first question."""
    make = HTTPSConnection if address.encrypted else HTTPConnection
    return make(address.host, address.port, timeout=timeout_s)


def asked(
    address: Address,
    verb: str,
    path: str,
    body: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Any:
    """What the program answers to `verb` on `path`, as JSON; None for an empty answer.

    Raises `OSError` when it cannot be reached, `StatusError` when it refuses, and `ValueError` when
    its answer is no JSON.
    """
    connection = connected(address)
    try:
        content = None if body is None else json.dumps(body).encode()
        sent = {"Content-Type": "application/json"} if content else {}
        connection.request(verb, path, content, {**sent, **(headers or {})})
        response = connection.getresponse()
        answer = response.read(_MOST_BYTES)
        if response.status // 100 != 2:  # noqa: PLR2004 - HTTP's word for success
            raise StatusError(response.status, response.reason)
        return json.loads(answer) if answer.strip() else None
    finally:
        connection.close()

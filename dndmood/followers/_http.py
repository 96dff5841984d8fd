"""Small questions to a program that answers in JSON, with the standard library."""

import json
import socket
from collections.abc import Mapping
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Event as Flag
from threading import Timer
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

    Raises `OSError` when it cannot be reached or has not answered within `ANSWER_S`, `StatusError`
    when it refuses, and `ValueError` when its answer is no JSON.
    """
    connection = connected(address)
    connection.connect()
    late = Flag()
    end = Timer(ANSWER_S, _cut, (connection.sock, late))
    end.daemon = True
    end.start()
    try:
        content = None if body is None else json.dumps(body).encode()
        sent = {"Content-Type": "application/json"} if content else {}
        connection.request(verb, path, content, {**sent, **(headers or {})})
        response = connection.getresponse()
        answer = response.read(_MOST_BYTES)
        if response.status // 100 != 2:  # noqa: PLR2004 - HTTP's word for success
            raise StatusError(response.status, response.reason)
        if late.is_set():
            raise TimeoutError
        return json.loads(answer) if answer.strip() else None
    except (OSError, HTTPException, ValueError) as error:
        if late.is_set():
            raise TimeoutError from error
        raise
    finally:
        end.cancel()
        connection.close()


def _cut(connection: socket.socket, late: Flag) -> None:
    """Whoever answers byte after byte is never late by the connection's own clock."""
    late.set()
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)

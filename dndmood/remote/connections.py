"""Connections within bounds: how many, how long they may be silent, and that dead ones are noticed."""

import asyncio
import socket
from contextlib import suppress
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

MOST = 64
"""Connections at once: pages hold one each."""
MOST_FROM_ONE = 16
"""From one address; a phone with one page needs three."""
MOST_HEADERS = 16_384
"""Bytes of a request without its body."""
_SILENT_S = 8.0
"""Whoever has not asked for anything by then is sent away."""
_DEAD_MS = 20_000
"""A phone that answers nothing for so long is gone."""


class Bounded(H11Protocol):
    """uvicorn's connection, within bounds."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take the connection, unless there are too many."""
        client = (transport.get_extra_info("peername") or ("",))[0]
        clients = [(getattr(one, "client", None) or ("",))[0] for one in self.connections]
        near = clients.count(client)
        super().connection_made(transport)
        if len(self.connections) > MOST or (near >= MOST_FROM_ONE and not _loopback(client)):
            transport.abort()
            return
        _notice_death(transport.get_extra_info("socket"))
        self.loop.call_later(_SILENT_S, self._expect_request)

    def _expect_request(self) -> None:
        if self.cycle is None and not self.transport.is_closing():
            self.transport.abort()


def _loopback(client: str) -> bool:
    """Whether `client` is this computer, where pages and tests are many."""
    return client.startswith("127.") or client == "::1"


def _notice_death(connection: Any) -> None:
    """Let the system end a connection whose other side answers nothing any more."""
    options = [(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)]
    for name, value in (("TCP_KEEPIDLE", 10), ("TCP_KEEPINTVL", 5), ("TCP_KEEPCNT", 2)):
        if hasattr(socket, name):
            options.append((socket.IPPROTO_TCP, getattr(socket, name), value))
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        options.append((socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _DEAD_MS))
    for level, option, value in options:
        with suppress(OSError, AttributeError):
            connection.setsockopt(level, option, value)

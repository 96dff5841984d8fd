"""Connections within bounds: how many, how long they may be silent, and that dead ones are noticed."""

import asyncio
import socket
from contextlib import suppress
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from dndmood.remote.address import is_loopback

MOST = 64
"""Connections at once: pages hold one each."""
MOST_FROM_ONE = 16
"""From one address; a phone with one page needs three."""
MOST_HEADERS = 16_384
"""Bytes of a request without its body."""
_SILENT_S = 8.0
"""Whoever has not asked for anything by then is sent away."""
_IDLE_S = 12.0
"""Whoever asks for nothing more after an answer, however slowly a next question comes in."""
_LOOK_S = 2.0
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
        if len(self.connections) > MOST or (near >= MOST_FROM_ONE and not is_loopback(client)):
            transport.abort()
            return
        _notice_death(transport.get_extra_info("socket"))
        self._seen, self._since_s = self.cycle, self.loop.time()
        self.loop.call_later(_LOOK_S, self._expect_request)

    def _expect_request(self) -> None:
        """End the connection where no question is asked or answered for too long.

        uvicorn ends one that is idle, but takes each byte for the beginning of a question.
        """
        if self.transport.is_closing():
            return
        now_s = self.loop.time()
        answering = self.cycle is not None and not self.cycle.response_complete
        if answering or self.cycle is not self._seen:
            self._seen, self._since_s = self.cycle, now_s
        limit_s = _SILENT_S if self.cycle is None else _IDLE_S
        if now_s - self._since_s >= limit_s:
            self.transport.abort()
        else:
            self.loop.call_later(_LOOK_S, self._expect_request)


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

"""The server: sockets that are bound before the evening begins, and a thread that serves them."""

import asyncio
import logging
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from dndmood.events import Command, Problem
from dndmood.mood_places import Place
from dndmood.remote.address import (
    KENKU_PORT,
    PAGE_PORT,
    Address,
    bound,
    host_of,
    is_loopback,
    parsed,
    seen_as,
)
from dndmood.remote.connections import MOST_HEADERS, Bounded
from dndmood.remote.desk import Desk
from dndmood.remote.kenku_routes import kenku_routes
from dndmood.remote.links import Links
from dndmood.remote.page_routes import page_routes
from dndmood.threads import running

_LAST_S = 3.0
"""So long the last pages may take to be told that it is over."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Served:
    """What is being served, as people are told."""

    desk: Desk
    """Its `shown` is a sink of the tape."""
    page: str = ""
    """The address of the game master's page; empty when none was asked for."""
    guests: str = ""
    """The address of the players' page."""
    kenku: str = ""
    """Where programs that know Kenku FM's remote find us, as HOST:PORT."""
    page_is_local: bool = True
    """True when the page was asked for on this computer alone."""
    in_network: bool = True
    """False when this computer has no address by which another one could find the page."""
    kenku_is_local: bool = True


@contextmanager
def opened(
    put: Callable[[Command | Problem], None],
    *,
    remote: str = "",
    kenku: str = "",
    links: Links,
    moods: tuple[Place, ...],
    places: Mapping[str, str] | None = None,
) -> Iterator[Served]:
    """Serve the page where `remote` says, and Kenku FM's remote API where `kenku` says.

    Both are as `address.parsed` has them; an empty one is not served. Commands go to `put`.
    Raises `UserError` when an address is none, or its port is taken.
    """
    with ExitStack() as stack:
        desk = Desk(put, moods, places or {})
        page, api = (
            _bound(stack, text, port, option)
            for text, port, option in (
                (remote, PAGE_PORT, "--remote"),
                (kenku, KENKU_PORT, "--kenku"),
            )
        )
        routes: dict[int, ASGIApp] = {}
        served: dict[str, Any] = {}
        if page:
            routes[page.port] = page_routes(desk, links)
            root = f"http://{seen_as(page.waiting)}"
            served |= {"page": f"{root}/{links.master}/", "page_is_local": page.address.local}
            served["in_network"] = not is_loopback(host_of(page.waiting))
            if links.guest:
                served["guests"] = f"{root}/{links.guest}/"
        if api:
            routes[api.port] = kenku_routes(desk)
            where = seen_as(api.waiting)
            served |= {"kenku": where, "kenku_is_local": api.address.local}
        server = _Server(desk, routes, [one.waiting for one in (page, api) if one], put)
        stack.enter_context(
            running(server.work, name="remote", stop=server.end, longest_s=_LAST_S)
        )
        yield Served(desk, **served)


@dataclass(frozen=True, slots=True)
class _Bound:
    address: Address
    waiting: socket.socket

    @property
    def port(self) -> int:
        return int(self.waiting.getsockname()[1])


def _bound(stack: ExitStack, text: str, port: int, option: str) -> _Bound | None:
    if not text:
        return None
    address = parsed(text, port=port, option=option)
    return _Bound(address, stack.enter_context(bound(address, option)))


class _Server:
    """uvicorn on a thread that ends when it is told to."""

    def __init__(
        self,
        desk: Desk,
        routes: Mapping[int, ASGIApp],
        sockets: list[socket.socket],
        report: Callable[[Problem], None],
    ) -> None:
        self._desk = desk
        self._routes = routes
        self._sockets = sockets
        self._report = report
        config = uvicorn.Config(
            self._routed,
            loop="asyncio",
            http=Bounded,
            ws="none",
            interface="asgi3",
            lifespan="off",
            log_config=None,
            log_level="critical",
            access_log=False,
            proxy_headers=False,
            server_header=False,
            date_header=False,
            timeout_keep_alive=10,
            timeout_graceful_shutdown=1,
            h11_max_incomplete_event_size=MOST_HEADERS,
        )
        self._server = uvicorn.Server(config)

    def work(self) -> None:
        """Serve until the end; what fails is reported, and the evening goes on."""
        try:
            asyncio.run(self._serve())
        except Exception as error:  # noqa: BLE001 - whatever it is, the evening goes on
            _log.exception("the server has failed")
            if not self._desk.over:
                text = (
                    f"The page for phones has failed ({error}): the evening goes on without it."
                )
                self._report(Problem(0.0, text, about="the page for phones"))

    def end(self) -> None:
        """Tell every page that it is over, and serve no more."""
        self._desk.end()
        self._server.should_exit = True

    async def _serve(self) -> None:
        self._desk.begin()
        await self._server.serve(sockets=self._sockets)

    async def _routed(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._routes[scope["server"][1]](scope, receive, send)

"""What is served to a phone: the page, its parts, what happens, and what its buttons ask for."""

import asyncio
from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from dndmood.remote import guard
from dndmood.remote.asked import NotAskable, command, wish
from dndmood.remote.desk import Desk, TooLate
from dndmood.remote.links import Links, Role

_BEAT_S = 2.0
"""A page that hears nothing for some of these knows that the connection is lost."""
_REST_S = 0.1
"""Between two messages: what happens at once is sent at once, and together."""
MOST_PAGES = 24
"""Pages at once."""
_MOST_GUESTS = 16
"""So many of them may be guests'."""
_POLICY = "; ".join(
    (
        "default-src 'none'",
        *(f"{kind}-src 'self'" for kind in ("script", "style", "img", "connect", "manifest")),
        *(f"{kind} 'none'" for kind in ("base-uri", "form-action", "frame-ancestors")),
    )
)
_KINDS = {
    "index.html": "text/html",
    "page.css": "text/css",
    "page.js": "text/javascript",
    "manifest.json": "application/manifest+json",
    "icon.svg": "image/svg+xml",
    "icon-192.png": "image/png",
    "icon-512.png": "image/png",
}
"""Every file of the page: nothing else is ever opened, whatever is asked for."""


def page_routes(desk: Desk, links: Links) -> ASGIApp:
    """The page under a token, for whoever knows one of `links`."""
    pages = _Pages(desk, links)
    routes = [
        Route("/{token}", pages.without_slash),
        Route("/{token}/", pages.part),
        Route("/{token}/events", pages.events),
        Route("/{token}/do", pages.do, methods=["POST"]),
        Route("/{token}/{name}", pages.part),
    ]
    served = Starlette(routes=routes)
    served.router.redirect_slashes = False
    return guard.Guarded(served, guard.refusal)


class _Pages:
    def __init__(self, desk: Desk, links: Links) -> None:
        self._desk = desk
        self._links = links
        self._open: list[Role] = []

    async def without_slash(self, request: Request) -> Response:
        """To the page, for who left the last sign of its address out."""
        self._role(request)
        return RedirectResponse(f"/{request.path_params['token']}/")

    async def part(self, request: Request) -> Response:
        """One file of the page."""
        self._role(request)
        name = request.path_params.get("name", "index.html")
        if name not in _KINDS:
            raise HTTPException(404)
        policy = {"content-security-policy": _POLICY}
        return Response(_file(name), 200, policy, _KINDS[name])

    async def events(self, request: Request) -> Response:
        """Server-sent events (html.spec.whatwg.org/multipage/server-sent-events.html)."""
        role = self._role(request)
        if request.method == "HEAD":
            return Response(media_type="text/event-stream")
        guests = self._open.count("guest")
        full = guests >= _MOST_GUESTS if role == "guest" else len(self._open) >= MOST_PAGES
        if full:
            raise HTTPException(503, "Too many pages are open.")
        return StreamingResponse(self._told(role), media_type="text/event-stream")

    async def do(self, request: Request) -> Response:
        """What a button asks for."""
        if self._role(request) != "master":
            raise HTTPException(403, "This link is for looking on.")
        if guard.kind_of(request.headers) != guard.JSON:
            raise HTTPException(415, "That is no button of this page.")
        desk, body = self._desk, await guard.body_of(request)
        moods = {one.name for one in desk.moods}
        try:
            wanted = wish(body, moods=moods, places=desk.known_places())
        except NotAskable as error:
            raise HTTPException(400, str(error)) from error
        try:
            if wanted.do in ("pause", "silence"):
                await desk.switch(wanted.do, on=wanted.on)
            else:
                await desk.ask(command(wanted))
        except TooLate as error:
            raise HTTPException(503, "That came too late: the evening is over.") from error
        return Response(status_code=204)

    def _role(self, request: Request) -> Role:
        role = self._links.role(request.path_params["token"])
        if role is None:  # a stranger, who need not hold the connection
            raise HTTPException(404, headers={"connection": "close"})
        return role

    async def _told(self, role: Role) -> AsyncIterator[bytes]:
        """What is new, until the evening is over."""
        desk, seen = self._desk, -1
        self._open.append(role)
        desk.forget_message()
        try:
            while not desk.over:
                if desk.version != seen:
                    seen = desk.version
                    yield b"data: %b\n\n" % desk.message(role)
                else:
                    yield b"event: beat\ndata: %.1f\n\n" % desk.evening.heard_s
                await asyncio.sleep(_REST_S)
                await desk.changed(seen, _BEAT_S)
            yield b"data: %b\n\n" % desk.message(role)
            yield b"event: over\ndata:\n\n"
        finally:
            self._open.remove(role)


@cache
def _file(name: str) -> bytes:
    return Path(__file__).with_name("page").joinpath(name).read_bytes()

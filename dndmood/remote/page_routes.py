"""What is served to a phone: the page, its parts, what happens, and what its buttons ask for."""

import asyncio
from functools import cache, partial
from pathlib import Path

from dndmood.remote import guard
from dndmood.remote.asked import NotAskable, command, wish
from dndmood.remote.desk import Desk
from dndmood.remote.guard import Receive, Refusal, Scope, Send
from dndmood.remote.links import Links, Role

_BEAT_S = 2.0
"""A page that hears nothing for some of these knows that the connection is lost."""
_REST_S = 0.1
"""Between two messages: what happens at once is sent at once, and together."""
MOST_PAGES = 24
MOST_GUESTS = 16
"""So many of them may be guests."""
_TO_GUESTS = Refusal(403, "This link is for looking on.")
_NOT_HERE = Refusal(404, "There is nothing here.")
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
).encode()
_KINDS = {
    "index.html": "text/html; charset=utf-8",
    "page.css": "text/css; charset=utf-8",
    "page.js": "text/javascript; charset=utf-8",
    "manifest.json": "application/manifest+json",
    "icon.svg": "image/svg+xml",
    "icon-192.png": "image/png",
    "icon-512.png": "image/png",
}
"""Every file of the page: nothing else is ever opened, whatever is asked for."""


class PageRoutes:
    """Serves the page under a token, to whoever knows it."""

    def __init__(self, desk: Desk, links: Links) -> None:
        self._desk = desk
        self._links = links
        self._open: dict[Role, int] = {"master": 0, "guest": 0}
        self._hostname = guard.hostname()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        asked, method = guard.headers(scope), scope["method"]
        refused = guard.refusal(asked, scope["server"], hostname=self._hostname, method=method)
        if refused:
            await guard.refuse(send, refused)
            return
        token, found, rest = scope["path"].removeprefix("/").partition("/")
        role = self._links.role(token)
        if role is None:
            await guard.refuse(send, _NOT_HERE)
        elif method == "POST" and rest == "do":
            await self._do(role, asked, receive, send)
        elif method not in ("GET", "HEAD"):
            await guard.refuse(send, Refusal(405, "This can only be looked at."))
        elif not found:
            await guard.answer(send, 307, more=[(b"location", f"/{token}/".encode())])
        elif rest == "events" and method == "GET":
            await self._events(role, receive, send)
        elif (name := rest or "index.html") in _KINDS:
            content = b"" if method == "HEAD" else _file(name)
            more = [(b"content-security-policy", _POLICY)]
            await guard.answer(send, 200, content, _KINDS[name], more)
        else:
            await guard.refuse(send, _NOT_HERE)

    async def _do(self, role: Role, asked: dict[str, str], receive: Receive, send: Send) -> None:
        """What a button asks for."""
        if role != "master":
            await guard.refuse(send, _TO_GUESTS)
            return
        if asked.get("content-type", "").partition(";")[0].strip() != "application/json":
            await guard.refuse(send, Refusal(415, "That is no button of this page."))
            return
        desk, body = self._desk, await guard.body_of(receive)
        try:
            wanted = wish(
                body, moods={one.name for one in desk.moods}, places=desk.known_places()
            )
        except NotAskable as error:
            await guard.refuse(send, Refusal(400, str(error)))
            return
        if wanted.do in ("pause", "silence"):
            await desk.switch(wanted.do, on=wanted.on)
        else:
            await desk.ask(command(wanted))
        await guard.answer(send, 204)

    async def _events(self, role: Role, receive: Receive, send: Send) -> None:
        """Server-sent events (html.spec.whatwg.org/multipage/server-sent-events.html)."""
        most = MOST_GUESTS if role == "guest" else MOST_PAGES
        if sum(self._open.values() if role == "master" else [self._open["guest"]]) >= most:
            await guard.refuse(send, Refusal(503, "Too many pages are open."))
            return
        self._open[role] += 1
        try:
            await send(guard.begin_of_stream("text/event-stream; charset=utf-8"))
            telling = asyncio.ensure_future(self._tell(role, send))
            leaving = asyncio.ensure_future(_left(receive))
            done, others = await asyncio.wait(
                (telling, leaving), return_when=asyncio.FIRST_COMPLETED
            )
            for task in others:
                task.cancel()
            await asyncio.gather(*done, *others, return_exceptions=True)
        finally:
            self._open[role] -= 1

    async def _tell(self, role: Role, send: Send) -> None:
        """Send what is new until the evening is over."""
        part, desk, seen = partial(_part, send), self._desk, -1
        while not desk.over:
            if desk.version != seen:
                seen = desk.version
                await part(b"data: " + desk.message(role))
            else:
                await part(b"event: beat\ndata: %.1f" % desk.evening.heard_s)
            await asyncio.sleep(_REST_S)
            await desk.changed(seen, _BEAT_S)
        await part(b"data: " + self._desk.message(role))
        await send({"type": "http.response.body", "body": b"event: over\ndata:\n\n"})


async def _part(send: Send, content: bytes) -> None:
    await send({"type": "http.response.body", "body": content + b"\n\n", "more_body": True})


async def _left(receive: Receive) -> None:
    """Come back when the page is gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


@cache
def _file(name: str) -> bytes:
    return Path(__file__).with_name("page").joinpath(name).read_bytes()

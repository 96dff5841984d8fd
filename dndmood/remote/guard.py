"""What every request passes before anybody looks at it: its names, its size, its origin."""

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from dndmood.remote.address import names_of

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Application: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

MOST_BODY = 4096
"""Bytes; everything that may be asked for is shorter."""
_BODY_S = 5.0
_HEADERS = (
    (b"cache-control", b"no-store"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
)
_READING = ("GET", "HEAD")

_log = logging.getLogger(__name__)


class TooMuch(Exception):  # noqa: N818 - nobody's mistake
    """A body that is longer than anything that may be asked for, or never ends."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request goes no further."""

    status: int
    text: str


def headers(scope: Scope) -> dict[str, str]:
    """Names in small letters and values; of a name that comes twice, both with a comma between."""
    found: dict[str, str] = {}
    for name, value in scope["headers"]:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        found[key] = f"{found[key]}, {text}" if key in found else text
    return found


def refusal(
    asked: Mapping[str, str], server: tuple[str, int], *, hostname: str, method: str
) -> Refusal | None:
    """Why a request with the headers `asked`, come in at our address `server`, is a stranger's.

    A browser tells with Host by which name it found us, and with Origin and Sec-Fetch-Site whose
    page asks. A page of a stranger's can set none of them (fetch.spec.whatwg.org, forbidden request-headers).
    """
    host = asked.get("host", "").lower()
    if host not in names_of(server[0], server[1], hostname):
        return Refusal(421, "Nobody of that name is served here.")
    origin = asked.get("origin")
    if origin is not None and origin.lower() != f"http://{host}":
        return Refusal(403, "Another page may not ask for that.")
    if method not in _READING and asked.get("sec-fetch-site", "same-origin") not in (
        "same-origin",
        "none",
    ):
        return Refusal(403, "Another page may not ask for that.")
    return None


async def body_of(receive: Receive) -> bytes:
    """The whole body; raises `TooMuch` for one that is too long or does not come to its end."""
    content = bytearray()
    try:
        async with asyncio.timeout(_BODY_S):
            while True:
                part = await receive()
                if part["type"] != "http.request":
                    raise TooMuch
                content += part.get("body", b"")
                if len(content) > MOST_BODY:
                    raise TooMuch
                if not part.get("more_body", False):
                    return bytes(content)
    except TimeoutError as error:
        raise TooMuch from error


async def answer(
    send: Send,
    status: int,
    content: bytes = b"",
    kind: str = "text/plain; charset=utf-8",
    more: Iterable[tuple[bytes, bytes]] = (),
) -> None:
    """Send a whole answer."""
    begin = [(b"content-type", kind.encode())] if content else []
    begin += [(b"content-length", str(len(content)).encode()), *_HEADERS, *more]
    await send({"type": "http.response.start", "status": status, "headers": begin})
    await send({"type": "http.response.body", "body": content})


async def refuse(send: Send, refused: Refusal) -> None:
    """Send a refusal, and take the connection down: whoever is refused need not hold it."""
    more = [(b"connection", b"close")]
    await answer(send, refused.status, refused.text.encode(), more=more)


def begin_of_stream(kind: str) -> Message:
    """The begin of an answer that goes on."""
    return {
        "type": "http.response.start",
        "status": 200,
        "headers": [(b"content-type", kind.encode()), *_HEADERS],
    }


def survived(application: Application) -> Application:
    """`application`, whose failures go to the log and never to whoever asked."""

    async def called(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        begun = False

        async def sent(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await application(scope, receive, sent)
        except TooMuch:
            if not begun:
                await refuse(send, Refusal(413, "That is too much."))
        except Exception:
            _log.exception("a request could not be answered")
            if not begun:
                await refuse(send, Refusal(500, "Something is wrong here; the log says what."))

    return called


def hostname() -> str:
    """What this computer calls itself."""
    return socket.gethostname()

"""What every request passes before anybody looks at it: its names, its size, its origin."""

import asyncio
import logging
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dndmood.remote.address import names_of

JSON = "application/json"
_MOST_BODY = 4096
"""Bytes; everything that may be asked for is shorter."""
_BODY_S = 5.0
_HEADERS = {
    "cache-control": "no-store",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
_READING = ("GET", "HEAD")
_OWN_PAGE = ("same-origin", "none")
"""What Sec-Fetch-Site says of a page of ours, and of an address that somebody typed or scanned."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request goes no further."""

    status: int
    text: str


Refuses: TypeAlias = Callable[[Mapping[str, str], tuple[str, int], str], Refusal | None]
"""Judges a request by its headers, by our address at which it came in, and by its method."""
_ANOTHER_PAGE = Refusal(403, "Another page may not ask for that.")


def refusal(asked: Mapping[str, str], server: tuple[str, int], method: str) -> Refusal | None:
    """Why a request is a stranger's; None when it is none.

    A browser tells with Host by which name it found us, and with Origin and Sec-Fetch-Site whose
    page asks. A stranger's page can set none of them (fetch.spec.whatwg.org, forbidden
    request-headers).
    """
    host = asked.get("host", "").lower()
    if host not in names_of(server[0], server[1], socket.gethostname()):
        return Refusal(421, "Nobody of that name is served here.")
    if asked.get("origin", f"http://{host}").lower() != f"http://{host}":
        return _ANOTHER_PAGE
    if method not in _READING and asked.get("sec-fetch-site", "none") not in _OWN_PAGE:
        return _ANOTHER_PAGE
    return None


def kind_of(asked: Mapping[str, str]) -> str:
    """The media type of a request's body, without its parameters."""
    return asked.get("content-type", "").partition(";")[0].strip().lower()


def from_file(asked: Mapping[str, str], server: tuple[str, int], method: str) -> Refusal | None:
    """As `refusal`, but that a page from a file may ask: plug-ins of a Stream Deck are such pages.

    Their Origin could be that of a stranger's page in a frame. Such a page can change something
    only with a request that browsers let pass without asking us first, which no JSON is
    (fetch.spec.whatwg.org, CORS-safelisted request-headers); and we are asked first in vain.
    """
    if asked.get("origin", "").lower() not in ("null", "file://"):
        return refusal(asked, server, method)
    known = {key: asked[key] for key in asked if key not in ("origin", "sec-fetch-site")}
    if refused := refusal(known, server, method):
        return refused
    return None if method in _READING or kind_of(asked) == JSON else _ANOTHER_PAGE


class Guarded:
    """`served`, for those whom `refuses` does not refuse; what fails goes to the log alone."""

    def __init__(self, served: ASGIApp, refuses: Refuses) -> None:
        self._served = served
        self._refuses = refuses

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        begun = False

        async def sent(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        refused = self._refuses(_single(Headers(scope=scope)), scope["server"], scope["method"])
        try:
            await (_answer(refused) if refused else self._served)(scope, receive, sent)
        except ClientDisconnect:
            return
        except Exception:  # noqa: BLE001 - whoever asks must not see what it was
            _log.exception("a request could not be answered")
            if not begun:
                wrong = Refusal(500, "Something is wrong here; the log says what.")
                await _answer(wrong)(scope, receive, sent)


async def body_of(request: Request) -> bytes:
    """The whole body; raises `HTTPException` for one that is too long or does not come to its end."""
    content = bytearray()
    try:
        async with asyncio.timeout(_BODY_S):
            async for part in request.stream():
                content += part
                if len(content) > _MOST_BODY:
                    raise HTTPException(413, "That is too much.", {"connection": "close"})
    except TimeoutError as error:
        raise HTTPException(408, "The rest did not come.", {"connection": "close"}) from error
    return bytes(content)


def _answer(refused: Refusal) -> ASGIApp:
    """A refusal, which takes the connection down: whoever is refused need not hold it."""
    return PlainTextResponse(refused.text, refused.status, {"connection": "close"})


def _single(asked: Headers) -> dict[str, str]:
    """Names and values; of a name that comes twice, both with a comma between, which is no host."""
    return {key: ", ".join(asked.getlist(key)) for key in asked}

"""What strangers send to the page and to Kenku's remote API: never the token, whatever else."""

import asyncio
import logging

from dndmood.mood_places import Place
from dndmood.remote.desk import Desk
from dndmood.remote.kenku_routes import kenku_routes
from dndmood.remote.links import Links
from dndmood.remote.page_routes import page_routes

_TOKEN = "fQ3k9-Zx_7LmWc2TtB5vRg"  # noqa: S105 - of nobody
_HERE = "127.0.0.1:8333"
SEEDS = tuple(
    "\n".join(lines).encode()
    for lines in (
        ("page", "POST", "/do", f"host: {_HERE}", "content-type: application/json", "",
         '{"do": "force", "mood": "battle"}'),
        ("page", "GET", f"/{_TOKEN[:-1]}/events", f"host: {_HERE}", "", ""),
        ("page", "POST", "/TOKEN/do", "host: evil.example", "content-type: application/json", "",
         '{"do": "force", "mood": "battle"}'),
        ("page", "POST", "/TOKEN/do", f"host: {_HERE}", "origin: http://evil.example",
         "content-type: application/json", "", '{"do": "skip"}'),
        ("kenku", "PUT", "/v1/playlist/play", "host: evil.example:8333",
         "content-type: application/json", "", '{"id": "battle"}'),
        ("kenku", "POST", "/v1/playlist/playback/next", f"host: {_HERE}", "origin: null",
         "content-type: text/plain", "", "{}"),
        ("kenku", "PUT", "/v1/stop-all", f"host: {_HERE}", "origin: http://evil.example", "", ""),
        ("page", "GET", "/../../../../etc/passwd", f"host: {_HERE}", "range: bytes=0-", "", ""),
        ("page", "OPTIONS", "/%00/%2e%2e/do", f"host: {_HERE}", "transfer-encoding: chunked", "", ""),
    )
)  # fmt: skip
MUTATIONS = 2000

_asked: list[object] = []
_desk = Desk(_asked.append, (Place("battle", "Battle", "1", 0.8, 0.2),), {"forest": "Forest"})
_doors = {b"page": page_routes(_desk, Links(_TOKEN)), b"kenku": kenku_routes(_desk)}
_loop = asyncio.new_event_loop()
_failed: list[logging.LogRecord] = []


class _Failures(logging.Handler):
    """Keeps what the server could not answer."""

    def emit(self, record: logging.LogRecord) -> None:
        _failed.append(record)


_log = logging.getLogger("dndmood.remote")
_log.addHandler(_Failures(logging.ERROR))
_log.propagate = False


def run(data: bytes) -> None:
    """It is refused; nothing is asked of the evening, and no failure is told or logged.

    The first line is the door, then come verb, path, headers, an empty line and the body. A path
    that has the token comes with a host or an origin that gives the stranger away.
    """
    door, *rest = data.split(b"\n")
    head, _, body = b"\n".join(rest).partition(b"\n\n")
    verb, _, more = head.partition(b"\n")
    path, _, lines = more.partition(b"\n")
    headers = [_header(line) for line in lines.split(b"\n")[:40] if line]
    path = path.decode("latin-1").replace("TOKEN", _TOKEN)
    if (_TOKEN in path or door[:1] == b"k") and not _stranger(headers):
        headers.append((b"origin", b"http://evil.example"))
    scope = {
        "type": "http", "http_version": "1.1", "scheme": "http", "root_path": "", "query_string": b"",
        "method": verb.decode("latin-1"), "path": path, "raw_path": path.encode("utf-8", "replace"),
        "headers": headers, "server": ("127.0.0.1", 8333), "client": ("127.0.0.1", 5),
    }  # fmt: skip
    sent = _loop.run_until_complete(
        _answered(_doors[b"kenku" if door[:1] == b"k" else b"page"], scope, body)
    )
    status = sent[0]["status"]
    told = b"".join(part.get("body", b"") for part in sent)
    assert 400 <= status < 500, (status, told)
    assert b"Traceback" not in told and _TOKEN.encode() not in told
    assert not _asked and not _failed, (_asked, _failed)


def _header(line: bytes) -> tuple[bytes, bytes]:
    name, _, value = line.partition(b":")
    return name.strip().lower(), value.strip()


def _stranger(headers: list[tuple[bytes, bytes]]) -> bool:
    known = dict(headers)
    if known.get(b"host") != _HERE.encode():
        return True
    return b"evil" in known.get(b"origin", b"")


async def _answered(door, scope, body) -> list[dict]:
    parts = [{"type": "http.request", "body": body, "more_body": False}]
    sent: list[dict] = []

    async def receive() -> dict:
        return parts.pop() if parts else {"type": "http.disconnect"}

    async def send(message) -> None:
        sent.append(message)

    await door(scope, receive, send)
    return sent

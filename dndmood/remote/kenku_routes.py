"""Kenku FM's remote API as routes: who may ask, what the bodies must be, what is answered."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

from dndmood.events import Command
from dndmood.remote import guard, kenku
from dndmood.remote.desk import Desk
from dndmood.remote.guard import Receive, Refusal, Scope, Send

_FROM_FILES = ("null", "file://")
"""What a page from a file has as Origin, as the plug-ins of a Stream Deck are."""
_JSON = "application/json"
_CHANGING = ("PUT", "POST")
_LONGEST_ID = 255

Body: TypeAlias = Mapping[str, Any]
Answer: TypeAlias = dict[str, Any]
Work: TypeAlias = Callable[[Body], Awaitable[None]]


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST_ID


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9  # noqa: PLR2004 - whatever it counts


_FIELDS: Mapping[str, tuple[str, Callable[[object], bool], str]] = {
    "/v1/playlist/play": ("id", _is_text, "string"),
    "/v1/soundboard/play": ("id", _is_text, "string"),
    "/v1/soundboard/stop": ("id", _is_text, "string"),
    "/v1/playlist/playback/mute": ("mute", lambda v: isinstance(v, bool), "boolean"),
    "/v1/playlist/playback/shuffle": ("shuffle", lambda v: isinstance(v, bool), "boolean"),
    "/v1/playlist/playback/volume": ("volume", _is_number, "number"),
    "/v1/playlist/playback/seek": ("to", _is_number, "number"),
    "/v1/playlist/playback/repeat": (
        "repeat",
        lambda v: v in ("off", "track", "playlist"),
        "equal to one of the allowed values",
    ),
}
"""The one field of a body, what it may be, and what that is called."""


class KenkuRoutes:
    """Answers as Kenku FM does, without a token: it waits where only this computer can ask."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._hostname = guard.hostname()
        self._told: Mapping[str, Callable[[], Answer]] = {
            "/v1/playlist": lambda: kenku.playlists(desk.evening, desk.moods),
            "/v1/playlist/playback": lambda: kenku.playback(desk.evening, desk.moods),
            "/v1/soundboard": lambda: kenku.soundboards(desk.known_places()),
            "/v1/soundboard/playback": lambda: kenku.sounds_playing(
                desk.evening, desk.known_places()
            ),
        }
        self._done: Mapping[tuple[str, str], Work] = {
            ("PUT", "/v1/playlist/play"): self._play,
            ("PUT", "/v1/playlist/playback/play"): lambda _: self._silence(on=False),
            ("PUT", "/v1/playlist/playback/pause"): lambda _: self._silence(on=True),
            ("PUT", "/v1/playlist/playback/mute"): lambda body: self._silence(on=body["mute"]),
            ("PUT", "/v1/playlist/playback/volume"): self._volume,
            ("POST", "/v1/playlist/playback/next"): lambda _: desk.ask(Command("skip")),
            ("POST", "/v1/playlist/playback/previous"): lambda _: desk.ask(Command("undo")),
            # The order of an evening, and that it goes on, are its own.
            ("PUT", "/v1/playlist/playback/shuffle"): _nothing,
            ("PUT", "/v1/playlist/playback/repeat"): _nothing,
            ("PUT", "/v1/playlist/playback/seek"): _nothing,
            ("PUT", "/v1/soundboard/play"): self._go,
            ("PUT", "/v1/soundboard/stop"): self._leave,
            ("PUT", "/v1/stop-all"): lambda _: self._silence(on=True),
            ("POST", "/v1/stop-all"): lambda _: self._silence(on=True),
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        asked, method = guard.headers(scope), scope["method"]
        refused = _refusal(asked, scope["server"], self._hostname, method)
        if refused:
            await guard.refuse(send, refused)
            return
        path = scope["path"].rstrip("/")
        if method in ("GET", "HEAD") and path in self._told:
            await _send(send, 200, self._told[path]())
        elif (method, path) in self._done:
            await self._change(method, path, asked, receive, send)
        else:
            text = f"Route {method}:{scope['path'][:200]} not found"
            await _send(send, 404, _error(404, "Not Found", text))

    async def _change(
        self, method: str, path: str, asked: Mapping[str, str], receive: Receive, send: Send
    ) -> None:
        content = await guard.body_of(receive)
        kind = asked.get("content-type", "").partition(";")[0].strip().lower()
        if content and kind != _JSON:
            text = f"Unsupported Media Type: {kind[:60]}"
            await _send(send, 415, _error(415, "Unsupported Media Type", text))
            return
        try:
            body = json.loads(content) if content else None
        except (ValueError, RecursionError):
            text = "Body is not valid JSON"
            await _send(send, 400, _error(400, "Bad Request", text))
            return
        if wrong := _wrong(path, body):
            await _send(send, 400, _error(400, "Bad Request", wrong))
            return
        await self._done[method, path](body if isinstance(body, dict) else {})
        field = _FIELDS.get(path)
        if field is not None:
            await _send(send, 200, {field[0]: body[field[0]]})
        elif content:
            await guard.answer(send, 200, content, _JSON)
        else:
            await guard.answer(send, 200)

    async def _play(self, body: Body) -> None:
        desk = self._desk
        if mood := kenku.mood_of(desk.evening, desk.moods, body["id"]):
            await desk.ask(Command("force", mood=mood))
            await self._silence(on=False)

    async def _silence(self, *, on: bool) -> None:
        await self._desk.switch("silence", on=on)

    async def _volume(self, body: Body) -> None:
        change_db = kenku.change_db(self._desk.evening, body["volume"])
        if change_db:
            await self._desk.ask(Command("volume", change_db=change_db))

    async def _go(self, body: Body) -> None:
        if place := kenku.place_of(self._desk.known_places(), body["id"]):
            await self._desk.ask(Command("place", place=place))

    async def _leave(self, body: Body) -> None:
        """Where the party is, is left to the words again."""
        now, wanted = self._desk.evening.place, body["id"]
        here = now is not None and now.place == kenku.place_of(self._desk.known_places(), wanted)
        if here and now is not None and now.place:
            await self._desk.ask(Command("place"))


async def _nothing(_body: Body) -> None:
    """As Kenku answers an id that it does not know: what really plays is told when it is asked for."""


def _refusal(
    asked: Mapping[str, str], server: tuple[str, int], hostname: str, method: str
) -> Refusal | None:
    """As for the page, but that plug-ins are pages from files.

    Their Origin could be that of a stranger's page in a frame. Such a page can change something
    only with a request that browsers let pass without asking us first, which no JSON is
    (fetch.spec.whatwg.org, CORS-safelisted request-headers); and we are asked first in vain.
    """
    if asked.get("origin", "").lower() not in _FROM_FILES:
        return guard.refusal(asked, server, hostname=hostname, method=method)
    known = {key: value for key, value in asked.items() if key not in ("origin", "sec-fetch-site")}
    if refused := guard.refusal(known, server, hostname=hostname, method=method):
        return refused
    kind = asked.get("content-type", "").partition(";")[0].strip().lower()
    if method in _CHANGING and kind != _JSON:
        return Refusal(403, "Another page may not ask for that.")
    return None


def _wrong(path: str, body: object) -> str:
    """What is wrong with the body of a request; empty when nothing is."""
    field = _FIELDS.get(path)
    if field is None:
        return ""
    name, good, kind = field
    if not isinstance(body, dict):
        return "body must be object"
    if name not in body:
        return f"body must have required property '{name}'"
    return "" if good(body[name]) else f"body/{name} must be {kind}"


def _error(status: int, error: str, text: str) -> Answer:
    return {"statusCode": status, "error": error, "message": text}


async def _send(send: Send, status: int, told: Answer) -> None:
    content = json.dumps(told, ensure_ascii=False).encode("utf-8", "replace")
    await guard.answer(send, status, content, "application/json; charset=utf-8")

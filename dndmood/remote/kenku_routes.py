"""Kenku FM's remote API as routes: who may ask, what the bodies must be, what is answered."""

import json
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any, TypeAlias

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from dndmood.events import Command
from dndmood.remote import guard, kenku
from dndmood.remote.desk import Desk, TooLate

_LONGEST_ID = 255
_LARGEST = 1e9

Body: TypeAlias = Mapping[str, Any]
Work: TypeAlias = Callable[[Body], Awaitable[None]]
Tell: TypeAlias = Callable[[], dict[str, Any]]


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST_ID


def _is_bool(value: object) -> bool:
    return isinstance(value, bool)


def _is_number(value: object) -> bool:
    return (
        isinstance(value, int | float) and not _is_bool(value) and -_LARGEST < value < _LARGEST
    )


def _is_repeat(value: object) -> bool:
    return value in ("off", "track", "playlist")


_FIELDS: Mapping[str, tuple[str, Callable[[object], bool], str]] = {
    "/v1/playlist/play": ("id", _is_text, "string"),
    "/v1/playlist/playback/mute": ("mute", _is_bool, "boolean"),
    "/v1/playlist/playback/volume": ("volume", _is_number, "number"),
    "/v1/playlist/playback/seek": ("to", _is_number, "number"),
    "/v1/playlist/playback/repeat": (
        "repeat",
        _is_repeat,
        "equal to one of the allowed values",
    ),
    "/v1/playlist/playback/shuffle": ("shuffle", _is_bool, "boolean"),
    "/v1/soundboard/play": ("id", _is_text, "string"),
    "/v1/soundboard/stop": ("id", _is_text, "string"),
}
"""The one field of a body, what it may be, and what that is called."""


def kenku_routes(desk: Desk) -> ASGIApp:
    """Answers as Kenku FM does, without a token: it waits where only this computer can ask."""
    asked = _Asked(desk)

    def playlists() -> dict[str, Any]:
        return kenku.playlists(desk.evening, desk.moods)

    def playback() -> dict[str, Any]:
        return kenku.playback(desk.evening, desk.moods)

    def soundboards() -> dict[str, Any]:
        return kenku.soundboards(desk.known_places())

    def sounds() -> dict[str, Any]:
        return kenku.sounds_playing(desk.evening, desk.known_places())

    playing = "/v1/playlist/playback"
    routes = [
        *_told("/v1/playlist", playlists),
        *_told(playing, playback),
        *_told("/v1/soundboard", soundboards),
        *_told("/v1/soundboard/playback", sounds),
        *_done("PUT", "/v1/playlist/play", asked.play),
        *_done("PUT", f"{playing}/play", asked.sound),
        *_done("PUT", f"{playing}/pause", asked.stop_all),
        *_done("PUT", f"{playing}/mute", asked.mute),
        *_done("PUT", f"{playing}/volume", asked.volume),
        *_done("POST", f"{playing}/next", asked.skip),
        *_done("POST", f"{playing}/previous", asked.undo),
        *_done("PUT", f"{playing}/shuffle", asked.nothing),
        *_done("PUT", f"{playing}/repeat", asked.nothing),
        *_done("PUT", f"{playing}/seek", asked.nothing),
        *_done("PUT", "/v1/soundboard/play", asked.go),
        *_done("PUT", "/v1/soundboard/stop", asked.leave),
        *_done("PUT", "/v1/stop-all", asked.stop_all),
        *_done("POST", "/v1/stop-all", asked.stop_all),
    ]
    handlers: Any = {HTTPException: _failed}  # starlette wants them for any exception
    served = Starlette(routes=routes, exception_handlers=handlers)
    served.router.redirect_slashes = False
    return guard.Guarded(served, guard.from_file)


class _Answer(JSONResponse):
    """JSON in ASCII: halves of signs, as file names may have them, are no UTF-8."""

    def render(self, content: Any) -> bytes:
        return json.dumps(content, allow_nan=False).encode()


class _Asked:
    """What each request asks of the evening."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def play(self, body: Body) -> None:
        if mood := kenku.mood_of(self._desk.evening, self._desk.moods, body["id"]):
            await self._desk.ask(Command("force", mood=mood))
            await self._desk.switch("silence", on=False)

    async def sound(self, _body: Body) -> None:
        await self._desk.switch("silence", on=False)

    async def stop_all(self, _body: Body) -> None:
        await self._desk.switch("silence", on=True)

    async def mute(self, body: Body) -> None:
        await self._desk.switch("silence", on=body["mute"])

    async def volume(self, body: Body) -> None:
        if change_db := kenku.change_db(self._desk.evening, body["volume"]):
            await self._desk.ask(Command("volume", change_db=change_db))

    async def skip(self, _body: Body) -> None:
        await self._desk.ask(Command("skip"))

    async def undo(self, _body: Body) -> None:
        """The music before is what the mood before played."""
        await self._desk.ask(Command("undo"))

    async def nothing(self, _body: Body) -> None:
        """The order of an evening, and that it goes on, are its own.

        Answered as Kenku answers an id that it does not know; who asks is told what really plays.
        """

    async def go(self, body: Body) -> None:
        if place := kenku.place_of(self._desk.known_places(), body["id"]):
            await self._desk.ask(Command("place", place=place))

    async def leave(self, body: Body) -> None:
        """Leaves the place to the words again, if that is where the party is."""
        now = self._desk.evening.place
        place = kenku.place_of(self._desk.known_places(), body["id"])
        if place and now is not None and now.place == place:
            await self._desk.ask(Command("place"))


def _told(path: str, tell: Tell) -> list[Route]:
    async def answer(_request: Request) -> Response:
        return _Answer(tell())

    return [Route(one, answer, methods=["GET"]) for one in (path, f"{path}/")]


def _done(method: str, path: str, work: Work) -> list[Route]:
    async def answer(request: Request) -> Response:
        content = await guard.body_of(request)
        body = _body(path, content, guard.kind_of(request.headers))
        try:
            await work(body)
        except TooLate as error:
            raise HTTPException(503, "Kenku FM is not ready") from error
        if field := _FIELDS.get(path):
            return _Answer({field[0]: body[field[0]]})
        return Response(content, media_type=guard.JSON if content else None)

    return [Route(one, answer, methods=[method]) for one in (path, f"{path}/")]


def _body(path: str, content: bytes, kind: str) -> Body:
    """The body of a request as it must be for `path`; raises `HTTPException` for any other."""
    if content and kind != guard.JSON:
        raise HTTPException(415, f"Unsupported Media Type: {kind[:60]}")
    try:
        body = json.loads(content) if content else None
    except (ValueError, RecursionError) as error:
        raise HTTPException(400, "Body is not valid JSON") from error
    if path not in _FIELDS:
        return {}
    name, good, wanted = _FIELDS[path]
    if not isinstance(body, dict):
        raise HTTPException(400, "body must be object")
    if name not in body:
        raise HTTPException(400, f"body must have required property '{name}'")
    if not good(body[name]):
        raise HTTPException(400, f"body/{name} must be {wanted}")
    return body


async def _failed(request: Request, error: HTTPException) -> Response:
    """An error as Kenku's server words it, for which a wrong verb is a route that is not there."""
    status, text = error.status_code, error.detail
    if status in (404, 405):
        status, text = 404, f"Route {request.method}:{request.url.path[:200]} not found"
    phrase = "Payload Too Large" if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE else None
    told = {
        "statusCode": status,
        "error": phrase or HTTPStatus(status).phrase,
        "message": text,
    }
    return _Answer(told, status, error.headers)

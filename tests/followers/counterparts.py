"""What followers talk to: real programs where they are there, else small servers of their protocols.

Each has `start()`, `stop()`, `garble()` (from now on it answers nonsense), `hang()` (it takes questions
and gives no answer), `argument` (what stands behind the colon of `--tell name:`) and `mood()`, the
title of the mood that it shows or plays, "" for none.
"""

import asyncio
import base64
import contextlib
import hashlib
import json
import shutil
import socket
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event as Flag
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.followers.websocket_server import WebSocketServer


def family(host):
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def free_port(host="127.0.0.1"):
    with socket.create_server((host, 0), family=family(host)) as listener:
        return listener.getsockname()[1]


class Counterpart:
    reachable = True
    """Whether it can be away, answer nonsense and hang."""

    def __init__(self, folder: Path, titles, host="127.0.0.1") -> None:
        self.folder, self.titles, self.host = folder, list(titles), host
        self.port = free_port(host)
        self.garbled = False
        self.hanging = Flag()
        self.release = Flag()
        self.asked: list[str] = []

    @property
    def argument(self):
        return self.place

    @property
    def place(self):
        """Host and port, as an address has them."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def garble(self):
        self.garbled = True

    def ungarble(self):
        self.garbled = False

    def hang(self):
        self.hanging.set()

    def close(self):
        self.release.set()
        self.stop()


class OverHttp(Counterpart):
    """A server of the standard library; subclasses have `answer(verb, path, query, body)`."""

    server = None

    def start(self):
        this = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_):
                """Nothing is printed."""

            def handle_one_request(self):
                with contextlib.suppress(ConnectionError):
                    super().handle_one_request()

            def _any(self):
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length)) if length else {}
                parts = urlsplit(self.path)
                this.asked.append(f"{self.command} {parts.path}")
                if this.hanging.is_set():
                    this.release.wait(30)
                    return
                if this.garbled:
                    self.send_response(200)
                    self.end_headers()
                    self.wfile.write(b"<html>\xff\x00 I am a printer</html>")
                    return
                if this.stream(self, parts.path):
                    return
                query = {k: v[0] for k, v in parse_qs(parts.query).items()}
                status, found = this.answer(self.command, parts.path, query, body, self.headers)
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(found).encode())

            do_GET = do_PUT = do_POST = _any  # noqa: N815 - its names

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            allow_reuse_address = True
            address_family = family(self.host)

            def handle_error(self, *_):
                """A client that went away is no matter here."""

        self.server = Server((self.host, self.port), Handler)
        Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self):
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    def stream(self, _handler, _path):
        return False


class Kenku(OverHttp):
    """Kenku FM 1.5's remote."""

    name = "kenku"
    playing: str | None = None
    paused = False
    sounds: dict[str, tuple[str, bool]] = {}  # noqa: RUF012 - a test sets its own
    boards: dict[str, tuple[str, ...]] = {}  # noqa: RUF012

    def __init__(self, *args) -> None:
        super().__init__(*args)
        self.sounding: set[str] = set()

    def answer(self, verb, path, _query, body, _headers):
        lists = [
            {"id": f"id-{i}", "title": title, "background": "", "tracks": []}
            for i, title in enumerate(self.titles)
        ]
        match verb, path:
            case "GET", "/v1/playlist":
                return 200, {"playlists": lists, "tracks": []}
            case "PUT", "/v1/playlist/play":
                self.playing, self.paused = body["id"], False
                return 200, {"id": body["id"]}
            case "GET", "/v1/playlist/playback":
                one = {"id": self.playing, "title": "x"} if self.playing else None
                now = {"playing": bool(self.playing) and not self.paused, "volume": 1.0}
                return 200, now | ({"playlist": one} if one else {})
            case "PUT", "/v1/playlist/playback/pause" | "/v1/playlist/playback/play":
                self.paused = path.endswith("pause")
                return 200, {}
            case "POST", "/v1/playlist/playback/next":
                return 200, {}
            case "GET", "/v1/soundboard":
                every = [
                    {"id": key, "title": title, "loop": loop, "url": "", "volume": 1.0}
                    for key, (title, loop) in self.sounds.items()
                ]
                boards = [
                    {"id": f"b-{title}", "title": title, "background": "", "sounds": list(ids)}
                    for title, ids in self.boards.items()
                ]
                return 200, {"soundboards": boards, "sounds": every}
            case "GET", "/v1/soundboard/playback":
                return 200, {"sounds": [{"id": one} for one in sorted(self.sounding)]}
            case "PUT", "/v1/soundboard/play":
                assert body["id"] not in self.sounding, "it would be heard twice"
                self.sounding.add(body["id"])
                return 200, body
            case "PUT", "/v1/soundboard/stop":
                self.sounding.discard(body["id"])
                return 200, body
        return 404, {}

    def mood(self):
        if self.playing is None or self.paused:
            return ""
        return self.titles[int(self.playing.removeprefix("id-"))]

    def stop(self):
        super().stop()
        self.playing = None


class Foundry(OverHttp):
    """The relay of Foundry's REST module, version 3, as its pages document it."""

    name = "foundry"
    worlds = (("fvtt_1", "Barovia"),)
    key = "secret"

    def __init__(self, *args) -> None:
        super().__init__(*args)
        self.playing: set[str] = set()
        self.streams = []
        self.subscribed = Flag()

    @property
    def argument(self):
        return f"{self.key}@{self.place}"

    def answer(self, verb, path, query, body, headers):
        if headers.get("x-api-key") != "secret":
            return 401, {"error": "Invalid API key"}
        if path == "/clients":
            every = [
                {"clientId": i, "worldTitle": title, "isOnline": True}
                for i, title in self.worlds
            ]
            return 200, {"clients": every, "total": len(every)}
        if query.get("clientId") not in dict(self.worlds):
            return 404, {"error": "Invalid client ID"}
        playlists = [
            {"id": f"pl{i}", "name": title, "playing": f"pl{i}" in self.playing, "sounds": []}
            for i, title in enumerate(self.titles)
        ]
        match verb, path:
            case "GET", "/playlists":
                return 200, {"type": "get-playlists-result", "data": {"playlists": playlists}}
            case "POST", "/playlist/play":
                self.playing.add(body["playlistId"])
            case "POST", "/playlist/stop":
                self.playing.discard(body["playlistId"])
            case "POST", "/playlist/next":
                pass
            case _:
                return 404, {}
        return 200, {"type": "playlist-result", "data": {"playlist": {}}}

    def stream(self, handler, path):
        if path != "/encounters/subscribe":
            return False
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.end_headers()
        handler.wfile.write(b'event: connected\ndata: {"clientId": "fvtt_1"}\n\n')
        handler.wfile.flush()
        self.streams.append(handler)
        self.subscribed.set()
        self.release.wait(60)
        return True

    def happens(self, kind):
        inner = {"eventType": kind, "encounterId": "e1", "round": 0, "combatants": []}
        data = json.dumps({"type": "combat-event", "data": inner})
        for handler in self.streams:
            handler.wfile.write(f": keepalive\n\nevent: combat\ndata: {data}\n\n".encode())
            handler.wfile.flush()

    def mood(self):
        return "+".join(self.titles[int(one[2:])] for one in sorted(self.playing))

    def stop(self):
        self.release.set()
        super().stop()
        self.release.clear()
        self.playing.clear()


class Obs(Counterpart):
    """OBS' websocket, protocol 5, with one scene for each mood but the last, which is a filter."""

    name = "obs"
    password = "pass word"  # noqa: S105 - of this test
    server = None

    def __init__(self, *args) -> None:
        super().__init__(*args)
        self.scene, self.text, self.place_text = "Starting soon", "", ""
        self.filters: dict[str, bool] = {}
        self.identified = []

    @property
    def argument(self):
        return f"pass%20word@{self.place}"

    def start(self):
        self.server = WebSocketServer(self._serve, self.port, self.host)

    def stop(self):
        if self.server is not None:
            self.server.close()
            self.server = None
        self.scene = "Starting soon"
        self.identified.clear()

    def mood(self):
        return self.scene if self.scene in self.titles else ""

    def goes_to(self, scene):
        """Somebody presses a key in OBS."""
        self.scene = scene
        for client in list(self.identified):
            with contextlib.suppress(OSError):
                client.send(
                    {
                        "op": 5,
                        "d": {
                            "eventType": "CurrentProgramSceneChanged",
                            "eventIntent": 4,
                            "eventData": {"sceneName": scene},
                        },
                    }
                )

    def _serve(self, client):
        if self.hanging.is_set():
            self.release.wait(30)
            return
        if self.garbled:
            client.send("I am a printer")
            self.release.wait(2)
            return
        client.send(
            {
                "op": 0,
                "d": {
                    "rpcVersion": 1,
                    "authentication": {"challenge": "challenge", "salt": "salt"},
                },
            }
        )
        identify = client.receive()["d"]
        secret = base64.b64encode(hashlib.sha256(f"{self.password}salt".encode()).digest())
        right = base64.b64encode(hashlib.sha256(secret + b"challenge").digest()).decode()
        if identify.get("authentication") != right:
            return
        client.send({"op": 2, "d": {"negotiatedRpcVersion": 1}})
        if identify.get("eventSubscriptions"):
            self.identified.append(client)
        while True:
            request = client.receive()["d"]
            if self.hanging.is_set():
                self.release.wait(30)
                return
            if self.garbled:
                client.send({"op": 7, "d": {"nonsense": [1, 2]}})
                continue
            self.asked.append(request["requestType"])
            answer = self._answer(request["requestType"], request.get("requestData") or {})
            client.send(
                {
                    "op": 7,
                    "d": {
                        "requestType": request["requestType"],
                        "requestId": request["requestId"],
                        "requestStatus": {"result": True, "code": 100},
                        "responseData": answer,
                    },
                }
            )

    def _answer(self, kind, data):
        match kind:
            case "GetVersion":
                return {"obsVersion": "31.0.0"}
            case "GetSceneList":
                names = ["Starting soon", *self.titles]
                return {"scenes": [{"sceneName": name, "sceneIndex": 0} for name in names]}
            case "GetInputList":
                return {
                    "inputs": [
                        {"inputName": "Camera", "inputKind": "v4l2_input"},
                        {"inputName": "dndmood", "inputKind": "text_ft2_source_v2"},
                        {"inputName": "dndmood place", "inputKind": "text_gdiplus_v3"},
                    ]
                }
            case "GetSourceFilterList":
                filters = self.filters if data["sourceName"] == "Camera" else {}
                return {
                    "filters": [
                        {"filterName": name, "filterEnabled": on, "filterKind": "color"}
                        for name, on in filters.items()
                    ]
                }
            case "SetSourceFilterEnabled":
                self.filters[data["filterName"]] = data["filterEnabled"]
            case "SetCurrentProgramScene":
                self.goes_to(data["sceneName"])
            case "SetInputSettings":
                text = data["inputSettings"]["text"]
                if data["inputName"] == "dndmood":
                    self.text = text
                else:
                    self.place_text = text
        return {}


class Mpd(Counterpart):
    """MPD's line protocol; the real one is in `test_mpd_for_real.py`."""

    name = "mpd"
    listener = None

    def __init__(self, *args) -> None:
        super().__init__(*args)
        self.queue, self.state, self.clients = "", "stop", []

    def start(self):
        self.listener = socket.create_server((self.host, self.port), family=family(self.host))
        Thread(target=self._accept, args=(self.listener,), daemon=True).start()

    def stop(self):
        if self.listener is not None:
            for one in (self.listener, *self.clients):
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
                one.close()
            self.listener, self.clients = None, []
        self.queue, self.state = "", "stop"

    def mood(self):
        return self.queue if self.state == "play" else ""

    def _accept(self, listener):
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            self.clients.append(client)
            Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        with contextlib.suppress(OSError), client, client.makefile("rwb") as talk:
            if self.hanging.is_set():
                self.release.wait(30)
                return
            talk.write(b"I am a printer\n" if self.garbled else b"OK MPD 0.23.5\n")
            talk.flush()
            for line in talk:
                if self.hanging.is_set():
                    self.release.wait(30)
                    return
                talk.write(b"\xff\xfe what?\n" if self.garbled else self._answer(line))
                talk.flush()

    def _answer(self, line):
        words = line.decode().strip()
        self.asked.append(words)
        verb, _, rest = words.partition(" ")
        value = rest.strip('"').replace('\\"', '"').replace("\\\\", "\\")
        match verb:
            case "listplaylists":
                found = "".join(f"playlist: {title}\n" for title in self.titles)
                return found.encode() + b"OK\n"
            case "lsinfo":
                return b"OK\n"
            case "status":
                return f"state: {self.state}\nplaylistlength: 1\nOK\n".encode()
            case "load":
                self.queue = value
            case "play":
                self.state = "play"
            case "pause":
                self.state = "pause" if value == "1" else "play"
            case "clear":
                self.queue, self.state = "", "stop"
        return b"OK\n"


class Hook(Counterpart):
    """A command that writes down what it was given."""

    name = "hook"
    reachable = False

    @property
    def argument(self):
        return f"{sys.executable} {self.folder / 'hook.py'}"

    def start(self):
        (self.folder / "hook.py").write_text(
            "import json, os, sys\n"
            "found = {k: v for k, v in os.environ.items() if k.startswith('DNDMOOD_')}\n"
            f"with open({str(self.folder / 'told.jsonl')!r}, 'a') as file:\n"
            "    file.write(json.dumps(found) + '\\n')\n"
        )

    def stop(self):
        """It is never there for long."""

    def told(self):
        file = self.folder / "told.jsonl"
        return (
            [json.loads(one) for one in file.read_text().splitlines()] if file.exists() else []
        )

    def mood(self):
        told = self.told()
        return told[-1]["DNDMOOD_TITLE"] if told else ""


class Mpris(Counterpart):
    """A session bus of its own, and a desktop that looks at what is on it."""

    name = "mpris"
    process = None
    garble = None

    @property
    def argument(self):
        return f"unix:path={self.folder / 'bus'}"

    def start(self):
        if not shutil.which("dbus-daemon"):
            pytest.skip("needs dbus-daemon")
        (self.folder / "bus").unlink(missing_ok=True)
        config = self.folder / "bus.conf"
        config.write_text(
            "<!DOCTYPE busconfig PUBLIC '-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN' "
            "'http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd'><busconfig>"
            f"<listen>{self.argument}</listen><auth>EXTERNAL</auth><policy context='default'>"
            "<allow send_destination='*' eavesdrop='true'/><allow eavesdrop='true'/>"
            "<allow own='*'/></policy></busconfig>"
        )
        self.process = subprocess.Popen(
            ["dbus-daemon", f"--config-file={config}", "--nofork", "--print-address"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self.process.stdout.readline()

    def stop(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()
            self.process = None

    def ask(self, interface, member, *body, signature="", path="/org/mpris/MediaPlayer2"):
        """What the player on the bus answers to a call; None when there is none."""

        async def call():
            from dbus_fast import Message, MessageType
            from dbus_fast.aio import MessageBus

            bus = await MessageBus(bus_address=self.argument).connect()
            try:
                answer = await bus.call(
                    Message(
                        destination="org.mpris.MediaPlayer2.dndmood",
                        path=path,
                        interface=interface,
                        member=member,
                        signature=signature,
                        body=list(body),
                    )
                )
            finally:
                bus.disconnect()
                with contextlib.suppress(OSError, EOFError):
                    await bus.wait_for_disconnect()
            if answer.message_type is MessageType.ERROR:
                return None
            return answer.body[0] if answer.body else True

        return asyncio.run(call())

    def property(self, name, interface="org.mpris.MediaPlayer2.Player"):
        found = self.ask(
            "org.freedesktop.DBus.Properties", "Get", interface, name, signature="ss"
        )
        return None if found is None else found.value

    def mood(self):
        if self.process is None or not (found := self.property("Metadata")):
            return ""
        return found["xesam:artist"].value[0]


EVERY = {one.name: one for one in (Kenku, Foundry, Obs, Mpd, Hook, Mpris)}

"""Strangers: without a token, by a wrong name, from another page, with broken requests. All in vain."""

import logging
import socket
import time
from threading import Event

import pytest

pytest.importorskip("starlette", reason="the extra `remote` is not installed")
pytest.importorskip("uvicorn", reason="the extra `remote` is not installed")

from dndmood.events import MoodState
from dndmood.remote import connections
from dndmood.remote.connections import MOST_HEADERS
from dndmood.remote.page_routes import MOST_PAGES
from tests.remote.table import MASTER, asked, events, set_up

FORCE = '{"do": "force", "mood": "battle"}'
JSON = {"Content_Type": "application/json"}


@pytest.fixture(scope="module")
def table():
    with set_up() as table:
        yield table


@pytest.fixture(autouse=True)
def _no_mood_moves(table, caplog):
    with caplog.at_level(logging.DEBUG):
        yield
    assert table.commands == []
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize(
    "path",
    ["/", "/do", "//do", "/x/do", f"/{MASTER[:-1]}/do", f"/{MASTER}x/do", f"/{MASTER.upper()}/do",
     "/%6d/do", "/../do", f"/{MASTER}%00/do", "/\u00e9/do".encode().decode("latin-1")],
)  # fmt: skip
def test_without_the_token_there_is_nothing(table, path):
    host = table.served.page.split("/")[2]
    for method in ("GET", "POST", "PUT", "DELETE", "OPTIONS"):
        try:
            status, _, text = asked(host, method, path, FORCE, **JSON)
        except (UnicodeError, ValueError):
            return  # no client sends that
        assert status in (404, 405, 400), (method, path, status)
        assert "Traceback" not in text and MASTER not in text


@pytest.mark.parametrize(
    "name",
    ["evil.example", "evil.example:{port}", "127.0.0.1.evil.example:{port}", "localhost:1",
     "127.0.0.1", "10.0.0.1:{port}", "", "127.0.0.1:{port}, evil.example", "[::1]:{port}x",
     "localhost.:{port}"],
)  # fmt: skip
def test_by_another_name_nobody_is_served(table, name):
    for host, path, method, body in (
        (table.served.page.split("/")[2], f"/{MASTER}/do", "POST", FORCE),
        (table.served.page.split("/")[2], f"/{MASTER}/events", "GET", None),
        (table.served.kenku, "/v1/playlist/play", "PUT", '{"id": "battle"}'),
        (table.served.kenku, "/v1/playlist/playback/next", "POST", None),
    ):
        wrong = name.format(port=host.partition(":")[2])
        status, _, text = asked(host, method, path, body, **JSON, Host=wrong)
        assert status == 421 and MASTER not in text


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "null", "file://", "https://127.0.0.1:{port}", "http://127.0.0.1",
     "http://127.0.0.1:{port}.evil.example", "http://localhost:{port}", ""],
)  # fmt: skip
def test_another_page_may_not_ask(table, origin):
    host = table.served.page.split("/")[2]
    wrong = origin.format(port=host.partition(":")[2])
    status, _, _ = asked(host, "POST", f"/{MASTER}/do", FORCE, **JSON, Origin=wrong)
    assert status == 403
    status, headers, _ = asked(host, "GET", f"/{MASTER}/", Origin=wrong)
    assert status == 403 and "access-control-allow-origin" not in headers


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_browser_that_says_the_request_is_another_sites_is_believed(table, site):
    host = table.served.page.split("/")[2]
    headers = JSON | {"Sec_Fetch_Site": site}
    assert asked(host, "POST", f"/{MASTER}/do", FORCE, **headers)[0] == 403
    assert asked(table.served.kenku, "POST", "/v1/playlist/playback/next", **headers)[0] == 403
    # Somebody follows a link to the page that the game master has sent: that is as it should be.
    assert asked(host, "GET", f"/{MASTER}/", Sec_Fetch_Site=site)[0] == 200


@pytest.mark.parametrize("kind", ["text/plain", "", "application/x-www-form-urlencoded"])
@pytest.mark.parametrize("origin", ["null", "file://", "http://evil.example"])
def test_what_a_page_in_a_frame_may_send_unasked_moves_nothing_at_kenkus_door(
    table, kind, origin
):
    for path in (
        "/v1/playlist/playback/next",
        "/v1/stop-all",
        "/v1/playlist/playback/previous",
    ):
        headers = {"Content_Type": kind, "Origin": origin, "Sec_Fetch_Site": "cross-site"}
        assert asked(table.served.kenku, "POST", path, "{}", **headers)[0] == 403
    status, headers, _ = asked(
        table.served.kenku, "OPTIONS", "/v1/playlist/play", Origin=origin,
        Access_Control_Request_Method="PUT", Access_Control_Request_Headers="content-type",
    )  # fmt: skip
    assert status in (403, 404) and not any("access-control" in name for name in headers)


def raw(host, content, *, wait_s=5.0):
    """What comes back for these bytes; empty when the connection is only closed."""
    name, _, port = host.partition(":")
    with socket.create_connection((name, int(port)), timeout=wait_s) as connection:
        try:
            connection.sendall(content)
            parts = []
            while part := connection.recv(65536):
                parts.append(part)
        except (ConnectionError, TimeoutError):
            pass
    return b"".join(parts)


@pytest.mark.parametrize("door", ["page", "kenku"])
def test_what_is_too_much_is_refused_before_it_is_read(table, door):
    host = table.served.kenku if door == "kenku" else table.served.page.split("/")[2]
    path = "/v1/playlist/play" if door == "kenku" else f"/{MASTER}/do"
    method = "PUT" if door == "kenku" else "POST"
    head = f"{method} {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
    long = raw(host, (head + "Content-Length: 99999999\r\n\r\n").encode() + b"x" * 8000)
    # Whoever still sends when the connection is taken down may not read why.
    assert long[:12] in (b"", b"HTTP/1.1 413")
    chunks = b"".join(b"400\r\n" + b"x" * 1024 + b"\r\n" for _ in range(8))
    chunked = (head + "Transfer-Encoding: chunked\r\n\r\n").encode() + chunks
    assert raw(host, chunked)[:12] in (b"", b"HTTP/1.1 413")
    fat = head + "".join(f"X-{n}: {'y' * 1000}\r\n" for n in range(2 * MOST_HEADERS // 1000))
    assert raw(host, (fat + "\r\n").encode())[:12] in (b"", b"HTTP/1.1 400")
    assert raw(host, b"GET /" + b"x" * 2 * MOST_HEADERS)[:12] in (b"", b"HTTP/1.1 400")


def served(table):
    """Whether somebody who asks now is answered."""
    try:
        return table.kenku("GET", "/v1/playlist")[0] == 200
    except OSError:
        return False


def test_connections_that_ask_for_nothing_do_not_keep_others_out(table):
    name, _, port = table.served.kenku.partition(":")
    idle = []
    try:
        for _ in range(200):
            idle.append(socket.create_connection((name, int(port)), timeout=5))  # noqa: PERF401 - closed below whatever happens
        for one in idle[:100]:
            one.close()
        # Beyond the most there may be they are closed at once; what was closed leaves room.
        end_s = time.monotonic() + 20
        while not served(table):
            assert time.monotonic() < end_s
    finally:
        for one in idle:
            one.close()


def drip(host, begin):
    """Send `begin`, then byte after byte; the seconds until the connection is taken down."""
    name, _, port = host.partition(":")
    begun_s, pause = time.monotonic(), Event()
    with socket.create_connection((name, int(port)), timeout=0.05) as connection:
        connection.sendall(begin)
        while (took_s := time.monotonic() - begun_s) < 20.0:
            try:
                connection.sendall(b"y")
                while connection.recv(4096):
                    pass
            except TimeoutError:
                pause.wait(0.05)
            except OSError:
                return took_s
            else:
                return took_s
    return took_s


@pytest.mark.parametrize(
    "begin",
    [
        b"GET / HTTP/1.1\r\nX: ",
        b"GET /v1/playlist HTTP/1.1\r\nHost: %b\r\n\r\nGET / HTTP/1.1\r\nX: ",
        b"GET /v2/nothing HTTP/1.1\r\nHost: %b\r\nContent-Length: 4000\r\n\r\n",
    ],
    ids=["first", "after an answer", "a body that nobody reads"],
)
def test_whoever_asks_byte_after_byte_is_not_waited_for(table, monkeypatch, begin):
    for name, value in (("_SILENT_S", 0.4), ("_IDLE_S", 0.4), ("_LOOK_S", 0.1)):
        monkeypatch.setattr(connections, name, value)
    host = table.served.kenku
    assert drip(host, begin.replace(b"%b", host.encode())) < 10.0


def test_a_stranger_holds_no_connection_beyond_the_answer(table):
    host = table.served.page.split("/")[2]
    asked_once = f"GET /{'A' * 22}/ HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
    assert b"404" in raw(host, asked_once)  # it is read to its end, which comes at once


def test_a_page_that_is_open_is_no_idle_connection(table, monkeypatch):
    for name, value in (("_SILENT_S", 0.2), ("_IDLE_S", 0.2), ("_LOOK_S", 0.05)):
        monkeypatch.setattr(connections, name, value)
    told = events(table)
    assert [next(told)[0] for _ in range(3)][1:] == ["beat", "beat"]  # of two seconds each
    told.close()


@pytest.mark.skipif(
    not hasattr(socket, "TCP_USER_TIMEOUT"), reason="only Linux gives it up so soon"
)
def test_pages_that_never_read_leave_room_for_others(table, monkeypatch):
    monkeypatch.setattr(connections, "_DEAD_MS", 500)
    host, _, port = table.served.page.split("/")[2].partition(":")
    begin = f"GET /{MASTER}/events HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode()
    deaf = []
    for _ in range(MOST_PAGES):
        one = socket.socket()
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)  # the system's least: soon full
        one.connect((host, int(port)))
        one.sendall(begin)
        deaf.append(one)

    def room() -> bool:
        table.tell(MoodState(60.0, "calm", 0.0, "Calm: " + "x" * 2000))  # more than they take
        try:
            return next(events(table))[0] == "message"
        except AssertionError:  # 503, as too many are open
            return False

    for wanted in (False, True):
        end_s = time.monotonic() + 20
        while room() is not wanted:
            assert time.monotonic() < end_s, wanted
            time.sleep(0.02)
    for one in deaf:
        one.close()


def test_a_look_at_the_head_of_what_happens_takes_no_page(table):
    host, begun_s = table.served.page.split("/")[2], time.monotonic()
    head = f"HEAD /{MASTER}/events HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    assert raw(host, head.encode())[:12] == b"HTTP/1.1 200"
    assert time.monotonic() - begun_s < 2.0, "it went on as a page would"


def test_a_web_socket_is_nothing_here(table):
    host = table.served.page.split("/")[2]
    status, _, _ = asked(
        host, "GET", "/x/events", Connection="Upgrade", Upgrade="websocket",
        Sec_WebSocket_Version="13", Sec_WebSocket_Key="dGhlIHNhbXBsZSBub25jZQ==",
    )  # fmt: skip
    assert status == 404

"""A websocket server of the standard library, as much of RFC 6455 as OBS' protocol needs."""

import base64
import contextlib
import hashlib
import json
import socket
import struct
from threading import Thread

_MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class WebSocketServer:
    """Each client is handled on a thread by `serve(client)`; `client` sends and receives JSON."""

    def __init__(self, serve, port=0, host="127.0.0.1"):
        self._serve = serve
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, port), family=family)
        self.port = self._listener.getsockname()[1]
        self.clients = []
        Thread(target=self._accept, daemon=True).start()

    def close(self):
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for client in self.clients:
            client.close()

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            client = Client(connection)
            self.clients.append(client)
            Thread(target=self._run, args=(client,), daemon=True).start()

    def _run(self, client):
        with contextlib.suppress(OSError, ConnectionError, ValueError, KeyError):
            client.shake_hands()
            self._serve(client)
        client.close()


class Client:
    def __init__(self, connection):
        self._connection = connection
        self._file = connection.makefile("rb")

    def close(self):
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)
        self._connection.close()

    def shake_hands(self):
        key = b""
        while (line := self._file.readline().strip()) != b"":
            name, _, value = line.partition(b":")
            if name.lower() == b"sec-websocket-key":
                key = value.strip()
        answer = base64.b64encode(hashlib.sha1(key + _MAGIC).digest())  # noqa: S324 - the protocol's own
        self._connection.sendall(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
            b"Connection: Upgrade\r\nSec-WebSocket-Accept: " + answer + b"\r\n\r\n"
        )

    def send(self, fact):
        text = (fact if isinstance(fact, str) else json.dumps(fact)).encode()
        length = len(text)
        if length < 126:
            head = struct.pack("!BB", 0x81, length)
        elif length < 65_536:
            head = struct.pack("!BBH", 0x81, 126, length)
        else:
            head = struct.pack("!BBQ", 0x81, 127, length)
        self._connection.sendall(head + text)

    def receive(self):
        """The next message; raises ConnectionError when there is none any more."""
        while True:
            first, second = self._exactly(2)
            length = second & 0x7F
            if length == 126:
                (length,) = struct.unpack("!H", self._exactly(2))
            elif length == 127:
                (length,) = struct.unpack("!Q", self._exactly(8))
            mask = self._exactly(4) if second & 0x80 else bytes(4)
            data = bytes(b ^ mask[i % 4] for i, b in enumerate(self._exactly(length)))
            if first & 0x0F == 8:
                raise ConnectionError("closed")
            if first & 0x0F == 1:
                return json.loads(data)

    def _exactly(self, count):
        data = self._file.read(count)
        if len(data) < count:
            raise ConnectionError("gone")
        return data

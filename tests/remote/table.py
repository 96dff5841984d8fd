"""A server over an evening without sound: commands meet it as they meet the tape."""

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from dndmood.events import AudioChunk, Command, Cue, Event, MoodState, Problem, Track
from dndmood.inbox import Inbox
from dndmood.mood_places import Place
from dndmood.pipeline import Reader, play_out
from dndmood.remote import server
from dndmood.remote.links import Links
from dndmood.remote.server import Served
from dndmood.threads import running

MASTER, GUEST = "m" * 22, "g" * 22
MOODS = (
    Place("calm", "Calm", "1", 0.34, 0.58),
    Place("battle", "Battle", "2", 0.84, 0.20),
    Place("sorrow", "Sorrow", "3", 0.32, 0.25),
)
PLACES = {"forest": "Forest", "tavern": "Tavern"}


@dataclass
class Table:
    """What is served, and what came of it."""

    served: Served
    inbox: Inbox
    commands: list[Command] = field(default_factory=list)
    """Every command that met the tape."""

    def tell(self, event: Event) -> None:
        """Let the tape bring `event`."""
        self.inbox.put(event)  # type: ignore[arg-type] - a tape without stages

    def page(self, method="GET", rest="", body=None, *, token=MASTER, **headers):
        """A request to the page: status, headers in small letters, and body."""
        host = self.served.page.split("/")[2]
        return asked(host, method, f"/{token}/{rest}" if token else "/", body, **headers)

    def do(self, *, token=MASTER, **wish):
        """What the page sends when a button is pressed; the status."""
        return self.page("POST", "do", wish, token=token)[0]

    def kenku(self, method, path, body=None, **headers):
        """A request to Kenku's remote API: status and what the JSON says, None without any."""
        status, _, content = asked(self.served.kenku, method, path, body, **headers)
        return status, json.loads(content) if content else None


def asked(host, method, path, body=None, **headers):
    """One request, made like a plain program's, with `headers` over the usual ones."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    if body is not None and not isinstance(body, bytes | str):
        body, names = json.dumps(body), {"Content-Type": "application/json"} | names
    connection = http.client.HTTPConnection(host, timeout=10)
    try:
        connection.putrequest(method, path, skip_host="Host" in names)
        content = body.encode() if isinstance(body, str) else body
        if content is not None and "Content-Length" not in names:
            names["Content-Length"] = str(len(content))
        for name, value in names.items():
            connection.putheader(name, value)
        connection.endheaders(content)
        answer = connection.getresponse()
        known = {key.lower(): value for key, value in answer.getheaders()}
        return answer.status, known, answer.read().decode()
    finally:
        connection.close()


def events(table: Table, *, token: str = MASTER) -> Iterator[tuple[str, object]]:
    """Kind and data of every event that a page is sent."""
    connection = http.client.HTTPConnection(table.served.page.split("/")[2], timeout=10)
    connection.request("GET", f"/{token}/events")
    answer, kind = connection.getresponse(), "message"
    try:
        assert answer.status == 200, answer.status
        while line := answer.readline().decode():
            name, _, value = line.rstrip("\n").partition(": ")
            if name == "event":
                kind = value
            elif name.startswith("data"):
                yield kind, json.loads(value) if value else None
                kind = "message"
    finally:
        connection.close()


def evening(at_s: float = 60.0) -> list[Event]:
    """An evening that has begun: one minute of calm."""
    tracks = (Track("/music/a.ogg", "Barley Road", 180.0), Track("/music/b.ogg", "Home", 90.0))
    return [
        AudioChunk(np.zeros(16, np.float32), round(at_s * 16_000) - 16),
        MoodState(0.0, "calm", 0.0, "Calm: the evening begins", shares={"calm": 1.0}),
        Cue(0.0, "calm", tracks, 1.5, "plays Barley Road"),
    ]


def following(tape):
    """Moods as the game master's commands alone make them."""
    for event in tape:
        yield event
        if isinstance(event, Command) and event.verb == "force":
            at_s, mood = event.at_s, event.mood
            yield MoodState(at_s, mood, at_s, f"{mood}: chosen by hand", forced=True)
            yield Cue(at_s, mood, (Track(f"/music/{mood}.ogg", mood, 60.0),), 6.0, "plays it")


@contextmanager
def set_up(**more) -> Iterator[Table]:
    """A table whose page and remote API wait on any free port of this computer."""
    inbox = Inbox()
    chosen = {"remote": "0", "kenku": "0", "links": Links(MASTER, GUEST), "moods": MOODS}
    with server.opened(inbox.put, **chosen | {"places": PLACES} | more) as served:
        table = Table(served, inbox)

        def listened(event: Event) -> None:
            if isinstance(event, Command):
                table.commands.append(event)
            assert not isinstance(event, Problem)

        readers = [Reader("The test", listened), Reader("The page", served.desk.shown)]
        with running(
            lambda: play_out(following(_plain(inbox)), *readers, report=inbox.put),
            name="listener",
            stop=inbox.close,
        ):
            for event in evening():
                table.tell(event)
            yield table


def _plain(inbox: Inbox) -> Iterator[Event]:
    """The inbox's events, of which it stamps only those that are its own."""
    yield from inbox

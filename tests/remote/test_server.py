"""The page as a program sees it: who may do what, and what is told."""

import time

import numpy as np
import pytest

pytest.importorskip("starlette", reason="the extra `remote` is not installed")
pytest.importorskip("uvicorn", reason="the extra `remote` is not installed")
pytest.importorskip("segno", reason="the extra `remote` is not installed")

from dndmood.errors import UserError
from dndmood.events import AudioChunk, Command, MoodState, Problem
from dndmood.remote import server
from dndmood.remote.links import Links
from tests.ipv6 import needs_ipv6
from tests.remote.table import GUEST, MASTER, MOODS, asked, events, set_up


@pytest.fixture(scope="module")
def table():
    with set_up() as table:
        yield table


@pytest.fixture(autouse=True)
def _nothing_yet(table):
    table.commands.clear()


def test_the_page_and_its_parts_are_served_and_nothing_is_cached_or_framed(table):
    status, headers, text = table.page()
    assert status == 200 and "<title>dndmood</title>" in text
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["x-frame-options"] == "DENY" and headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer" and "server" not in headers
    for name in ("page.js", "page.css", "manifest.json", "icon.svg"):
        assert table.page(rest=name)[0] == 200
    assert "<script>" not in text and "style=" not in text and "http" not in text


@needs_ipv6
def test_a_page_and_kenkus_remote_at_an_address_of_ipv6_are_as_any_other():
    with set_up(remote="[::1]:0", kenku="[::1]:0") as table:
        host = table.served.page.split("/")[2]
        assert host.startswith("[::1]:") and table.served.page_is_local
        assert table.page()[0] == 200 and next(events(table))[0] == "message"
        wish = {"do": "force", "mood": "battle"}
        assert table.page("POST", "do", wish, Origin=f"http://{host}")[0] == 204
        assert table.kenku("PUT", "/v1/playlist/play", {"id": "calm"})[0] == 200
        assert [one.mood for one in table.commands] == ["battle", "calm"]
        assert table.page("POST", "do", wish, Origin="http://[::2]:1")[0] == 403
        assert table.page(Host=host.replace("::1", "::2"))[0] == 421
        assert table.page(Host=host.strip("[").replace("]", ""))[0] == 421


@needs_ipv6
def test_whoever_asks_for_every_address_is_found_by_those_of_both_kinds():
    with set_up(remote="[::]:0") as table:
        port = table.served.page.split("/")[2].rpartition(":")[2]
        ways = [table.served.page.split("/")[2], f"127.0.0.1:{port}", f"[::1]:{port}"]
        for host in ways:
            assert asked(host, "GET", f"/{MASTER}/")[0] == 200, host
            status, _, _ = asked(host, "GET", f"/{MASTER}/", Host=f"evil.example:{port}")
            assert status == 421
        assert not table.served.page_is_local


def test_an_address_without_its_last_slash_leads_to_the_page(table):
    host = table.served.page.split("/")[2]
    status, headers, _ = asked(host, "GET", f"/{MASTER}")
    assert status == 307 and headers["location"].endswith(f"/{MASTER}/")


@pytest.mark.parametrize(
    ("wish", "command"),
    [
        ({"do": "force", "mood": "battle"}, Command("force", mood="battle")),
        ({"do": "release"}, Command("release")),
        ({"do": "undo"}, Command("undo")),
        ({"do": "reject"}, Command("reject")),
        ({"do": "skip"}, Command("skip")),
        ({"do": "volume", "change_db": -2}, Command("volume", change_db=-2.0)),
        ({"do": "ambience", "change_db": 2}, Command("ambience", change_db=2.0)),
        ({"do": "place", "place": "forest"}, Command("place", place="forest")),
        ({"do": "place", "place": ""}, Command("place")),
    ],
)
def test_every_button_is_a_command_at_the_head_of_the_tape(table, wish, command):
    assert table.do(**wish) == 204
    (met,) = table.commands
    assert (met.verb, met.mood, met.change_db, met.place) == (
        command.verb, command.mood, command.change_db, command.place,
    )  # fmt: skip


@pytest.mark.parametrize("verb", ["pause", "silence"])
def test_two_phones_that_press_the_same_switch_do_not_undo_each_other(table, verb):
    assert [table.do(do=verb, on=True) for _ in range(3)] == [204] * 3
    assert [one.verb for one in table.commands] == [verb]
    assert table.do(do=verb, on=False) == 204
    assert [one.verb for one in table.commands] == [verb, verb]


@pytest.mark.parametrize(
    "wish",
    [
        {"do": "quit"},
        {"do": "force", "mood": "nosuch"},
        {"do": "force", "mood": "../../etc/passwd"},
        {"do": "place", "place": "/etc/passwd"},
        {"do": "volume", "change_db": 400},
        {"do": "volume", "change_db": "2"},
        {"do": "skip", "path": "/music/a.ogg"},
        {"do": "force", "mood": "x" * 3000},
        [],
        "skip",
        None,
    ],
)
def test_whatever_else_is_asked_for_is_refused_and_moves_nothing(table, wish):
    assert table.page("POST", "do", wish if wish is not None else b"")[0] in (400, 415)
    assert table.commands == []


def test_a_guest_looks_on_and_is_told_less(table):
    table.tell(Problem(1.0, "/home/gm/music/secret.ogg cannot be read.", solved=True))
    kind, shown = next(events(table, token=GUEST))
    assert (kind, shown["role"]) == ("message", "guest")
    assert shown["mood"].keys() == {"name", "since_s", "forced"}
    assert "problems" not in shown and "shares" not in shown and shown["places"] == []
    assert "secret" not in str(shown)
    for wish in ({"do": "skip"}, {"do": "pause", "on": True}):
        assert table.do(token=GUEST, **wish) == 403
    assert table.commands == []


def test_what_happens_is_told_at_once_and_silence_is_a_beat(table):
    told = events(table)
    next(told)
    begun = time.monotonic()
    table.do(do="force", mood="battle")
    while (seen := next(told))[0] == "beat" or seen[1]["mood"]["name"] != "battle":
        pass
    assert time.monotonic() - begun < 2.0  # a beat would take as long
    assert seen[1]["mood"]["forced"] and seen[1]["music"]["now"]["title"] == "battle"
    while next(told)[0] != "beat":
        pass


def test_who_comes_late_is_told_the_time_as_it_is_now(table):
    next(events(table))  # made now, and kept for the others
    table.tell(AudioChunk(np.zeros(160, np.float32), 95 * 16_000 - 160))
    end_s = time.monotonic() + 10
    while table.served.desk.evening.heard_s != 95.0:
        assert time.monotonic() < end_s
    assert next(events(table))[1]["heard_s"] == 95.0


def test_a_mood_that_the_page_shows_names_no_file(table):
    # A page that comes before the first track sees none yet.
    shown = next(one for _, one in events(table) if one["music"]["now"])
    assert "Barley Road" in str(shown["music"]) or "battle" in str(shown["music"])
    assert "/music/" not in str(shown["music"]) and ".ogg" not in str(shown["music"])


def test_pages_that_come_and_go_leave_room_for_others(table):
    from dndmood.remote.page_routes import MOST_PAGES

    for _ in range(2 * MOST_PAGES):
        next(events(table))
    assert next(events(table))[0] == "message"


def test_when_the_program_ends_every_page_is_told():
    with set_up() as table:
        told = [events(table), events(table, token=GUEST)]
        for one in told:
            next(one)
    kinds = [[kind for kind, _ in one][-1] for one in told]
    assert kinds == ["over", "over"]


def test_quitting_is_told_before_the_music_has_faded_out():
    with set_up() as table:
        told = events(table)
        next(told)
        table.tell(Command("quit"))
        assert [kind for kind, _ in told][-1] == "over"


def test_what_is_pressed_while_the_program_quits_is_said_to_be_too_late():
    with set_up() as table:
        table.tell(Command("quit"))
        assert [kind for kind, _ in events(table)][-1] == "over"
        met = len(table.commands)
        for wish in ({"do": "skip"}, {"do": "silence"}, {"do": "force", "mood": "battle"}):
            begun_s = time.monotonic()
            status, _, text = table.page("POST", "do", wish)
            assert (status, text) == (503, "That came too late: the evening is over.")
            assert time.monotonic() - begun_s < 0.9  # nobody is waited for
        status, told = table.kenku("PUT", "/v1/playlist/play", {"id": "battle"})
        assert status == 503 and told["error"] == "Service Unavailable"
        assert len(table.commands) == met


def test_a_port_that_is_taken_ends_the_start_with_one_sentence(table):
    port = table.served.page.split("/")[2].partition(":")[2]
    with (
        pytest.raises(UserError, match=f"The port {port} is taken"),
        server.opened(print, remote=port, links=Links(MASTER), moods=MOODS),
    ):
        pass


def test_the_page_shows_reasons_without_the_title_above_them(table):
    why = "stays Calm: Battle leads: it is 3 s old"
    table.tell(MoodState(61.0, "calm", 0.0, why, outlook="Battle if this goes on for 8 s"))
    told = events(table)
    while "why" not in (shown := next(told)[1])["mood"] or not shown["mood"]["outlook"]:
        pass
    assert shown["mood"]["why"] == "Battle leads: it is 3 s old"

"""Where the server listens, and by which names it may be called."""

import socket

import pytest

from dndmood.errors import UserError
from dndmood.remote import address
from dndmood.remote.address import Address, bound, names_of, parsed, plain, seen_as
from tests.ipv6 import needs_ipv6


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("here", "127.0.0.1", 8333),
        ("Network", "0.0.0.0", 8333),  # noqa: S104 - asked for
        ("9000", "127.0.0.1", 9000),
        ("network:9000", "0.0.0.0", 9000),  # noqa: S104 - asked for
        ("192.168.1.7:9000", "192.168.1.7", 9000),
        ("localhost:80", "localhost", 80),
        ("[::]:9000", "::", 9000),
        ("::1", "::1", 8333),
        ("0", "127.0.0.1", 0),
    ],
)
def test_what_is_asked_for_is_an_address(text, host, port):
    assert parsed(text, port=8333, option="--remote") == Address(host, port)


@pytest.mark.parametrize(
    "text",
    ["70000", "host:", "host:x", ":9000", "a b:1", "-1", "\x1b[2J", "9" * 99, "http://x:1/", "²"],
)  # fmt: skip
def test_what_is_no_address_is_one_sentence_with_the_ways_out(text):
    with pytest.raises(UserError, match="takes a port, as in 9000, 'network'") as told:
        bound(parsed(text, port=8333, option="--remote"), "--remote")
    assert "\n" not in str(told.value) and len(str(told.value)) < 300


def test_a_port_that_is_taken_is_one_sentence_with_the_fix():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(UserError, match=f"{port} is taken .*--kenku {port + 1}"):
            bound(Address("127.0.0.1", port), "--kenku")


@pytest.mark.parametrize(
    ("asked", "instead"),
    [("network:{}", "--remote network:"), ("{}", "--remote "), ("localhost:{}", "--remote localhost:")],
)  # fmt: skip
def test_the_fix_for_a_taken_port_keeps_who_may_open_the_page(asked, instead):
    with bound(Address("127.0.0.1", 0), "--remote") as first:
        port = first.getsockname()[1]
        wanted = parsed(asked.format(port), port=8333, option="--remote")
        with pytest.raises(UserError, match="is taken") as told:
            bound(wanted, "--remote")
    assert str(told.value).endswith(f"as in {instead}{port + 1}.")


def test_two_of_ours_cannot_share_a_port():
    with (
        bound(Address("127.0.0.1", 0), "--remote") as first,
        pytest.raises(UserError, match="is taken"),
    ):
        bound(Address("127.0.0.1", first.getsockname()[1]), "--kenku")


def test_an_address_that_is_not_this_computers_is_one_sentence():
    with pytest.raises(UserError, match="no such address"):
        bound(Address("198.51.100.7", 9000), "--remote")
    with pytest.raises(UserError, match="nobody knows the address"):
        bound(Address("no such host.invalid", 9000), "--remote")


def test_it_waits_on_this_computer_alone_unless_the_network_is_asked_for():
    assert Address("127.0.0.1", 1).local and Address("::1", 1).local
    assert not Address("0.0.0.0", 1).local and not Address("192.168.1.7", 1).local  # noqa: S104
    with bound(parsed("here:0", port=1, option="--remote"), "--remote") as waiting:
        assert seen_as(waiting) == f"127.0.0.1:{waiting.getsockname()[1]}"


def test_a_name_that_a_stranger_may_let_point_here_is_none_of_ours():
    names = names_of("192.168.1.7", 9000, "Laptop.lan")
    assert names == {"192.168.1.7:9000", "laptop.lan:9000", "laptop:9000", "laptop.local:9000"}
    assert "localhost:9000" in names_of("127.0.0.1", 9000, "laptop")
    assert "laptop:9000" not in names_of("127.0.0.1", 9000, "laptop")
    assert "127.0.0.1" in names_of("127.0.0.1", 80, "")
    assert names_of("::1", 9000, "x") >= {"[::1]:9000"}
    assert names_of("fd00::2", 9000, "x") >= {"[fd00::2]:9000", "x:9000"}


def test_an_address_of_ipv4_that_came_in_at_a_socket_of_ipv6_is_one_of_ipv4():
    assert plain("::ffff:192.168.1.7") == "192.168.1.7"
    assert names_of("::ffff:192.168.1.7", 9000, "") == {"192.168.1.7:9000"}
    assert names_of("::ffff:127.0.0.1", 9000, "x") == names_of("127.0.0.1", 9000, "x")
    assert Address("::ffff:127.0.0.1", 1).local


@needs_ipv6
def test_an_address_that_no_browser_opens_is_one_sentence():
    for host in ("fe80::1", "fe80::1%lo"):
        with pytest.raises(UserError, match="no browser opens .* fe80"):
            bound(Address(host, 9000), "--remote")


@needs_ipv6
def test_a_port_without_brackets_is_one_sentence_that_names_them():
    with pytest.raises(UserError, match="behind brackets"):
        bound(parsed("fd12::7:9000", port=8333, option="--remote"), "--remote")


@needs_ipv6
def test_in_a_network_of_ipv6_alone_the_network_is_served_by_its_address(monkeypatch):
    monkeypatch.setattr(address, "own_address", lambda: "fd00::2")
    with bound(parsed("network:0", port=1, option="--remote"), "--remote") as waiting:
        port = waiting.getsockname()[1]
        assert seen_as(waiting) == f"[fd00::2]:{port}"
        socket.create_connection(("::1", port)).close()
        socket.create_connection(("127.0.0.1", port)).close()

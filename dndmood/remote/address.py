"""Where the server listens, as people ask for it, and by which names it may be called."""

import ipaddress
import re
import socket
from contextlib import suppress
from dataclasses import dataclass

from dndmood.errors import UserError

HERE, NETWORK = "here", "network"
"""What may be asked for instead of an address: this computer alone, or everybody beside it."""
PAGE_PORT, KENKU_PORT = 8333, 3333
"""Kenku FM's own port is the one that its plug-ins try first."""

_LOOPBACK, _EVERYWHERE = "127.0.0.1", "0.0.0.0"  # noqa: S104 - only when the network is asked for
_EVERYWHERE_IPV6 = "::"
_LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")
_MOST_PORT = 65_535
_BACKLOG = 32
_NAME = re.compile(r"(?![-])[A-Za-z0-9._:%-]+")
"""What a host is called, by name or by number."""
_NOWHERE = ("192.0.2.1", "10.42.0.2", "192.168.137.2", "192.168.2.2", "2001:db8::1")
"""Which way packets there would go tells our own address.

The first and the last are nobody's (RFC 5737, RFC 3849); between them are the networks that a
laptop makes itself, as a hotspot without internet: with NetworkManager, Windows, and macOS.
"""


@dataclass(frozen=True, slots=True)
class Address:
    """A host to bind to and a port; port 0 takes any that is free."""

    host: str
    port: int

    @property
    def local(self) -> bool:
        """True when only this computer can reach it."""
        return self.host == "localhost" or is_loopback(self.host)


def parsed(text: str, *, port: int, option: str) -> Address:
    """The address that `text` asks for: "here", "network", PORT, or HOST:PORT with these as hosts.

    `port` is taken where none is named. Raises `UserError`, which names the `option`.

    >>> parsed("network", port=8333, option="--remote")
    Address(host='0.0.0.0', port=8333)
    >>> parsed("192.168.1.7:9000", port=8333, option="--remote")
    Address(host='192.168.1.7', port=9000)
    """
    words = text.strip()
    host, number = (HERE, words) if _is_number(words) else (words, "")
    if words.startswith("["):
        host, _, number = words[1:].partition("]")
        number = number.removeprefix(":")
    elif words.count(":") == 1:
        host, _, number = words.partition(":")
    chosen = int(number) if _is_number(number) and len(number) <= len(str(_MOST_PORT)) else -1
    chosen = port if not number and not words.endswith(":") else chosen
    if not _NAME.fullmatch(host) or not 0 <= chosen <= _MOST_PORT:
        raise UserError(
            f"{option} takes a port, as in 9000, 'network' for every device beside this one, or "
            f"an address with a port, as in 192.168.1.7:9000, not {words[:60]!r}."
        )
    return Address({HERE: _LOOPBACK, NETWORK: _EVERYWHERE}.get(host.lower(), host), chosen)


def bound(address: Address, option: str) -> socket.socket:
    """A socket that waits at `address`; raises `UserError` with the fix where that cannot be."""
    where = f"{_in_brackets(address.host)}:{address.port}"
    host = address.host
    if host == _EVERYWHERE and ":" in own_address():  # a network of IPv6 alone
        host = _EVERYWHERE_IPV6
    try:
        kind, _, _, _, at = socket.getaddrinfo(
            host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        if ipaddress.ip_address(at[0]).is_link_local and kind == socket.AF_INET6:
            raise UserError(
                f"{option} cannot wait at {where}: no browser opens an address that begins with "
                "fe80. Use 'network' for every device beside this one."
            )
        waiting = socket.socket(kind, socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise UserError(
            f"{option} cannot wait at {where}: nobody knows the address {address.host}. Use "
            "'network' for every device beside this one."
        ) from error
    try:
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):  # on Windows two could share it otherwise
            waiting.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            waiting.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if at[0] == _EVERYWHERE_IPV6:  # some systems leave IPv4 out otherwise
            waiting.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        waiting.bind(at)
        waiting.listen(_BACKLOG)
    except OSError as error:
        waiting.close()
        raise UserError(_refused(error, address, where, option)) from error
    return waiting


def seen_as(waiting: socket.socket) -> str:
    """Host and port under which others find `waiting`, as they stand in an address."""
    return f"{_in_brackets(host_of(waiting))}:{waiting.getsockname()[1]}"


def host_of(waiting: socket.socket) -> str:
    """The address of this computer at which others find `waiting`."""
    host = str(waiting.getsockname()[0])
    return own_address() if ipaddress.ip_address(host).is_unspecified else host


def own_address() -> str:
    """This computer's address in the local network, of IPv6 only where there is none of IPv4.

    127.0.0.1 when it is in none. Sends nothing.
    """
    for nowhere in _NOWHERE:
        kind = socket.AF_INET6 if ":" in nowhere else socket.AF_INET
        with suppress(OSError), socket.socket(kind, socket.SOCK_DGRAM) as asked:
            asked.connect((nowhere, 9))
            return str(asked.getsockname()[0])
    return _LOOPBACK


def plain(ours: str) -> str:
    """An address as people write it: IPv4 that came in at a socket of IPv6 is IPv4 (RFC 4291).

    >>> plain("::ffff:192.168.1.7"), plain("fd00::2")
    ('192.168.1.7', 'fd00::2')
    """
    try:
        mapped = getattr(ipaddress.ip_address(ours.partition("%")[0]), "ipv4_mapped", None)
    except ValueError:
        return ours
    return str(mapped) if mapped else ours.partition("%")[0]


def is_loopback(host: str) -> bool:
    """Whether `host` is a number by which only this computer calls itself."""
    try:
        return ipaddress.ip_address(plain(host)).is_loopback
    except ValueError:
        return False


def names_of(ours: str, port: int, hostname: str) -> frozenset[str]:
    """What a Host header may say on a connection that came in at our address `ours` and `port`.

    The address itself, and names that no stranger can let point here: a page of a stranger's whose
    name leads to this computer (DNS rebinding) sends that name.
    """
    names = {plain(ours)}
    if is_loopback(ours):
        names |= set(_LOCAL_NAMES)
    elif hostname:
        own = hostname.lower().partition(".")[0]
        names |= {hostname.lower(), own, f"{own}.local"}
    hosts = {_in_brackets(name) for name in names}
    return frozenset(
        {f"{host}:{port}" for host in hosts} | (hosts if port == 80 else set())  # noqa: PLR2004 - needs not be named
    )


def _refused(error: OSError, address: Address, where: str, option: str) -> str:
    import errno

    port, same = address.port, _as_asked(address.host)
    if error.errno == errno.EADDRINUSE:
        other = port + 1 if port < _MOST_PORT else port - 1
        return (
            f"The port {port} is taken already: name another one, as in {option} {same}{other}."
        )
    if error.errno == errno.EADDRNOTAVAIL:
        port_behind = ", and a port stands behind brackets" if ":" in address.host else ""
        return (
            f"{option} cannot wait at {where}: this computer has no such address{port_behind}. Use "
            "'network' for all it has."
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        return (
            f"{option} may not use the port {port}: name one above 1023, as in "
            f"{option} {same}{PAGE_PORT}."
        )
    return f"{option} cannot wait at {where} ({error.strerror}): name another address."


def _as_asked(host: str) -> str:
    """What stands before a port so that the same host is meant."""
    return {_LOOPBACK: "", _EVERYWHERE: f"{NETWORK}:"}.get(host, f"{_in_brackets(host)}:")


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal()


def _in_brackets(host: str) -> str:
    return f"[{host}]" if ":" in host else host

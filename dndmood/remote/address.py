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
_LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")
_MOST_PORT = 65_535
_BACKLOG = 32
_NAME = re.compile(r"(?![-])[A-Za-z0-9._:%-]+")
"""What a host is called, by name or by number."""
_NOWHERE = "192.0.2.1"
"""An address that is nobody's (RFC 5737): which way packets to it would go tells our own."""


@dataclass(frozen=True, slots=True)
class Address:
    """A host to bind to and a port; port 0 takes any that is free."""

    host: str
    port: int

    @property
    def local(self) -> bool:
        """True when only this computer can reach it."""
        return self.host == "localhost" or _is_loopback(self.host)


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
    try:
        kind, _, _, _, at = socket.getaddrinfo(
            address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
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
        waiting.bind(at)
        waiting.listen(_BACKLOG)
    except OSError as error:
        waiting.close()
        raise UserError(_refused(error, where, address.port, option)) from error
    return waiting


def seen_as(waiting: socket.socket) -> str:
    """Host and port under which others find `waiting`, as they stand in an address."""
    host, port = waiting.getsockname()[:2]
    if ipaddress.ip_address(host).is_unspecified:
        host = own_address()
    return f"{_in_brackets(host)}:{port}"


def own_address() -> str:
    """This computer's address in the local network; 127.0.0.1 when it is in none. Sends nothing."""
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        asked.connect((_NOWHERE, 9))
        return str(asked.getsockname()[0])
    return _LOOPBACK


def names_of(ours: str, port: int, hostname: str) -> frozenset[str]:
    """What a Host header may say on a connection that came in at our address `ours` and `port`.

    The address itself, and names that no stranger can let point here: a page of a stranger's whose
    name leads to this computer (DNS rebinding) sends that name.
    """
    names = {ours.partition("%")[0]}
    if _is_loopback(ours):
        names |= set(_LOCAL_NAMES)
    elif hostname:
        own = hostname.lower().partition(".")[0]
        names |= {hostname.lower(), own, f"{own}.local"}
    hosts = {_in_brackets(name) for name in names}
    return frozenset(
        {f"{host}:{port}" for host in hosts} | (hosts if port == 80 else set())  # noqa: PLR2004 - needs not be named
    )


def _refused(error: OSError, where: str, port: int, option: str) -> str:
    import errno

    if error.errno == errno.EADDRINUSE:
        return (
            f"The port {port} is taken already: name another one, as in "
            f"{option} {port + 1 if port < _MOST_PORT else port - 1}."
        )
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{option} cannot wait at {where}: this computer has no such address. Use 'network' for all it has."
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"{option} may not use the port {port}: name one above 1023, as in {option} {PAGE_PORT}."
    return f"{option} cannot wait at {where} ({error.strerror}): name another address."


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal()


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _in_brackets(host: str) -> str:
    return f"[{host}]" if ":" in host else host

"""Whether this computer speaks IPv6 with itself, as some do not."""

import socket

import pytest


def _speaks() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


needs_ipv6 = pytest.mark.skipif(not _speaks(), reason="needs IPv6 on this computer")

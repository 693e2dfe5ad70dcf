"""TCP ports on loopback."""

from __future__ import annotations

import random
import socket

LOOPBACK = "127.0.0.1"

_QUIET = range(12_000, 32_768)
"""Below what Linux gives to outgoing connections (net.ipv4.ip_local_port_range), so a free one stays so."""


def is_free(port: int) -> bool:
    """Whether a server could listen on this loopback port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as server:
        # As Go's listeners do: a port whose last connections are still closing counts as free.
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            server.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def pick(count: int) -> list[int]:
    """Different free loopback ports, chosen at random among those that no outgoing connection takes."""
    found: set[int] = set()
    while len(found) < count:
        port = random.choice(_QUIET)  # noqa: S311 - nobody has to be unable to guess it
        if is_free(port):
            found.add(port)
    return list(found)

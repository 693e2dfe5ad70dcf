"""TCP ports on loopback."""

from __future__ import annotations

import socket

LOOPBACK = "127.0.0.1"


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
    """Different free loopback ports, chosen by the kernel."""
    servers = [socket.socket(socket.AF_INET, socket.SOCK_STREAM) for _ in range(count)]
    try:
        for server in servers:
            server.bind((LOOPBACK, 0))
        return [server.getsockname()[1] for server in servers]
    finally:
        for server in servers:
            server.close()

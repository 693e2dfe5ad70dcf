"""A name server on loopback, as a cluster has one: the addresses behind a headless Service change."""

from __future__ import annotations

import socket
import struct
import threading
from typing import Self

QUERY_A = 1


class Names:
    """Answers every question for addresses with those that it has.

    Attributes:
        addresses: of IPv4; what changes them is seen by the next who asks.
        port: UDP.
    """

    def __init__(self, *addresses: str) -> None:
        self.addresses = list(addresses)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]

    def __enter__(self) -> Self:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                query, client = self._socket.recvfrom(512)
                self._socket.sendto(self._answer(query), client)
            except OSError:  # it was closed
                return

    def _answer(self, query: bytes) -> bytes:
        end = query.index(b"\0", 12) + 5
        (kind,) = struct.unpack(">H", query[end - 4 : end - 2])
        found = self.addresses if kind == QUERY_A else []
        head = query[:2] + struct.pack(">HHHHH", 0x8180, 1, len(found), 0, 0)
        # A pointer to the name asked for, type A, class IN, no time to live, four bytes.
        records = [struct.pack(">HHHIH", 0xC00C, QUERY_A, 1, 0, 4) + socket.inet_aton(one) for one in found]
        return head + query[12:end] + b"".join(records)

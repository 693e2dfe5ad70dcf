"""Where OpenSearch answers, whoever runs its nodes: all that its clients know of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from components.foundation.connections import Connection

if TYPE_CHECKING:
    from pulumi import Output

    from components.foundation.connections import Endpoint, ExternalEndpoint


@dataclass(frozen=True, kw_only=True)
class SearchEndpoint:
    """Nodes of ours, or a domain that AWS runs; a client logs in at either with its own user and password.

    Attributes:
        url: `https://host:port`.
        authority: Secret whose `ca.crt` vouches for it.
        server: where the network policies let clients go, by its port `https`.
    """

    url: Output[str]
    authority: Output[str]
    server: Endpoint | ExternalEndpoint

    def reached_by(self, client: Endpoint) -> Connection:
        """Return the path to it."""
        return Connection(client, self.server, "https")

"""Names under which the vector store is found: one for clients, one for its members."""

from __future__ import annotations

from typing import Any

from components.foundation.labels import Component, selector
from components.foundation.services import HEADLESS, port
from components.stores.qdrant.configuration import GRPC_PORT, HTTP_PORT, METRICS_PORT, P2P_PORT


def service_specs(name: str) -> dict[str, dict[str, Any]]:
    """Return the clients' Service and that of all members."""
    pods, https = {"selector": selector(Component.QDRANT)}, port("https", HTTP_PORT)
    members = [https, port("p2p", P2P_PORT), port("metrics", METRICS_PORT)]
    return {
        name: {**pods, "ports": [https, port("grpc", GRPC_PORT)]},
        f"{name}-nodes": {**pods, **HEADLESS, "ports": members},
    }

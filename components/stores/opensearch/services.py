"""Names under which the cluster is found: one for clients, two for its members."""

from __future__ import annotations

from typing import Any

from components.foundation.labels import CLUSTER_MANAGER, Component, selector
from components.foundation.services import HEADLESS, port
from components.stores.opensearch.configuration import HTTP_PORT, TRANSPORT_PORT
from components.stores.opensearch.nodes import HOLDS_DATA


def service_specs(name: str) -> dict[str, dict[str, Any]]:
    """Return the clients' Service, which leads to data nodes only, and those of all members and of the managers."""
    node, transport = selector(Component.NODE), {**HEADLESS, "ports": [port("transport", TRANSPORT_PORT)]}
    return {
        name: {"selector": {**node, HOLDS_DATA: "true"}, "ports": [port("https", HTTP_PORT)]},
        f"{name}-nodes": {"selector": node, **transport},
        f"{name}-managers": {"selector": {**node, CLUSTER_MANAGER: "true"}, **transport},
    }

"""Names under which the cluster is found: one for clients, two for its members."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.foundation.services import members_service, service
from components.stores.opensearch.nodes import HOLDS_DATA
from components.stores.opensearch.workloads import CLUSTER_MANAGER, NODE

if TYPE_CHECKING:
    from pulumi import ResourceOptions
    from pulumi_kubernetes.core.v1 import Service

    from components.foundation.connections import Endpoint


def services(name: str, members: Endpoint, child: ResourceOptions) -> list[Service]:
    """Return the Services; pods are declared after them, because they need their names."""
    managers, transport = {CLUSTER_MANAGER: "true"}, ["transport"]
    return [
        service(NODE, members, child, ports=["https"], also={HOLDS_DATA: "true"}, awaited=False),
        members_service(f"{name}-nodes", NODE, members, child, ports=transport),
        members_service(f"{name}-managers", NODE, members, child, ports=transport, also=managers),
    ]

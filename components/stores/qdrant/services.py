"""Names under which the vector store is found: one for clients, one for its members."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi_kubernetes.core.v1 import Service

from components.foundation.labels import labels, selector
from components.foundation.manifests import manifest
from components.stores.qdrant import configuration, workloads
from components.stores.qdrant.settings import NAMESPACE

if TYPE_CHECKING:
    from pulumi import ResourceOptions


def services(name: str, child: ResourceOptions) -> list[Service]:
    """Return the clients' service, and one that names members before they are ready, without which none would be."""
    https = {"name": "https", "port": configuration.HTTP_PORT, "targetPort": "https"}
    grpc = {"name": "grpc", "port": configuration.GRPC_PORT, "targetPort": "grpc"}
    p2p = {"name": "p2p", "port": configuration.P2P_PORT, "targetPort": "p2p"}
    metrics = {"name": "metrics", "port": configuration.METRICS_PORT, "targetPort": "metrics"}
    specs = {
        name: {"ports": [https, grpc]},
        f"{name}-nodes": {"clusterIP": "None", "publishNotReadyAddresses": True, "ports": [https, p2p, metrics]},
    }
    return [
        Service(
            service,
            metadata={
                "name": service,
                "namespace": NAMESPACE,
                "labels": labels(workloads.NODE),
                # Its pods are declared after it, because they need its name.
                "annotations": {"pulumi.com/skipAwait": "true"},
            },
            spec=manifest({"selector": selector(workloads.NODE), **spec}),
            opts=child,
        )
        for service, spec in specs.items()
    ]

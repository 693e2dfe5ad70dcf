"""Names under which the cluster is found: one for clients, two for its members."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi_kubernetes.core.v1 import Service

from components.foundation.labels import labels, selector
from components.foundation.manifests import manifest
from components.stores.opensearch import configuration, workloads
from components.stores.opensearch.nodes import HOLDS_DATA
from components.stores.opensearch.settings import NAMESPACE
from components.stores.opensearch.workloads import CLUSTER_MANAGER

if TYPE_CHECKING:
    from pulumi import ResourceOptions


def services(name: str, child: ResourceOptions) -> list[Service]:
    """Return the clients' service, and two that name members before they are ready, without which none would be."""
    https = {"name": "https", "port": configuration.HTTP_PORT, "targetPort": "https"}
    transport = {"name": "transport", "port": configuration.TRANSPORT_PORT, "targetPort": "transport"}
    headless = {"clusterIP": "None", "publishNotReadyAddresses": True, "ports": [transport]}
    specs = {
        name: {"selector": {**selector(workloads.NODE), HOLDS_DATA: "true"}, "ports": [https]},
        f"{name}-nodes": {"selector": selector(workloads.NODE), **headless},
        f"{name}-managers": {"selector": {**selector(workloads.NODE), CLUSTER_MANAGER: "true"}, **headless},
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
            spec=manifest(spec),
            opts=child,
        )
        for service, spec in specs.items()
    ]

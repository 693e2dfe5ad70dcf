"""The Service by whose name clients find an endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pulumi_kubernetes.core.v1 import Service

from components.foundation.labels import labels, selector
from components.foundation.manifests import manifest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pulumi import ResourceOptions

    from components.foundation.connections import Endpoint
    from components.foundation.labels import Workload


def service(
    workload: Workload,
    endpoint: Endpoint,
    opts: ResourceOptions,
    *,
    ports: Sequence[str] = (),
    awaited: bool = True,
    **spec: str,
) -> Service:
    """Return the Service that an endpoint's host names.

    Args:
        workload: whose pods it finds.
        endpoint: its host and its ports.
        opts: options of the Service.
        ports: names of those ports that clients are meant to ask; all of them unless it says so.
        awaited: whether its pods are there before it; false where they need its name, or somebody else makes them.
        spec: further fields of its specification.
    """
    name = endpoint.service or endpoint.name
    metadata: dict[str, Any] = {"name": name, "namespace": endpoint.namespace, "labels": labels(workload)}
    if not awaited:
        metadata["annotations"] = {"pulumi.com/skipAwait": "true"}
    named = [{"name": port, "port": endpoint.ports[port], "targetPort": port} for port in ports or endpoint.ports]
    return Service(
        name,
        metadata=manifest(metadata),
        spec=manifest({"selector": selector(workload), **spec, "ports": named}),
        opts=opts,
    )

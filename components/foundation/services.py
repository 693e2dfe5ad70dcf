"""The Services by whose names an endpoint is found, by clients and by its own members."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pulumi_kubernetes.core.v1 import Service

from components.foundation.labels import labels, selector
from components.foundation.manifests import manifest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pulumi import ResourceOptions

    from components.foundation.connections import Endpoint
    from components.foundation.labels import Workload


def service(
    workload: Workload,
    endpoint: Endpoint,
    opts: ResourceOptions,
    *,
    ports: Sequence[str] = (),
    also: Mapping[str, str] | None = None,
    awaited: bool = True,
    **spec: str,
) -> Service:
    """Return the Service that an endpoint's host names.

    Args:
        workload: whose pods it finds.
        endpoint: its host and its ports.
        opts: options of the Service.
        ports: names of those ports that clients are meant to ask; all of them unless it says so.
        also: further labels of the pods that it finds.
        awaited: whether its pods are there before it; false where they need its name, or somebody else makes them.
        spec: further fields of its specification.
    """
    name = endpoint.service or endpoint.name
    return _made(name, workload, also, {**spec, "ports": _ports(endpoint, ports)}, opts, awaited=awaited)


def members_service(
    name: str,
    workload: Workload,
    endpoint: Endpoint,
    opts: ResourceOptions,
    *,
    ports: Sequence[str],
    also: Mapping[str, str] | None = None,
) -> Service:
    """Return a headless Service that names the members of a cluster before they are ready, without which none would be.

    Args:
        name: its name, the end of its pods' names in DNS.
        workload: whose pods it finds.
        endpoint: its ports.
        opts: options of the Service.
        ports: names of those ports on which members ask each other.
        also: further labels of the pods that it finds.
    """
    spec = {"clusterIP": "None", "publishNotReadyAddresses": True, "ports": _ports(endpoint, ports)}
    return _made(name, workload, also, spec, opts, awaited=False)


def _ports(endpoint: Endpoint, names: Sequence[str]) -> list[dict[str, Any]]:
    return [{"name": name, "port": endpoint.ports[name], "targetPort": name} for name in names or endpoint.ports]


def _made(
    name: str,
    workload: Workload,
    also: Mapping[str, str] | None,
    spec: Mapping[str, Any],
    opts: ResourceOptions,
    *,
    awaited: bool,
) -> Service:
    metadata: dict[str, Any] = {"name": name, "namespace": str(workload.namespace), "labels": labels(workload)}
    if not awaited:
        metadata["annotations"] = {"pulumi.com/skipAwait": "true"}
    chosen = {"selector": {**selector(workload), **(also or {})}}
    return Service(name, metadata=manifest(metadata), spec=manifest({**chosen, **spec}), opts=opts)

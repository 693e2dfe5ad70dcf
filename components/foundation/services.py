"""Services whose pods are declared after them, because those need their names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pulumi_kubernetes.core.v1 import Service

from components.foundation.labels import labels
from components.foundation.manifests import manifest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pulumi import ResourceOptions

    from components.foundation.labels import Component, Concern

HEADLESS = {"clusterIP": "None", "publishNotReadyAddresses": True}
"""Of a Service that names members before they are ready, without which none would be."""


def services(
    concern: Concern, component: Component, specs: Mapping[str, Mapping[str, Any]], child: ResourceOptions
) -> list[Service]:
    """Return the Services of a workload: by name, each with its selector and ports; nobody waits for their pods."""
    return [
        Service(
            name,
            metadata=manifest(
                {
                    "name": name,
                    "namespace": concern.value,
                    "labels": labels(concern, component),
                    "annotations": {"pulumi.com/skipAwait": "true"},
                }
            ),
            spec=manifest(dict(spec)),
            opts=child,
        )
        for name, spec in specs.items()
    ]


def port(name: str, number: int) -> dict[str, Any]:
    """Return a port of a Service, which the pods know by the same name."""
    return {"name": name, "port": number, "targetPort": name}

"""Stateless companions of a store: the shape that consoles and exporters share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pulumi_kubernetes.apps.v1 import Deployment

from components.foundation.disruption import disruption_budget
from components.foundation.labels import labels, selector
from components.foundation.manifests import FORCED, manifest

if TYPE_CHECKING:
    from pulumi import Output, ResourceOptions

    from components.foundation.labels import Workload


def deployment(
    name: str,
    *,
    workload: Workload,
    replicas: int,
    pod: dict[str, Any],
    opts: ResourceOptions,
) -> Deployment:
    """Return a Deployment that never has fewer ready pods than it declares, spread over zones.

    Of several pods whoever empties a machine takes one at a time; a budget for a single one would hold up the machine.
    """
    if replicas > 1:
        disruption_budget(name, workload, opts)
    spread = {
        "maxSkew": 1,
        "topologyKey": "topology.kubernetes.io/zone",
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": selector(workload)},
    }
    return Deployment(
        name,
        metadata=manifest(
            {
                "name": name,
                "namespace": str(workload.namespace),
                "labels": labels(workload),
                "annotations": FORCED,
            }
        ),
        spec=manifest(
            {
                "replicas": replicas,
                "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}},
                "selector": {"matchLabels": selector(workload)},
                "template": {
                    "metadata": {"labels": labels(workload)},
                    "spec": {"topologySpreadConstraints": [spread], **pod},
                },
            }
        ),
        opts=opts,
    )


def authority_volume(certificate: Output[str]) -> dict[str, Any]:
    """Return a volume with the authority's certificate alone, out of a Secret that holds a private key too."""
    source = {"secret": {"name": certificate, "items": [{"key": "ca.crt", "path": "ca.crt"}]}}
    return {"name": "authority", "projected": {"sources": [source]}}

"""One pod on every node, whatever else the node may not run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pulumi_kubernetes.apps.v1 import DaemonSet

from components.foundation.labels import labels, selector
from components.foundation.manifests import FORCED, manifest

if TYPE_CHECKING:
    from pulumi import ResourceOptions

    from components.foundation.labels import Workload


def daemon_set(name: str, workload: Workload, pod: dict[str, Any], child: ResourceOptions) -> DaemonSet:
    """Return a DaemonSet that a changed template reaches a tenth of the nodes at a time.

    What such pods tell of a node waits there meanwhile: its files, and its counters.
    """
    own = labels(workload)
    return DaemonSet(
        name,
        metadata=manifest({"name": name, "namespace": str(workload.namespace), "labels": own, "annotations": FORCED}),
        spec=manifest(
            {
                "selector": {"matchLabels": selector(workload)},
                "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "10%"}},
                "template": {"metadata": {"labels": own}, "spec": pod},
            }
        ),
        opts=child,
    )

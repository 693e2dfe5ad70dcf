"""`watch()`: how a component says where its metrics are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pulumi_kubernetes.apiextensions import CustomResource

from components.foundation.labels import PART_OF

if TYPE_CHECKING:
    from pulumi import ResourceOptions

    from components.foundation.connections import Endpoint

MONITORING = "monitoring.coreos.com/v1"

FOUND_BY = {"app.kubernetes.io/part-of": PART_OF}
"""The label by which Prometheus finds monitors, and the namespaces in which it looks for them."""

NODE = {"sourceLabels": ["__meta_kubernetes_pod_node_name"], "targetLabel": "node"}
"""Which node a pod stands on: an address of a pod says nothing to whoever looks for a machine."""


def pod_monitor(
    endpoint: Endpoint,
    opts: ResourceOptions,
    *,
    port: str = "metrics",
    path: str = "/metrics",
    speaks_for_others: bool = False,
) -> None:
    """Have Prometheus ask the pods of an endpoint for their metrics, at the interval that all targets share.

    Pods are asked and not a Service, so each is seen by its own name and a pod that is not ready is seen too. The path
    there is opened by a `Connection` in the composition root.

    Args:
        endpoint: whose pods; it gives the monitor its name and its namespace.
        opts: options of the monitor.
        port: name of the container's port, one of the endpoint's.
        path: where metrics are.
        speaks_for_others: its metrics name namespaces and pods that are not its own, and keep those labels.

    Raises:
        KeyError: if the endpoint has no port of that name.
    """
    endpoint.port(port)
    asked: dict[str, Any] = {"port": port, "path": path, "honorLabels": speaks_for_others}
    if not speaks_for_others:
        asked["relabelings"] = [NODE]
    CustomResource(
        f"{endpoint.name}-{port}",
        api_version=MONITORING,
        kind="PodMonitor",
        metadata={"name": f"{endpoint.name}-{port}", "namespace": endpoint.namespace, "labels": FOUND_BY},
        spec={
            # Two components of one cluster are told apart by it: it becomes the label `job`.
            "jobLabel": "app.kubernetes.io/component",
            "selector": {"matchLabels": dict(endpoint.pods)},
            "podMetricsEndpoints": [asked],
        },
        opts=opts,
    )

"""Where Prometheus finds the metrics of an endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pulumi_kubernetes.apiextensions import CustomResource

from components.foundation.labels import PART_OF

if TYPE_CHECKING:
    from pulumi import ResourceOptions

    from components.foundation.connections import Endpoint, Metrics

MONITORING = "monitoring.coreos.com/v1"

NODE = {"sourceLabels": ["__meta_kubernetes_pod_node_name"], "targetLabel": "node"}
"""Which node a pod stands on: an address of a pod says nothing to whoever looks for a machine."""


def found_by() -> dict[str, str]:
    """Return the label by which Prometheus finds monitors, and the namespaces in which it looks for them."""
    return {"app.kubernetes.io/part-of": str(PART_OF)}


def pod_monitors(endpoint: Endpoint, opts: ResourceOptions) -> None:
    """Have Prometheus ask the pods of an endpoint for their metrics, at the interval that all targets share.

    Pods are asked and not a Service, so each is seen by its own name and a pod that is not ready is seen too. The path
    there is opened by the composition, which reads the same `endpoint.metrics`.

    Raises:
        KeyError: if the endpoint has no port of a name that its metrics have.
    """
    asked = [_asked(endpoint, metrics) for metrics in endpoint.metrics]
    if asked:
        name = f"{endpoint.name}-{endpoint.metrics[0].port}"
        CustomResource(
            name,
            api_version=MONITORING,
            kind="PodMonitor",
            metadata={"name": name, "namespace": str(endpoint.namespace), "labels": found_by()},
            spec={
                # Two components of one cluster are told apart by it: it becomes the label `job`.
                "jobLabel": "app.kubernetes.io/component",
                "selector": {"matchLabels": dict(endpoint.pods)},
                "podMetricsEndpoints": asked,
            },
            opts=opts,
        )


def _asked(endpoint: Endpoint, metrics: Metrics) -> dict[str, Any]:
    endpoint.port(metrics.port)
    asked: dict[str, Any] = {"port": metrics.port, "path": metrics.path, "honorLabels": metrics.speaks_for_others}
    return asked if metrics.speaks_for_others else {**asked, "relabelings": [NODE]}

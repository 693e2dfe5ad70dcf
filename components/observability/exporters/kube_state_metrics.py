"""kube-state-metrics: the state of the cluster's objects as metrics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pulumi import ComponentResource, Output, ResourceOptions

from components.foundation.access import cluster_reader
from components.foundation.connections import Endpoint, Metrics
from components.foundation.deployments import deployment
from components.foundation.images import KUBERNETES, Image
from components.foundation.labels import Workload
from components.foundation.monitors import pod_monitors
from components.foundation.pods import fixed_resources, hardened_pod
from components.settings.telemetry_namespaces import NAMESPACE

if TYPE_CHECKING:
    from components.observability.exporters.settings import ClusterMetricsSettings

NAME = "kube-state-metrics"
PORT = 8080
OWN_PORT = 8081
USER = 65534

READ: dict[str, tuple[str, ...]] = {
    "": ("namespaces", "nodes", "persistentvolumeclaims", "persistentvolumes", "pods", "resourcequotas", "services"),
    "apps": ("daemonsets", "deployments", "replicasets", "statefulsets"),
    "autoscaling": ("horizontalpodautoscalers",),
    "batch": ("cronjobs", "jobs"),
    "policy": ("poddisruptionbudgets",),
}
"""What is told, by API group. Neither Secrets nor ConfigMaps: to count them it would have to be able to read them."""

LABELS: dict[str, tuple[str, ...]] = {
    "nodes": ("topology.kubernetes.io/zone", "node.kubernetes.io/instance-type"),
    "namespaces": ("app.kubernetes.io/part-of",),
    "pods": ("app.kubernetes.io/name", "app.kubernetes.io/component"),
}
"""Labels of objects that become metrics; each one told of every pod multiplies what is kept."""


WORKLOAD = Workload("kube-state-metrics", NAMESPACE)


def arguments() -> list[str]:
    """Return the command line."""
    resources = sorted(resource for group in READ.values() for resource in group)
    told = ",".join(f"{kind}=[{','.join(names)}]" for kind, names in LABELS.items())
    return [
        f"--port={PORT}",
        f"--telemetry-port={OWN_PORT}",
        f"--resources={','.join(resources)}",
        f"--metric-labels-allowlist={told}",
    ]


def rules() -> list[dict[str, Any]]:
    """Return what it may look at: exactly what it tells."""
    return [{"apiGroups": [group], "resources": list(resources)} for group, resources in READ.items()]


@dataclass(frozen=True, kw_only=True)
class KubeStateMetricsArgs:
    """What it needs to know: version and size, and its image."""

    settings: ClusterMetricsSettings
    image: str


class KubeStateMetrics(ComponentResource):
    """One pod for the whole cluster: a second one would only say the same twice."""

    account: Output[str]

    image = Image(name="kube-state-metrics/kube-state-metrics", tag="v{version}", registry=KUBERNETES)
    """Kubernetes publishes it in its own registry only."""

    endpoint = Endpoint.of(
        WORKLOAD,
        {"metrics": PORT, "own-metrics": OWN_PORT},
        metrics=(Metrics(speaks_for_others=True), Metrics("own-metrics")),
        api_access=True,
    )
    endpoints = (endpoint,)
    connections = ()

    def __init__(self, name: str, args: KubeStateMetricsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ballast:observability:KubeStateMetrics", name, None, opts)
        child = ResourceOptions(parent=self)
        self.account = cluster_reader(NAME, NAMESPACE, rules(), child)
        container = {
            "name": NAME,
            "image": args.image,
            "args": arguments(),
            "ports": [
                {"name": "metrics", "containerPort": PORT},
                {"name": "own-metrics", "containerPort": OWN_PORT},
            ],
            "resources": fixed_resources(args.settings.cpu.kubernetes, args.settings.memory.kubernetes),
            "readinessProbe": {"httpGet": {"path": "/readyz", "port": "own-metrics"}, "periodSeconds": 10},
            "livenessProbe": {
                "httpGet": {"path": "/livez", "port": "metrics"},
                "periodSeconds": 10,
                "failureThreshold": 6,
            },
        }
        pod = hardened_pod({"serviceAccountName": self.account, "containers": [container]}, user=USER, api_access=True)
        deployment(
            name,
            workload=WORKLOAD,
            replicas=1,
            pod=pod,
            opts=child,
        )
        pod_monitors(self.endpoint, child)
        self.register_outputs({"account": self.account})

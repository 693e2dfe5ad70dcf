"""The Prometheus Operator: makes Prometheus and Alertmanager out of their custom resources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pulumi import ComponentResource, Output, ResourceOptions
from pulumi_kubernetes.core.v1 import ServiceAccount
from pulumi_kubernetes.rbac.v1 import ClusterRole, ClusterRoleBinding, Role, RoleBinding

from components.foundation.access import READING
from components.foundation.connections import Endpoint, Metrics
from components.foundation.deployments import deployment
from components.foundation.images import QUAY, Image
from components.foundation.labels import PART_OF, Workload
from components.foundation.manifests import manifest
from components.foundation.monitors import pod_monitors
from components.foundation.pods import fixed_resources, hardened_pod
from components.settings.telemetry_namespaces import NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from components.observability.prometheus.settings import OperatorSettings
    from components.settings.platform_name import PlatformName

NAME = "prometheus-operator"
PORT = 8080
USER = 65534
MONITORING = "monitoring.coreos.com"

RELOADER = {"cpu-request": "10m", "cpu-limit": "100m", "memory-request": "50Mi", "memory-limit": "50Mi"}
"""Of what the operator puts beside each server: a quota refuses a pod with a container that names nothing."""

CHANGING = ["create", "update", "delete"]

OWN_RULES: list[dict[str, Any]] = [
    {"apiGroups": [MONITORING], "resources": ["prometheuses", "alertmanagers"], "verbs": READING},
    # It asks whether it may update, and then patches.
    {
        "apiGroups": [MONITORING],
        "resources": ["prometheuses/status", "alertmanagers/status"],
        "verbs": ["update", "patch"],
    },
    # A cluster may demand it of whoever makes objects that their owner's deletion waits for.
    {
        "apiGroups": [MONITORING],
        "resources": ["prometheuses/finalizers", "alertmanagers/finalizers"],
        "verbs": ["update"],
    },
    {"apiGroups": ["apps"], "resources": ["statefulsets"], "verbs": [*READING, *CHANGING]},
    {"apiGroups": [""], "resources": ["secrets"], "verbs": [*READING, *CHANGING]},
    # Rules, which are written anew when they change.
    {"apiGroups": [""], "resources": ["configmaps"], "verbs": [*READING, "create", "delete"]},
    # Services that govern the StatefulSets.
    {"apiGroups": [""], "resources": ["services"], "verbs": ["get", "create", "update"]},
    # A pod that can't start any more is deleted when its template has changed: its controller wouldn't.
    {"apiGroups": [""], "resources": ["pods"], "verbs": ["list", "delete"]},
]
"""What it may do where its servers run, and nowhere else: Secrets of other namespaces are out of its reach."""

CLUSTER_RULES: list[dict[str, Any]] = [
    {
        "apiGroups": [MONITORING],
        "resources": ["podmonitors", "servicemonitors", "probes", "prometheusrules", "alertmanagerconfigs"],
        "verbs": READING,
    },
    {"apiGroups": [""], "resources": ["namespaces"], "verbs": READING},
    {"apiGroups": [""], "resources": ["events"], "verbs": ["create", "patch"]},
    {"apiGroups": ["storage.k8s.io"], "resources": ["storageclasses"], "verbs": ["get"]},
]
"""What it may do in the whole cluster: look for monitors and rules, and say what it did."""


WORKLOAD = Workload("prometheus-operator", NAMESPACE)


def arguments(watched: Sequence[PlatformName], reloader: str) -> list[str]:
    """Return the command line.

    Args:
        watched: namespaces in which it looks for monitors and rules.
        reloader: image of what it puts beside each server.
    """
    return [
        f"--namespaces={','.join(map(str, watched))}",
        *(f"--{kind}-namespaces={NAMESPACE}" for kind in ("prometheus-instance", "alertmanager-instance")),
        # Its routes are a file of this stack; nobody adds to them by an object of their own.
        f"--alertmanager-config-namespaces={NAMESPACE}",
        f"--prometheus-config-reloader={reloader}",
        *(f"--config-reloader-{what}={amount}" for what, amount in RELOADER.items()),
        # Prometheus finds the nodes itself (scraping.py).
        "--kubelet-endpoints=false",
        "--auto-gomemlimit-ratio=0.9",
        "--log-format=json",
        f"--web.listen-address=:{PORT}",
    ]


@dataclass(frozen=True, kw_only=True)
class PrometheusOperatorArgs:
    """What the operator needs to know.

    Attributes:
        settings: version and size.
        image: the operator's image.
        reloader: image of what it puts beside each server, of the same version.
        watched: namespaces in which it looks for monitors and rules.
    """

    settings: OperatorSettings
    image: str
    reloader: str
    watched: Sequence[PlatformName]


class PrometheusOperator(ComponentResource):
    """The operator; the definitions of its custom resources (CRDs) are the cluster's and installed outside."""

    account: Output[str]

    image = Image(name="prometheus-operator/prometheus-operator", tag="v{version}", registry=QUAY)
    reloader = Image(name="prometheus-operator/prometheus-config-reloader", tag="v{version}", registry=QUAY)
    """What the operator puts beside Prometheus and Alertmanager; released with it."""

    endpoint = Endpoint.of(WORKLOAD, {"metrics": PORT}, metrics=(Metrics(),), api_access=True)
    endpoints = (endpoint,)
    connections = ()

    def __init__(self, name: str, args: PrometheusOperatorArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ballast:observability:PrometheusOperator", name, None, opts)
        child = ResourceOptions(parent=self)
        rights = _rights(child)
        self.account = rights.metadata.apply(lambda made: str(made.name))
        probe = {"httpGet": {"path": "/healthz", "port": "metrics"}, "periodSeconds": 10}
        container = {
            "name": "operator",
            "image": args.image,
            "args": arguments(args.watched, args.reloader),
            "ports": [{"name": "metrics", "containerPort": PORT}],
            "resources": fixed_resources(args.settings.cpu.kubernetes, args.settings.memory.kubernetes),
            "readinessProbe": probe,
            "livenessProbe": {**probe, "failureThreshold": 6},
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


def _rights(child: ResourceOptions) -> ServiceAccount:
    """Declare the account, its role where its servers run, and its role in the cluster."""
    here = {"name": NAME, "namespace": str(NAMESPACE)}
    everywhere = {"name": f"{PART_OF}-{NAME}"}
    account = ServiceAccount(NAME, metadata=here, automount_service_account_token=False, opts=child)
    subjects = [{"kind": "ServiceAccount", "name": account.metadata.name, "namespace": str(NAMESPACE)}]
    role = Role(NAME, metadata=here, rules=[manifest(rule) for rule in OWN_RULES], opts=child)
    RoleBinding(NAME, metadata=here, role_ref=_reference("Role", role.metadata.name), subjects=subjects, opts=child)
    cluster_role = ClusterRole(NAME, metadata=everywhere, rules=[manifest(rule) for rule in CLUSTER_RULES], opts=child)
    ClusterRoleBinding(
        NAME,
        metadata=everywhere,
        role_ref=_reference("ClusterRole", cluster_role.metadata.name),
        subjects=subjects,
        opts=child,
    )
    return account


def _reference(kind: str, name: Output[str]) -> Any:  # noqa: ANN401 - as manifest
    return manifest({"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": name})

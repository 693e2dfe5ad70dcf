"""Prometheus: its custom resource, its rights, its volumes, and the name under which it is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pulumi import ComponentResource, Output, ResourceOptions
from pulumi_kubernetes.core.v1 import Secret, ServiceAccount
from pulumi_kubernetes.rbac.v1 import ClusterRole, ClusterRoleBinding, Role, RoleBinding

from components.foundation.access import READING
from components.foundation.connections import Endpoint, Metrics, egress, service_host
from components.foundation.images import Image
from components.foundation.labels import PART_OF
from components.foundation.manifests import manifest
from components.foundation.monitors import pod_monitors
from components.foundation.services import service
from components.observability.operated import OperatedArgs, operated
from components.observability.prometheus import configuration, scraping
from components.observability.prometheus.configuration import WORKLOAD
from components.settings.telemetry_namespaces import NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from components.foundation.data_protection import DataProtection
    from components.observability.prometheus.settings import PrometheusSettings
    from components.settings.cluster import ClusterSettings
    from components.settings.platform_name import PlatformName

ACCOUNT = configuration.ACCOUNT
JOBS = "jobs.yaml"

PATIENCE_SECONDS = configuration.GRACE_SECONDS + configuration.START_SECONDS
"""A replica ends, and reads its log anew."""

SEEING_PODS: list[dict[str, Any]] = [{"apiGroups": [""], "resources": ["pods"], "verbs": READING}]
SEEING_ALERTMANAGERS: list[dict[str, Any]] = [
    {"apiGroups": [""], "resources": ["services"], "verbs": READING},
    {"apiGroups": ["discovery.k8s.io"], "resources": ["endpointslices"], "verbs": READING},
]
SEEING_NODES: list[dict[str, Any]] = [
    {"apiGroups": [""], "resources": ["nodes"], "verbs": ["list", "watch"]},
    {"apiGroups": [""], "resources": ["nodes/metrics"], "verbs": ["get"]},
]


@dataclass(frozen=True, kw_only=True)
class PrometheusArgs:
    """What Prometheus needs to know.

    Attributes:
        settings: number, sizes, retention.
        image: its image.
        environment: for the external labels.
        cluster: for the external labels, and where its volumes are.
        watched: namespaces in which it looks for pods; those namespaces exist.
        protection: how the custom resource is kept.
    """

    settings: PrometheusSettings
    image: str
    environment: str
    cluster: ClusterSettings
    watched: Sequence[PlatformName]
    protection: DataProtection


class Prometheus(ComponentResource):
    """Equal replicas that each scrape everything; the operator makes them."""

    url: Output[str]

    image = Image(name="prom/prometheus", tag="v{version}")

    endpoint = Endpoint.of(WORKLOAD, {"web": configuration.PORT}, metrics=(Metrics("web"),), api_access=True)
    endpoints = (endpoint,)

    def __init__(self, name: str, args: PrometheusArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ballast:observability:Prometheus", name, None, opts)
        child = ResourceOptions(parent=self)
        rights = _rights(args.watched, child)
        jobs = Secret(
            f"{name}-jobs",
            metadata={"namespace": str(NAMESPACE)},
            string_data={JOBS: scraping.written()},
            opts=child,
        )
        spec = configuration.prometheus_spec(
            args.settings, image=args.image, environment=args.environment, cluster=args.cluster
        )
        operated(
            name,
            OperatedArgs(
                kind="Prometheus",
                name=configuration.RESOURCE,
                workload=WORKLOAD,
                replicas=args.settings.replicas,
                disk=args.settings.disk,
                volume=configuration.VOLUME,
                key="ballast:prometheus.disk",
                spec={**spec, "additionalScrapeConfigs": {"name": jobs.metadata.name, "key": JOBS}},
                protection=args.protection,
                rights=rights,
                ready_seconds=PATIENCE_SECONDS,
            ),
            child,
        )
        # Its pods come when the operator has made them. Replicas ask their targets at other moments: a graph that went
        # from one to the other would jump.
        service(WORKLOAD, self.endpoint, child, awaited=False, sessionAffinity="ClientIP")
        pod_monitors(self.endpoint, child)
        self.connections = egress(self.endpoint, scraping.kubelets(args.cluster))
        self.url = Output.from_input(f"http://{self.endpoint.address('web')}")
        self.register_outputs({"url": self.url})


def replica_urls(replicas: int) -> list[str]:
    """Return the address of each replica: what is pushed goes to every one, because they share nothing."""
    host = service_host(configuration.GOVERNING_SERVICE, NAMESPACE)
    return [f"http://{configuration.STATEFUL_SET}-{ordinal}.{host}:{configuration.PORT}" for ordinal in range(replicas)]


def _rights(watched: Sequence[PlatformName], child: ResourceOptions) -> list[RoleBinding | ClusterRoleBinding]:
    """Declare who Prometheus is and what it may see: pods where it scrapes, Alertmanagers at home, all nodes."""
    metadata = {"name": ACCOUNT, "namespace": str(NAMESPACE)}
    account = ServiceAccount(ACCOUNT, metadata=metadata, automount_service_account_token=False, opts=child)
    subjects = [{"kind": "ServiceAccount", "name": account.metadata.name, "namespace": str(NAMESPACE)}]
    bindings: list[RoleBinding | ClusterRoleBinding] = []
    # Bound in each namespace and not in the whole cluster.
    elsewhere = {"name": f"{PART_OF}-{ACCOUNT}-pods"}
    pods = ClusterRole(
        f"{ACCOUNT}-pods", metadata=elsewhere, rules=[manifest(rule) for rule in SEEING_PODS], opts=child
    )
    alike = _reference("ClusterRole", pods.metadata.name)
    at_home = [manifest(rule) for rule in SEEING_PODS + SEEING_ALERTMANAGERS]
    own = _reference("Role", Role(ACCOUNT, metadata=metadata, rules=at_home, opts=child).metadata.name)
    for namespace in watched:
        there = {"name": ACCOUNT, "namespace": str(namespace)}
        name = f"{ACCOUNT}-{namespace.bare}"
        reference = own if namespace == NAMESPACE else alike
        bindings.append(RoleBinding(name, metadata=there, role_ref=reference, subjects=subjects, opts=child))
    everywhere = {"name": f"{PART_OF}-{ACCOUNT}"}
    nodes = ClusterRole(ACCOUNT, metadata=everywhere, rules=[manifest(rule) for rule in SEEING_NODES], opts=child)
    reference = _reference("ClusterRole", nodes.metadata.name)
    bindings.append(ClusterRoleBinding(ACCOUNT, metadata=everywhere, role_ref=reference, subjects=subjects, opts=child))
    return bindings


def _reference(kind: str, name: Output[str]) -> Any:  # noqa: ANN401 - as manifest
    return manifest({"apiGroup": "rbac.authorization.k8s.io", "kind": kind, "name": name})

"""The OpenSearch nodes of one pool in one zone: a StatefulSet and its claims."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pulumi import ComponentResource, Output, ResourceOptions

from components.foundation.labels import selector
from components.foundation.pods import fixed_resources, hardened_pod, template_digest
from components.storage.stateful_sets import GATED, StatefulSetArgs, stateful_set
from components.stores.opensearch import workloads
from components.stores.opensearch.configuration import HTTP_PORT, TRANSPORT_PORT
from components.stores.opensearch.job_configs import BOOTSTRAP_RECORD
from components.stores.opensearch.sizing import java_options
from components.stores.opensearch.workloads import CLUSTER_MANAGER, POOL

if TYPE_CHECKING:
    from components.foundation.data_protection import DataProtection
    from components.stores.opensearch.repositories import SnapshotRepository
    from components.stores.opensearch.topology import ZonalPool

USER = 1000
"""uid and gid of the image's user `opensearch`."""

GRACE_SECONDS = 120
"""Time to close shards and hand over a manager's office (search-stores, "Restart/upgrade order")."""

HOLDS_DATA = "ballast/holds-data"
"""`true` on pods that hold shards; the HTTP service and the data disruption budget select it."""

READY_SECONDS = 1800
"""Recovery of large shards stands between a new pod and its readiness."""

HOME = "/usr/share/opensearch"


@dataclass(frozen=True, kw_only=True)
class NodeFiles:
    """Names of the ConfigMaps and Secrets that every node mounts."""

    security: Output[str]
    scripts: Output[str]
    transport_certificate: Output[str]
    http_certificate: Output[str]


@dataclass(frozen=True, kw_only=True)
class OpenSearchNodesArgs:
    """What the nodes need to know.

    Attributes:
        pool: roles, sizes, zone and number.
        image: the OpenSearch image.
        storage_class: class of the data volumes; reclaim policy Retain and expandable.
        service: the headless service that gives each node its name.
        service_account: identity of the pods.
        initial_managers: who founds the cluster; empty for nodes that can't be manager.
        configuration: name of the ConfigMap with the pool's opensearch.yml.
        files: what all pools mount.
        repository: what the snapshot repository adds to each pod.
        protection: how the StatefulSet is kept.
    """

    pool: ZonalPool
    image: str
    storage_class: str
    service: str
    service_account: Output[str]
    initial_managers: tuple[str, ...]
    configuration: Output[str]
    files: NodeFiles
    repository: SnapshotRepository
    protection: DataProtection


class OpenSearchNodes(ComponentResource):
    """Equal nodes in one zone, each with a volume that outlives it."""

    name: Output[str]
    template: Output[str]

    def __init__(self, name: str, args: OpenSearchNodesArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ballast:opensearch:OpenSearchNodes", name, None, opts)
        pool = args.pool
        nodes = StatefulSetArgs(
            workload=workloads.NODE,
            pod=_pod(args),
            replicas=pool.replicas,
            disk=pool.settings.disk,
            key=f"ballast:opensearch.pools.{pool.pool}.disk",
            storage_class=args.storage_class,
            protection=args.protection if pool.settings.nodes else None,
            service=args.service,
            matching=pool_labels(pool),
            labels={CLUSTER_MANAGER: str(pool.is_manager).lower(), HOLDS_DATA: str(pool.holds_data).lower()},
            rollout=GATED,
            ready_seconds=READY_SECONDS,
        )
        made = stateful_set(name, nodes, ResourceOptions(parent=self))
        self.name = made.metadata.apply(lambda metadata: str(metadata.name))
        self.template = template_digest(nodes.template())
        self.register_outputs({"name": self.name, "template": self.template})


def pool_labels(pool: ZonalPool) -> dict[str, str]:
    """Return the labels that tell one zonal pool's pods from other nodes."""
    return {POOL: pool.pool, "ballast/zone": pool.zone}


def _pod(args: OpenSearchNodesArgs) -> dict[str, Any]:
    pool = args.pool
    return hardened_pod(
        {
            "serviceAccountName": args.service_account,
            "terminationGracePeriodSeconds": GRACE_SECONDS,
            "nodeSelector": {"topology.kubernetes.io/zone": pool.zone},
            "topologySpreadConstraints": [
                {
                    "maxSkew": 1,
                    "topologyKey": "kubernetes.io/hostname",
                    # Zones already separate the copies of a shard; one crowded host is better than a missing node.
                    "whenUnsatisfiable": "ScheduleAnyway",
                    "labelSelector": {"matchLabels": {**selector(workloads.NODE), **pool_labels(pool)}},
                }
            ],
            "initContainers": [_prepare(args)],
            "containers": [_node(args)],
            "volumes": _volumes(args),
        },
        user=USER,
    )


def _prepare(args: OpenSearchNodesArgs) -> dict[str, Any]:
    return {
        "name": "prepare",
        "image": args.image,
        "command": ["bash", "/etc/ballast/scripts/prepare.sh"],
        "resources": fixed_resources("50m", "64Mi"),
        "volumeMounts": [
            {"name": "config", "mountPath": "/config"},
            {"name": "scripts", "mountPath": "/etc/ballast/scripts", "readOnly": True},
            {"name": "opensearch", "mountPath": "/etc/ballast/opensearch", "readOnly": True},
            {"name": "security", "mountPath": "/etc/ballast/opensearch/security", "readOnly": True},
        ],
    }


def _node(args: OpenSearchNodesArgs) -> dict[str, Any]:
    settings = args.pool.settings
    https = {"path": "/_plugins/_security/health", "port": "https", "scheme": "HTTPS"}
    return {
        "name": "opensearch",
        "image": args.image,
        "command": ["bash", "/etc/ballast/scripts/start.sh"],
        "env": [
            {"name": "HOSTNAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
            {"name": "POD_IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}},
            {"name": "BALLAST_ZONE", "value": args.pool.zone},
            {"name": "BALLAST_INITIAL_MANAGERS", "value": ",".join(args.initial_managers)},
            {"name": "OPENSEARCH_JAVA_OPTS", "value": java_options(settings)},
            {"name": "OPENSEARCH_TMPDIR", "value": "/tmp"},  # noqa: S108 - an emptyDir of this pod alone
            *args.repository.environment,
        ],
        "ports": [
            {"name": "https", "containerPort": HTTP_PORT},
            {"name": "transport", "containerPort": TRANSPORT_PORT},
        ],
        "resources": fixed_resources(settings.cpu.kubernetes, settings.memory.kubernetes),
        # Ten minutes to open its shards; only then do the other two probes begin.
        "startupProbe": {"tcpSocket": {"port": "https"}, "periodSeconds": 10, "failureThreshold": 60},
        # Needs no credentials and is meant for load balancers, so that no pod holds a password for its probe.
        "readinessProbe": {"httpGet": https, "periodSeconds": 10, "timeoutSeconds": 5, "failureThreshold": 3},
        # Only a node that can't even accept a connection for three minutes is restarted: never for cluster health.
        "livenessProbe": {"tcpSocket": {"port": "transport"}, "periodSeconds": 20, "failureThreshold": 9},
        "volumeMounts": [
            {"name": "data", "mountPath": f"{HOME}/data"},
            {"name": "config", "mountPath": f"{HOME}/config"},
            # Directories, never single files: a renewed certificate must reach the running node.
            {"name": "transport-certificate", "mountPath": f"{HOME}/config/tls/transport", "readOnly": True},
            {"name": "http-certificate", "mountPath": f"{HOME}/config/tls/http", "readOnly": True},
            {"name": "bootstrap", "mountPath": "/etc/ballast/bootstrap", "readOnly": True},
            {"name": "scripts", "mountPath": "/etc/ballast/scripts", "readOnly": True},
            {"name": "logs", "mountPath": f"{HOME}/logs"},
            {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108 - an emptyDir of this pod alone
            *args.repository.mounts,
        ],
    }


def _volumes(args: OpenSearchNodesArgs) -> list[dict[str, Any]]:
    files = args.files
    return [
        {"name": "config", "emptyDir": {"sizeLimit": "64Mi"}},
        {"name": "logs", "emptyDir": {"sizeLimit": "1Gi"}},
        {"name": "tmp", "emptyDir": {"sizeLimit": "1Gi"}},
        {"name": "opensearch", "configMap": {"name": args.configuration}},
        {"name": "security", "configMap": {"name": files.security}},
        {"name": "scripts", "configMap": {"name": files.scripts}},
        {"name": "transport-certificate", "secret": {"secretName": files.transport_certificate, "defaultMode": 0o440}},
        {"name": "http-certificate", "secret": {"secretName": files.http_certificate, "defaultMode": 0o440}},
        # Optional: it doesn't exist before the cluster was founded, and its arrival changes no pod template.
        {"name": "bootstrap", "configMap": {"name": BOOTSTRAP_RECORD, "optional": True}},
        *args.repository.volumes,
    ]

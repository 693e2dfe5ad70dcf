"""The nodes of Qdrant: one StatefulSet over all zones, and its claims."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pulumi import ComponentResource, Output, ResourceOptions

from components.foundation.connections import service_host
from components.foundation.labels import selector
from components.foundation.pods import fixed_resources, hardened_pod, template_digest
from components.storage.stateful_sets import GATED, StatefulSetArgs, stateful_set
from components.stores.qdrant import configuration, workloads
from components.stores.qdrant.job_configs import BOOTSTRAP_RECORD, REMOVED_PEERS
from components.stores.qdrant.settings import NAMESPACE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from components.foundation.data_protection import DataProtection
    from components.stores.qdrant.settings import QdrantSettings

USER = 1000
"""uid of the `-unprivileged` image, which needs no root to take over a volume."""

GRACE_SECONDS = 120
"""Time to flush segments (search-stores, "Stop": 60 to 120 s)."""

READY_SECONDS = 1800
"""Loading of large collections stands between a new pod and its readiness."""


@dataclass(frozen=True, kw_only=True)
class QdrantFiles:
    """Names of the ConfigMaps and Secrets that every node mounts."""

    configuration: Output[str]
    scripts: Output[str]
    size: Output[str]
    keys: Output[str]
    certificate: Output[str]


@dataclass(frozen=True, kw_only=True)
class QdrantNodesArgs:
    """What the nodes need to know.

    Attributes:
        settings: number and sizes.
        image: the unprivileged Qdrant image.
        zones: where nodes may stand; they are spread over them.
        storage_class: class of the volumes; reclaim policy Retain and expandable.
        service: the headless service that gives each node its name.
        files: what is mounted.
        protection: how the StatefulSet is kept.
    """

    settings: QdrantSettings
    image: str
    zones: Sequence[str]
    storage_class: str
    service: str
    files: QdrantFiles
    protection: DataProtection


class QdrantNodes(ComponentResource):
    """Equal nodes, each with a volume for data and one on which its snapshots are built."""

    template: Output[str]

    def __init__(self, name: str, args: QdrantNodesArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ballast:qdrant:QdrantNodes", name, None, opts)
        nodes = StatefulSetArgs(
            workload=workloads.NODE,
            pod=_pod(args),
            replicas=args.settings.nodes,
            disk=args.settings.disk,
            key="ballast:qdrant.disk",
            storage_class=args.storage_class,
            protection=args.protection,
            service=args.service,
            volumes=("data", "snapshots"),
            rollout=GATED,
            ready_seconds=READY_SECONDS,
        )
        stateful_set(name, nodes, ResourceOptions(parent=self))
        self.template = template_digest(nodes.template())
        self.register_outputs({"template": self.template})


def _pod(args: QdrantNodesArgs) -> dict[str, Any]:
    spread = {
        "maxSkew": 1,
        # Hard: two nodes in one place would take a majority of the consensus, and both copies of a shard, with it.
        "whenUnsatisfiable": "DoNotSchedule",
        "labelSelector": {"matchLabels": selector(workloads.NODE)},
    }
    in_zones = {"key": "topology.kubernetes.io/zone", "operator": "In", "values": list(args.zones)}
    files = args.files
    sources = [{"configMap": {"name": files.configuration}}, {"secret": {"name": files.keys}}]
    return hardened_pod(
        {
            "terminationGracePeriodSeconds": GRACE_SECONDS,
            "affinity": {
                "nodeAffinity": {
                    "requiredDuringSchedulingIgnoredDuringExecution": {
                        "nodeSelectorTerms": [{"matchExpressions": [in_zones]}]
                    }
                }
            },
            "topologySpreadConstraints": [
                {**spread, "topologyKey": key} for key in ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
            ],
            "containers": [_node(args)],
            "volumes": [
                # Qdrant's own order of files puts local.yaml, with the keys, after production.yaml.
                {"name": "configuration", "projected": {"defaultMode": 0o440, "sources": sources}},
                {"name": "scripts", "configMap": {"name": files.scripts}},
                {"name": "certificate", "secret": {"secretName": files.certificate, "defaultMode": 0o440}},
                # Optional: neither exists at first, and their arrival changes no pod template.
                {"name": "bootstrap", "configMap": {"name": BOOTSTRAP_RECORD, "optional": True}},
                # One name for ever: another number of nodes changes the file in running pods, and no template.
                {"name": "size", "configMap": {"name": files.size}},
                {"name": "removed", "configMap": {"name": REMOVED_PEERS, "optional": True}},
                {"name": "init", "emptyDir": {"sizeLimit": "1Mi"}},
                {"name": "tmp", "emptyDir": {"sizeLimit": "64Mi"}},
            ],
        },
        user=USER,
    )


def _node(args: QdrantNodesArgs) -> dict[str, Any]:
    settings = args.settings

    def probe(path: str) -> dict[str, Any]:
        return {"httpGet": {"path": path, "port": "https", "scheme": "HTTPS"}, "timeoutSeconds": 5}

    return {
        "name": "qdrant",
        "image": args.image,
        "command": ["bash", "/etc/ballast/scripts/start.sh"],
        "workingDir": configuration.HOME,
        "env": [
            {"name": "POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
            {"name": "BALLAST_SERVICE", "value": service_host(args.service, NAMESPACE)},
            {"name": "BALLAST_SIZE", "value": "/etc/ballast/size"},
            {"name": "BALLAST_TEMPORARY", "value": configuration.TEMPORARY},
            {"name": "BALLAST_SCHEME", "value": "https"},
            {"name": "BALLAST_BOOTSTRAP", "value": "/etc/ballast/bootstrap"},
            {"name": "BALLAST_REMOVED", "value": "/etc/ballast/removed"},
            {"name": "BALLAST_STORAGE", "value": configuration.STORAGE},
            {"name": "RUN_MODE", "value": "production"},
            {"name": "QDRANT_INIT_FILE_PATH", "value": "/var/run/qdrant/initialized"},
            {"name": "TMPDIR", "value": "/tmp"},  # noqa: S108 - an emptyDir of this pod alone
        ],
        "ports": [
            {"name": "https", "containerPort": configuration.HTTP_PORT},
            {"name": "grpc", "containerPort": configuration.GRPC_PORT},
            {"name": "p2p", "containerPort": configuration.P2P_PORT},
            {"name": "metrics", "containerPort": configuration.METRICS_PORT},
        ],
        "resources": fixed_resources(settings.cpu.kubernetes, settings.memory.kubernetes),
        # REST opens only when all collections are loaded: half an hour for that, and only then the other two begin.
        "startupProbe": {**probe("/livez"), "periodSeconds": 5, "failureThreshold": 360},
        "readinessProbe": {**probe("/readyz"), "periodSeconds": 10, "failureThreshold": 3},
        "livenessProbe": {**probe("/livez"), "periodSeconds": 20, "failureThreshold": 9},
        "volumeMounts": [
            {"name": "data", "mountPath": configuration.STORAGE},
            {"name": "snapshots", "mountPath": configuration.SNAPSHOTS},
            {"name": "configuration", "mountPath": f"{configuration.HOME}/config", "readOnly": True},
            # A directory, never single files: a renewed certificate must reach the running node.
            {"name": "certificate", "mountPath": configuration.TLS, "readOnly": True},
            {"name": "scripts", "mountPath": "/etc/ballast/scripts", "readOnly": True},
            {"name": "bootstrap", "mountPath": "/etc/ballast/bootstrap", "readOnly": True},
            {"name": "size", "mountPath": "/etc/ballast/size", "readOnly": True},
            {"name": "removed", "mountPath": "/etc/ballast/removed", "readOnly": True},
            {"name": "init", "mountPath": "/var/run/qdrant"},
            {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108 - an emptyDir of this pod alone
        ],
    }

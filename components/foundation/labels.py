"""The label vocabulary: every value a selector or a dashboard may rely on, in one place."""

from __future__ import annotations

from enum import StrEnum


class Concern(StrEnum):
    """The part of the platform that a workload belongs to; equals the name of its namespace."""

    SEARCH = "search"
    VECTORS = "vectors"
    DATABASES = "databases"
    OBSERVABILITY = "observability"
    NODE_AGENTS = "node-agents"


class Component(StrEnum):
    """What a pod is for. Network policies select pods by this value, so two kinds of pod never share one."""

    NODE = "opensearch-node"
    CONSOLE = "opensearch-dashboards"
    METRICS_EXPORTER = "opensearch-metrics-exporter"
    BOOTSTRAP_JOB = "opensearch-bootstrap-job"
    CONFIGURE_JOB = "opensearch-configure-job"
    RESTART_JOB = "opensearch-restart-job"
    DRAIN_JOB = "opensearch-drain-job"
    SNAPSHOT_JOB = "opensearch-snapshot-job"
    RESTORE_JOB = "opensearch-restore-job"
    QDRANT = "qdrant-node"
    QDRANT_BOOTSTRAP_JOB = "qdrant-bootstrap-job"
    QDRANT_CONFIGURE_JOB = "qdrant-configure-job"
    QDRANT_RESTART_JOB = "qdrant-restart-job"
    QDRANT_REBALANCE_JOB = "qdrant-rebalance-job"
    QDRANT_DRAIN_JOB = "qdrant-drain-job"
    QDRANT_SNAPSHOT_JOB = "qdrant-snapshot-job"
    QDRANT_RESTORE_JOB = "qdrant-restore-job"
    CHROMA = "chroma"
    CHROMA_SNAPSHOT_JOB = "chroma-snapshot-job"
    CHROMA_RESTORE_JOB = "chroma-restore-job"
    VOLUME_SNAPSHOT_JOB = "volume-snapshot-job"
    VOLUME_RESTORE_JOB = "volume-restore-job"
    ARCHIVE_PROBE = "snapshot-archive-probe"
    SNAPSHOT_METRICS = "snapshot-metrics"
    DATA_PREPPER = "data-prepper"
    PROMETHEUS_OPERATOR = "prometheus-operator"
    PROMETHEUS = "prometheus"
    ALERTMANAGER = "alertmanager"
    KUBE_STATE_METRICS = "kube-state-metrics"
    NODE_EXPORTER = "node-exporter"
    COLLECTOR_AGENT = "collector-agent"
    COLLECTOR_GATEWAY = "collector-gateway"
    LOKI = "loki"
    TEMPO = "tempo"
    GRAFANA = "grafana"


PART_OF = "ballast"

NETWORK_PROFILE = "ballast/network-profile"
"""Label of a job with its network profile; network policies select its pods by it."""


class NetworkProfile(StrEnum):
    """Network profile of a job: the destinations it may open besides DNS."""

    ADMIN = "admin"
    """The store's nodes and the Kubernetes API."""
    BACKUP = "backup"
    """The store's nodes, the Kubernetes API, and the archive of its snapshots."""


POOL = "ballast/pool"
"""Which node pool an OpenSearch pod belongs to."""

CLUSTER_MANAGER = "ballast/cluster-manager"
"""`true` on every pod that can be elected cluster manager, whatever its pool: the one disruption budget selects it."""


def labels(concern: Concern, component: Component) -> dict[str, str]:
    """Return the labels that objects of one component carry.

    They never hold a version: these are also selectors, which Kubernetes never lets change.
    """
    return {
        "app.kubernetes.io/name": component.value,
        "app.kubernetes.io/component": component.value,
        "app.kubernetes.io/instance": concern.value,
        "app.kubernetes.io/part-of": PART_OF,
        "app.kubernetes.io/managed-by": "pulumi",
    }


def network_profile(store: str, profile: NetworkProfile) -> dict[str, str]:
    """Return the label that jobs of a store carry which reach the same, and by which policies select them."""
    return {NETWORK_PROFILE: f"{store}-{profile.value}"}


def selector(component: Component) -> dict[str, str]:
    """Return the labels by which a Service, a policy or a disruption budget finds the pods of one component."""
    return {"app.kubernetes.io/component": component.value}

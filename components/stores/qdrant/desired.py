"""The desired state of the vector store, as its jobs read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from components.foundation.connections import service_host
from components.foundation.guards import NODES
from components.storage.recovery import kept_sets
from components.stores.qdrant.collections import collection_body
from components.stores.qdrant.configuration import HTTP_PORT, quotas
from components.stores.qdrant.workloads import NAMESPACE

if TYPE_CHECKING:
    from components.stores.qdrant.settings import QdrantSettings

BOOTSTRAP_RECORD = "vectors-bootstrap"
REMOVED_PEERS = "vectors-removed-peers"
SNAPSHOT_RECORD = "vectors-snapshots"
LOCK = "vectors-operations"
POOL_KEY = "qdrant.nodes"
"""The key by which the cluster's guards know the nodes: their place in the stack file."""

DEADLINE_SECONDS = 900
"""How long a job waits for the cluster: a first start with slow volumes and image pulls fits in it."""

MOVING_SECONDS = 6 * 3600
"""How long a restart of all nodes, or moves of shards between them, may take."""


def orders(name: str, certificate: str, settings: QdrantSettings, *, seconds: int = DEADLINE_SECONDS) -> dict[str, Any]:
    """Return what every job knows: where the nodes are, how many, and what is to be in them.

    Args:
        name: of the StatefulSet and of the clients' service.
        certificate: the nodes' Certificate: a pod older than its last issue is to be restarted.
        settings: of the store.
        seconds: the job's deadline.
    """
    members = service_host(f"{name}-nodes", NAMESPACE)
    return {
        "endpoint": f"https://{service_host(name, NAMESPACE)}:{HTTP_PORT}",
        "peers": [f"https://{name}-{ordinal}.{members}:{HTTP_PORT}" for ordinal in range(settings.nodes)],
        "deadlineSeconds": seconds,
        "nodes": settings.nodes,
        "replication": settings.replication,
        "namespace": NAMESPACE,
        "lock": LOCK,
        "statefulSet": name,
        "bootstrap": {"configMap": BOOTSTRAP_RECORD},
        "removedPeers": {"configMap": REMOVED_PEERS},
        "certificates": [certificate],
        "recordedNodes": f"{NODES}{POOL_KEY}",
    }


def configuration(base: dict[str, Any], settings: QdrantSettings) -> dict[str, Any]:
    """Return what the configure job makes true."""
    return {
        **base,
        "quotas": quotas(),
        "collections": {
            collection: collection_body(wish, settings.replication) for collection, wish in settings.collections.items()
        },
    }


def snapshots(base: dict[str, Any], archive: dict[str, Any], settings: QdrantSettings) -> dict[str, Any]:
    """Return what a snapshot and a restore know."""
    return {
        **base,
        "deadlineSeconds": settings.recovery.recovery_time,
        "snapshots": {
            "archive": archive,
            "record": SNAPSHOT_RECORD,
            "retentionSeconds": settings.recovery.retention,
            "count": kept_sets(settings.recovery),
        },
    }

"""What the jobs of the vector store are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from components.foundation.connections import service_host
from components.foundation.guards import NODES
from components.storage.archives import snapshot_target
from components.stores.qdrant.collections import collection_body
from components.stores.qdrant.configuration import HTTP_PORT, quotas, write_consistency
from components.stores.qdrant.description import QDRANT
from components.stores.qdrant.jobs.config import (
    BootstrapConfig,
    ConfigureConfig,
    DrainConfig,
    RebalanceConfig,
    RestartConfig,
    SnapshotConfig,
)
from components.stores.qdrant.settings import NAMESPACE

if TYPE_CHECKING:
    from components.storage.archives import SnapshotArchive
    from components.stores.qdrant.settings import QdrantSettings

STORE = "qdrant"
"""The label of its metrics."""

BOOTSTRAP_RECORD = "qdrant-bootstrap"
REMOVED_PEERS = "qdrant-removed-peers"
UNFINISHED_RESTORE = "qdrant-unfinished-restore"
SNAPSHOT_RECORD = QDRANT.record_of(None)
LOCK = "qdrant-operations"

DEADLINE_SECONDS = 900
"""How long a job waits for the cluster: a first start with slow volumes and image pulls fits in it."""

MOVING_SECONDS = 6 * 3600
"""How long a restart of all nodes, or moves of shards between them, may take."""

STALL_SECONDS = 900
"""A transfer that shows no progress for so long is stuck: batches take seconds, but the stages before and after them
(creating, unpacking and restoring a snapshot of a large shard) show none while they last."""


class _Here(TypedDict):
    endpoint: str
    peers: tuple[str, ...]


class _Alone(_Here):
    namespace: str
    lock: str


class _Copying(_Alone):
    stall_seconds: float
    collections: tuple[str, ...]
    replication: int
    write_consistency: int


@dataclass(frozen=True)
class QdrantJobConfigs:
    """The configurations of all jobs.

    Attributes:
        name: of the StatefulSet and of the clients' service.
        settings: of the store.
    """

    name: str
    settings: QdrantSettings

    @property
    def _here(self) -> _Here:
        members, nodes = service_host(f"{self.name}-nodes", NAMESPACE), range(self.settings.nodes)
        return {
            "endpoint": f"https://{service_host(self.name, NAMESPACE)}:{HTTP_PORT}",
            "peers": tuple(f"https://{self.name}-{ordinal}.{members}:{HTTP_PORT}" for ordinal in nodes),
        }

    @property
    def _alone(self) -> _Alone:
        return {**self._here, "namespace": str(NAMESPACE), "lock": LOCK}

    @property
    def _copying(self) -> _Copying:
        copies = self.settings.replication
        return {
            **self._alone,
            "stall_seconds": STALL_SECONDS,
            "collections": tuple(self.settings.collections),
            "replication": copies,
            "write_consistency": write_consistency(copies),
        }

    def bootstrap(self) -> BootstrapConfig:
        """Return what the bootstrap is told."""
        return BootstrapConfig(
            **self._here, deadline_seconds=DEADLINE_SECONDS, namespace=str(NAMESPACE), record=BOOTSTRAP_RECORD
        )

    def restart(self, certificate: str) -> RestartConfig:
        """Return what the gated restart is told; `certificate` is the nodes' Certificate."""
        return RestartConfig(
            **self._alone, deadline_seconds=MOVING_SECONDS, sets=(self.name,), certificates=(certificate,)
        )

    def rebalance(self) -> RebalanceConfig:
        """Return what the rebalance is told."""
        return RebalanceConfig(**self._copying, deadline_seconds=MOVING_SECONDS)

    def configure(self) -> ConfigureConfig:
        """Return what the configure job makes true."""
        copies, declared = self.settings.replication, self.settings.collections
        return ConfigureConfig(
            **self._here,
            deadline_seconds=DEADLINE_SECONDS,
            collections={name: collection_body(wish, copies) for name, wish in declared.items()},
            quotas=quotas(),
        )

    def drain(self) -> DrainConfig:
        """Return what a drain is told."""
        return DrainConfig(
            **self._alone,
            deadline_seconds=MOVING_SECONDS,
            stall_seconds=STALL_SECONDS,
            recorded_nodes={self.name: f"{NODES}{self.name}"},
            removed_peers=REMOVED_PEERS,
        )

    def snapshots(self, archive: SnapshotArchive) -> SnapshotConfig:
        """Return what a snapshot and a restore are told."""
        recovery = self.settings.recovery
        return SnapshotConfig(
            **self._copying,
            deadline_seconds=recovery.recovery_time,
            unfinished_restore=UNFINISHED_RESTORE,
            snapshots=snapshot_target(STORE, SNAPSHOT_RECORD, archive, recovery),
        )

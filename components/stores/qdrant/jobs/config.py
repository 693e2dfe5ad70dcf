"""What the jobs of the vector store are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from components.foundation.jobkit import config as kit


@dataclass(frozen=True, kw_only=True)
class PeersConfig(kit.StoreJobConfig):
    """What every job is told: also where each node answers, by ordinal."""

    peers: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class BootstrapConfig(kit.BootstrapConfig, PeersConfig):
    """What the bootstrap is told."""


@dataclass(frozen=True, kw_only=True)
class RestartConfig(kit.RestartConfig, PeersConfig):
    """What the gated restart is told: also the nodes' Certificates; a pod older than the last issue of one is stale."""

    certificates: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class MovingConfig(kit.LockedJobConfig, PeersConfig):
    """What a job is told that moves shards: how long a transfer may show no progress."""

    stall_seconds: float


@dataclass(frozen=True, kw_only=True)
class CopiesConfig(MovingConfig):
    """What a job is told that makes copies of shards.

    Attributes:
        collections: those that the stack file declares.
        replication: how many copies each of their shards is to have.
        write_consistency: how many of them must have taken a write.
    """

    collections: tuple[str, ...]
    replication: int
    write_consistency: int


@dataclass(frozen=True, kw_only=True)
class RebalanceConfig(CopiesConfig):
    """What the rebalance is told."""


@dataclass(frozen=True, kw_only=True)
class DrainConfig(kit.DrainConfig, MovingConfig):
    """What a drain is told: also the ConfigMap in which removed peers are noted."""

    removed_peers: str

    @property
    def stateful_set(self) -> str:
        """The nodes' StatefulSet, the only one that is counted."""
        return next(iter(self.recorded_nodes))


@dataclass(frozen=True, kw_only=True)
class SnapshotConfig(kit.SnapshotJobConfig, CopiesConfig):
    """What a snapshot and a restore are told: also the ConfigMap in which a restore notes what it has begun."""

    unfinished_restore: str


@dataclass(frozen=True, kw_only=True)
class ConfigureConfig(PeersConfig):
    """What is configured in the store itself rather than in files; bodies are those of Qdrant's API.

    Attributes:
        collections: by name.
        quotas: of the cluster.
    """

    collections: dict[str, dict[str, Any]]
    quotas: dict[str, Any]

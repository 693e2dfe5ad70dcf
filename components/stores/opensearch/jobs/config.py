"""What the jobs of the OpenSearch cluster are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from components.foundation.jobkit import config as kit


@dataclass(frozen=True, kw_only=True)
class BootstrapConfig(kit.BootstrapConfig):
    """What the bootstrap is told: the names of all nodes that may become cluster manager."""

    managers: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RestartConfig(kit.RestartConfig):
    """What the gated restart is told: also how many nodes there are."""

    nodes: int


@dataclass(frozen=True, kw_only=True)
class DrainConfig(kit.DrainConfig):
    """What a drain is told: also the roles of each StatefulSet's nodes."""

    roles: dict[str, tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class AdministratorConfig(kit.StoreJobConfig):
    """What a job is told that runs as the administrator, of nodes of ours or of a domain that AWS runs.

    Attributes:
        administrator: the user who logs in with a password; without one the administrator's certificate is mounted.
    """

    administrator: str | None = None


@dataclass(frozen=True, kw_only=True)
class SnapshotCheckConfig(AdministratorConfig):
    """What the check of the snapshots is told.

    Attributes:
        store: its name, the label of its metrics.
        repository: where the cluster's own policies put them.
        namespace: of the store.
        record: the ConfigMap in which they are noted.
        indexes: what a snapshot holds that is taken on demand.
        recovery_point_seconds: how old the newest whole one may be.
        retention_seconds: how long one that was taken on demand is kept; the policies delete only their own.
    """

    store: str
    repository: str
    namespace: str
    record: str
    indexes: str
    recovery_point_seconds: float
    retention_seconds: float


@dataclass(frozen=True, kw_only=True)
class RestoreConfig(kit.LockedJobConfig, AdministratorConfig):
    """What a restore is told.

    Attributes:
        repository: where snapshots are.
        record: the ConfigMap that knows how many documents were in them.
    """

    repository: str
    record: str


@dataclass(frozen=True, kw_only=True)
class User:
    """A user of the cluster; `secret` is the file with the password."""

    secret: str
    backend_roles: tuple[str, ...]
    description: str


@dataclass(frozen=True, kw_only=True)
class ConfigureConfig(AdministratorConfig):
    """Everything that is configured in the cluster itself rather than in files; bodies are those of OpenSearch's API.

    Attributes:
        nodes: how many it has.
        users: by name.
        policy_owner: the user whose rights snapshot and lifecycle policies run with.
        roles: by name.
        role_mappings: by role.
        cluster_settings: persistent ones, by dotted key.
        repositories: of snapshots.
        snapshot_policies: by name.
        ism_policies: by name.
        index_templates: by name.
        plugin_copies_follow: whether copies of the plugins' indexes are told to follow the number of nodes.
        signing_region: of a domain, whose repositories are registered by requests that the pod's role has signed.
    """

    nodes: int
    users: dict[str, User]
    policy_owner: str
    roles: dict[str, dict[str, Any]]
    role_mappings: dict[str, dict[str, Any]]
    cluster_settings: dict[str, Any]
    repositories: dict[str, dict[str, Any]]
    snapshot_policies: dict[str, dict[str, Any]]
    ism_policies: dict[str, dict[str, Any]]
    index_templates: dict[str, dict[str, Any]]
    plugin_copies_follow: bool = True
    signing_region: str | None = None

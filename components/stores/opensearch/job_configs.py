"""What the jobs of the OpenSearch cluster are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from components.foundation.guards import NODES
from components.stores.opensearch.bodies import (
    APPLICATIONS_ROLE,
    AUTOMATION_ROLE,
    METRICS_ROLE,
    applications_role,
    index_template,
    lifecycle_policy,
    roles_of_users,
)
from components.stores.opensearch.description import OPENSEARCH
from components.stores.opensearch.jobs.config import (
    BootstrapConfig,
    ConfigureConfig,
    DrainConfig,
    RestartConfig,
    RestoreConfig,
    SnapshotCheckConfig,
    User,
)
from components.stores.opensearch.log_pipeline_configuration import LOGS_ROLE, log_role
from components.stores.opensearch.schedules import INDEXES, snapshot_policies
from components.stores.opensearch.settings import NAMESPACE, shards_per_node
from components.stores.opensearch.sizing import watermarks
from components.stores.opensearch.topology import manager_names, restart_order
from components.stores.opensearch.users import (
    ADMIN_USER,
    APPLICATIONS_USER,
    AUTOMATION_USER,
    CONSOLE_USER,
    LOGS_USER,
    METRICS_USER,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from components.stores.opensearch.log_pipeline_settings import DataPrepperSettings
    from components.stores.opensearch.repositories import SnapshotRepository
    from components.stores.opensearch.settings import OpenSearchSettings
    from components.stores.opensearch.topology import ZonalPool

STORE = "opensearch"
"""The label of its metrics."""

DEADLINE_SECONDS = 900
"""How long a job waits for the cluster: a first start with slow volumes and image pulls fits in it."""

RESTART_SECONDS = 6 * 3600
"""How long a restart of all nodes, or a drain of some, may take: each node waits until the cluster is whole again."""

BOOTSTRAP_RECORD = "opensearch-bootstrap"
SNAPSHOT_RECORD = OPENSEARCH.record_of(None)
LOCK = "opensearch-operations"
REPOSITORY = "snapshots"
USERS = {
    ADMIN_USER: "The people who run the platform",
    CONSOLE_USER: "OpenSearch Dashboards",
    METRICS_USER: "The metrics exporter",
    AUTOMATION_USER: "Owner of snapshot and lifecycle policies, which run with its rights",
}


class _Alone(TypedDict):
    endpoint: str
    namespace: str
    lock: str


@dataclass(frozen=True)
class OpenSearchJobConfigs:
    """The configurations of all jobs.

    Attributes:
        endpoint: where the cluster answers.
        pools: its nodes; none of a domain that AWS runs.
        settings: of the cluster.
    """

    endpoint: str
    pools: Sequence[ZonalPool]
    settings: OpenSearchSettings

    @property
    def _alone(self) -> _Alone:
        return {"endpoint": self.endpoint, "namespace": str(NAMESPACE), "lock": LOCK}

    def bootstrap(self) -> BootstrapConfig:
        """Return what the bootstrap has to see before it writes the record."""
        return BootstrapConfig(
            deadline_seconds=DEADLINE_SECONDS,
            endpoint=self.endpoint,
            namespace=str(NAMESPACE),
            record=BOOTSTRAP_RECORD,
            managers=tuple(manager_names(self.pools)),
        )

    def restart(self) -> RestartConfig:
        """Return which StatefulSets are to run their newest template, and in which order they get there."""
        return RestartConfig(
            **self._alone,
            deadline_seconds=RESTART_SECONDS,
            sets=tuple(restart_order(self.pools)),
            nodes=self.nodes,
        )

    def drain(self) -> DrainConfig:
        """Return what a drain knows of the cluster."""
        return DrainConfig(
            **self._alone,
            deadline_seconds=RESTART_SECONDS,
            roles={pool.name: tuple(role.value for role in pool.settings.roles) for pool in self.pools},
            recorded_nodes={pool.name: f"{NODES}{pool.name}" for pool in self.pools},
        )

    def snapshots(self) -> SnapshotCheckConfig:
        """Return what the check of the snapshots is told."""
        return SnapshotCheckConfig(
            deadline_seconds=self.settings.recovery.recovery_time,
            endpoint=self.endpoint,
            store=STORE,
            repository=REPOSITORY,
            namespace=str(NAMESPACE),
            record=SNAPSHOT_RECORD,
            indexes=INDEXES,
            recovery_point_seconds=self.settings.recovery.recovery_point,
            retention_seconds=self.settings.recovery.retention,
        )

    def restore(self) -> RestoreConfig:
        """Return what a restore is told."""
        return RestoreConfig(
            **self._alone,
            deadline_seconds=self.settings.recovery.recovery_time,
            repository=REPOSITORY,
            record=SNAPSHOT_RECORD,
        )

    def configure(self, repository: SnapshotRepository, logs: DataPrepperSettings | None) -> ConfigureConfig:
        """Return everything that is configured in the cluster itself rather than in files.

        Args:
            repository: where snapshots go.
            logs: what writes logs into it; without it the user that would is not made.
        """
        settings = self.settings
        data = settings.holding_data
        copies = min(1, settings.data_nodes - 1)
        users = USERS if logs is None else USERS | {LOGS_USER: "Data Prepper, which only writes logs"}
        roles = roles_of_users() if logs is None else roles_of_users() | {LOGS_ROLE: log_role(logs)}
        mappings = {
            "all_access": {"users": [], "backend_roles": ["admin"]},
            "kibana_server": {"users": [CONSOLE_USER], "backend_roles": []},
            METRICS_ROLE: {"users": [METRICS_USER], "backend_roles": []},
            AUTOMATION_ROLE: {"users": [AUTOMATION_USER], "backend_roles": []},
        }
        if logs is not None:
            mappings[LOGS_ROLE] = {"users": [LOGS_USER], "backend_roles": []}
        if settings.open_to:
            # What Data Prepper writes is no application's.
            theirs = [index for name, index in settings.indexes.items() if logs is None or name != logs.index]
            users = users | {APPLICATIONS_USER: "Applications in the namespaces of ballast:opensearch.openTo"}
            roles = roles | {
                APPLICATIONS_ROLE: applications_role(pattern for index in theirs for pattern in index.patterns)
            }
            mappings[APPLICATIONS_ROLE] = {"users": [APPLICATIONS_USER], "backend_roles": []}
        return ConfigureConfig(
            deadline_seconds=DEADLINE_SECONDS,
            endpoint=self.endpoint,
            nodes=self.nodes,
            users={
                name: User(
                    secret=name,
                    backend_roles=("admin",) if name == ADMIN_USER else (),
                    description=description,
                )
                for name, description in users.items()
            },
            policy_owner=AUTOMATION_USER,
            roles=roles,
            role_mappings=mappings,
            cluster_settings={
                # `DELETE /*` is a mistake, not a wish.
                "action.destructive_requires_name": True,
                "cluster.max_shards_per_node": shards_per_node(min(pool.heap_size for pool in data)),
                # Plugins make indexes of their own, with one copy unless they are told otherwise.
                "cluster.default_number_of_replicas": copies,
                "plugins.index_state_management.history.number_of_replicas": copies,
                **watermarks(min(pool.disk for pool in data)),
            },
            repositories={REPOSITORY: repository.definition},
            snapshot_policies=snapshot_policies(settings.recovery, REPOSITORY),
            ism_policies={
                name: lifecycle_policy(name, index)
                for name, index in settings.indexes.items()
                if index.delete_after is not None
            },
            index_templates={
                name: index_template(index, settings.replicas, logs=logs is not None and name == logs.index)
                for name, index in settings.indexes.items()
            },
        )

    @property
    def nodes(self) -> int:
        """How many nodes the cluster has."""
        return self.settings.nodes

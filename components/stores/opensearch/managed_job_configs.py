"""What the jobs of a domain that AWS runs are told: the same as those of nodes, less what only AWS may touch there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from components.stores.opensearch.job_configs import OpenSearchJobConfigs
from components.stores.opensearch.users import ADMIN_USER

if TYPE_CHECKING:
    from components.stores.opensearch.jobs.config import ConfigureConfig, RestoreConfig, SnapshotCheckConfig
    from components.stores.opensearch.log_pipeline_settings import DataPrepperSettings
    from components.stores.opensearch.repositories import SnapshotRepository

CHANGEABLE = {"cluster.max_shards_per_node"}
"""Cluster settings of ours that a domain lets its administrator set (AWS, "Supported operations")."""


@dataclass(frozen=True)
class ManagedJobConfigs(OpenSearchJobConfigs):
    """The configurations of all jobs of a domain.

    Attributes:
        region: of the domain.
        registrar: ARN of the role by which the configure job registers the repository.
    """

    region: str
    registrar: str

    def snapshots(self) -> SnapshotCheckConfig:
        """Return what the check of the snapshots is told."""
        return replace(super().snapshots(), administrator=ADMIN_USER)

    def restore(self) -> RestoreConfig:
        """Return what a restore is told."""
        return replace(super().restore(), administrator=ADMIN_USER)

    def configure(self, repository: SnapshotRepository, logs: DataPrepperSettings | None) -> ConfigureConfig:
        """Return everything that is configured in the domain."""
        of_nodes = super().configure(repository, logs)
        # AWS made the administrator with the domain; mapped anew to other users, nobody could log in as one.
        mappings = {role: mapping for role, mapping in of_nodes.role_mappings.items() if role != "all_access"}
        settings = {key: value for key, value in of_nodes.cluster_settings.items() if key in CHANGEABLE}
        return replace(
            of_nodes,
            administrator=ADMIN_USER,
            users={name: user for name, user in of_nodes.users.items() if name != ADMIN_USER},
            role_mappings=mappings | {"manage_snapshots": {"users": [], "backend_roles": [self.registrar]}},
            cluster_settings=settings,
            plugin_copies_follow=False,
            signing_region=self.region,
        )

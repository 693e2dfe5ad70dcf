"""The desired state of a cluster, as the bootstrap and the configure job read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from components.foundation.guards import NODES
from components.stores.opensearch.configuration import CONSOLE_USER
from components.stores.opensearch.log_pipeline_configuration import LOGS_ROLE, LOGS_USER, log_mappings, log_role
from components.stores.opensearch.schedules import snapshot_policies
from components.stores.opensearch.settings import NodeRole, shards_per_node
from components.stores.opensearch.sizing import watermarks
from components.stores.opensearch.topology import restart_order

if TYPE_CHECKING:
    from collections.abc import Sequence

    from components.storage.snapshots import SnapshotRepository
    from components.stores.opensearch.log_pipeline_settings import DataPrepperSettings
    from components.stores.opensearch.settings import IndexSettings, OpenSearchSettings
    from components.stores.opensearch.topology import ZonalPool

DEADLINE_SECONDS = 900
"""How long a job waits for the cluster: a first start with slow volumes and image pulls fits in it."""

RESTART_SECONDS = 6 * 3600
"""How long a restart of all nodes, or a drain of some, may take: each node waits until the cluster is whole again."""

BOOTSTRAP_RECORD = "search-bootstrap"
SNAPSHOT_RECORD = "search-snapshots"
LOCK = "search-operations"
REPOSITORY = "snapshots"
ADMIN_USER = "admin"
METRICS_USER = "metrics"
AUTOMATION_USER = "automation"
USERS = {
    ADMIN_USER: "The people who run the platform",
    CONSOLE_USER: "OpenSearch Dashboards",
    METRICS_USER: "The metrics exporter",
    AUTOMATION_USER: "Owner of snapshot and lifecycle policies, which run with its rights",
}
_METRICS_ROLE = "ballast_metrics"
_AUTOMATION_ROLE = "ballast_automation"


def bootstrap(endpoint: str, namespace: str, managers: Sequence[str]) -> dict[str, Any]:
    """Return what the bootstrap job has to see before it writes the record."""
    return {
        "endpoint": endpoint,
        "deadlineSeconds": DEADLINE_SECONDS,
        "bootstrap": {"namespace": namespace, "configMap": BOOTSTRAP_RECORD, "managers": list(managers)},
    }


def configuration(
    endpoint: str,
    nodes: int,
    settings: OpenSearchSettings,
    repository: SnapshotRepository,
    *,
    logs: DataPrepperSettings | None = None,
) -> dict[str, Any]:
    """Return everything that is configured in the cluster itself rather than in files.

    Args:
        endpoint: where the cluster answers.
        nodes: how many nodes it has.
        settings: of the cluster.
        repository: where snapshots go.
        logs: what writes logs into it; without it the user that would is not made.
    """
    data = [pool for pool in settings.pools.values() if NodeRole.DATA in pool.roles and pool.nodes]
    users = USERS if logs is None else USERS | {LOGS_USER: "Data Prepper, which only writes logs"}
    roles = _roles() if logs is None else _roles() | {LOGS_ROLE: log_role(logs)}
    mappings = {
        "all_access": {"users": [], "backend_roles": ["admin"]},
        "kibana_server": {"users": [CONSOLE_USER], "backend_roles": []},
        _METRICS_ROLE: {"users": [METRICS_USER], "backend_roles": []},
        _AUTOMATION_ROLE: {"users": [AUTOMATION_USER], "backend_roles": []},
    }
    if logs is not None:
        mappings[LOGS_ROLE] = {"users": [LOGS_USER], "backend_roles": []}
    return {
        "endpoint": endpoint,
        "nodes": nodes,
        "deadlineSeconds": DEADLINE_SECONDS,
        "users": {
            name: {
                "secret": name,
                "backendRoles": ["admin"] if name == ADMIN_USER else [],
                "description": description,
            }
            for name, description in users.items()
        },
        "policyOwner": AUTOMATION_USER,
        "roles": roles,
        "roleMappings": mappings,
        "clusterSettings": {
            # `DELETE /*` is a mistake, not a wish.
            "action.destructive_requires_name": True,
            "cluster.max_shards_per_node": shards_per_node(min(pool.heap_size for pool in data)),
            **watermarks(min(pool.disk for pool in data)),
        },
        "repositories": {REPOSITORY: repository.definition},
        "snapshotPolicies": snapshot_policies(settings.recovery, REPOSITORY),
        "ismPolicies": {
            name: _deletion(name, index) for name, index in settings.indexes.items() if index.delete_after is not None
        },
        "indexTemplates": {
            name: _template(index, settings.replicas, logs=logs is not None and name == logs.index)
            for name, index in settings.indexes.items()
        },
    }


def restart(endpoint: str, namespace: str, pools: Sequence[ZonalPool]) -> dict[str, Any]:
    """Return which StatefulSets are to run their newest template, and in which order they get there."""
    return {
        "endpoint": endpoint,
        "nodes": sum(pool.replicas for pool in pools),
        "deadlineSeconds": RESTART_SECONDS,
        "restart": {"namespace": namespace, "lock": LOCK, "sets": restart_order(pools)},
    }


def drain(endpoint: str, namespace: str, pools: Sequence[ZonalPool]) -> dict[str, Any]:
    """Return what a drain knows of the cluster; how many nodes are to stay comes with each request."""
    return {
        "endpoint": endpoint,
        "deadlineSeconds": RESTART_SECONDS,
        "drain": {
            "namespace": namespace,
            "lock": LOCK,
            "roles": {pool.name: [role.value for role in pool.settings.roles] for pool in pools},
            "recordedNodes": {pool.name: f"{NODES}{pool_key(pool.pool)}" for pool in pools},
        },
    }


def snapshots(endpoint: str, namespace: str, settings: OpenSearchSettings) -> dict[str, Any]:
    """Return what the snapshot check and a restore know."""
    return {
        "endpoint": endpoint,
        "deadlineSeconds": settings.recovery.recovery_time,
        "snapshots": {
            "repository": REPOSITORY,
            "namespace": namespace,
            "record": SNAPSHOT_RECORD,
            "recoveryPointSeconds": settings.recovery.recovery_point,
        },
        "restore": {
            "repository": REPOSITORY,
            "namespace": namespace,
            "lock": LOCK,
            "record": SNAPSHOT_RECORD,
        },
    }


def pool_key(pool: str) -> str:
    """Return the key by which the cluster's guards know a pool: its place in the stack file."""
    return f"opensearch.pools.{pool}.nodes"


def _roles() -> dict[str, dict[str, Any]]:
    return {
        _METRICS_ROLE: {
            "cluster_permissions": [
                "cluster_monitor",
                "cluster:admin/repository/get",
                "cluster:admin/snapshot/get",
                "cluster:admin/snapshot/status",
            ],
            "index_permissions": [
                # Without the aliases the exporter leaves out every metric of single indexes.
                {"index_patterns": ["*"], "allowed_actions": ["indices_monitor", "indices:admin/aliases/get"]}
            ],
        },
        _AUTOMATION_ROLE: {
            "cluster_permissions": [
                "cluster_monitor",
                "manage_snapshots",
                "cluster:admin/opensearch/snapshot_management/*",
                "cluster:admin/opendistro/ism/*",
            ],
            "index_permissions": [
                {"index_patterns": ["*"], "allowed_actions": ["indices_all"]},
            ],
        },
    }


def _template(index: IndexSettings, replicas: int, *, logs: bool) -> dict[str, Any]:
    settings = {
        "index.number_of_shards": str(index.shards),
        "index.number_of_replicas": str(replicas),
        # A pod that moves comes back with its volume within minutes; copying its shards meanwhile is waste.
        "index.unassigned.node_left.delayed_timeout": "5m",
    }
    template: dict[str, Any] = {"settings": settings}
    if logs:
        # A log with a strange date is better than none.
        template = {"settings": settings | {"index.mapping.ignore_malformed": "true"}, "mappings": log_mappings()}
    return {"index_patterns": list(index.patterns), "priority": 100, "template": template}


def _deletion(name: str, index: IndexSettings) -> dict[str, Any]:
    age = index.delete_after.opensearch if index.delete_after is not None else ""
    return {
        "policy": {
            "description": f"{name}: indexes are deleted {age} after they were made.",
            "default_state": "live",
            "ism_template": [{"index_patterns": list(index.patterns), "priority": 100}],
            "states": [
                {
                    "name": "live",
                    "actions": [],
                    "transitions": [{"state_name": "expired", "conditions": {"min_index_age": age}}],
                },
                {"name": "expired", "actions": [{"delete": {}}], "transitions": []},
            ],
        }
    }

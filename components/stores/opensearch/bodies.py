"""Roles, index templates and lifecycle policies as OpenSearch's API takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from components.stores.opensearch.log_pipeline_configuration import log_mappings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from components.stores.opensearch.settings import IndexSettings

METRICS_ROLE = "ballast_metrics"
AUTOMATION_ROLE = "ballast_automation"
APPLICATIONS_ROLE = "ballast_applications"


def roles_of_users() -> dict[str, dict[str, Any]]:
    """Return the roles of the metrics exporter and of the policies' owner."""
    return {
        METRICS_ROLE: {
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
        AUTOMATION_ROLE: {
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


def applications_role(patterns: Iterable[str]) -> dict[str, Any]:
    """Return what applications may do: read and write in indexes of the stack file, and never delete one."""
    return {
        "cluster_permissions": ["cluster_composite_ops", "cluster:monitor/main"],
        "index_permissions": [
            {
                "index_patterns": list(patterns),
                "allowed_actions": [
                    "crud",
                    "create_index",
                    "indices:admin/get",
                    "indices:admin/mapping/auto_put",
                    "indices:admin/mappings/get",
                    "indices:admin/refresh*",
                ],
            }
        ],
    }


def index_template(index: IndexSettings, replicas: int, *, logs: bool) -> dict[str, Any]:
    """Return the template of an index of the stack file; `logs` says whether Data Prepper writes into it."""
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


def lifecycle_policy(name: str, index: IndexSettings) -> dict[str, Any]:
    """Return the policy that deletes indexes of an age."""
    age = index.delete_after.text if index.delete_after is not None else ""
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

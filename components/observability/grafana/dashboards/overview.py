"""The platform at a glance: is every store well, are its snapshots young enough, and is there room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.observability.grafana.dashboards.cluster_rows import (
    FULL,
    UNREADY_PODS,
    VOLUME_USED,
    nodes,
    pods,
    volumes,
)
from components.observability.grafana.dashboards.panels import Dashboard, Row, StatPanel
from components.observability.grafana.dashboards.store_rows import (
    age_against_recovery_point,
    search,
    snapshots,
    vectors,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from components.observability.grafana.dashboards.facts import Facts

FOLDER = "Platform"
NEVER = 9999
"""Stands for the age of a snapshot that nobody knows of."""


def overview(facts: Facts) -> Dashboard:
    """Return the dashboard of the whole platform."""
    return Dashboard(
        uid="ballast-overview",
        title="Platform overview",
        description="Is every store well, are its snapshots as young as its recovery point asks, and is there room.",
        folder=FOLDER,
        rows=[
            _glance(facts.recovery_points),
            snapshots(facts.recovery_points),
            search(),
            *([vectors()] if facts.qdrant else []),
            volumes(),
            pods(),
            nodes(),
        ],
    )


def _glance(recovery_points: Mapping[str, int]) -> Row:
    # A store without any snapshot has no age, and would only be missing among the others.
    ages = [
        f'label_replace({age_against_recovery_point(*one)} or vector({NEVER}), "store", "{one[0]}", "", "")'
        for one in recovery_points.items()
    ]
    health = 'max(elasticsearch_cluster_health_status{color="%s"})'
    return Row(
        "At a glance",
        [
            StatPanel(
                title="Search cluster",
                description="Health that OpenSearch gives itself. Yellow: a copy of a shard is missing. Red: a shard "
                "is, and so data can't be read.",
                unit="short",
                query=f"2 * {health % 'red'} + {health % 'yellow'}",
                levels=((1, "orange"), (2, "red")),
                words={"0": "green", "1": "yellow", "2": "red"},
            ),
            StatPanel(
                title="Oldest snapshot",
                description="Age of the newest whole snapshot of the store that is worst off, as a share of its "
                "recovery point. Above 100 % more work would be lost than was promised; a store of which no "
                "snapshot is known counts as worst.",
                unit="percentunit",
                query=f"max({' or '.join(ages)})",
                levels=((0.9, "orange"), (1, "red")),
                words={str(NEVER): "none known"},
            ),
            StatPanel(
                title="Fullest volume",
                description="Share of the fullest volume that is used. OpenSearch stops taking writes at 95 %, and no "
                "store can restart on a full disk.",
                unit="percentunit",
                query=f"max({VOLUME_USED})",
                levels=FULL,
            ),
            StatPanel(
                title="Pods not ready",
                description="Pods that should serve and don't; finished jobs are not counted.",
                unit="short",
                query=f"count({UNREADY_PODS}) or 0 * count(kube_pod_status_ready)",
                levels=((1, "orange"), (3, "red")),
            ),
            StatPanel(
                title="Restarts in an hour",
                description="Containers that ended and were started again. A pod that does so again and again is "
                "below, by name.",
                unit="short",
                query="sum(increase(kube_pod_container_status_restarts_total[1h]))",
                levels=((1, "orange"), (5, "red")),
            ),
            StatPanel(
                title="Nodes not ready",
                description="Machines that don't tell Kubernetes that they are well.",
                unit="short",
                query='sum(kube_node_status_condition{condition="Ready", status="true"} == bool 0)',
                levels=((1, "red"),),
            ),
        ],
    )

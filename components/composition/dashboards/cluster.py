"""The Kubernetes cluster below the platform: has everything that runs on it the pods, the room and the machines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from components.composition.rooms import offered
from components.signals.dashboard import Dashboard
from components.signals.offer import Board

if TYPE_CHECKING:
    from components.settings.stack import StackSettings


def cluster(stack: StackSettings) -> Dashboard:
    """Return the dashboard of the cluster's resources."""
    return Dashboard(
        uid=Board.CLUSTER.value,
        title="Cluster resources",
        description="Has every workload its pods, and are there volumes, quotas and machines enough for them.",
        folder="Platform",
        rows=[row for one in offered(stack) if one.board is Board.CLUSTER for row in one.shown],
    )

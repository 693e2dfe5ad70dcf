"""How many nodes of the cluster may be taken away at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi_kubernetes.policy.v1 import PodDisruptionBudget

from components.foundation.labels import selector
from components.foundation.manifests import manifest
from components.stores.opensearch import workloads
from components.stores.opensearch.settings import NAMESPACE
from components.stores.opensearch.workloads import CLUSTER_MANAGER

if TYPE_CHECKING:
    from pulumi import ResourceOptions


def budgets(name: str, child: ResourceOptions) -> None:
    """Declare one budget over all managers, whatever their pool, and one over nodes that only hold data.

    A pod may be in one budget only: the eviction API refuses to judge two.
    """
    for budget, is_manager in (("managers", "true"), ("data", "false")):
        PodDisruptionBudget(
            f"{name}-{budget}",
            metadata={"name": f"{name}-{budget}", "namespace": str(NAMESPACE)},
            spec=manifest(
                {
                    "maxUnavailable": 1,
                    "selector": {"matchLabels": {**selector(workloads.NODE), CLUSTER_MANAGER: is_manager}},
                }
            ),
            opts=child,
        )

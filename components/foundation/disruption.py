"""How many pods may be taken away at once by whoever empties a machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi_kubernetes.policy.v1 import PodDisruptionBudget

from components.foundation.labels import selector
from components.foundation.manifests import manifest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pulumi import ResourceOptions

    from components.foundation.labels import Workload


def disruption_budget(
    name: str, workload: Workload, child: ResourceOptions, *, matching: Mapping[str, str] | None = None
) -> None:
    """Declare that one pod at a time may be taken away.

    A pod may be in one budget only: the eviction API refuses to judge two.

    Args:
        name: of the PodDisruptionBudget.
        workload: whose pods.
        child: options of a child of the component.
        matching: labels that narrow them down.
    """
    PodDisruptionBudget(
        name,
        metadata={"name": name, "namespace": str(workload.namespace)},
        spec=manifest({"maxUnavailable": 1, "selector": {"matchLabels": {**selector(workload), **(matching or {})}}}),
        opts=child,
    )

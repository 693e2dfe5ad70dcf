"""The label vocabulary: every value a selector or a dashboard may rely on, in one place."""

from __future__ import annotations

from enum import StrEnum


class Concern(StrEnum):
    """The part of the platform that a workload belongs to; equals the name of its namespace."""

    SEARCH = "search"


class Component(StrEnum):
    """What a pod is for. Network policies select pods by this value, so two kinds of pod never share one."""

    NODE = "opensearch-node"
    CONSOLE = "opensearch-dashboards"
    METRICS_EXPORTER = "opensearch-metrics-exporter"
    FOUNDING_JOB = "opensearch-founding-job"
    CONFIGURE_JOB = "opensearch-configure-job"


PART_OF = "ballast"

POOL = "ballast/pool"
"""Which node pool an OpenSearch pod belongs to."""

CLUSTER_MANAGER = "ballast/cluster-manager"
"""`true` on every pod that can be elected cluster manager, whatever its pool: the one disruption budget selects it."""


def labels(concern: Concern, component: Component) -> dict[str, str]:
    """Return the labels that objects of one component carry.

    They never hold a version: these are also selectors, which Kubernetes never lets change.
    """
    return {
        "app.kubernetes.io/name": component.value,
        "app.kubernetes.io/component": component.value,
        "app.kubernetes.io/instance": concern.value,
        "app.kubernetes.io/part-of": PART_OF,
        "app.kubernetes.io/managed-by": "pulumi",
    }


def selector(component: Component) -> dict[str, str]:
    """Return the labels by which a Service, a policy or a disruption budget finds the pods of one component."""
    return {"app.kubernetes.io/component": component.value}

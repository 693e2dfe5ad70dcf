"""The labels of what is declared, and what selectors find pods by."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from components.settings.platform_name import PlatformName


@dataclass(frozen=True)
class Workload:
    """What a pod is for, and where it runs. Any folder makes its own.

    Network policies select pods by the name, so two kinds of pod never share one.

    Attributes:
        name: what it is for.
        namespace: where it runs.
    """

    name: str
    namespace: PlatformName


PART_OF = PlatformName("ballast")

NETWORK_PROFILE = "ballast/network-profile"
"""Label of a job with its network profile; network policies select its pods by it."""


class NetworkProfile(StrEnum):
    """Network profile of a job: the destinations it may open besides DNS."""

    ADMIN = "admin"
    """The store's nodes and the Kubernetes API."""
    BACKUP = "backup"
    """The store's nodes, the Kubernetes API, and the archive of its snapshots."""


def labels(workload: Workload) -> dict[str, str]:
    """Return the labels that objects of one workload carry.

    They never hold a version: these are also selectors, which Kubernetes never lets change.
    """
    return {
        "app.kubernetes.io/name": workload.name,
        **selector(workload),
        "app.kubernetes.io/instance": str(workload.namespace),
        "app.kubernetes.io/part-of": str(PART_OF),
        "app.kubernetes.io/managed-by": "pulumi",
    }


def network_profile(store: str, profile: NetworkProfile) -> dict[str, str]:
    """Return the label that jobs of a store carry which reach the same, and by which policies select them."""
    return {NETWORK_PROFILE: f"{store}-{profile.value}"}


def selector(workload: Workload) -> dict[str, str]:
    """Return the labels by which a Service, a policy or a disruption budget finds the pods of one workload."""
    return {"app.kubernetes.io/component": workload.name}

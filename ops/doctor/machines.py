"""The cluster's nodes as the scheduler sees them: what is free on each, and which pods it lets in."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ops.doctor.amounts import amount

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ZONE = "topology.kubernetes.io/zone"
_SIZES = ("cpu", "memory", "pods")


@dataclass
class Machine:
    """A node.

    Attributes:
        name: its name.
        labels: its labels.
        taints: its taints; one that is cordoned has one more.
        ready: whether its kubelet says so.
        free: what pods may still ask for.
        guests: workloads that were placed on it.
    """

    name: str
    labels: Mapping[str, str]
    taints: list[dict[str, str]]
    ready: bool
    free: dict[str, Decimal]
    guests: list[str] = field(default_factory=list)

    @property
    def zone(self) -> str:
        """Its zone, empty where it has no label."""
        return self.labels.get(ZONE, "")

    def admits(self, pod: Mapping[str, Any]) -> bool:
        """Whether it is ready, tolerated and what the pod selects; sizes are another question."""
        tolerations = pod.get("tolerations") or []
        untolerated = [
            taint
            for taint in self.taints
            if taint["effect"] != "PreferNoSchedule" and not any(_tolerates(one, taint) for one in tolerations)
        ]
        selected = all(self.labels.get(key) == value for key, value in (pod.get("nodeSelector") or {}).items())
        terms = (
            ((pod.get("affinity") or {}).get("nodeAffinity") or {})
            .get("requiredDuringSchedulingIgnoredDuringExecution", {})
            .get("nodeSelectorTerms", [])
        )
        fits = not terms or any(all(self._fits(one) for one in term.get("matchExpressions", [])) for term in terms)
        return self.ready and not untolerated and selected and fits

    def _fits(self, expression: Mapping[str, Any]) -> bool:
        value, values = self.labels.get(expression["key"]), expression.get("values", [])
        answers = {
            "In": value in values,
            "NotIn": value not in values,
            "Exists": value is not None,
            "DoesNotExist": value is None,
        }
        return answers.get(expression["operator"], True)

    def take(self, asked: Mapping[str, Decimal], guest: str) -> None:
        """Place a pod on it."""
        for size in _SIZES:
            self.free[size] -= asked[size]
        self.guests.append(guest)

    def has_room(self, asked: Mapping[str, Decimal]) -> bool:
        """Whether a pod's requests fit."""
        return all(self.free[size] >= asked[size] for size in _SIZES)


def _tolerates(toleration: Mapping[str, Any], taint: Mapping[str, str]) -> bool:
    if toleration.get("effect") not in (None, taint["effect"]) or toleration.get("key") not in (None, taint["key"]):
        return False
    return toleration.get("operator") == "Exists" or toleration.get("value", "") == taint.get("value", "")


def machines(nodes: Iterable[dict[str, Any]], running: Iterable[dict[str, Any]]) -> list[Machine]:
    """Return the nodes, less what runs on them.

    Args:
        nodes: as the API server shows them.
        running: pods that stay where they are.
    """
    found = {node["metadata"]["name"]: _machine(node) for node in nodes}
    for pod in running:
        if (machine := found.get(pod["spec"].get("nodeName", ""))) is not None:
            machine.take(requests(pod["spec"]), "")
    return list(found.values())


def _machine(node: dict[str, Any]) -> Machine:
    spec, status = node.get("spec") or {}, node.get("status") or {}
    ready = [one["status"] for one in status.get("conditions") or [] if one["type"] == "Ready"]
    taints = list(spec.get("taints") or [])
    if spec.get("unschedulable"):
        taints.append({"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"})
    return Machine(
        name=node["metadata"]["name"],
        labels=node["metadata"].get("labels") or {},
        taints=taints,
        ready=ready == ["True"],
        free={size: amount(status.get("allocatable", {}).get(size, "0")) for size in _SIZES},
    )


def requests(pod: Mapping[str, Any]) -> dict[str, Decimal]:
    """Return what a pod asks for: all its containers, or the largest of those that run before them."""
    at_once = [_request(one) for one in pod.get("containers") or []]
    before = [_request(one) for one in pod.get("initContainers") or []]
    asked = {size: sum((one[size] for one in at_once), Decimal()) for size in ("cpu", "memory")}
    asked = {size: max([asked[size], *(one[size] for one in before)]) for size in asked}
    return {**asked, "pods": Decimal(1)}


def _request(container: Mapping[str, Any]) -> dict[str, Decimal]:
    given = (container.get("resources") or {}).get("requests") or {}
    return {size: amount(str(given.get(size, "0"))) for size in ("cpu", "memory")}

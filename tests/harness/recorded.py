"""What the program declared, as tests ask about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ops.manifest import recorded

if TYPE_CHECKING:
    from pulumi import ResourceHook

DATA_BEARING = {
    "kubernetes:core/v1:Namespace",
    "kubernetes:core/v1:PersistentVolumeClaim",
    "kubernetes:core/v1:PersistentVolumeClaimPatch",
    "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy",
    "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicyBinding",
}
"""Types whose deletion takes data, the claim on data, or its guard with it. A StatefulSet's claims outlive it."""

OPERATED = {"Prometheus": {"web": 9090}, "Alertmanager": {"web": 9093, "mesh-tcp": 9094}}
"""Kinds out of which the Prometheus Operator makes pods, and the ports on which those listen (seen on the operator)."""


class Declared(recorded.Declared):
    """One registration, and what follows from it for pods and claims."""

    @property
    def pod(self) -> dict[str, Any] | None:
        """The pod spec of a workload."""
        return self._template.get("spec")

    @property
    def pod_labels(self) -> dict[str, str]:
        metadata = self._template.get("metadata") or self.inputs.get("spec", {}).get("podMetadata") or {}
        return metadata.get("labels", {})

    @property
    def replicas(self) -> int:
        return self.inputs["spec"].get("replicas", 1)

    @property
    def claims(self) -> set[str]:
        """Names of the claims that its claim templates become, in the cluster."""
        spec, owner = self.inputs["spec"], self.object_name
        templates = spec.get("volumeClaimTemplates", [])
        if self.kind in OPERATED:
            templates, owner = [spec["storage"]["volumeClaimTemplate"]], f"{self.kind.lower()}-{self.object_name}"
        names = [template["metadata"]["name"] for template in templates]
        return {f"{name}-{owner}-{ordinal}" for name in names for ordinal in range(self.replicas)}

    @property
    def ports(self) -> dict[str, int]:
        """Ports of its containers by name; of what the operator makes pods from, those that it gives them."""
        if self.kind in OPERATED:
            return OPERATED[self.kind]
        found = [port for container in (self.pod or {})["containers"] for port in container.get("ports", [])]
        return {port["name"]: port["containerPort"] for port in found}

    @property
    def _template(self) -> dict[str, Any]:
        spec = self.inputs.get("spec", {})
        spec = spec.get("jobTemplate", {}).get("spec", spec)
        return spec.get("template", {})


class LateHooks(Mapping[str, "ResourceHook"]):
    """Hooks that are made when the first of them is asked for."""

    def __init__(self, make: Callable[[], Mapping[str, ResourceHook]]) -> None:
        self.make = make

    @cached_property
    def made(self) -> Mapping[str, ResourceHook]:
        return self.make()

    def __getitem__(self, name: str) -> ResourceHook:
        return self.made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.made)

    def __len__(self) -> int:
        return len(self.made)


@dataclass
class Recording:
    """All registrations of one run, in order."""

    resources: list[Declared]
    outputs: dict[str, dict[str, Any]]
    hooks: Mapping[str, ResourceHook]

    @classmethod
    def of(cls, run: recorded.Recording) -> Recording:
        resources = [Declared(**vars(resource)) for resource in run.resources]
        return cls(resources, run.outputs, run.hooks)

    def of_kind(self, *kinds: str) -> list[Declared]:
        return [resource for resource in self.resources if resource.kind in kinds]

    def one(self, kind: str, name: str) -> Declared:
        found = [resource for resource in self.of_kind(kind) if name in (resource.name, resource.object_name)]
        assert len(found) == 1, f"{kind} {name}: found {[resource.name for resource in self.of_kind(kind)]}"
        return found[0]

    @property
    def workloads(self) -> list[Declared]:
        return [resource for resource in self.resources if resource.pod is not None]

    @property
    def speakers(self) -> list[Declared]:
        """Everything that has pods, whoever makes them."""
        return [*self.workloads, *self.operated]

    @property
    def operated(self) -> list[Declared]:
        """Resources that the Prometheus Operator makes pods from; components of ours have the same names."""
        return [found for found in self.of_kind(*OPERATED) if found.type.startswith("kubernetes:")]

    @property
    def data_bearing(self) -> list[Declared]:
        return [resource for resource in self.resources if resource.type in DATA_BEARING]

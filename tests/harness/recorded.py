"""What a program declared, with the options that Pulumi's own mocks forget."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from google.protobuf import json_format
from pulumi.runtime import rpc
from pulumi.runtime.mocks import MockMonitor, MockResourceArgs, Mocks

if TYPE_CHECKING:
    from collections.abc import Iterator

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


@dataclass(frozen=True, kw_only=True)
class Declared:
    """One registration: what was asked for, and how it is to be treated."""

    urn: str
    type: str
    name: str
    inputs: dict[str, Any]
    secret_paths: frozenset[str]
    parent: str
    provider: str
    protect: bool
    retain_on_delete: bool
    ignore_changes: tuple[str, ...]
    dependencies: tuple[str, ...]
    hooks: tuple[str, ...]

    @property
    def kind(self) -> str:
        """The Kubernetes kind, or the component's class."""
        return self.type.rsplit(":", 1)[1]

    @property
    def namespace(self) -> str:
        return self.inputs.get("metadata", {}).get("namespace", "")

    @property
    def object_name(self) -> str:
        """The name in the cluster; the logical one where Pulumi gives the name."""
        return self.inputs.get("metadata", {}).get("name", self.name)

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


@dataclass
class Recording:
    """All registrations of one run, in order."""

    resources: list[Declared] = field(default_factory=list)
    outputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    hooks: dict[str, ResourceHook] = field(default_factory=dict)

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


class RecordingMonitor(MockMonitor):
    """Pulumi's mock monitor, remembering the options of every registration and which inputs were secret."""

    def __init__(self, mocks: Mocks, recording: Recording) -> None:
        super().__init__(mocks)
        self.recording = recording

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the name of the gRPC method
        response = super().RegisterResource(request)
        raw = json_format.MessageToDict(request.object)
        hooks = [name for _, names in request.hooks.ListFields() for name in names]
        if request.type != "pulumi:pulumi:Stack":
            self.recording.resources.append(
                Declared(
                    urn=response.urn,
                    type=request.type,
                    name=request.name,
                    inputs=_plain(raw),
                    secret_paths=frozenset(_secrets(raw)),
                    parent=request.parent,
                    provider=request.provider,
                    protect=request.protect,
                    retain_on_delete=request.retainOnDelete,
                    ignore_changes=tuple(request.ignoreChanges),
                    dependencies=tuple(request.dependencies),
                    hooks=tuple(hooks),
                )
            )
        return response

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802 - the name of the gRPC method
        self.recording.outputs[request.urn] = _plain(json_format.MessageToDict(request.outputs))
        return super().RegisterResourceOutputs(request)


class Hooks:
    """Stands where the engine's callback server would: keeps each hook, so that a test can call it."""

    def __init__(self, recording: Recording) -> None:
        self.recording = recording

    def register_resource_hook(self, hook: ResourceHook) -> None:
        self.recording.hooks[hook.name] = hook

    async def shutdown(self) -> None:
        """Nothing was served."""


class Answers(Mocks):
    """A cluster that makes what it is asked for and has a fixed identity; invokes are refused."""

    def __init__(self, identity: str) -> None:
        self.identity = identity

    def new_resource(self, args: MockResourceArgs) -> tuple[str, dict[str, Any]]:
        state = dict(args.inputs)
        if args.typ.startswith("kubernetes:"):
            metadata = {"name": f"{args.name}-made", **state.get("metadata", {})}
            if args.resource_id:
                metadata = {"name": args.resource_id, "uid": self.identity}
                state |= {"reclaimPolicy": "Retain", "allowVolumeExpansion": True}
            state["metadata"] = metadata
        return args.resource_id or f"{args.name}-id", state

    def call(self, args: Any) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        raise AssertionError(f"the program may not look anything up, but it invoked {args.token}")


def _secrets(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        if rpc._special_sig_key in value:
            yield path
        else:
            for key, inner in value.items():
                yield from _secrets(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _secrets(inner, f"{path}[{index}]")


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        if rpc._special_sig_key in value:
            return _plain(value.get("value"))
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value

"""What the program declares as plain JSON: one entry per resource."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ops.manifest.replacement import replace_keys

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ops.manifest.recorded import Declared

SECRET = "[secret]"  # noqa: S105 - what stands in a secret's place

DATA_BEARING = frozenset(
    {
        "kubernetes:core/v1:Namespace",
        "kubernetes:core/v1:PersistentVolume",
        "kubernetes:core/v1:PersistentVolumeClaim",
        "kubernetes:core/v1:PersistentVolumeClaimPatch",
        "kubernetes:apps/v1:StatefulSet",
        "kubernetes:monitoring.coreos.com/v1:Prometheus",
        "kubernetes:monitoring.coreos.com/v1:Alertmanager",
    }
)
"""Types whose deletion or replacement takes data, the claim on data, or the nodes that serve it."""


def entries(resources: Iterable[Declared], *, inputs: bool = False) -> list[dict[str, Any]]:
    """Return one entry per resource, by URN.

    Args:
        resources: what the program declared.
        inputs: with everything that was declared about each, secrets masked.
    """
    return [_entry(resource, inputs=inputs) for resource in sorted(resources, key=lambda found: found.urn)]


def holds_data(resource: Declared) -> bool:
    """Whether a deletion or replacement of the resource would take data, the way to it, or its guard.

    An empty StatefulSet that is let go of holds nothing.
    """
    if resource.protect or resource.retain_on_delete:
        return True
    if resource.type == "kubernetes:apps/v1:StatefulSet":
        return bool(resource.inputs["spec"].get("replicas", 1))
    if resource.type == "kubernetes:cert-manager.io/v1:Certificate":
        return bool(resource.inputs["spec"].get("isCA"))
    return resource.type in DATA_BEARING


def masked(resource: Declared) -> dict[str, Any]:
    """Return what was declared, with every secret as `[secret]`."""
    return {key: _masked(value, key, resource.secret_paths) for key, value in resource.inputs.items()}


def _entry(resource: Declared, *, inputs: bool) -> dict[str, Any]:
    in_cluster = resource.type.startswith("kubernetes:")
    return {
        "urn": resource.urn,
        "type": resource.type,
        "name": resource.name,
        "parent": resource.parent,
        "protect": resource.protect,
        "retainOnDelete": resource.retain_on_delete,
        "kind": resource.kind,
        "namespace": resource.namespace if in_cluster else "",
        "object": resource.object_name if in_cluster else "",
        "dataBearing": holds_data(resource),
        "replaceKeys": replace_keys(resource),
        "aliases": list(resource.aliases),
        **(_details(resource) if inputs else {}),
    }


def _details(resource: Declared) -> dict[str, Any]:
    return {
        "inputs": masked(resource),
        "ignoreChanges": list(resource.ignore_changes),
        "hooks": sorted(resource.hooks),
        "dependencies": sorted(resource.dependencies),
        "provider": resource.provider,
    }


def _masked(value: Any, path: str, secret: frozenset[str]) -> Any:  # noqa: ANN401 - any JSON
    if path in secret:
        return SECRET
    if isinstance(value, dict):
        return {key: _masked(inner, f"{path}.{key}", secret) for key, inner in value.items()}
    if isinstance(value, list):
        return [_masked(inner, f"{path}[{index}]", secret) for index, inner in enumerate(value)]
    return value

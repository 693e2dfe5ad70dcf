"""What an engine would do to data between two runs of the program, computed from what each declares."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pulumi import ResourceHookArgs, RunError

from components.foundation.guards import NODES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.harness.recorded import Declared, Recording

#: Kinds whose deletion or replacement takes data away, or the nodes that serve it.
KINDS = ("Namespace", "PersistentVolumeClaim", "StatefulSet", "Certificate")

#: Fields whose change makes Pulumi replace an object (search-stores, 2.1; and the API's own immutable fields).
FIXED: dict[str, tuple[str, ...]] = {
    "Namespace": (),
    "PersistentVolumeClaim": ("spec.accessModes", "spec.volumeMode", "spec.volumeName", "spec.storageClassName"),
    "StatefulSet": (
        "spec.selector",
        "spec.serviceName",
        "spec.podManagementPolicy",
        "spec.revisionHistoryLimit",
        "spec.volumeClaimTemplates",
    ),
    "Certificate": (),
}


def losses(old: Recording, new: Recording) -> list[str]:
    """Return what a plan from one to the other would delete or replace of what holds data."""
    return sorted(_losses(old, new))


def _losses(old: Recording, new: Recording) -> Iterator[str]:
    after = {resource.urn: resource for resource in new.resources}
    for resource in _holding_data(old):
        successor = after.get(resource.urn)
        if successor is None:
            yield f"deletes {resource.kind} {resource.name}"
            continue
        for field in ("metadata.name", "metadata.namespace", *FIXED[resource.kind]):
            ignored = field in successor.ignore_changes
            if not ignored and _at(resource.inputs, field) != _at(successor.inputs, field):
                yield f"replaces {resource.kind} {resource.name} for {field}"
        if resource.provider != successor.provider:
            yield f"replaces {resource.kind} {resource.name} for its provider"


def _holding_data(recording: Recording) -> Iterator[Declared]:
    for resource in recording.of_kind(*KINDS):
        if resource.kind == "Certificate" and not resource.inputs["spec"].get("isCA"):
            continue
        if resource.kind == "StatefulSet" and not resource.inputs["spec"]["replicas"] and not resource.protect:
            # An empty pool on its way out.
            continue
        yield resource


def refusal(old: Recording, new: Recording) -> str:
    """Return all that the hooks of the program say against the step at preview, an empty text where they don't."""
    said = []
    before = {resource.urn: resource for resource in old.resources}
    for resource in new.resources:
        predecessor = before.get(resource.urn)
        if predecessor is None:
            continue
        for name in resource.hooks:
            try:
                new.hooks[name](
                    ResourceHookArgs(
                        urn=resource.urn,
                        id="id",
                        name=resource.name,
                        type=resource.type,
                        old_inputs=predecessor.inputs,
                        new_inputs=resource.inputs,
                    )
                )
            except RunError as error:
                said.append(str(error))
    return "\n".join(said)


def lowered(old: Recording, new: Recording) -> set[str]:
    """Return the StatefulSets that lose nodes, as the guard inside the API server sees it on the namespaces."""
    after = {n.object_name: _nodes(n) for n in new.of_kind("Namespace")}
    return {
        stateful_set
        for namespace in old.of_kind("Namespace")
        for stateful_set, count in _nodes(namespace).items()
        if after.get(namespace.object_name, {}).get(stateful_set, 0) < count
    }


def replicas(recording: Recording) -> dict[str, int]:
    """Return the number of pods of every StatefulSet."""
    return {resource.object_name: resource.inputs["spec"]["replicas"] for resource in recording.of_kind("StatefulSet")}


def _nodes(namespace: Declared) -> dict[str, int]:
    annotations = namespace.inputs["metadata"]["annotations"]
    return {key.removeprefix(NODES): int(count) for key, count in annotations.items() if key.startswith(NODES)}


def _at(inputs: Any, field: str) -> str:
    value = inputs
    for key in field.split("."):
        value = (value or {}).get(key)
    return json.dumps(value, sort_keys=True)

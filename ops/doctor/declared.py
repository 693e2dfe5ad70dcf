"""What the program would ask the cluster for: objects, their pods and their claims."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ops.golden.files import entries

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class DeclaredObject:
    """An object that `up` would make.

    Attributes:
        version: its apiVersion.
        kind: its kind.
        namespace: its namespace, empty for what has none.
        name: its name, empty where Pulumi completes it, so that it is never taken.
        body: all of it.
    """

    version: str
    kind: str
    namespace: str
    name: str
    body: dict[str, Any]

    @property
    def pod(self) -> dict[str, Any] | None:
        """The spec of its pods, None where it has none."""
        spec = self.body.get("spec") or {}
        if self.kind == "CronJob":
            spec = spec["jobTemplate"]["spec"]
        if self.kind in ("Prometheus", "Alertmanager"):
            # The operator makes the pods, of these fields.
            return {**spec, "containers": [{"image": spec["image"], "resources": spec["resources"]}]}
        return spec["template"]["spec"] if "template" in spec else None

    @property
    def claims(self) -> list[str]:
        """The sizes of the volumes that it asks for."""
        spec = self.body.get("spec") or {}
        if self.kind == "PersistentVolumeClaim":
            # A patch of a claim that a StatefulSet makes has no access modes, and is no further claim.
            return [_size(spec)] if "accessModes" in spec else []
        templates = list(spec.get("volumeClaimTemplates") or [])
        if storage := spec.get("storage"):
            templates.append(storage["volumeClaimTemplate"])
        return [_size(template["spec"]) for template in templates] * spec.get("replicas", 1)


def _size(spec: dict[str, Any]) -> str:
    return spec["resources"]["requests"]["storage"]


def declared_objects(project: Path, stack: str) -> tuple[DeclaredObject, ...]:
    """Return what the program declares for a stack.

    Raises:
        RefusedError: the stack file or the program is refused.
    """
    return tuple(_objects(entries(project, stack)))


def _objects(found: list[dict[str, Any]]) -> Iterator[DeclaredObject]:
    for entry in found:
        body = entry["inputs"]
        if entry["type"].startswith("kubernetes:"):
            yield DeclaredObject(
                version=body["apiVersion"],
                kind=body["kind"],
                namespace=entry["namespace"],
                name=(body.get("metadata") or {}).get("name") or "",
                body=body,
            )

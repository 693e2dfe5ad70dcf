"""Which fields of an object can't be changed in place: the provider replaces it, or the API refuses."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ops.manifest.recorded import Declared

EVERYWHERE = ("metadata.name", "metadata.namespace")

FIXED: dict[str, tuple[str, ...]] = {
    "apps/v1:StatefulSet": (
        "spec.podManagementPolicy",
        "spec.revisionHistoryLimit",
        "spec.selector",
        "spec.serviceName",
        "spec.volumeClaimTemplates",
    ),
    "apps/v1:Deployment": ("spec.selector",),
    "apps/v1:DaemonSet": ("spec.selector",),
    "batch/v1:Job": ("spec.completions", "spec.parallelism", "spec.selector", "spec.template"),
    "core/v1:ConfigMap": ("binaryData", "data"),
    "core/v1:PersistentVolumeClaim": (
        "spec.accessModes",
        "spec.selector",
        "spec.storageClassName",
        "spec.volumeMode",  # not replaced: the API refuses the update
        "spec.volumeName",
    ),
    "core/v1:Secret": ("type", "stringData", "data"),
    "core/v1:Service": ("spec.clusterIP",),
    "core/v1:ResourceQuota": ("spec.scopes",),
    "rbac.authorization.k8s.io/v1:ClusterRoleBinding": ("roleRef",),
    "rbac.authorization.k8s.io/v1:RoleBinding": ("roleRef",),
    "storage.k8s.io/v1:StorageClass": ("parameters", "provisioner"),
}
"""By type without its `kubernetes:`. Source: forceNewProperties in the provider's pkg/provider/diff.go, 4.25.0."""

HASHED = ("data", "binaryData", "stringData", "spec.template")
"""Fields whose content is long or secret: twelve hexadecimal digits of its digest stand for it."""


def replace_keys(resource: Declared) -> dict[str, object]:
    """Return the value of every field whose change would replace the object, by the field's path.

    Fields that the program ignores are left out: the engine then takes their old value.
    """
    fields = (*EVERYWHERE, *FIXED.get(resource.type.removeprefix("kubernetes:"), ()))
    found: dict[str, object] = {"provider": resource.provider.rpartition("::")[0]}
    if not resource.type.startswith("kubernetes:"):
        return found
    for path in fields:
        value = _at(resource.inputs, path)
        if value is not None and path not in resource.ignore_changes:
            found[path] = digest(value) if path in HASHED else value
    return found


def digest(value: object) -> str:
    """Return twelve hexadecimal digits that change with a value."""
    canonical = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:12]


def _at(inputs: Any, path: str) -> Any:  # noqa: ANN401 - any JSON
    for key in path.split("."):
        inputs = inputs.get(key) if isinstance(inputs, dict) else None
    return inputs

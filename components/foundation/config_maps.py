"""Files that the pods of a workload mount."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pulumi_kubernetes.core.v1 import ConfigMap

from components.foundation.labels import labels
from components.foundation.manifests import manifest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pulumi import Output, ResourceOptions

    from components.foundation.labels import Workload


def config_map(
    name: str,
    workload: Workload,
    files: Mapping[str, str | Output[str]],
    child: ResourceOptions,
    *,
    object_name: str | None = None,
) -> Output[str]:
    """Declare a ConfigMap and return the name of the object.

    Pulumi gives each content a name of its own, so that pods restart with what they were tested with.

    Args:
        name: of the resource.
        workload: whose pods mount it.
        files: contents by file name.
        child: options of a child of the component.
        object_name: one name for every content: it changes in running pods, and their template doesn't.
    """
    made = ConfigMap(
        name,
        metadata=manifest({"name": object_name, "namespace": str(workload.namespace), "labels": labels(workload)}),
        data=dict(files),
        opts=child,
    )
    return made.metadata.apply(lambda metadata: str(metadata.name))

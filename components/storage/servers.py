"""Servers with a volume each that need no gate: a single process, or equals that hold nothing for each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pulumi import ResourceOptions
from pulumi_kubernetes.apps.v1 import StatefulSet

from components.foundation.labels import labels, selector
from components.foundation.manifests import FORCED, manifest
from components.storage.volumes import KEEP_CLAIMS, GrowingClaims, GrowingClaimsArgs, claim_template

if TYPE_CHECKING:
    from components.foundation.keeping import Keeper
    from components.foundation.labels import Component, Concern
    from components.settings.quantities import Bytes

VOLUME = "data"
"""The volume's name in the pod spec, for its mounts."""


def servers(
    name: str,
    *,
    concern: Concern,
    component: Component,
    pod: dict[str, Any],
    replicas: int = 1,
    disk: Bytes,
    key: str,
    storage_class: str,
    keeper: Keeper,
    child: ResourceOptions,
) -> StatefulSet:
    """Return a StatefulSet whose claims outlive it and grow, and which a changed template restarts pod by pod.

    Args:
        name: of the StatefulSet, and of the Service that governs it, which the caller declares.
        concern: whose servers they are; also their namespace.
        component: what they are.
        pod: the hardened pod spec, which mounts the volume `data`.
        replicas: how many.
        disk: size of each volume.
        key: the key of the stack file that holds it, for messages.
        storage_class: class of the volumes; reclaim policy Retain and expandable.
        keeper: how the StatefulSet is kept.
        child: options of the objects.
    """
    own = labels(concern, component)
    stateful_set = StatefulSet(
        name,
        metadata=manifest({"name": name, "namespace": concern.value, "labels": own, "annotations": FORCED}),
        spec=manifest(
            {
                "serviceName": name,
                "replicas": replicas,
                # Nobody's quorum depends on them: a changed template restarts them at once, the last one first.
                "updateStrategy": {"type": "RollingUpdate"},
                "persistentVolumeClaimRetentionPolicy": KEEP_CLAIMS,
                "selector": {"matchLabels": selector(component)},
                "template": {"metadata": {"labels": own}, "spec": pod},
                "volumeClaimTemplates": [claim_template(VOLUME, disk, storage_class)],
            }
        ),
        opts=ResourceOptions.merge(keeper.guard(child), ResourceOptions(ignore_changes=["spec.volumeClaimTemplates"])),
    )
    GrowingClaims(
        f"{name}-claims",
        GrowingClaimsArgs(
            concern=concern,
            stateful_set=name,
            owner=stateful_set,
            volume=VOLUME,
            replicas=replicas,
            size=disk,
            key=key,
        ),
        opts=child,
    )
    return stateful_set

"""Servers with a volume each that need no gate: a single process, or equals that hold nothing for each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pulumi import ResourceOptions
from pulumi_kubernetes.apps.v1 import StatefulSet

from components.foundation.labels import labels, selector
from components.foundation.manifests import FORCED, manifest
from components.storage.volumes import KEEP_CLAIMS, GrowingClaimsArgs, claim_template, grow_claims

if TYPE_CHECKING:
    from components.foundation.data_protection import DataProtection
    from components.foundation.labels import Workload
    from components.settings.quantities import Bytes

VOLUME = "data"
"""The volume's name in the pod spec, for its mounts."""


@dataclass(frozen=True, kw_only=True)
class StatefulSetArgs:
    """What such servers need to know.

    Attributes:
        workload: what they are.
        pod: the hardened pod spec, which mounts the volume `data`.
        replicas: how many.
        disk: size of each volume.
        key: the key of the stack file that holds it, for messages.
        storage_class: class of the volumes; reclaim policy Retain and expandable.
        protection: how the StatefulSet is kept.
    """

    workload: Workload
    pod: dict[str, Any]
    replicas: int
    disk: Bytes
    key: str
    storage_class: str
    protection: DataProtection


def stateful_set(name: str, args: StatefulSetArgs, child: ResourceOptions) -> StatefulSet:
    """Return a StatefulSet whose claims outlive it and grow, and which a changed template restarts pod by pod.

    The Service that governs it has its name and is declared by the caller.
    """
    own = labels(args.workload)
    stateful_set = StatefulSet(
        name,
        metadata=manifest(
            {"name": name, "namespace": str(args.workload.namespace), "labels": own, "annotations": FORCED}
        ),
        spec=manifest(
            {
                "serviceName": name,
                "replicas": args.replicas,
                # Nobody's quorum depends on them: a changed template restarts them at once, the last one first.
                "updateStrategy": {"type": "RollingUpdate"},
                "persistentVolumeClaimRetentionPolicy": KEEP_CLAIMS,
                "selector": {"matchLabels": selector(args.workload)},
                "template": {"metadata": {"labels": own}, "spec": args.pod},
                "volumeClaimTemplates": [claim_template(VOLUME, args.disk, args.storage_class)],
            }
        ),
        opts=ResourceOptions.merge(
            args.protection.protect(child), ResourceOptions(ignore_changes=["spec.volumeClaimTemplates"])
        ),
    )
    grow_claims(
        f"{name}-claims",
        GrowingClaimsArgs(
            namespace=args.workload.namespace,
            stateful_set=name,
            owner=stateful_set,
            volume=VOLUME,
            replicas=args.replicas,
            size=args.disk,
            key=args.key,
        ),
        opts=child,
    )
    return stateful_set

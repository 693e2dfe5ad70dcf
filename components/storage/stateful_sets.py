"""Servers with volumes of their own, and how a changed template reaches them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pulumi import ResourceOptions
from pulumi_kubernetes.apps.v1 import StatefulSet

from components.foundation.labels import labels, selector
from components.foundation.manifests import FORCED, manifest
from components.storage.volumes import KEEP_CLAIMS, GrowingClaimsArgs, claim_template, grow_claims

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from components.foundation.data_protection import DataProtection
    from components.foundation.labels import Workload
    from components.settings.quantities import Bytes

VOLUME = "data"
"""The volume's name in the pod spec, for its mounts."""

ROLLING: Mapping[str, Any] = {"updateStrategy": {"type": "RollingUpdate"}}
"""A changed template restarts them, the last one first: one process, or equals that hold nothing for each other."""

GATED: Mapping[str, Any] = {
    # One by one, the first pod would wait for a quorum that can't start before it is ready.
    "podManagementPolicy": "Parallel",
    # A pod is restarted by a gate that looks at the cluster's health, never by a changed template.
    "updateStrategy": {"type": "OnDelete"},
}
"""Members of a cluster."""


@dataclass(frozen=True, kw_only=True)
class StatefulSetArgs:
    """What such servers need to know.

    Attributes:
        workload: what they are.
        pod: the hardened pod spec, which mounts the volumes.
        replicas: how many.
        disk: size of each volume.
        key: the key of the stack file that holds it, for messages.
        storage_class: class of the volumes; reclaim policy Retain and expandable.
        protection: how the StatefulSet is kept; None where it holds nothing and may go.
        service: the headless Service that names the pods; the one with the set's own name when left out.
        volumes: names of the volumes of each pod.
        matching: labels that tell this set's pods from others of the workload; Kubernetes never lets a selector change.
        labels: further labels of the pods.
        rollout: ROLLING or GATED.
        ready_seconds: how long `up` waits for all pods; Pulumi's own ten minutes when left out.
    """

    workload: Workload
    pod: dict[str, Any]
    replicas: int
    disk: Bytes
    key: str
    storage_class: str
    protection: DataProtection | None
    service: str = ""
    volumes: Sequence[str] = (VOLUME,)
    matching: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    rollout: Mapping[str, Any] = field(default_factory=lambda: ROLLING)
    ready_seconds: int | None = None

    def template(self) -> dict[str, Any]:
        """Return the pods' template."""
        return {"metadata": {"labels": {**labels(self.workload), **self.matching, **self.labels}}, "spec": self.pod}


def stateful_set(name: str, args: StatefulSetArgs, child: ResourceOptions) -> StatefulSet:
    """Return a StatefulSet whose claims outlive it and grow; the Service that governs it is declared by the caller."""
    template = args.template()
    patience = {} if args.ready_seconds is None else {"pulumi.com/timeoutSeconds": str(args.ready_seconds)}
    stateful_set = StatefulSet(
        name,
        metadata=manifest(
            {
                "name": name,
                "namespace": str(args.workload.namespace),
                "labels": template["metadata"]["labels"],
                "annotations": {**patience, **FORCED},
            }
        ),
        spec=manifest(
            {
                "serviceName": args.service or name,
                "replicas": args.replicas,
                **args.rollout,
                "persistentVolumeClaimRetentionPolicy": KEEP_CLAIMS,
                "selector": {"matchLabels": {**selector(args.workload), **args.matching}},
                "template": template,
                "volumeClaimTemplates": [
                    claim_template(volume, args.disk, args.storage_class) for volume in args.volumes
                ],
            }
        ),
        opts=ResourceOptions.merge(
            child if args.protection is None else args.protection.protect(child),
            ResourceOptions(ignore_changes=["spec.volumeClaimTemplates"]),
        ),
    )
    for volume in args.volumes:
        grow_claims(
            f"{name}-{volume}-claims",
            GrowingClaimsArgs(
                namespace=args.workload.namespace,
                stateful_set=name,
                owner=stateful_set,
                volume=volume,
                replicas=args.replicas,
                size=args.disk,
                key=args.key,
            ),
            opts=child,
        )
    return stateful_set

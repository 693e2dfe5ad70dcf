"""Volumes of a StatefulSet: made once from a claim template, grown one claim at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pulumi import ResourceOptions
from pulumi_kubernetes.core.v1 import PersistentVolumeClaim, PersistentVolumeClaimPatch

from components.foundation.growth import growing_claim
from components.foundation.manifests import FORCED

if TYPE_CHECKING:
    from pulumi import Resource

    from components.foundation.data_protection import DataProtection
    from components.settings.platform_name import PlatformName
    from components.settings.quantities import Bytes

KEEP_CLAIMS = {"whenDeleted": "Retain", "whenScaled": "Retain"}
"""`persistentVolumeClaimRetentionPolicy` of every StatefulSet: claims outlive it and every scale-in."""


def claim_template(volume: str, size: Bytes, storage_class: str) -> dict[str, Any]:
    """Return a StatefulSet's claim template. Its size counts at creation only; see `grow_claims`."""
    return {
        "metadata": {"name": volume},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "storageClassName": storage_class,
            "resources": {"requests": {"storage": size.kubernetes}},
        },
    }


@dataclass(frozen=True, kw_only=True)
class GrowingClaimsArgs:
    """What the claims of one StatefulSet need to know.

    Attributes:
        namespace: in which they are.
        stateful_set: the StatefulSet's name, from which Kubernetes makes the claims' names.
        owner: the StatefulSet, whose controller has made the claims when it is ready.
        volume: the claim template's name.
        replicas: how many pods, and so claims, there are.
        size: the size that each claim has or grows to.
        key: the key of the stack file that holds the size.
    """

    namespace: PlatformName
    stateful_set: str
    owner: Resource
    volume: str
    replicas: int
    size: Bytes
    key: str


def grow_claims(name: str, args: GrowingClaimsArgs, opts: ResourceOptions) -> None:
    """Declare one patch per claim, so that a larger disk is an update and never replaces a StatefulSet.

    Kubernetes doesn't let a claim template change. The claims themselves may grow; a smaller size is refused at
    preview. Fewer replicas leave the claims where they are.
    """
    hooks = growing_claim(args.key, name)
    for ordinal in range(args.replicas):
        claim = f"{args.volume}-{args.stateful_set}-{ordinal}"
        PersistentVolumeClaimPatch(
            claim,
            metadata={
                "name": claim,
                "namespace": str(args.namespace),
                "annotations": {
                    # The request was written by the StatefulSet's controller; growing it means taking it over.
                    **FORCED,
                    # The StatefulSet is ready, so its claims are bound; Pulumi's own wait for a patched claim
                    # never ends (seen: five minutes, then an error, with every claim bound).
                    "pulumi.com/skipAwait": "true",
                },
            },
            spec={"resources": {"requests": {"storage": args.size.kubernetes}}},
            opts=ResourceOptions.merge(
                opts, ResourceOptions(depends_on=[args.owner], retain_on_delete=True, hooks=hooks)
            ),
        )


def kept_claim(
    name: str,
    *,
    namespace: PlatformName,
    size: Bytes,
    storage_class: str,
    key: str,
    protection: DataProtection,
    child: ResourceOptions,
) -> PersistentVolumeClaim:
    """Return a single claim that outlives the stack, for data that no StatefulSet owns.

    It grows and never shrinks (`key` is the key of the stack file that holds its size). The storage class counts at
    creation only, as in a claim template: Kubernetes can't change it, and a replaced claim would be an empty one.
    """
    return PersistentVolumeClaim(
        name,
        metadata={
            "name": name,
            "namespace": str(namespace),
            # With a class that waits for the first consumer the claim binds when its pod starts, and that pod
            # is declared after the claim: waiting here would wait for ever.
            "annotations": {"pulumi.com/skipAwait": "true", **FORCED},
        },
        spec=claim_template(name, size, storage_class)["spec"],
        opts=ResourceOptions.merge(
            protection.retain(child),
            ResourceOptions(ignore_changes=["spec.storageClassName"], hooks=growing_claim(key, name)),
        ),
    )

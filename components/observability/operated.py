"""What Prometheus and Alertmanager share: a custom resource of which the operator makes replicas with volumes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pulumi import ResourceOptions
from pulumi_kubernetes.apiextensions import CustomResource

from components.foundation.disruption import disruption_budget
from components.foundation.labels import labels
from components.foundation.manifests import FORCED
from components.foundation.monitors import MONITORING
from components.storage.volumes import GrowingClaimsArgs, grow_claims

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pulumi import Resource

    from components.foundation.data_protection import DataProtection
    from components.foundation.labels import Workload
    from components.settings.quantities import Bytes


@dataclass(frozen=True, kw_only=True)
class OperatedArgs:
    """What such a resource is.

    Attributes:
        kind: Prometheus or Alertmanager.
        name: of the object; the operator puts the kind before it where it names the StatefulSet.
        workload: what its pods are.
        replicas: how many there are.
        disk: size of each volume.
        volume: name of the claim template.
        key: the key of the stack file that holds the size.
        spec: of the custom resource.
        protection: how it is kept: with it the operator would end all replicas.
        rights: what has to be there before the pods are.
        ready_seconds: how long `up` waits for all replicas; Pulumi's own time when left out.
    """

    kind: str
    name: str
    workload: Workload
    replicas: int
    disk: Bytes
    volume: str
    key: str
    spec: Mapping[str, Any]
    protection: DataProtection
    rights: Sequence[Resource] = ()
    ready_seconds: int | None = None


def operated(name: str, args: OperatedArgs, child: ResourceOptions) -> CustomResource:
    """Return the custom resource, with claims that grow and a disruption budget over the replicas."""
    patience = {} if args.ready_seconds is None else {"pulumi.com/timeoutSeconds": str(args.ready_seconds)}
    made = CustomResource(
        name,
        api_version=MONITORING,
        kind=args.kind,
        metadata={
            "name": args.name,
            "namespace": str(args.workload.namespace),
            "labels": labels(args.workload),
            "annotations": {"pulumi.com/waitFor": awaited(args.replicas), **patience, **FORCED},
        },
        spec=args.spec,
        opts=ResourceOptions.merge(
            args.protection.protect(child),
            # A claim template counts once. With another one the operator would delete the StatefulSet.
            ResourceOptions(depends_on=args.rights, ignore_changes=["spec.storage"]),
        ),
    )
    grow_claims(
        f"{name}-claims",
        GrowingClaimsArgs(
            namespace=args.workload.namespace,
            stateful_set=f"{args.kind.lower()}-{args.name}",
            owner=made,
            volume=args.volume,
            replicas=args.replicas,
            size=args.disk,
            key=args.key,
        ),
        opts=child,
    )
    disruption_budget(args.workload.name, args.workload, child)
    return made


def awaited(replicas: int) -> str:
    """Return what `up` waits for, in Pulumi's words: the operator has understood the resource, and all pods are ready.

    The number is asked for too, because an older generation was available already, and the claim of a further replica
    is patched next: it must be there.
    """
    return json.dumps(
        [f"jsonpath={{.status.availableReplicas}}={replicas}", "condition=Available", "condition=Reconciled"]
    )

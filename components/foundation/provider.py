"""The one Kubernetes provider of a stack, and the proof that it leads to the cluster that the stack file names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi_kubernetes as kubernetes
from pulumi import Output, ResourceOptions, RunError, Stash
from pulumi_kubernetes.apiregistration.v1 import APIService
from pulumi_kubernetes.core.v1 import Namespace
from pulumi_kubernetes.storage.v1 import StorageClass

from components.foundation.growth import same_cluster, same_namespaces
from components.foundation.labels import PART_OF
from components.settings.cluster import LOCAL

if TYPE_CHECKING:
    from components.foundation.kubeconfig import Kubeconfig
    from components.settings.stack import StackSettings

CERT_MANAGER = "v1.cert-manager.io"
MONITORING = "v1.monitoring.coreos.com"
"""The APIs that the definitions of cert-manager and of the Prometheus Operator bring, whose lifecycle is outside this
stack. They are read in place of the definitions themselves, because one of those is hundreds of kilobytes."""


@dataclass(frozen=True, kw_only=True)
class RecognisedCluster:
    """A provider, and the UID of its cluster, which becomes known only when it is the right one.

    The namespaces of the platform carry the UID and everything else depends on them, so nothing is declared on a
    cluster that was not recognised.
    """

    provider: kubernetes.Provider
    uid: Output[str]


def recognised_cluster(kubeconfig: Kubeconfig, stack: StackSettings, stack_file: str) -> RecognisedCluster:
    """Return the cluster that the stack file names, and only that one.

    An identity that the stack didn't have before, a cluster of another one, one without cert-manager or the Prometheus
    Operator's definitions, or one whose storage class would let go of data or never lets it grow, stops `preview` and
    `up` before anything was changed.

    Args:
        kubeconfig: where the cluster is.
        stack: its settings, among them the UID that the namespace kube-system must have, or `local`.
        stack_file: name of the stack file, for the message.

    Raises:
        RunError: at preview or up, if the identity differs or the class doesn't retain and expand.
    """
    identity = stack.cluster.identity
    known = Stash("recorded-cluster-identity", input=identity, opts=ResourceOptions(hooks=same_cluster(stack_file)))
    provider = kubernetes.Provider(
        "cluster",
        kubeconfig=kubeconfig.path,
        context=kubeconfig.context,
        # Without an identifier Pulumi guesses from the kubeconfig when a cluster is another one, and a wrong guess
        # replaces every object.
        cluster_identifier=identity,
        # What names no namespace would go there: there is none of this name, so it would be refused.
        namespace=PART_OF.under(stack.namespace_prefix),
        opts=ResourceOptions(depends_on=[known], hooks=same_namespaces()),
    )
    reads = ResourceOptions(provider=provider)
    kube_system = Namespace.get("cluster-identity", "kube-system", opts=reads)
    cert_manager = APIService.get("cert-manager (install it first)", CERT_MANAGER, opts=reads)
    monitoring = APIService.get("definitions of the Prometheus Operator (install them first)", MONITORING, opts=reads)

    def recognise(found: str) -> str:
        if identity not in (LOCAL, found):
            raise RunError(
                f"{stack_file}: ballast:cluster.identity names cluster {identity}, "
                f"but the namespace kube-system of the cluster behind {kubeconfig.path} has UID {found}. "
                "Nothing was changed. Point kubeconfig or context at the right cluster, or correct the identity: "
                "kubectl get namespace kube-system -o jsonpath={.metadata.uid}"
            )
        return found

    awaited = [kube_system.metadata.uid, cert_manager.id, monitoring.id]
    if stack.cluster.storage_class.made is None:
        awaited.append(_trusted_class(stack.cluster.storage_class.name, stack_file, reads))
    uid = Output.all(*awaited).apply(lambda read: recognise(str(read[0])))
    return RecognisedCluster(provider=provider, uid=uid)


def _trusted_class(name: str, stack_file: str, reads: ResourceOptions) -> Output[None]:
    """Read the class of all data volumes; its output is known only if the class keeps data and lets it grow."""
    volumes = StorageClass.get("storage class of all data volumes", name, opts=reads)

    def trust(read: list[object]) -> None:
        reclaim_policy, expandable = read
        missing = [
            word
            for word, there in (
                ("reclaimPolicy: Retain", reclaim_policy == "Retain"),
                ("allowVolumeExpansion: true", expandable is True),
            )
            if not there
        ]
        if missing:
            raise RunError(
                f"{stack_file}: ballast:cluster.storageClass.name is {name}, a class that lacks "
                f"{' and '.join(missing)}: a volume must outlive its claim and be able to grow. Nothing was changed. "
                "Name a class that has both, or make one."
            )

    return Output.all(volumes.reclaim_policy, volumes.allow_volume_expansion).apply(trust)

"""The one Kubernetes provider of a stack, which exists only after the cluster was recognised."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi_kubernetes as kubernetes
from pulumi import Output, ResourceOptions, RunError
from pulumi_kubernetes.apiextensions.v1 import CustomResourceDefinition
from pulumi_kubernetes.core.v1 import Namespace

from components.foundation.kubeconfig import LOCAL

if TYPE_CHECKING:
    from components.foundation.kubeconfig import Kubeconfig

REQUIRED_CRDS = ("certificates.cert-manager.io", "issuers.cert-manager.io")
"""Custom resources that this program declares. Their definitions live outside this stack's lifecycle."""


def recognised_cluster(kubeconfig: Kubeconfig, identity: str, stack_file: str) -> kubernetes.Provider:
    """Return a provider for the cluster that the stack file names, and only for that one.

    A first provider may only read: the UID of namespace kube-system and the custom resource definitions. What it
    read is an input of the provider that writes, so a cluster of another identity, or one without cert-manager,
    stops `preview` and `up` before anything was changed. An ambient KUBECONFIG or current context is never used.

    Args:
        kubeconfig: where the cluster is.
        identity: the UID that its namespace kube-system must have, or `local`.
        stack_file: name of the stack file, for the message.

    Raises:
        RunError: at preview or up, if the identity differs.
    """
    reader = kubernetes.Provider(
        "cluster-reader", kubeconfig=kubeconfig.path, context=kubeconfig.context, cluster_identifier="reader"
    )
    reads = ResourceOptions(provider=reader)
    kube_system = Namespace.get("cluster-identity", "kube-system", opts=reads)
    definitions = [
        CustomResourceDefinition.get(f"required definition {name} (install cert-manager first)", name, opts=reads)
        for name in REQUIRED_CRDS
    ]

    def recognise(found: str) -> str:
        if identity not in (LOCAL, found):
            raise RunError(
                f"{stack_file}: ballast:cluster.identity names cluster {identity}, "
                f"but the namespace kube-system of the cluster behind {kubeconfig.path} has UID {found}. "
                "Nothing was changed. Point kubeconfig or context at the right cluster, or correct the identity: "
                "kubectl get namespace kube-system -o jsonpath={.metadata.uid}"
            )
        return found

    recognised = Output.all(kube_system.metadata.uid, *[d.id for d in definitions]).apply(
        lambda read: recognise(read[0])
    )
    return kubernetes.Provider(
        "cluster",
        kubeconfig=kubeconfig.path,
        context=kubeconfig.context,
        # Without an identifier Pulumi guesses from the kubeconfig when a cluster is another one, and a wrong guess
        # replaces every object.
        cluster_identifier=recognised,
    )

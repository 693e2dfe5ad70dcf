"""A namespace in which nothing is allowed until somebody says so."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any

from pulumi import ComponentResource, Output, ResourceOptions
from pulumi_kubernetes.core.v1 import Namespace, ResourceQuota
from pulumi_kubernetes.networking.v1 import NetworkPolicy

from components.foundation.growth import RECORDED_STATE, allowed_steps, written
from components.foundation.guards import NODES
from components.foundation.labels import PART_OF
from components.foundation.manifests import FORCED, manifest
from components.settings.environment import OWNER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from components.foundation.data_protection import DataProtection
    from components.foundation.quota import Quota
    from components.settings.platform_name import PlatformName

RESTRICTED = {
    f"pod-security.kubernetes.io/{mode}{suffix}": value
    for mode in ("enforce", "audit", "warn")
    for suffix, value in (("", "restricted"), ("-version", "latest"))
}
"""Pod Security "restricted" in all three modes: refused, written to the audit log, shown to the person who applies."""

OPEN_TO_THE_HOST = "privileged"
"""What pods that read their node need: its logs, its figures. Nothing else is placed in their namespace. Anything above
refuses host paths; what isn't restricted is still audited and shown."""

DNS_PORT = 53


@dataclass(frozen=True, kw_only=True)
class PlatformNamespaceArgs:
    """What a namespace needs to know.

    Attributes:
        name: its name.
        owner: project and stack that declare it.
        cluster: UID of the cluster, known once it was recognised: nothing exists before that.
        nodes: how many each StatefulSet of a store in it has.
        recorded_state: what data already written ties the stack to; on one namespace of the stack only.
        quota: the most that its pods and claims may ask for together.
        enforce: the level of Pod Security below which pods are refused.
        node_local_dns: where each node's own cache of names answers; none where there is only the cluster's.
        protection: how data-bearing children are kept: deleting a namespace deletes every claim in it.
    """

    name: PlatformName
    owner: str
    cluster: Output[str]
    nodes: Mapping[str, int]
    quota: Quota
    protection: DataProtection
    enforce: str = "restricted"
    node_local_dns: str | None = None
    recorded_state: Mapping[str, str] | None = None


class PlatformNamespace(ComponentResource):
    """A namespace, restricted but for one, with all traffic denied both ways, DNS allowed, and a quota."""

    namespace: Output[str]

    def __init__(self, name: str, args: PlatformNamespaceArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ballast:foundation:PlatformNamespace", name, None, opts)
        child = ResourceOptions(parent=self)
        namespace = Namespace(
            name,
            metadata={
                "name": str(args.name),
                "labels": {"app.kubernetes.io/part-of": str(PART_OF), **pod_security(args.enforce)},
                "annotations": {OWNER: args.owner, "ballast/cluster": args.cluster, **_recorded(args), **FORCED},
            },
            opts=ResourceOptions.merge(
                args.protection.retain(child),
                ResourceOptions(hooks=None if args.recorded_state is None else allowed_steps()),
            ),
        )
        self.namespace = namespace.metadata.apply(lambda metadata: str(metadata.name))
        NetworkPolicy(
            f"{name}-default-deny",
            metadata={"name": "default-deny", "namespace": self.namespace},
            spec=manifest(_names_only(args.node_local_dns)),
            opts=child,
        )
        ResourceQuota(
            f"{name}-quota",
            metadata={"name": "quota", "namespace": self.namespace},
            spec={"hard": args.quota.hard()},
            opts=child,
        )
        self.register_outputs({"namespace": self.namespace})


def pod_security(enforce: str) -> dict[str, str]:
    """Return the Pod Security labels of a namespace that refuses pods below a level."""
    return {**RESTRICTED, "pod-security.kubernetes.io/enforce": enforce}


def _recorded(args: PlatformNamespaceArgs) -> dict[str, str]:
    """Return what guards compare: nodes inside the API server, the recorded state at preview."""
    nodes = {f"{NODES}{stateful_set}": str(count) for stateful_set, count in args.nodes.items()}
    return nodes if args.recorded_state is None else {**nodes, RECORDED_STATE: written(args.recorded_state)}


def _names_only(node_local: str | None) -> dict[str, Any]:
    """Deny both ways, but for names.

    UDP and TCP: a truncated answer is asked for again over TCP, and the peers of a large cluster don't fit UDP.
    """
    resolver = {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}},
        "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
    }
    peers: list[dict[str, Any]] = [resolver]
    if node_local is not None:
        # It runs in its node's network, where no selector of pods finds it.
        peers.append({"ipBlock": {"cidr": str(ip_network(node_local))}})
    ports = [{"protocol": protocol, "port": DNS_PORT} for protocol in ("UDP", "TCP")]
    return {"podSelector": {}, "policyTypes": ["Ingress", "Egress"], "egress": [{"to": peers, "ports": ports}]}

"""`NetworkPolicies`: the only way to open a network path, at both ends at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pulumi import ComponentResource, Output, ResourceOptions
from pulumi_kubernetes.networking.v1 import NetworkPolicy

from components.foundation.connections import Endpoint, ExternalEndpoint, ForeignPods
from components.foundation.manifests import manifest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pulumi import Resource

    from components.foundation.connections import Connection
    from components.settings.platform_name import PlatformName

    Peer = Endpoint | ExternalEndpoint | ForeignPods


@dataclass(frozen=True, kw_only=True)
class NetworkPoliciesArgs:
    """What the policies need to know.

    Attributes:
        connections: every path that is to be open.
        namespaces: by name; a policy waits for its own.
    """

    connections: Sequence[Connection]
    namespaces: Mapping[PlatformName, Resource]


class NetworkPolicies(ComponentResource):
    """One policy for each endpoint and direction: egress at clients, ingress at servers.

    Both come from the same connections, so they can't disagree. A server outside the cluster has only its clients'
    half; clients in namespaces of others have only the server's. Everything else is denied by each namespace.
    """

    paths: Output[list[str]]

    def __init__(self, name: str, args: NetworkPoliciesArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("ballast:foundation:NetworkPolicies", name, None, opts)
        for kind in ("Egress", "Ingress"):
            for endpoint, rules in _halves(args.connections, kind):
                policy = f"{endpoint.name}-{kind.lower()}"
                NetworkPolicy(
                    policy,
                    metadata={"name": policy, "namespace": str(endpoint.namespace)},
                    spec=manifest(
                        {
                            "podSelector": {"matchLabels": dict(endpoint.pods)},
                            "policyTypes": [kind],
                            kind.lower(): rules,
                        }
                    ),
                    opts=ResourceOptions(parent=self, depends_on=[args.namespaces[endpoint.namespace]]),
                )
        self.paths = Output.from_input(sorted({connection.path for connection in args.connections}))
        self.register_outputs({"paths": self.paths})


def _halves(connections: Sequence[Connection], kind: str) -> Iterator[tuple[Endpoint, list[dict[str, Any]]]]:
    """Yield each endpoint that has a half of a connection here, with its rules: one for each peer."""
    found: dict[str, tuple[Endpoint, dict[str, tuple[Peer, set[tuple[str, int]]]]]] = {}
    for connection in connections:
        ends = (connection.client, connection.server)
        own, peer = ends if kind == "Egress" else reversed(ends)
        if isinstance(own, Endpoint):
            # A peer is more than its name: each place of snapshots has an object store of its own.
            _, peers = found.setdefault(own.name, (own, {}))
            peers.setdefault(repr(peer), (peer, set()))[1].add(connection.server.port(connection.port))
    word = "to" if kind == "Egress" else "from"
    for own, peers in found.values():
        # In an order of their own: a preview shows what is new, and not who was declared before whom.
        yield own, [{word: _peers(peer), "ports": _ports(ports)} for _, (peer, ports) in sorted(peers.items())]


def _ports(ports: Iterable[tuple[str, int]]) -> list[dict[str, Any]]:
    return [{"protocol": protocol, "port": number} for protocol, number in sorted(ports)]


def _peers(peer: Peer) -> list[dict[str, Any]]:
    if isinstance(peer, Endpoint):
        namespace = {"matchLabels": {"kubernetes.io/metadata.name": str(peer.namespace)}}
        return [{"namespaceSelector": namespace, "podSelector": {"matchLabels": dict(peer.pods)}}]
    cidrs = peer.cidrs if isinstance(peer, ExternalEndpoint) else ()
    named = {"key": "kubernetes.io/metadata.name", "operator": "In", "values": list(peer.namespaces)}
    pods = [{"namespaceSelector": {"matchExpressions": [named]}}] if peer.namespaces else []
    return [*({"ipBlock": {"cidr": cidr}} for cidr in cidrs), *pods]

"""`Connection`: the only way to open a network path, at both ends at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pulumi import ComponentResource, Output, ResourceOptions
from pulumi_kubernetes.networking.v1 import NetworkPolicy

from components.foundation.labels import network_profile
from components.foundation.manifests import manifest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from components.foundation.labels import Concern, NetworkProfile


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """Pods that speak or listen.

    Attributes:
        name: how the architecture picture and the policies call it.
        namespace: the namespace of its pods.
        pods: labels that select its pods.
        ports: TCP ports by name; a client needs none.
        udp: UDP ports by name.
    """

    name: str
    namespace: str
    pods: Mapping[str, str]
    ports: Mapping[str, int] = field(default_factory=dict)
    udp: Mapping[str, int] = field(default_factory=dict)

    def port(self, name: str) -> tuple[str, int]:
        """Return the protocol and the number of a port; KeyError if there is none of that name."""
        return ("UDP", self.udp[name]) if name in self.udp else ("TCP", self.ports[name])


@dataclass(frozen=True, kw_only=True)
class ExternalEndpoint:
    """Addresses outside the cluster's pods: the Kubernetes API server, an object store.

    Attributes:
        name: how the architecture picture and the policies call it.
        cidrs: address ranges in CIDR notation.
        ports: TCP ports by name.
    """

    name: str
    cidrs: tuple[str, ...]
    ports: Mapping[str, int]

    def port(self, name: str) -> tuple[str, int]:
        """Return the protocol and the number of a port; KeyError if there is none of that name."""
        return "TCP", self.ports[name]


@dataclass(frozen=True, kw_only=True)
class ForeignPods:
    """Clients in namespaces that this stack doesn't own: all pods there.

    Attributes:
        name: how the architecture picture and the policies call them.
        namespaces: names of their namespaces.
    """

    name: str
    namespaces: tuple[str, ...]


def job_endpoint(concern: Concern, profile: NetworkProfile, store: str) -> Endpoint:
    """Return all jobs of a concern that reach the same things, as one client.

    Args:
        concern: whose jobs; also their namespace.
        profile: what they reach.
        store: for the policies' names.
    """
    return Endpoint(name=f"{store}-{profile.value}-jobs", namespace=concern.value, pods=network_profile(store, profile))


class Connection(ComponentResource):
    """A path from `client` to `server` on one named port: egress at the client and ingress at the server.

    Both rules come from the same three words, so they can't disagree. A server outside the cluster has only the
    client's half; clients in namespaces of others have only the server's.

    Raises:
        KeyError: if the server has no port of that name.
    """

    path: Output[str]

    def __init__(
        self,
        client: Endpoint | ForeignPods,
        server: Endpoint | ExternalEndpoint,
        port: str,
        opts: ResourceOptions | None = None,
    ) -> None:
        name = f"{client.name}-to-{server.name}-{port}"
        super().__init__("ballast:foundation:Connection", name, None, opts)
        child = ResourceOptions(parent=self)
        protocol, number = server.port(port)
        rule_ports = [{"protocol": protocol, "port": number}]
        if isinstance(client, Endpoint):
            NetworkPolicy(
                f"{name}-egress",
                metadata={"name": f"{name}-egress", "namespace": client.namespace},
                spec=manifest(
                    {
                        "podSelector": {"matchLabels": dict(client.pods)},
                        "policyTypes": ["Egress"],
                        "egress": [{"to": _peers(server), "ports": rule_ports}],
                    }
                ),
                opts=child,
            )
        if isinstance(server, Endpoint):
            NetworkPolicy(
                f"{name}-ingress",
                metadata={"name": f"{name}-ingress", "namespace": server.namespace},
                spec=manifest(
                    {
                        "podSelector": {"matchLabels": dict(server.pods)},
                        "policyTypes": ["Ingress"],
                        "ingress": [{"from": _peers(client), "ports": rule_ports}],
                    }
                ),
                opts=child,
            )
        self.path = Output.from_input(f"{client.name} -> {server.name}: {port} ({number})")
        self.register_outputs({"path": self.path})


def _peers(endpoint: Endpoint | ExternalEndpoint | ForeignPods) -> list[dict[str, Any]]:
    if isinstance(endpoint, ExternalEndpoint):
        return [{"ipBlock": {"cidr": cidr}} for cidr in endpoint.cidrs]
    if isinstance(endpoint, ForeignPods):
        named = {"key": "kubernetes.io/metadata.name", "operator": "In", "values": list(endpoint.namespaces)}
        return [{"namespaceSelector": {"matchExpressions": [named]}}]
    namespace = {"matchLabels": {"kubernetes.io/metadata.name": endpoint.namespace}}
    return [{"namespaceSelector": namespace, "podSelector": {"matchLabels": dict(endpoint.pods)}}]

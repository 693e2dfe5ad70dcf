"""Who may talk to whom: endpoints, and the connections between them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from components.foundation.labels import network_profile, selector

if TYPE_CHECKING:
    from collections.abc import Mapping

    from components.foundation.labels import NetworkProfile, Workload


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """Pods that speak or listen.

    Attributes:
        name: how the architecture picture and the policies call it.
        namespace: the namespace of its pods.
        pods: labels that select its pods.
        ports: TCP ports by name; a client needs none.
        udp: UDP ports by name.
        service: the Service by which clients find it; called like the endpoint unless it says otherwise.
    """

    name: str
    namespace: str
    pods: Mapping[str, str]
    ports: Mapping[str, int] = field(default_factory=dict)
    udp: Mapping[str, int] = field(default_factory=dict)
    service: str | None = None

    @classmethod
    def of(
        cls,
        workload: Workload,
        ports: Mapping[str, int] | None = None,
        *,
        udp: Mapping[str, int] | None = None,
        name: str | None = None,
        service: str | None = None,
    ) -> Endpoint:
        """Return the pods of a workload; the endpoint is called like it unless `name` says otherwise."""
        return cls(
            name=name or workload.name,
            namespace=workload.namespace,
            pods=selector(workload),
            ports=ports or {},
            udp=udp or {},
            service=service,
        )

    @property
    def host(self) -> str:
        """The name under which DNS knows its Service."""
        return service_host(self.service or self.name, self.namespace)

    def address(self, port: str) -> str:
        """Return host and number of a TCP port; KeyError if there is none of that name."""
        return f"{self.host}:{self.ports[port]}"

    def port(self, name: str) -> tuple[str, int]:
        """Return the protocol and the number of a port; KeyError if there is none of that name."""
        return ("UDP", self.udp[name]) if name in self.udp else ("TCP", self.ports[name])


def service_host(service: str, namespace: str) -> str:
    """Return the name under which DNS knows a Service; a pod of a headless one has its own name before it."""
    return f"{service}.{namespace}.svc"


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


def job_endpoint(namespace: str, profile: NetworkProfile, store: str) -> Endpoint:
    """Return all jobs of a namespace that reach the same things, as one client.

    Args:
        namespace: in which they run.
        profile: what they reach.
        store: for the policies' names.
    """
    return Endpoint(name=f"{store}-{profile.value}-jobs", namespace=namespace, pods=network_profile(store, profile))


@dataclass(frozen=True)
class Connection:
    """A path from `client` to `server` on one named port.

    Attributes:
        client: who opens it.
        server: who listens.
        port: name of the server's port.

    Raises:
        KeyError: if the server has no port of that name.
    """

    client: Endpoint | ForeignPods
    server: Endpoint | ExternalEndpoint
    port: str

    def __post_init__(self) -> None:
        """Refuse a port that the server doesn't have."""
        self.server.port(self.port)

    @property
    def path(self) -> str:
        """The connection in one line, as the architecture picture shows it."""
        _, number = self.server.port(self.port)
        return f"{self.client.name} -> {self.server.name}: {self.port} ({number})"

"""Who may talk to whom: endpoints, and the connections between them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from components.foundation.labels import network_profile, selector

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from components.foundation.labels import NetworkProfile, Workload
    from components.settings.platform_name import PlatformName


@dataclass(frozen=True)
class Metrics:
    """Metrics that Prometheus asks an endpoint for.

    Attributes:
        port: name of one of the endpoint's ports.
        path: where they are.
        speaks_for_others: they name namespaces and pods that are not the endpoint's own, and keep those labels.
    """

    port: str = "metrics"
    path: str = "/metrics"
    speaks_for_others: bool = False


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
        metrics: where Prometheus asks it.
        api_access: its pods call the Kubernetes API.
    """

    name: str
    namespace: PlatformName
    pods: Mapping[str, str]
    ports: Mapping[str, int] = field(default_factory=dict)
    udp: Mapping[str, int] = field(default_factory=dict)
    service: str | None = None
    metrics: tuple[Metrics, ...] = ()
    api_access: bool = False

    @classmethod
    def of(
        cls,
        workload: Workload,
        ports: Mapping[str, int] | None = None,
        *,
        udp: Mapping[str, int] | None = None,
        name: str | None = None,
        service: str | None = None,
        metrics: tuple[Metrics, ...] = (),
        api_access: bool = False,
    ) -> Endpoint:
        """Return the pods of a workload; the endpoint is called like it unless `name` says otherwise."""
        return cls(
            name=name or workload.name,
            namespace=workload.namespace,
            pods=selector(workload),
            ports=ports or {},
            udp=udp or {},
            service=service,
            metrics=metrics,
            api_access=api_access,
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


def service_host(service: str, namespace: PlatformName) -> str:
    """Return the name under which DNS knows a Service; a pod of a headless one has its own name before it."""
    return f"{service}.{namespace}.svc"


@dataclass(frozen=True, kw_only=True)
class ExternalEndpoint:
    """What the platform reaches and doesn't own: the Kubernetes API server, an object store.

    Attributes:
        name: how the architecture picture and the policies call it.
        cidrs: address ranges in CIDR notation.
        ports: TCP ports by name.
        namespaces: of the pods that it has, where it stands in the cluster.
    """

    name: str
    cidrs: tuple[str, ...]
    ports: Mapping[str, int]
    namespaces: tuple[str, ...] = ()

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


def job_endpoint(namespace: PlatformName, profile: NetworkProfile, store: str) -> Endpoint:
    """Return all jobs of a namespace that reach the same things, as one client.

    Args:
        namespace: in which they run.
        profile: what they reach.
        store: for the policies' names.
    """
    return Endpoint(
        name=f"{store}-{profile.value}-jobs",
        namespace=namespace,
        pods=network_profile(store, profile),
        api_access=True,
    )


class Networked(Protocol):
    """What a component says of the network: who speaks and listens in it, and the paths that it needs.

    The way of Prometheus to its metrics, and its way to the Kubernetes API, follow from the endpoints.
    """

    @property
    def endpoints(self) -> Sequence[Endpoint]:
        """All endpoints of it that have metrics or call the Kubernetes API."""

    @property
    def connections(self) -> Sequence[Connection]:
        """Paths that it needs to do its work."""


def egress(client: Endpoint, server: ExternalEndpoint | None) -> list[Connection]:
    """Return the paths to every port of what is reached outside the cluster; none where there is nothing."""
    return [] if server is None else [Connection(client, server, port) for port in server.ports]


def opened(namespaces: tuple[str, ...], server: Endpoint, *ports: str, to: str = "applications") -> list[Connection]:
    """Return the paths to a server from all pods of namespaces that this stack doesn't own; none without namespaces."""
    clients = ForeignPods(name=to, namespaces=namespaces)
    return [Connection(clients, server, port) for port in ports] if namespaces else []


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

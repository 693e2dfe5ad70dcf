"""Where the gateway sends what it has masked and sampled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from components.foundation.connections import Endpoint


@dataclass(frozen=True, kw_only=True)
class Backends:
    """Endpoints inside the cluster, where network policies and not TLS stand between the gateway and its backends.

    Attributes:
        traces: takes traces by gRPC.
        metrics: takes metrics by HTTP.
        metrics_urls: of every replica: what is pushed is shared by none of them.
        logs: takes logs by HTTP; None where logs are not kept in a store of their own.
        data_prepper: takes logs by gRPC; None where the stack file has no such section.
    """

    traces: Endpoint
    metrics: Endpoint
    metrics_urls: tuple[str, ...]
    logs: Endpoint | None
    data_prepper: Endpoint | None

    @property
    def servers(self) -> list[tuple[Endpoint, str]]:
        """All of them, each with the name of the port that is asked."""
        servers = [(self.traces, "otlp-grpc"), (self.metrics, "web")]
        optional = [(self.logs, "http"), (self.data_prepper, "otlp-logs")]
        return servers + [(server, port) for server, port in optional if server is not None]


@dataclass(frozen=True, kw_only=True)
class Origin:
    """What says of a signal which platform it comes from; names of OpenTelemetry's resource attributes.

    Attributes:
        environment: `deployment.environment.name`.
        cluster: `k8s.cluster.name`.
    """

    environment: str
    cluster: str
